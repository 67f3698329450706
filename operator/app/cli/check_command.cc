// launchgate check: judges reviews from files, without a cluster.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "app/cli/command.h"
#include "app/cli/files.h"
#include "app/cli/offline_evidence.h"
#include "app/cli/report.h"
#include "core/admission/template_hash.h"
#include "core/json/yaml.h"
#include "shell/clock/clock.h"
#include "shell/crypto/keys.h"

namespace launchgate::app::cli {
namespace {

struct Flags {
  std::vector<std::string> files;
  std::string evidence_root;
  std::string now;
  std::string template_from;
  std::string output = "text";
  bool allow_fetch = false;
  std::vector<std::string> prometheus;
};

base::Result<std::string> HashFromFile(const std::string& path, std::istream& in) {
  const auto text = ReadInput(path, in);
  if (!text) return tl::unexpected(text.error());
  const auto documents = json::ParseYaml(*text);
  if (!documents) return base::Wrap(path, documents.error());
  for (const json::Json& document : *documents) {
    auto hash = admission::TemplateHashOfWorkload(document);
    if (hash) return hash;
  }
  return base::Fail(base::ErrorKind::kInvalid, path + ": holds no workload with a pod template");
}

// The template to judge: the one asked for, else the one of the target among
// the files, else none: "some new version".
base::Result<std::string> TemplateFor(const Flags& flags, const World& world,
                                      const resources::LaunchReview& review, std::istream& in) {
  if (!flags.template_from.empty()) return HashFromFile(flags.template_from, in);
  const resources::Workload* workload = world.FindWorkload(review.target);
  if (workload == nullptr) return std::string();
  return admission::TemplateHashOfWorkload(*workload->object);
}

// A folder stands for the manifests in it (not in folders below), by name.
std::vector<std::string> Expand(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code error;
    if (!std::filesystem::is_directory(path, error)) {
      files.push_back(path);
      continue;
    }
    std::vector<std::string> inside;
    for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
      const std::string extension = entry.path().extension();
      const bool is_manifest = extension == ".yaml" || extension == ".yml" || extension == ".json";
      if (is_manifest && entry.is_regular_file(error)) inside.push_back(entry.path().string());
    }
    std::ranges::sort(inside);
    files.insert(files.end(), inside.begin(), inside.end());
  }
  return files;
}

base::Result<OfflineOptions> OptionsOf(const Flags& flags) {
  OfflineOptions options{flags.evidence_root, flags.allow_fetch, {}};
  for (const std::string& text : flags.prometheus) {
    auto server = ParseNamedServer(text);
    if (!server) return tl::unexpected(server.error());
    options.prometheus.push_back(*std::move(server));
  }
  return options;
}

base::Result<std::vector<Report>> Judge(const Flags& flags, Streams& streams) {
  const crypto::OpenSslSignatures signatures;
  World world(signatures);
  world.SetOrigin(verdict::Origin::kFiles);
  for (const std::string& path : Expand(flags.files)) {
    const auto text = ReadInput(path, streams.in);
    if (!text) return tl::unexpected(text.error());
    const auto added = world.AddText(*text, path);
    if (!added) return tl::unexpected(added.error());
  }
  if (world.reviews().empty()) {
    return base::Fail(base::ErrorKind::kInvalid,
                      "there is no LaunchReview among the files; name one with -f");
  }
  base::Time now = clock::SystemClock().Now();
  if (!flags.now.empty()) {
    const auto parsed = base::ParseTime(flags.now);
    if (!parsed) return base::Wrap("--now", parsed.error());
    now = *parsed;
  }
  const auto options = OptionsOf(flags);
  if (!options) return tl::unexpected(options.error());
  const auto evidence = MakeOfflineEvidence(world, signatures, *options);
  if (!evidence) return tl::unexpected(evidence.error());
  std::vector<Report> reports;
  for (const auto& review : world.reviews()) {
    const auto hash = TemplateFor(flags, world, review.object, streams.in);
    if (!hash) return tl::unexpected(hash.error());
    Gathered gathered;
    if (review.problems.empty()) gathered = (*evidence)->Gather(review.object, now);
    reports.push_back(
        MakeReport(world, review, std::move(gathered.findings), *hash, signatures, now));
  }
  return reports;
}

int RunIt(const Flags& flags, Streams& streams) {
  const auto reports = Judge(flags, streams);
  if (!reports) {
    streams.err << "launchgate check: " << reports.error().message << "\n";
    return kExitUsage;
  }
  Write(*reports, *ParseFormat(flags.output), streams.colour, streams.out);
  const bool allowed =
      std::ranges::all_of(*reports, [](const Report& report) { return report.decision.allowed(); });
  return allowed ? kExitAllow : kExitDeny;
}

}  // namespace

void AddCheck(CLI::App& parser, Run& run) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = parser.add_subcommand("check", "Judge reviews from files, without a cluster");
  command
      ->add_option("-f,--file", flags->files,
                   "Manifests: LaunchReview, ReadinessChecklist, LaunchAuthority, LaunchVerdict, "
                   "ConfigMap, workloads and other objects that are evidence (YAML or JSON), or a "
                   "folder of them; - for standard input")
      ->required();
  command->add_option("--evidence-root", flags->evidence_root,
                      "Folder with evidence as <ConfigMap name>/<key>, for ConfigMaps that are not "
                      "among the files; <key>.recorded-at says when it was recorded");
  command->add_option("--prometheus", flags->prometheus,
                      "Prometheus to ask, as URL for whatever server a review names, or as "
                      "NAME=URL; without it evidence that needs one is Unknown");
  command->add_flag("--allow-fetch", flags->allow_fetch, "Fetch the URLs that the reviews name");
  command->add_option("--now", flags->now, "Judge as of this time (RFC 3339)");
  command->add_option("--template-from", flags->template_from,
                      "Judge the pod template of this workload manifest");
  command->add_option("-o,--output", flags->output, "text, json, markdown or junit")
      ->check(CLI::IsMember({"text", "json", "markdown", "junit"}));
  command->footer(
      "Exit code: 0 Allow, 1 Deny, 2 usage or unreadable input.\n"
      "Examples:\n"
      "  launchgate check -f review.yaml -f checklist.yaml -f authority.yaml\n"
      "  kubectl kustomize . | launchgate check -f - --template-from deployment.yaml -o json\n"
      "  launchgate check -f review/ --allow-fetch --prometheus http://localhost:9090 -o markdown");
  command->callback(
      [flags, &run] { run = [flags](Streams& streams) { return RunIt(*flags, streams); }; });
}

}  // namespace launchgate::app::cli
