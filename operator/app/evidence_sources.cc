#include "app/evidence_sources.h"

#include <fmt/format.h>

#include <variant>

namespace launchgate::app {

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

}  // namespace launchgate::app
