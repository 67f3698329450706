#include "core/resources/manifest.h"

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/resources/fields.h"

namespace launchgate::resources {
namespace {

using json::Json;
using json::Problem;
using json::Reader;

std::string_view GroupOf(std::string_view api_version) {
  const std::size_t slash = api_version.find('/');
  return slash == std::string_view::npos ? std::string_view() : api_version.substr(0, slash);
}

// Reads one field without complaining: the kind decides first what is wrong.
std::string TextOf(const Json& object, const char* field) {
  if (!object.is_object()) return "";
  const auto found = object.find(field);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

ManifestContent ReadOurs(const Json& object, const OtherObject& other,
                         std::vector<Problem>& problems) {
  if (other.kind == "LaunchReview") return ParseLaunchReview(object, problems);
  if (other.kind == "ReadinessChecklist") return ParseReadinessChecklist(object, problems);
  if (other.kind == "LaunchVerdict") return ParseLaunchVerdict(object, problems);
  if (other.kind == "LaunchAuthority") return ParseLaunchAuthority(object, problems);
  if (other.kind == "ErrorBudget") return ParseErrorBudget(object, problems);
  if (other.kind == "FreezeWindow") return ParseFreezeWindow(object, problems);
  if (other.kind == "BudgetReview") return ParseBudgetReview(object, problems);
  problems.push_back({"kind", "must be a kind of " + std::string(kApiVersion) +
                                  " that this version knows, not " + base::Quote(other.kind)});
  OtherObject unknown = other;
  unknown.meta = ParseMeta(object, problems);
  return unknown;
}

ManifestContent ReadWorkload(const Json& object, TargetKind kind, std::vector<Problem>& problems) {
  Workload workload;
  workload.meta = ParseMeta(object, problems);
  workload.target = {kind, workload.meta.ns, workload.meta.name};
  workload.object = std::make_shared<const Json>(object);
  return workload;
}

ManifestContent ReadContent(const Json& object, std::vector<Problem>& problems) {
  OtherObject other{TextOf(object, "apiVersion"), TextOf(object, "kind"), {}};
  if (other.api_version.empty() || other.kind.empty()) {
    problems.push_back({"", "must be a Kubernetes object with apiVersion and kind"});
    return other;
  }
  const std::string_view group = GroupOf(other.api_version);
  if (group == kGroup) return ReadOurs(object, other, problems);
  if (other.api_version == "v1" && other.kind == "ConfigMap") {
    return ParseConfigMap(object, problems);
  }
  if (other.api_version == "v1" && other.kind == "Namespace") {
    return ParseNamespace(object, problems);
  }
  if (const auto target = ParseTargetKind(group, other.kind)) {
    return ReadWorkload(object, *target, problems);
  }
  // Of objects that are none of our business, nothing is worth a complaint.
  std::vector<Problem> ignored;
  other.meta = ParseMeta(object, ignored);
  return other;
}

}  // namespace

Meta ParseMeta(const Json& object, std::vector<Problem>& problems) {
  Reader reader(object, "", problems);
  return internal::ReadMeta(reader);
}

ConfigMap ParseConfigMap(const Json& object, std::vector<Problem>& problems) {
  Reader reader(object, "", problems);
  ConfigMap config_map;
  config_map.meta = internal::ReadMeta(reader);
  const Reader data = reader.Object("data");
  for (const auto& [key, value] : data.value().get_ref<const Json::object_t&>()) {
    if (value.is_string()) config_map.data.emplace(key, value.get<std::string>());
  }
  return config_map;
}

Namespace ParseNamespace(const Json& object, std::vector<Problem>& problems) {
  Reader reader(object, "", problems);
  Namespace ns;
  ns.meta = internal::ReadMeta(reader);
  const Reader labels = reader.Object("metadata").Object("labels");
  for (const auto& [key, value] : labels.value().get_ref<const Json::object_t&>()) {
    if (value.is_string()) ns.labels.emplace(key, value.get<std::string>());
  }
  const auto gate = ns.labels.find(std::string(kGateLabel));
  if (gate != ns.labels.end()) ns.gate = gate->second;
  return ns;
}

Manifest ReadManifest(const Json& object) {
  Manifest manifest;
  manifest.content = ReadContent(object, manifest.problems);
  return manifest;
}

std::vector<Manifest> ReadManifests(const Json& document) {
  std::vector<Manifest> manifests;
  if (TextOf(document, "kind") != "List" || TextOf(document, "apiVersion") != "v1") {
    manifests.push_back(ReadManifest(document));
    return manifests;
  }
  const auto items = document.find("items");
  if (items == document.end() || !items->is_array()) return manifests;
  for (const Json& item : *items) manifests.push_back(ReadManifest(item));
  return manifests;
}

}  // namespace launchgate::resources
