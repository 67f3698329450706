#include "gift-cards/store/commands.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

#include "gift-cards/store/report.h"
#include "gift-cards/store/rows.h"
#include "platform/fail.h"

namespace gift_cards {
namespace {

struct Flags {
  std::string database;
  std::string other;  // --to, --from or --against.
  std::string output = "text";
  bool earlier = false;

  [[nodiscard]] OutputFormat format() const {
    return output == "json" ? OutputFormat::kJson : OutputFormat::kText;
  }
};

// With the command's name, so that a script's log tells which one it was.
int Complain(std::string_view command, const std::string& sentence, int exit_code) {
  std::cerr << "gift-cards " << command << ": " << sentence << "\n";
  return exit_code;
}

int Answer(std::string_view command, const std::string& text, int exit_code) {
  std::cout << text << std::flush;
  if (std::cout) return exit_code;
  return Complain(command, "standard output cannot be written", kExitUnusable);
}

int Finish(std::string_view command, const tl::expected<BackupReport, Failure>& result,
           const char* verb, const std::string& target, OutputFormat format) {
  if (result) return Answer(command, Render(*result, verb, target, format), kExitDone);
  const int exit_code = result.error().untrustworthy ? kExitNotVerified : kExitUnusable;
  return Complain(command, result.error().message, exit_code);
}

int RunBackup(const Flags& flags) {
  const auto now =
      std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const auto result = TakeBackup(flags.database, flags.other, now.time_since_epoch().count());
  return Finish("backup", result, "backed up", flags.other, flags.format());
}

int RunRestore(const Flags& flags) {
  const auto result = RestoreBackup(flags.other, flags.database);
  return Finish("restore", result, "restored", flags.database, flags.format());
}

tl::expected<VerifyReport, std::string> Verify(const Flags& flags) {
  using launchgate::platform::Fail;
  VerifyReport report;
  auto database = Snapshot::Open(flags.database);
  if (!database) return Fail(database.error());
  auto found = database->Verify();
  if (!found) return Fail(found.error());
  report.database = {flags.database, std::move(*found)};
  if (flags.other.empty()) return report;

  auto against = Snapshot::Open(flags.other);
  if (!against) return Fail(against.error());
  auto other = against->Verify();
  if (!other) return Fail(other.error());
  report.against = VerifiedFile{flags.other, std::move(*other)};
  report.relation = flags.earlier ? Relation::kEarlier : Relation::kEqual;
  const auto comparison = database->CompareWith(*against, report.relation);
  if (!comparison) return Fail(comparison.error());
  report.comparison = *comparison;
  return report;
}

int RunVerify(const Flags& flags) {
  const auto report = Verify(flags);
  if (!report) return Complain("verify", report.error(), kExitUnusable);
  return Answer("verify", Render(*report, flags.format()),
                report->Good() ? kExitDone : kExitNotVerified);
}

// Row by row: a store may be larger than memory.
tl::expected<void, std::string> PrintRows(const Flags& flags) {
  using launchgate::platform::Fail;
  auto snapshot = Snapshot::Open(flags.database);
  if (!snapshot) return Fail(snapshot.error());
  auto rows = SelectAllRows(snapshot->connection());
  if (!rows) return Fail(rows.error());
  const bool json = flags.format() == OutputFormat::kJson;
  std::string_view separator = json ? "[\n" : "";
  while (std::cout) {
    const auto more = rows->Step();
    if (!more) return Fail(more.error());
    if (!*more) break;
    std::cout << separator << Render(ReadRow(*rows), flags.format());
    separator = json ? ",\n" : "\n";
  }
  if (json) std::cout << (separator.front() == '[' ? "[]\n" : "\n]\n");
  if (!json && !separator.empty()) std::cout << "\n";
  return {};
}

int RunRedemptions(const Flags& flags) {
  const auto printed = PrintRows(flags);
  if (!printed) return Complain("redemptions", printed.error(), kExitUnusable);
  return Answer("redemptions", "", kExitDone);
}

// A command with the flags that all of them have.
CLI::App* AddCommand(CLI::App& app, const char* name, const char* description,
                     const std::shared_ptr<Flags>& flags, const char* database,
                     const char* example) {
  CLI::App* command = app.add_subcommand(name, description);
  command->add_option("--database", flags->database, database)->required();
  command->add_option("-o,--output", flags->output, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  command->footer(
      fmt::format("{}\n\nExit code: 0 done, 1 not verified, 2 wrong usage or a file "
                  "that cannot be used.",
                  example));
  return command;
}

}  // namespace

void AddStoreCommands(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<Flags>();  // One of the commands runs.

  CLI::App* backup = AddCommand(
      app, "backup", "Copy the store into a new file, also while it is served", flags, "The store",
      "Example:\n  gift-cards backup --database gift-cards.db --to 2026-11-23.db");
  backup->add_option("--to", flags->other, "The new file; nothing is overwritten")->required();
  backup->callback([flags, &exit_code] { exit_code = RunBackup(*flags); });

  CLI::App* restore = AddCommand(
      app, "restore", "Make a new store from a backup, after verifying it", flags,
      "The new file; nothing is overwritten",
      "Example:\n  gift-cards restore --from 2026-11-23.db --database gift-cards-new.db");
  restore->add_option("--from", flags->other, "The backup")->required();
  restore->callback([flags, &exit_code] { exit_code = RunRestore(*flags); });

  CLI::App* verify =
      AddCommand(app, "verify", "Check every page and row, and compare with another file", flags,
                 "The store or backup",
                 "Examples:\n  gift-cards verify --database 2026-11-23.db\n"
                 "  gift-cards verify --database restored.db --against 2026-11-23.db -o json\n"
                 "  gift-cards verify --database restored.db --against gift-cards.db --earlier");
  CLI::Option* against =
      verify->add_option("--against", flags->other, "What it must have the same rows as");
  verify
      ->add_flag("--earlier", flags->earlier,
                 "--database is --against some time ago: what was begun, completed or abandoned "
                 "since is no difference")
      ->needs(against);
  verify->callback([flags, &exit_code] { exit_code = RunVerify(*flags); });

  CLI::App* redemptions = AddCommand(
      app, "redemptions", "List every redemption in the order of its digest", flags,
      "The store or backup", "Example:\n  gift-cards redemptions --database gift-cards.db -o json");
  redemptions->callback([flags, &exit_code] { exit_code = RunRedemptions(*flags); });
}

}  // namespace gift_cards
