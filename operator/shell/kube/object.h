// An object as the API server sent it, with the few fields that every part of
// the client needs already read. Values, safe to share between threads.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "shell/kube/resource.h"

namespace launchgate::kube {

struct ObjectMeta {
  ObjectKey key;
  std::string uid;
  // Opaque: compared for equality only, never ordered.
  std::string resource_version;
  std::int64_t generation = 0;  // 0 when the kind has none.
  bool deleting = false;        // metadata.deletionTimestamp is set.

  friend bool operator==(const ObjectMeta&, const ObjectMeta&) = default;
};

// Immutable, so a cache and its readers share one copy.
struct Object {
  ObjectMeta meta;
  // Always a JSON object with `apiVersion` and `kind`. Never null.
  std::shared_ptr<const nlohmann::json> body;
};

// One page of a list.
struct ListPage {
  std::vector<Object> items;
  std::string resource_version;  // Of the whole list: where a watch may start.
  std::string continue_token;    // Empty on the last page.
};

// Reads metadata out of an object. `apiVersion` and `kind` are filled in from
// `type` where absent: servers leave them out of the items of a list. kInvalid
// when the value is not an object or `metadata.name` is missing or not a string.
base::Result<Object> ReadObject(const ResourceType& type, nlohmann::json body);

// Parses and reads one object. The error never quotes the text: it may be a
// Secret. (THREATS T67.)
base::Result<Object> ParseObject(const ResourceType& type, std::string_view text);

// Parses a list answer. One unreadable item fails the whole page: a list with a
// hole looks like a deletion.
base::Result<ListPage> ParseListPage(const ResourceType& type, std::string_view text);

// The compact text of a value. kInvalid when a string in it is not UTF-8.
base::Result<std::string> DumpJson(const nlohmann::json& value);

}  // namespace launchgate::kube
