// launchgate explain: why the gate would allow or deny a target now.
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "app/cli/command.h"
#include "app/cli/report.h"
#include "app/cli/session.h"
#include "app/cli/signing.h"
#include "core/admission/template_hash.h"
#include "core/decision/assemble.h"
#include "shell/clock/clock.h"
#include "shell/crypto/keys.h"

namespace launchgate::app::cli {
namespace {

struct Flags {
  ClusterFlags cluster;
  std::string target;
  std::string template_from;
  std::string output = "text";
};

// The hash to explain: of the given manifest, else of the stored target.
base::Result<std::string> HashOf(const Flags& flags, Session& session, const World& world,
                                 const resources::TargetRef& target, std::istream& in) {
  if (!flags.template_from.empty()) return StoredHashOf(session, target, flags.template_from, in);
  const resources::Workload* workload = world.FindWorkload(target);
  if (workload == nullptr) return std::string();
  return admission::TemplateHashOfWorkload(*workload->object);
}

base::Result<Report> Explain(const Flags& flags, std::istream& in) {
  const auto session = Session::Open(flags.cluster);
  if (!session) return tl::unexpected(session.error());
  const auto target = ParseTargetWord(flags.target, (*session)->ns());
  if (!target) return tl::unexpected(target.error());
  const crypto::OpenSslSignatures signatures;
  auto world = (*session)->ReadWorld(signatures);
  if (!world) return tl::unexpected(world.error());
  const auto read = (*session)->ReadTarget(*target, *world);
  if (!read) return tl::unexpected(read.error());
  const auto hash = HashOf(flags, **session, *world, *target, in);
  if (!hash) return tl::unexpected(hash.error());

  const base::Time now = clock::SystemClock().Now();
  for (const auto& review : world->reviews()) {
    if (review.object.target != *target) continue;
    // The gate goes by what the controller recorded, and so does the answer here.
    return MakeReport(*world, review, decision::RecordedFindings(review.object), *hash, signatures,
                      now);
  }
  return MakeReportWithoutReview(*target, now);
}

int RunIt(const Flags& flags, Streams& streams) {
  const auto report = Explain(flags, streams.in);
  if (!report) {
    streams.err << "launchgate explain: " << report.error().message << "\n";
    return kExitUsage;
  }
  Write({*report}, *ParseFormat(flags.output), streams.colour, streams.out);
  return report->decision.allowed() ? kExitAllow : kExitDeny;
}

}  // namespace

void AddExplain(CLI::App& parser, Run& run) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command =
      parser.add_subcommand("explain", "Say why the gate allows or denies a workload now");
  command->add_option("target", flags->target, "Workload, such as deployment/gift-cards")
      ->required();
  AddClusterFlags(*command, flags->cluster);
  command->add_option("--template-from", flags->template_from,
                      "Explain for the pod template of this manifest instead of the stored one");
  command->add_option("-o,--output", flags->output, "text, json, markdown or junit")
      ->check(CLI::IsMember({"text", "json", "markdown", "junit"}));
  command->footer(
      "Exit code: 0 Allow, 1 Deny, 2 usage or no connection.\n"
      "Examples:\n"
      "  launchgate explain -n shop deployment/gift-cards\n"
      "  launchgate explain -n shop deploy/gift-cards --template-from new-version.yaml");
  command->callback(
      [flags, &run] { run = [flags](Streams& streams) { return RunIt(*flags, streams); }; });
}

}  // namespace launchgate::app::cli
