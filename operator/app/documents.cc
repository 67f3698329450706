#include "app/documents.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <stop_token>
#include <utility>

#include "core/base/text.h"
#include "core/resources/manifest.h"

namespace launchgate::app {
namespace {

kube::InformerOptions MetadataOnly(std::uint64_t seed) {
  kube::InformerOptions options;
  options.type = kube::kConfigMaps;
  options.content = kube::Content::kMetadataOnly;
  options.seed = seed;
  return options;
}

}  // namespace

ConfigMapDocuments::ConfigMapDocuments(const kube::InformerContext& context, kube::Client& client,
                                       std::uint64_t seed)
    : versions_(context, MetadataOnly(seed),
                [](const kube::RawObject& object) -> base::Result<std::string> {
                  return object.meta.resource_version;
                }),
      client_(client) {}

void ConfigMapDocuments::OnChange(const std::function<void(const kube::ObjectKey& key)>& handler) {
  versions_.AddHandler([handler](const auto& change) { handler(change.meta.key); });
}

std::string ConfigMapDocuments::VersionOf(const std::string& ns,
                                          const std::string& config_map) const {
  const auto version = versions_.Get({ns, config_map});
  return version ? *version : "";
}

base::Result<evidence::Document> ConfigMapDocuments::Read(const std::string& ns,
                                                          const std::string& config_map,
                                                          const std::string& key) {
  const auto object = client_.Get(kube::kConfigMaps, {ns, config_map}, std::stop_token());
  if (!object) return tl::unexpected<base::Error>(object.error());
  std::vector<json::Problem> problems;
  const resources::ConfigMap parsed = resources::ParseConfigMap(*object->body, problems);
  const auto found = parsed.data.find(key);
  if (found == parsed.data.end()) {
    return base::Fail(
        base::ErrorKind::kNotFound,
        fmt::format("ConfigMap {} has no key {}", base::Quote(config_map), base::Quote(key)));
  }
  evidence::Document document;
  document.body = found->second;
  const auto recorded = parsed.meta.annotations.find(std::string(resources::kRecordedAtAnnotation));
  if (recorded == parsed.meta.annotations.end()) return document;
  const auto time = base::ParseTime(recorded->second);
  if (!time) {
    return base::Wrap(fmt::format("annotation {}", resources::kRecordedAtAnnotation), time.error());
  }
  document.recorded_at = *time;
  return document;
}

}  // namespace launchgate::app
