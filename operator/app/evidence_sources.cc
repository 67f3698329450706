#include "app/evidence_sources.h"

#include <fmt/format.h>

#include <utility>
#include <variant>
#include <vector>

#include "core/base/text.h"
#include "core/json/reader.h"

namespace launchgate::app {
namespace {

base::Status DateBy(const resources::Meta& meta, evidence::Reading& reading) {
  const auto recorded = meta.annotations.find(std::string(resources::kRecordedAtAnnotation));
  if (recorded == meta.annotations.end()) return {};
  const auto time = base::ParseTime(recorded->second);
  if (!time) {
    return base::Wrap(fmt::format("annotation {}", resources::kRecordedAtAnnotation), time.error());
  }
  reading.recorded_at = *time;
  return {};
}

}  // namespace

std::string ObjectWatchName(const std::string& group, const std::string& kind,
                            const std::string& ns, const std::string& name) {
  return fmt::format("{}.{} {}/{}", kind, group, ns, name);
}

std::string WatchName(const std::string& ns, const evidence::Source& source) {
  if (const auto* config_map = std::get_if<evidence::ConfigMapSource>(&source)) {
    return fmt::format("configmap {}/{}", ns, config_map->name);
  }
  if (const auto* object = std::get_if<evidence::ObjectSource>(&source)) {
    const std::size_t slash = object->api_version.find('/');
    const std::string group =
        slash == std::string::npos ? "" : object->api_version.substr(0, slash);
    return ObjectWatchName(group, object->kind, ns, object->name);
  }
  if (std::holds_alternative<evidence::DisruptionBudgetsSource>(source)) {
    return "poddisruptionbudgets " + ns;
  }
  return "";
}

base::Result<evidence::Reading> ReadingOfKey(const resources::ConfigMap& config_map,
                                             const std::string& key) {
  const auto found = config_map.data.find(key);
  if (found == config_map.data.end()) {
    return base::Fail(base::ErrorKind::kNotFound,
                      fmt::format("ConfigMap {} has no key {}", base::Quote(config_map.meta.name),
                                  base::Quote(key)));
  }
  evidence::Reading reading;
  reading.body = found->second;
  const auto dated = DateBy(config_map.meta, reading);
  if (!dated) return tl::unexpected(dated.error());
  return reading;
}

base::Result<evidence::Reading> ReadingOfObject(const json::Json& object) {
  evidence::Reading reading;
  reading.body = json::Canonical(object);
  std::vector<json::Problem> problems;
  const auto dated = DateBy(resources::ParseMeta(object, problems), reading);
  if (!dated) return tl::unexpected(dated.error());
  return reading;
}

evidence::Reading ReadingOfPage(evidence::Page page) {
  evidence::Reading reading;
  reading.body = std::move(page.body);
  reading.http_status = page.http_status;
  reading.content_type = std::move(page.content_type);
  return reading;
}

evidence::Reading ReadingOfAnswer(evidence::PrometheusAnswer answer) {
  evidence::Reading reading;
  reading.body = std::move(answer.body);
  reading.http_status = answer.http_status;
  return reading;
}

}  // namespace launchgate::app
