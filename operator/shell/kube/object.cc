#include "shell/kube/object.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "core/json/json.h"

namespace launchgate::kube {
namespace {

using Json = nlohmann::json;

// The text under `field`, or empty when it is absent or of another type.
std::string TextAt(const Json& object, const char* field) {
  const auto found = object.find(field);
  if (found == object.end() || !found->is_string()) return {};
  return found->get<std::string>();
}

ObjectMeta ReadMeta(const Json& metadata) {
  ObjectMeta meta;
  meta.key = {TextAt(metadata, "namespace"), TextAt(metadata, "name")};
  meta.uid = TextAt(metadata, "uid");
  meta.resource_version = TextAt(metadata, "resourceVersion");
  if (const auto found = metadata.find("generation");
      found != metadata.end() && found->is_number_integer()) {
    meta.generation = found->get<std::int64_t>();
  }
  meta.deleting = !TextAt(metadata, "deletionTimestamp").empty();
  return meta;
}

tl::unexpected<base::Error> NotAnObject(const ResourceType& type, std::string_view what) {
  return base::Fail(base::ErrorKind::kInvalid,
                    "the API server's answer for " + QualifiedName(type) + " " + std::string(what));
}

}  // namespace

base::Result<Object> ReadObject(const ResourceType& type, Json body) {
  if (!body.is_object()) return NotAnObject(type, "is not a JSON object");
  const auto metadata = body.find("metadata");
  if (metadata == body.end() || !metadata->is_object()) return NotAnObject(type, "has no metadata");
  ObjectMeta meta = ReadMeta(*metadata);
  if (meta.key.name.empty()) return NotAnObject(type, "has no metadata.name");

  if (TextAt(body, "apiVersion").empty()) body["apiVersion"] = ApiVersion(type);
  if (TextAt(body, "kind").empty()) body["kind"] = type.kind;
  return Object{std::move(meta), std::make_shared<const Json>(std::move(body))};
}

base::Result<Object> ParseObject(const ResourceType& type, std::string_view text) {
  base::Result<Json> body = json::ParseTrusted(text);
  if (!body) return NotAnObject(type, "is not JSON");
  return ReadObject(type, std::move(*body));
}

base::Result<ListPage> ParseListPage(const ResourceType& type, std::string_view text) {
  base::Result<Json> body = json::ParseTrusted(text);
  if (!body || !body->is_object()) return NotAnObject(type, "is not a JSON list");
  const auto metadata = body->find("metadata");
  if (metadata == body->end() || !metadata->is_object())
    return NotAnObject(type, "has no metadata");

  ListPage page;
  page.resource_version = TextAt(*metadata, "resourceVersion");
  page.continue_token = TextAt(*metadata, "continue");
  const auto items = body->find("items");
  // Go writes an empty list as null.
  if (items == body->end() || items->is_null()) return page;
  if (!items->is_array()) return NotAnObject(type, "has items that are not a list");
  page.items.reserve(items->size());
  for (Json& item : *items) {
    base::Result<Object> object = ReadObject(type, std::move(item));
    if (!object) return tl::unexpected(object.error());
    page.items.push_back(std::move(*object));
  }
  return page;
}

base::Result<std::string> DumpJson(const Json& value) {
  try {
    return value.dump();
  } catch (const std::exception&) {
    return base::Fail(base::ErrorKind::kInvalid, "a text in the object is not valid UTF-8");
  }
}

}  // namespace launchgate::kube
