#include "app/cli/offline_evidence.h"

#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <utility>
#include <vector>

#include "app/cli/files.h"
#include "core/base/text.h"
#include "shell/fetch/guarded_fetcher.h"

namespace launchgate::app::cli {
namespace {

base::Result<std::optional<base::Time>> RecordedAt(std::string_view text) {
  const std::size_t end = text.find_last_not_of(" \t\r\n");
  const auto time = base::ParseTime(text.substr(0, end == std::string_view::npos ? 0 : end + 1));
  if (!time) return base::Wrap("recorded-at", time.error());
  return *time;
}

class FileDocuments final : public DocumentSource {
 public:
  FileDocuments(const World& world, std::string root) : world_(world), root_(std::move(root)) {}

  std::string VersionOf(const std::string& /*ns*/, const std::string& /*name*/) const override {
    return "file";  // Nothing changes while one command runs.
  }

  base::Result<evidence::Document> Read(const std::string& ns, const std::string& name,
                                        const std::string& key) override {
    if (const auto* config_map = world_.FindConfigMap(ns, name)) {
      return FromConfigMap(*config_map, key);
    }
    if (!root_.empty()) return FromFolder(name, key);
    return base::Fail(base::ErrorKind::kNotFound,
                      fmt::format("ConfigMap {} is not among the files", base::Quote(name)));
  }

 private:
  static base::Result<evidence::Document> FromConfigMap(const resources::ConfigMap& config_map,
                                                        const std::string& key) {
    const auto found = config_map.data.find(key);
    if (found == config_map.data.end()) {
      return base::Fail(base::ErrorKind::kNotFound,
                        fmt::format("ConfigMap {} has no key {}", base::Quote(config_map.meta.name),
                                    base::Quote(key)));
    }
    evidence::Document document{found->second, std::nullopt};
    const auto annotation =
        config_map.meta.annotations.find(std::string(resources::kRecordedAtAnnotation));
    if (annotation == config_map.meta.annotations.end()) return document;
    const auto time = RecordedAt(annotation->second);
    if (!time) return tl::unexpected(time.error());
    document.recorded_at = *time;
    return document;
  }

  // Names and keys come from a manifest: only such as cannot leave the folder.
  base::Result<evidence::Document> FromFolder(const std::string& name,
                                              const std::string& key) const {
    if (!base::IsDnsSubdomain(name) || !base::IsDataKey(key)) {
      return base::Fail(base::ErrorKind::kInvalid, "the ConfigMap's name or key is not valid");
    }
    const std::filesystem::path path = std::filesystem::path(root_) / name / key;
    const auto body = ReadInput(path.string(), std::cin);
    if (!body) return tl::unexpected(body.error());
    evidence::Document document{*body, std::nullopt};
    const std::string sidecar = path.string() + ".recorded-at";
    if (!std::filesystem::exists(sidecar)) return document;
    const auto text = ReadInput(sidecar, std::cin);
    if (!text) return tl::unexpected(text.error());
    const auto time = RecordedAt(*text);
    if (!time) return base::Wrap(sidecar, time.error());
    document.recorded_at = *time;
    return document;
  }

  const World& world_;
  const std::string root_;
};

class NoFetch final : public evidence::PageFetcher {
 public:
  base::Result<evidence::Page> Fetch(std::string_view /*url*/) override {
    return base::Fail(base::ErrorKind::kUnavailable,
                      "nothing is fetched without a cluster unless --allow-fetch is given");
  }
};

// The person who runs the command could open these URLs in a browser: the guard
// against reaching inward protects the operator, not them.
fetch::FetchOptions AllowOwnUrls(const World& world) {
  fetch::FetchOptions options;
  for (const auto& review : world.reviews()) {
    for (const resources::EvidenceEntry& entry : review.object.evidence) {
      std::vector<std::string> urls;
      if (entry.runbook) urls = entry.runbook->urls;
      if (entry.load_test && entry.load_test->from.url) urls.push_back(*entry.load_test->from.url);
      for (const std::string& url : urls) {
        const auto destination = fetch::ParseDestination(url);
        if (!destination) continue;
        options.allow.push_back({destination->scheme,
                                 destination->host,
                                 destination->port,
                                 {*fetch::Cidr::Parse("0.0.0.0/0"), *fetch::Cidr::Parse("::/0")}});
      }
    }
  }
  return options;
}

class FileEvidence final : public OfflineEvidence {
 public:
  FileEvidence(const World& world, std::string root, std::unique_ptr<evidence::PageFetcher> pages)
      : documents_(world, std::move(root)),
        pages_(std::move(pages)),
        gatherer_(documents_, *pages_, 0) {}

  Gathered Gather(const resources::LaunchReview& review, base::Time now) override {
    return gatherer_.Gather(review, now);
  }

 private:
  FileDocuments documents_;
  std::unique_ptr<evidence::PageFetcher> pages_;
  EvidenceGatherer gatherer_;
};

}  // namespace

std::unique_ptr<OfflineEvidence> MakeOfflineEvidence(const World& world, std::string evidence_root,
                                                     bool allow_fetch) {
  std::unique_ptr<evidence::PageFetcher> pages = std::make_unique<NoFetch>();
  if (allow_fetch) pages = std::make_unique<fetch::GuardedFetcher>(AllowOwnUrls(world));
  return std::make_unique<FileEvidence>(world, std::move(evidence_root), std::move(pages));
}

}  // namespace launchgate::app::cli
