#include <simdjson.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json/json.h"

namespace launchgate::json {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

// A parser keeps buffers of several times the largest document it has seen;
// after a larger one it is replaced, so that one long list does not stay.
constexpr std::size_t kMaxRetainedDocument = 4U << 20U;

Json ToJson(const element& value) {
  switch (value.type()) {
    case element_type::OBJECT: {
      Json::object_t object;
      for (const auto& [key, member] : value.get_object().value_unsafe()) {
        object.insert_or_assign(std::string(key), ToJson(member));
      }
      return object;
    }
    case element_type::ARRAY: {
      const auto elements = value.get_array().value_unsafe();
      Json::array_t array;
      array.reserve(elements.size());
      for (const element item : elements) array.push_back(ToJson(item));
      return array;
    }
    case element_type::STRING:
      return std::string(value.get_string().value_unsafe());
    case element_type::BOOL:
      return value.get_bool().value_unsafe();
    case element_type::INT64: {
      // ParseStrict makes numbers without a sign unsigned; the two must agree.
      const std::int64_t number = value.get_int64().value_unsafe();
      if (number >= 0) return static_cast<std::uint64_t>(number);
      return number;
    }
    case element_type::UINT64:
      return value.get_uint64().value_unsafe();
    case element_type::DOUBLE:
      return value.get_double().value_unsafe();
    case element_type::NULL_VALUE:
      return nullptr;
  }
  return nullptr;
}

}  // namespace

base::Result<Json> ParseTrusted(std::string_view text, std::size_t max_depth) {
  thread_local simdjson::dom::parser parser;
  // simdjson counts the scalar inside the innermost container as one level.
  if (parser.max_depth() != max_depth + 1) {
    const std::size_t capacity = std::max(parser.capacity(), text.size());
    if (const auto error = parser.allocate(capacity, max_depth + 1)) {
      return base::Fail(base::ErrorKind::kExhausted, simdjson::error_message(error));
    }
  }
  const auto document = parser.parse(text.data(), text.size());
  if (const auto error = document.error()) {
    const bool too_deep = error == simdjson::DEPTH_ERROR;
    return base::Fail(too_deep ? base::ErrorKind::kExhausted : base::ErrorKind::kInvalid,
                      std::string("not JSON: ") + simdjson::error_message(error));
  }
  Json value = ToJson(document.value_unsafe());
  if (text.size() > kMaxRetainedDocument) parser = simdjson::dom::parser();
  return value;
}

}  // namespace launchgate::json
