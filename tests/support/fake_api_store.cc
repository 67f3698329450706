#include "tests/support/fake_api_store.h"

#include <algorithm>
#include <atomic>
#include <sstream>
#include <utility>

namespace launchgate::test_support {
namespace {

std::string VersionOf(const Json& object) {
  return object["metadata"].value("resourceVersion", "");
}

const Json* AtPath(const Json& object, std::string_view dotted) {
  const Json* here = &object;
  std::istringstream parts{std::string(dotted)};
  for (std::string part; std::getline(parts, part, '.');) {
    if (!here->is_object() || !here->contains(part)) return nullptr;
    here = &here->at(part);
  }
  return here;
}

// One requirement of a selector against a value that may be absent.
bool MeetsRequirement(std::string term,
                      const std::function<std::optional<std::string>(const std::string&)>& get) {
  const auto equals = term.find('=');
  if (equals == std::string::npos) {
    return term.starts_with('!') ? !get(term.substr(1)) : get(term).has_value();
  }
  const bool negated = equals > 0 && term[equals - 1] == '!';
  const std::string key = term.substr(0, negated ? equals - 1 : equals);
  std::string wanted = term.substr(equals + 1);
  if (wanted.starts_with('=')) wanted.erase(0, 1);
  return (get(key).value_or("") == wanted) != negated;
}

bool MeetsAll(const std::string& selector,
              const std::function<std::optional<std::string>(const std::string&)>& get) {
  std::istringstream terms(selector);
  for (std::string term; std::getline(terms, term, ',');) {
    if (!term.empty() && !MeetsRequirement(term, get)) return false;
  }
  return true;
}

// Everything but metadata and status: what `generation` counts the changes of.
Json Body(Json object) {
  object.erase("metadata");
  object.erase("status");
  return object;
}

// Removes from `object` what `last` had and `now` has not: fields whose only
// owner stopped applying them.
void RemoveAbandoned(Json& object, const Json& last, const Json& now) {
  for (const auto& [key, value] : last.items()) {
    if (!object.is_object() || !object.contains(key)) continue;
    if (!now.is_object() || !now.contains(key)) {
      object.erase(key);
    } else if (value.is_object()) {
      RemoveAbandoned(object[key], value, now[key]);
    }
  }
}

void KeepIdentity(Json& object, const Json& old) {
  for (const char* field : {"name", "namespace", "uid", "creationTimestamp", "resourceVersion",
                            "generation", "deletionTimestamp"}) {
    object["metadata"].erase(field);
    if (old["metadata"].contains(field)) object["metadata"][field] = old["metadata"][field];
  }
}

}  // namespace

ApiAnswer ApiFailure(int code, std::string reason, std::string message) {
  return {code, Json{{"kind", "Status"},
                     {"apiVersion", "v1"},
                     {"metadata", Json::object()},
                     {"status", "Failure"},
                     {"message", std::move(message)},
                     {"reason", std::move(reason)},
                     {"code", code}}};
}

std::string ServedKind::Path() const {
  return (group.empty() ? "/api/" : "/apis/" + group + "/") + version + "/" + plural;
}

ServedKind Serve(const kube::ResourceType& type) {
  ServedKind kind;
  kind.group = type.group;
  kind.version = type.version;
  kind.plural = type.plural;
  kind.kind = type.kind;
  kind.namespaced = type.namespaced;
  kind.has_status = type != kube::kConfigMaps && type != kube::kSecrets && type != kube::kLeases;
  return kind;
}

bool Selection::Matches(const Json& object) const {
  const Json& metadata = object["metadata"];
  if (!ns.empty() && metadata.value("namespace", "") != ns) return false;
  const bool labelled = MeetsAll(labels, [&](const std::string& key) -> std::optional<std::string> {
    if (!metadata.contains("labels") || !metadata["labels"].contains(key)) return std::nullopt;
    return metadata["labels"][key].get<std::string>();
  });
  return labelled && MeetsAll(fields, [&](const std::string& key) -> std::optional<std::string> {
           const Json* value = AtPath(object, key);
           if (value == nullptr) return std::nullopt;
           return value->is_string() ? value->get<std::string>() : value->dump();
         });
}

FakeApiStore::FakeApiStore() {
  static std::atomic<std::uint64_t> stores{0};
  store_number_ = ++stores;
}

void FakeApiStore::AddKind(ServedKind kind) {
  const std::string path = kind.Path();
  kinds_.insert_or_assign(path, std::move(kind));
}

void FakeApiStore::RemoveKind(const std::string& path) {
  kinds_.erase(path);
  objects_.erase(path);
}

std::string FakeApiStore::NewUid() {
  std::ostringstream uid;
  uid << std::hex;
  uid.fill('0');
  uid.width(8);
  uid << store_number_ << "-0000-4000-8000-";
  uid.width(12);
  uid << ++made_;
  return uid.str();
}

ApiAnswer FakeApiStore::Get(const ServedKind& kind, const std::string& ns,
                            const std::string& name) const {
  const auto collection = objects_.find(kind.Path());
  if (collection != objects_.end()) {
    const auto found = collection->second.find({ns, name});
    if (found != collection->second.end()) return {200, *found->second};
  }
  return ApiFailure(404, "NotFound", kind.plural + " \"" + name + "\" not found");
}

ApiAnswer FakeApiStore::Write(const ServedKind& kind, const WriteRequest& request) {
  Objects& collection = objects_[kind.Path()];
  const auto found = collection.find({request.ns, request.name});
  if (request.verb == WriteRequest::Verb::kCreate) return Create(kind, request);
  if (found != collection.end()) {
    const JsonPointer old = found->second;
    return request.verb == WriteRequest::Verb::kDelete ? Delete(kind, request, old)
                                                       : Update(kind, request, old);
  }
  if (request.verb == WriteRequest::Verb::kApply && !request.status_only) {
    return Create(kind, request);
  }
  return ApiFailure(404, "NotFound", kind.plural + " \"" + request.name + "\" not found");
}

ApiAnswer FakeApiStore::Create(const ServedKind& kind, const WriteRequest& request) {
  Json object = request.body;
  if (!object.is_object()) return ApiFailure(400, "BadRequest", "the body is not an object");
  if (!object["metadata"].is_object()) object["metadata"] = Json::object();
  Json& metadata = object["metadata"];
  std::string name = request.name.empty() ? metadata.value("name", "") : request.name;
  const std::string uid = NewUid();
  if (name.empty() && metadata.contains("generateName")) {
    name = metadata["generateName"].get<std::string>() + uid.substr(uid.size() - 5);
  }
  if (name.empty()) return ApiFailure(422, "Invalid", "metadata.name: Required value");
  if (objects_[kind.Path()].contains({request.ns, name})) {
    return ApiFailure(409, "AlreadyExists", kind.plural + " \"" + name + "\" already exists");
  }
  metadata["name"] = name;
  if (kind.namespaced) metadata["namespace"] = request.ns;
  metadata["uid"] = uid;
  metadata["creationTimestamp"] = "2026-11-23T08:00:00Z";
  metadata["generation"] = 1;
  object["apiVersion"] = kind.group.empty() ? kind.version : kind.group + "/" + kind.version;
  object["kind"] = kind.kind;
  if (kind.has_status) object.erase("status");
  if (request.verb == WriteRequest::Verb::kApply) {
    applied_[uid + "/" + request.field_manager + "/main"] = request.body;
  }
  if (!request.dry_run) {
    Store(kind, "ADDED", object, nullptr);
    object = *objects_[kind.Path()].at({request.ns, name});
  }
  return {201, object};
}

std::optional<Json> FakeApiStore::Changed(const ServedKind& kind, const WriteRequest& request,
                                          const Json& old) {
  Json next = old;
  switch (request.verb) {
    case WriteRequest::Verb::kReplace:
      next = request.body;
      break;
    case WriteRequest::Verb::kMergePatch:
      next.merge_patch(request.body);
      break;
    case WriteRequest::Verb::kJsonPatch:
      next = next.patch(request.body);  // Throws; the server answers 422.
      break;
    case WriteRequest::Verb::kApply: {
      Json& last = applied_[old["metadata"]["uid"].get<std::string>() + "/" +
                            request.field_manager + (request.status_only ? "/status" : "/main")];
      RemoveAbandoned(next, last, request.body);
      next.merge_patch(request.body);
      if (!request.dry_run) last = request.body;
      break;
    }
    default:
      return std::nullopt;
  }
  if (!next.is_object()) return std::nullopt;
  if (!next["metadata"].is_object()) next["metadata"] = Json::object();
  if (request.status_only) {
    Json status = next.contains("status") ? next["status"] : Json();
    next = old;
    if (status.is_null()) {
      next.erase("status");
    } else {
      next["status"] = std::move(status);
    }
  } else if (kind.has_status) {
    next.erase("status");
    if (old.contains("status")) next["status"] = old["status"];
  }
  return next;
}

ApiAnswer FakeApiStore::Update(const ServedKind& kind, const WriteRequest& request,
                               const JsonPointer& old) {
  if (!request.body.is_structured()) {
    return ApiFailure(400, "BadRequest", "the body is not an object");
  }
  if (request.body.is_object() && request.body.contains("metadata")) {
    const std::string based_on = VersionOf(request.body);
    if (!based_on.empty() && based_on != VersionOf(*old)) {
      return ApiFailure(409, "Conflict", "the object has been modified");
    }
    const std::string uid = request.body["metadata"].value("uid", "");
    if (!uid.empty() && uid != (*old)["metadata"]["uid"]) {
      return ApiFailure(409, "Conflict", "the uid does not match");
    }
  }
  std::optional<Json> next = Changed(kind, request, *old);
  if (!next) return ApiFailure(422, "Invalid", "the result is not an object");
  KeepIdentity(*next, *old);
  (*next)["apiVersion"] = (*old)["apiVersion"];
  (*next)["kind"] = (*old)["kind"];
  if (*next == *old) return {200, *old};
  if (Body(*next) != Body(*old)) {
    (*next)["metadata"]["generation"] = (*old)["metadata"].value("generation", 0) + 1;
  }
  if (request.dry_run) return {200, *next};
  const Json& metadata = (*next)["metadata"];
  const bool finalized =
      metadata.contains("deletionTimestamp") && metadata.value("finalizers", Json::array()).empty();
  Store(kind, finalized ? "DELETED" : "MODIFIED", *next, old);
  return {200, *history_.back().object};
}

ApiAnswer FakeApiStore::Delete(const ServedKind& kind, const WriteRequest& request,
                               const JsonPointer& old) {
  const Json wanted = request.body.is_object() ? request.body.value("preconditions", Json::object())
                                               : Json::object();
  const Json& metadata = (*old)["metadata"];
  if (wanted.value("uid", metadata["uid"]) != metadata["uid"] ||
      wanted.value("resourceVersion", metadata["resourceVersion"]) != metadata["resourceVersion"]) {
    return ApiFailure(409, "Conflict", "the precondition failed");
  }
  if (request.dry_run) return {200, *old};
  if (metadata.value("finalizers", Json::array()).empty()) {
    Store(kind, "DELETED", *old, old);
  } else if (!metadata.contains("deletionTimestamp")) {
    Json marked = *old;
    marked["metadata"]["deletionTimestamp"] = "2026-11-23T08:00:00Z";
    Store(kind, "MODIFIED", std::move(marked), old);
  }
  return {200, *history_.back().object};
}

void FakeApiStore::Store(const ServedKind& kind, std::string type, Json object,
                         JsonPointer before) {
  object["metadata"]["resourceVersion"] = std::to_string(++version_);
  const auto stored = std::make_shared<const Json>(std::move(object));
  const Json& metadata = (*stored)["metadata"];
  const std::pair key(metadata.value("namespace", ""), metadata["name"].get<std::string>());
  if (type == "DELETED") {
    objects_[kind.Path()].erase(key);
  } else {
    objects_[kind.Path()][key] = stored;
  }
  history_.push_back({version_, kind.Path(), std::move(type), stored, std::move(before)});
}

ApiAnswer FakeApiStore::List(const ServedKind& kind, const Selection& selection, std::size_t limit,
                             const std::string& token) {
  Pages pages;
  if (token.empty()) {
    pages.version = version_;
    for (const auto& [key, object] : objects_[kind.Path()]) {
      if (selection.Matches(*object)) pages.objects.push_back(object);
    }
  } else {
    const auto found = pages_.find(token);
    if (found == pages_.end()) {
      return ApiFailure(410, "Expired", "The provided continue parameter is too old");
    }
    pages = found->second;
    pages_.erase(found);
  }
  Json items = Json::array();
  const std::size_t left = pages.objects.size() - pages.next;
  for (std::size_t i = limit == 0 ? left : std::min(limit, left); i > 0; --i) {
    Json item = *pages.objects[pages.next++];
    item.erase("apiVersion");
    item.erase("kind");
    items.push_back(std::move(item));
  }
  Json metadata{{"resourceVersion", std::to_string(pages.version)}};
  if (pages.next < pages.objects.size()) {
    const std::string next_token = "page-" + std::to_string(++made_);
    metadata["continue"] = next_token;
    metadata["remainingItemCount"] = pages.objects.size() - pages.next;
    pages_[next_token] = std::move(pages);
  }
  return {200,
          Json{{"kind", kind.kind + "List"},
               {"apiVersion", kind.group.empty() ? kind.version : kind.group + "/" + kind.version},
               {"metadata", std::move(metadata)},
               {"items", std::move(items)}}};
}

std::vector<StoreEvent> FakeApiStore::EventsAfter(const std::string& collection,
                                                  std::uint64_t version) const {
  const auto first = std::upper_bound(
      history_.begin(), history_.end(), version,
      [](std::uint64_t wanted, const StoreEvent& event) { return wanted < event.version; });
  std::vector<StoreEvent> events;
  std::copy_if(first, history_.end(), std::back_inserter(events),
               [&](const StoreEvent& event) { return event.collection == collection; });
  return events;
}

void FakeApiStore::Compact() {
  // The version moves on, so that even a watch that had seen everything is too old.
  floor_ = ++version_;
  pages_.clear();
}

}  // namespace launchgate::test_support
