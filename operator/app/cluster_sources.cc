#include "app/cluster_sources.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/text.h"
#include "core/resources/manifest.h"

namespace launchgate::app {
namespace {

using evidence::Reading;

const FollowedKind kConfigMapKind{"v1", "ConfigMap"};
const FollowedKind kDisruptionBudgetKind{"policy/v1", "PodDisruptionBudget"};

FollowedKind KindOf(const evidence::ObjectSource& source) {
  return {source.api_version, source.kind};
}

base::Result<Reading> ReadKey(const kube::Object& object, const evidence::ConfigMapSource& source) {
  std::vector<json::Problem> problems;
  return ReadingOfKey(resources::ParseConfigMap(*object.body, problems), source.key);
}

}  // namespace

std::vector<FollowedKind> ClusterSources::UsualKinds() { return {kConfigMapKind}; }

std::vector<std::string> ClusterSources::WatchNamesOf(const std::string& group,
                                                      const std::string& kind,
                                                      const kube::ObjectKey& key) {
  std::vector<std::string> names;
  if (key.name.empty()) {
    names.push_back(fmt::format("{}.{} ", kind, group));
  } else {
    names.push_back(ObjectWatchName(group, kind, key.ns, key.name));
  }
  const auto also = [&](const evidence::Source& any) {
    const std::string name = WatchName(key.ns, any);
    // All of them when the kind itself appeared.
    names.push_back(key.name.empty() ? name.substr(0, name.find(' ') + 1) : name);
  };
  if (group.empty() && kind == kConfigMapKind.kind) also(evidence::ConfigMapSource{key.name, ""});
  if (group == "policy" && kind == kDisruptionBudgetKind.kind) {
    also(evidence::DisruptionBudgetsSource{});
  }
  return names;
}

std::string ClusterSources::VersionOf(const std::string& ns, const evidence::Source& source) {
  if (const auto* config_map = std::get_if<evidence::ConfigMapSource>(&source)) {
    return objects_.VersionOf(kConfigMapKind, {ns, config_map->name});
  }
  if (const auto* object = std::get_if<evidence::ObjectSource>(&source)) {
    return objects_.VersionOf(KindOf(*object), {ns, object->name});
  }
  if (std::holds_alternative<evidence::DisruptionBudgetsSource>(source)) {
    return objects_.VersionOfAll(kDisruptionBudgetKind, ns);
  }
  return "";
}

base::Result<Reading> ClusterSources::Read(const std::string& ns, const evidence::Source& source,
                                           base::Time now) {
  base::Result<Reading> reading = Reading();
  if (const auto* config_map = std::get_if<evidence::ConfigMapSource>(&source)) {
    const auto object = ReadObject(kConfigMapKind, {ns, config_map->name});
    reading = object ? ReadKey(*object, *config_map) : tl::unexpected(object.error());
  } else if (const auto* named = std::get_if<evidence::ObjectSource>(&source)) {
    const auto object = ReadObject(KindOf(*named), {ns, named->name});
    reading = object ? ReadingOfObject(*object->body) : tl::unexpected(object.error());
  } else if (std::holds_alternative<evidence::DisruptionBudgetsSource>(source)) {
    const auto objects = objects_.ReadAll(kDisruptionBudgetKind, ns);
    if (!objects) return tl::unexpected(objects.error());
    for (const kube::Object& object : *objects) {
      reading->objects.push_back(json::Canonical(*object.body));
    }
  } else if (const auto* url = std::get_if<evidence::UrlSource>(&source)) {
    reading = pages_.Fetch(url->url).map(&ReadingOfPage);
  } else {
    reading = prometheus_.Ask(ns, source, now).map(&ReadingOfAnswer);
  }
  if (reading) reading->read_at = now;
  return reading;
}

base::Result<kube::Object> ClusterSources::ReadObject(const FollowedKind& kind,
                                                      const kube::ObjectKey& key) {
  const std::string version = objects_.VersionOf(kind, key);
  const auto is_it = [&](const Recent& recent) {
    return recent.object.meta.key == key && recent.kind.kind == kind.kind &&
           recent.kind.api_version == kind.api_version;
  };
  {
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::find_if(recent_, is_it);
    if (found != recent_.end() && !version.empty() &&
        version ==
            fmt::format("{}:{}", found->object.meta.uid, found->object.meta.resource_version)) {
      return found->object;
    }
  }
  auto object = objects_.Read(kind, key);
  if (!object) return object;
  const std::lock_guard lock(mutex_);
  std::erase_if(recent_, is_it);
  recent_.push_back({kind, *object});
  if (recent_.size() > kMaxRecentObjects) recent_.pop_front();
  return object;
}

}  // namespace launchgate::app
