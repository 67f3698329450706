// launchgate status: one line for every review of a namespace.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "app/cli/command.h"
#include "app/cli/report.h"
#include "app/cli/session.h"
#include "core/admission/template_hash.h"
#include "core/base/text.h"
#include "core/decision/assemble.h"
#include "shell/clock/clock.h"
#include "shell/crypto/keys.h"

namespace launchgate::app::cli {
namespace {

struct Flags {
  ClusterFlags cluster;
  std::string output = "text";
};

base::Result<std::vector<Report>> ReadReports(const Flags& flags) {
  const auto session = Session::Open(flags.cluster);
  if (!session) return tl::unexpected(session.error());
  const crypto::OpenSslSignatures signatures;
  const auto world = (*session)->ReadWorld(signatures);
  if (!world) return tl::unexpected(world.error());
  const base::Time now = clock::SystemClock().Now();
  std::vector<Report> reports;
  for (const auto& review : world->reviews()) {
    reports.push_back(MakeReport(*world, review, decision::RecordedFindings(review.object),
                                 review.object.status.template_hash, signatures, now));
  }
  return reports;
}

std::string UntilOf(const Report& report) {
  if (!report.facts) return "";
  const auto until = verdict::GoUntil(report.facts->verdicts, report.template_hash, report.now);
  return until ? base::FormatTime(*until) : "-";
}

void WriteTable(const std::vector<Report>& reports, bool colour, std::ostream& out) {
  constexpr std::string_view kGreen = "\x1B[32m";
  constexpr std::string_view kRed = "\x1B[31m";
  std::size_t name = 6;
  std::size_t target = 6;
  for (const Report& report : reports) {
    name = std::max(name, report.review.size());
    target = std::max(target, report.target.size());
  }
  out << fmt::format("{:<{}}  {:<{}}  {:<8}  {:<18}  {}\n", "REVIEW", name, "TARGET", target,
                     "DECISION", "REASON", "GO UNTIL");
  for (const Report& report : reports) {
    const bool allowed = report.decision.allowed();
    std::string decision = fmt::format("{:<8}", allowed ? "Allow" : "Deny");
    if (colour) decision = fmt::format("{}{}\x1B[0m", allowed ? kGreen : kRed, decision);
    out << fmt::format("{:<{}}  {:<{}}  {}  {:<18}  {}\n",
                       base::Printable(report.review, base::kMaxQuotedBytes), name,
                       base::Printable(report.target, base::kMaxQuotedBytes), target, decision,
                       report.decision.reason(), UntilOf(report));
  }
}

int RunIt(const Flags& flags, Streams& streams) {
  const auto reports = ReadReports(flags);
  if (!reports) {
    streams.err << "launchgate status: " << reports.error().message << "\n";
    return kExitUsage;
  }
  if (flags.output == "json") {
    nlohmann::json list = nlohmann::json::array();
    for (const Report& report : *reports) list.push_back(ToJson(report));
    streams.out << list.dump(2) << "\n";
  } else if (reports->empty()) {
    streams.err << "no LaunchReview in this namespace\n";
  } else {
    WriteTable(*reports, streams.colour, streams.out);
  }
  return kExitAllow;
}

}  // namespace

void AddStatus(CLI::App& parser, Run& run) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command =
      parser.add_subcommand("status", "Show every review of a namespace and what the gate says");
  AddClusterFlags(*command, flags->cluster);
  command->add_option("-o,--output", flags->output, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  command->footer("Example:\n  launchgate status -n shop");
  command->callback(
      [flags, &run] { run = [flags](Streams& streams) { return RunIt(*flags, streams); }; });
}

}  // namespace launchgate::app::cli
