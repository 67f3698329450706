#include "shell/kube/kind_finder.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/json/json.h"

namespace launchgate::kube {
namespace {

using Json = nlohmann::json;

tl::unexpected<base::Error> Unreadable() {
  return base::Fail(base::ErrorKind::kInternal,
                    "the API server's list of resources is not what it should be");
}

tl::unexpected<base::Error> NotServed(std::string_view api_version, std::string_view kind) {
  return base::Fail(base::ErrorKind::kUnsupported,
                    "this cluster has no kind " + base::Quote(kind) + " in " +
                        base::Quote(api_version) +
                        "; it is looked for again until its CRD is installed");
}

std::string TextIn(const Json& object, const char* field) {
  const auto found = object.is_object() ? object.find(field) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

base::Result<NamedResource> ReadResource(std::string_view api_resource_list,
                                         std::string_view kind) {
  const base::Result<Json> body = json::ParseTrusted(api_resource_list);
  if (!body || !body->is_object()) return Unreadable();
  const auto resources = body->find("resources");
  if (resources == body->end() || !resources->is_array()) return Unreadable();
  for (const Json& resource : *resources) {
    NamedResource named;
    named.plural = TextIn(resource, "name");
    // "jobs/status" is of the kind Job as well.
    if (TextIn(resource, "kind") != kind || !base::IsDnsLabel(named.plural)) continue;
    const auto namespaced = resource.find("namespaced");
    if (namespaced == resource.end() || !namespaced->is_boolean()) return Unreadable();
    named.namespaced = namespaced->get<bool>();
    return named;
  }
  return base::Fail(base::ErrorKind::kNotFound, "no such kind");
}

base::Result<std::vector<std::string>> ReadVersions(std::string_view api_group) {
  const base::Result<Json> body = json::ParseTrusted(api_group);
  if (!body || !body->is_object()) return Unreadable();
  std::vector<std::string> versions;
  const auto add = [&](const Json& entry) {
    std::string version = TextIn(entry, "version");
    if (!base::IsDnsLabel(version)) return false;
    const bool known = std::find(versions.begin(), versions.end(), version) != versions.end();
    if (!known && versions.size() < kMaxVersions) versions.push_back(std::move(version));
    return true;
  };
  const auto preferred = body->find("preferredVersion");
  if (preferred == body->end() || !add(*preferred)) return Unreadable();
  const auto all = body->find("versions");
  if (all == body->end()) return versions;
  if (!all->is_array() || !std::all_of(all->begin(), all->end(), add)) return Unreadable();
  return versions;
}

base::Result<const ResourceType*> KindFinder::Find(std::string_view api_version,
                                                   std::string_view kind, std::stop_token stop) {
  const std::pair<std::string, std::string> name(api_version, kind);
  const std::lock_guard lock(mutex_);
  if (const auto known = by_name_.find(name); known != by_name_.end()) return known->second;
  if (found_.size() >= kMaxFoundKinds) {
    return base::Fail(base::ErrorKind::kExhausted, "too many different kinds are used as evidence");
  }
  const std::size_t slash = api_version.find('/');
  const std::string_view group =
      slash == std::string_view::npos ? std::string_view() : api_version.substr(0, slash);
  std::string version(slash == std::string_view::npos ? api_version
                                                      : api_version.substr(slash + 1));
  // Both become parts of a path. (THREATS T46.)
  const bool has_group = slash != std::string_view::npos;
  if ((has_group && !base::IsDnsSubdomain(group)) || !base::IsDnsLabel(version)) {
    return base::Fail(base::ErrorKind::kInvalid, base::Quote(api_version) + " is no apiVersion");
  }
  auto named = Ask(group, version, kind, stop);
  if (!named && named.error().kind == base::ErrorKind::kNotFound && !group.empty()) {
    auto other = AskOtherVersions(group, version, kind, stop);
    if (other) {
      version = std::move(other->first);
      named = std::move(other->second);
    } else {
      named = tl::unexpected(other.error());
    }
  }
  if (!named && named.error().kind == base::ErrorKind::kNotFound) {
    return NotServed(api_version, kind);
  }
  if (!named) return tl::unexpected(named.error());
  Found& found = found_.emplace_back(
      Found{std::string(group), version, named->plural, std::string(kind), ResourceType()});
  found.type = {found.group, found.version, found.plural, found.kind, named->namespaced};
  by_name_[name] = &found.type;
  return &found.type;
}

base::Result<NamedResource> KindFinder::Ask(std::string_view group, std::string_view version,
                                            std::string_view kind, std::stop_token stop) {
  const std::string path = group.empty()
                               ? "/api/" + std::string(version)
                               : "/apis/" + std::string(group) + "/" + std::string(version);
  const auto body = client_.GetText(path, std::move(stop));
  if (!body) return tl::unexpected(base::Error(body.error()));
  return ReadResource(*body, kind);
}

base::Result<std::pair<std::string, NamedResource>> KindFinder::AskOtherVersions(
    std::string_view group, std::string_view named, std::string_view kind, std::stop_token stop) {
  const auto body = client_.GetText("/apis/" + std::string(group), stop);
  if (!body) return tl::unexpected(base::Error(body.error()));
  const auto versions = ReadVersions(*body);
  if (!versions) return tl::unexpected(versions.error());
  for (const std::string& version : *versions) {
    if (version == named) continue;
    auto resource = Ask(group, version, kind, stop);
    if (resource) return std::pair(version, *std::move(resource));
    if (resource.error().kind != base::ErrorKind::kNotFound) {
      return tl::unexpected(resource.error());
    }
  }
  return base::Fail(base::ErrorKind::kNotFound, "no version of the group has it");
}

}  // namespace launchgate::kube
