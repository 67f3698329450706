// Reading fields of a parsed document, strictly. Internal to this module.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/result.h"

namespace launchgate::admission::internal {

using Element = simdjson::dom::element;

// A member of an object; nothing if it is absent or null. The last of equal
// keys, which is also the one that json::AppendCanonical hashes.
// Precondition: `object` is an object.
std::optional<Element> Member(const Element& object, std::string_view key);

// The value at a dotted path below `root` ("spec.replicas"); nothing if it, or
// anything on the way, is absent or null. kInvalid if something on the way is
// not an object. An empty path is `root` itself.
base::Result<std::optional<Element>> At(const Element& root, std::string_view path);

// The same for a value that must be of one type; kInvalid when it is not.
base::Result<std::string_view> TextAt(const Element& root, std::string_view path,
                                      std::string_view fallback = "");
base::Result<bool> BooleanAt(const Element& root, std::string_view path, bool fallback = false);
base::Result<std::int64_t> IntegerAt(const Element& root, std::string_view path,
                                     std::int64_t fallback);
base::Result<std::optional<Element>> ObjectAt(const Element& root, std::string_view path);
base::Result<std::optional<Element>> ListAt(const Element& root, std::string_view path);

// The members and elements, as values: a range-for may hold them, which it must
// not do with what simdjson's value_unsafe() refers to. Preconditions: of that type.
simdjson::dom::object MembersOf(const Element& object);
simdjson::dom::array ItemsOf(const Element& list);

// "`spec.replicas` must be an integer".
[[nodiscard]] tl::unexpected<base::Error> WrongType(std::string_view path,
                                                    std::string_view expected);

}  // namespace launchgate::admission::internal
