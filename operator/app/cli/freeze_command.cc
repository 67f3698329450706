// launchgate freeze now, freeze list: times without launches.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "app/cli/command.h"
#include "app/cli/freeze_list.h"
#include "app/cli/freeze_now.h"
#include "app/cli/judging.h"
#include "app/cli/session.h"
#include "shell/clock/clock.h"
#include "shell/clock/time_zones.h"
#include "shell/crypto/keys.h"

namespace launchgate::app::cli {
namespace {

struct NowFlags {
  ClusterFlags cluster;
  FreezeWords words;
  bool dry_run = false;
  std::string output = "text";
};

struct ListFlags {
  ClusterFlags cluster;
  std::vector<std::string> files;
  std::string now;
  std::string output = "text";
};

int Fail(Streams& streams, std::string_view command, const base::Error& error) {
  streams.err << fmt::format("launchgate {}: {}\n", command, error.message);
  return kExitUsage;
}

std::string User() {
  const char* user = std::getenv("USER");
  return user == nullptr ? "" : user;
}

int RunNow(const NowFlags& flags, Streams& streams) {
  const auto freeze = BuildFreeze(flags.words, User(), clock::SystemClock().Now());
  if (!freeze) return Fail(streams, "freeze now", freeze.error());
  if (flags.dry_run) {
    streams.out << freeze->object.dump(2) << "\n";
    return kExitAllow;
  }
  const auto session = Session::Open(flags.cluster);
  if (!session) return Fail(streams, "freeze now", session.error());
  kube::Client& client = (*session)->client();
  const auto stored = StoreFreeze(client, *freeze);
  if (!stored) return Fail(streams, "freeze now", stored.error());
  const std::string description =
      DescribeFreeze(freeze->window, FrozenNamespaces(client, freeze->window));
  if (flags.output == "json") {
    streams.out << stored->dump(2) << "\n";
    streams.err << description;
  } else {
    streams.out << fmt::format("freezewindow.{}/{} created\n", resources::kGroup,
                               freeze->window.meta.name)
                << description;
  }
  return kExitAllow;
}

base::Status ReadWindows(const ListFlags& flags, std::istream& in, World& world) {
  if (!flags.files.empty()) return AddFiles(flags.files, in, world);
  const auto session = Session::Open(flags.cluster);
  if (!session) return tl::unexpected(session.error());
  return (*session)->ListInto(world, kube::kFreezeWindows, "");
}

int RunList(const ListFlags& flags, Streams& streams) {
  base::Time now = clock::SystemClock().Now();
  if (!flags.now.empty()) {
    const auto parsed = base::ParseTime(flags.now);
    if (!parsed) {
      return Fail(streams, "freeze list",
                  {parsed.error().kind, "--now: " + parsed.error().message});
    }
    now = *parsed;
  }
  const crypto::OpenSslSignatures signatures;
  World world(signatures);
  const auto read = ReadWindows(flags, streams.in, world);
  if (!read) return Fail(streams, "freeze list", read.error());
  const auto freezes = ListFreezes(world, clock::SystemTimeZones(), now);
  if (flags.output == "json") {
    streams.out << FreezesJson(freezes).dump(2) << "\n";
  } else if (freezes.empty()) {
    streams.err << "no FreezeWindow\n";
  } else {
    WriteFreezeTable(freezes, streams.colour, streams.out);
  }
  return kExitAllow;
}

void AddNow(CLI::App& freeze, Run& run) {
  auto flags = std::make_shared<NowFlags>();
  FreezeWords& words = flags->words;
  CLI::App* command = freeze.add_subcommand("now", "Freeze launches from now on, for a while");
  command->add_option("--for", words.duration, "For how long, such as 2h (1m to 366d)")->required();
  command->add_option("--reason", words.reason, "Why, for the engineers whose rollouts are stopped")
      ->required();
  command->add_option("--selector", words.selector,
                      "key=value[,key=value]: labels of the namespaces (default: every gated one)");
  command->add_option("--name", words.name, "Name of the FreezeWindow (default: from the time)");
  command->add_option("--owner", words.owner, "Team that answers for it (default: $USER)");
  command->add_option("--contact", words.contact, "Where it is reached (default: the owner)");
  command->add_flag("--dry-run", flags->dry_run, "Print the FreezeWindow instead of storing it");
  AddConnectionFlags(*command, flags->cluster);
  command->add_option("-o,--output", flags->output, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  command->footer(
      "Rollbacks to approved revisions, scaling and break-glass verdicts stay possible.\n"
      "Examples:\n"
      "  launchgate freeze now --for 2h --reason 'INC-42: payments are down'\n"
      "  launchgate freeze now --for 30m --reason 'database switch' --selector tier=shop \\\n"
      "      --owner sre --contact '#sre'");
  command->callback(
      [flags, &run] { run = [flags](Streams& streams) { return RunNow(*flags, streams); }; });
}

void AddList(CLI::App& freeze, Run& run) {
  auto flags = std::make_shared<ListFlags>();
  CLI::App* command =
      freeze.add_subcommand("list", "Show every FreezeWindow and when it freezes next");
  command->add_option("-f,--file", flags->files,
                      "Read FreezeWindows from these files or folders instead of a cluster");
  command->add_option("--now", flags->now, "As of this time (RFC 3339) instead of now");
  AddConnectionFlags(*command, flags->cluster);
  command->add_option("-o,--output", flags->output, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  command->footer(
      "Examples:\n"
      "  launchgate freeze list\n"
      "  launchgate freeze list -f freezewindows/ --now 2026-12-24T12:00:00Z");
  command->callback(
      [flags, &run] { run = [flags](Streams& streams) { return RunList(*flags, streams); }; });
}

}  // namespace

void AddFreeze(CLI::App& parser, Run& run) {
  CLI::App* freeze = parser.add_subcommand("freeze", "Times without launches");
  freeze->require_subcommand(1);
  AddNow(*freeze, run);
  AddList(*freeze, run);
}

}  // namespace launchgate::app::cli
