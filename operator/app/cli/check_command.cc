// launchgate check: judges reviews from files, without a cluster.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <ostream>
#include <string>

#include "app/cli/command.h"
#include "app/cli/judging.h"
#include "app/cli/report.h"
#include "shell/crypto/keys.h"

namespace launchgate::app::cli {
namespace {

struct Flags {
  JudgeFlags judge;
  std::string output = "text";
};

int RunIt(const Flags& flags, Streams& streams) {
  const crypto::OpenSslSignatures signatures;
  const auto judged = Judge(flags.judge, signatures, streams.in);
  if (!judged) {
    streams.err << "launchgate check: " << judged.error().message << "\n";
    return kExitUsage;
  }
  for (const std::string& warning : judged->warnings) {
    streams.err << "launchgate check: warning: " << warning << "\n";
  }
  Write(judged->reports, *ParseFormat(flags.output), streams.colour, streams.out);
  const bool allowed = std::ranges::all_of(
      judged->reports, [](const Report& report) { return report.decision.allowed(); });
  return allowed ? kExitAllow : kExitDeny;
}

}  // namespace

void AddCheck(CLI::App& parser, Run& run) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = parser.add_subcommand("check", "Judge reviews from files, without a cluster");
  AddJudgeFlags(*command, flags->judge);
  command->add_option("-o,--output", flags->output, "text, json, markdown or junit")
      ->check(CLI::IsMember({"text", "json", "markdown", "junit"}));
  command->footer(
      "Exit code: 0 Allow, 1 Deny, 2 usage or unreadable input.\n"
      "Examples:\n"
      "  launchgate check -f review.yaml -f checklist.yaml -f authority.yaml\n"
      "  kubectl kustomize . | launchgate check -f - --template-from deployment.yaml -o json\n"
      "  launchgate check -f review/ --page https://runbooks.example.com/gift-cards=runbook.md\n"
      "  launchgate check -f review/ --allow-fetch --prometheus http://localhost:9090 -o markdown");
  command->callback(
      [flags, &run] { run = [flags](Streams& streams) { return RunIt(*flags, streams); }; });
}

}  // namespace launchgate::app::cli
