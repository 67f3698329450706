#include "app/cli/judging.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <system_error>
#include <utility>

#include "app/cli/files.h"
#include "app/cli/given_pages.h"
#include "app/cli/offline_evidence.h"
#include "core/admission/template_hash.h"
#include "core/base/text.h"
#include "core/json/yaml.h"
#include "shell/clock/clock.h"
#include "shell/crypto/keys.h"

namespace launchgate::app::cli {
namespace {

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
base::Result<std::string> TemplateFor(const JudgeFlags& flags, const World& world,
                                      const resources::LaunchReview& review, std::istream& in) {
  if (!flags.template_from.empty()) return HashFromFile(flags.template_from, in);
  const resources::Workload* workload = world.FindWorkload(review.target);
  if (workload == nullptr) return std::string();
  return admission::TemplateHashOfWorkload(*workload->object);
}

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

base::Result<base::Time> TimeOf(const JudgeFlags& flags) {
  if (flags.now.empty()) return clock::SystemClock().Now();
  const auto parsed = base::ParseTime(flags.now);
  if (!parsed) return base::Wrap("--now", parsed.error());
  return *parsed;
}

base::Result<OfflineOptions> OptionsOf(const JudgeFlags& flags, std::istream& in) {
  OfflineOptions options;
  options.evidence_root = flags.evidence_root;
  options.allow_fetch = flags.allow_fetch;
  for (const std::string& text : flags.prometheus) {
    auto server = ParseNamedServer(text);
    if (!server) return tl::unexpected(server.error());
    options.prometheus.push_back(*std::move(server));
  }
  auto pages = ReadGivenPages(flags.pages, in);
  if (!pages) return tl::unexpected(pages.error());
  options.pages = *std::move(pages);
  return options;
}

// A page for a URL that no review names is a typing error more often than not.
std::vector<std::string> WarningsAbout(const PagesByUrl& pages, const World& world) {
  std::vector<std::string> warnings;
  const std::set<std::string> named = UrlsOf(world);
  for (const auto& [url, page] : pages) {
    if (named.contains(url)) continue;
    warnings.push_back(fmt::format("--page {}: no review names this URL", base::Quote(url)));
  }
  return warnings;
}

}  // namespace

base::Result<std::vector<InputText>> ReadFiles(const std::vector<std::string>& paths,
                                               std::istream& in) {
  std::vector<InputText> texts;
  for (std::string& path : Expand(paths)) {
    auto text = ReadInput(path, in);
    if (!text) return tl::unexpected(text.error());
    texts.push_back({std::move(path), *std::move(text)});
  }
  return texts;
}

base::Status AddFiles(const std::vector<std::string>& paths, std::istream& in, World& world) {
  const auto texts = ReadFiles(paths, in);
  if (!texts) return tl::unexpected(texts.error());
  for (const InputText& input : *texts) {
    const auto added = world.AddText(input.text, input.path);
    if (!added) return tl::unexpected(added.error());
  }
  return {};
}

base::Result<Judged> Judge(const JudgeFlags& flags, const crypto::OpenSslSignatures& signatures,
                           std::istream& in) {
  Judged judged{World(signatures), {}, {}};
  World& world = judged.world;
  world.SetOrigin(verdict::Origin::kFiles);
  const auto added = AddFiles(flags.files, in, world);
  if (!added) return tl::unexpected(added.error());
  if (world.reviews().empty()) {
    return base::Fail(base::ErrorKind::kInvalid,
                      "there is no LaunchReview among the files; name one with -f");
  }
  const auto now = TimeOf(flags);
  if (!now) return tl::unexpected(now.error());
  auto options = OptionsOf(flags, in);
  if (!options) return tl::unexpected(options.error());
  judged.warnings = WarningsAbout(options->pages, world);
  const auto evidence = MakeOfflineEvidence(world, signatures, *std::move(options));
  if (!evidence) return tl::unexpected(evidence.error());
  for (const auto& review : world.reviews()) {
    const auto hash = TemplateFor(flags, world, review.object, in);
    if (!hash) return tl::unexpected(hash.error());
    Gathered gathered;
    if (review.problems.empty()) gathered = (*evidence)->Gather(review.object, *now);
    judged.reports.push_back(
        MakeReport(world, review, std::move(gathered.findings), *hash, signatures, *now));
  }
  return judged;
}

void AddJudgeFlags(CLI::App& command, JudgeFlags& flags) {
  command
      .add_option("-f,--file", flags.files,
                  "Manifests: LaunchReview, ReadinessChecklist, LaunchAuthority, LaunchVerdict, "
                  "ConfigMap, workloads and other objects that are evidence (YAML or JSON), or a "
                  "folder of them; - for standard input")
      ->required();
  command.add_option("--evidence-root", flags.evidence_root,
                     "Folder with evidence as <ConfigMap name>/<key>, for ConfigMaps that are not "
                     "among the files; <key>.recorded-at says when it was recorded");
  command.add_option("--page", flags.pages,
                     "URL=FILE: read the page at URL from FILE instead of fetching it (.md, .html "
                     "or .json); the last = divides");
  command.add_option("--prometheus", flags.prometheus,
                     "Prometheus to ask, as URL for whatever server a review names, or as "
                     "NAME=URL; without it evidence that needs one is Unknown");
  command.add_flag("--allow-fetch", flags.allow_fetch, "Fetch the URLs that the reviews name");
  command.add_option("--now", flags.now, "Judge as of this time (RFC 3339)");
  command.add_option("--template-from", flags.template_from,
                     "Judge the pod template of this workload manifest");
}

}  // namespace launchgate::app::cli
