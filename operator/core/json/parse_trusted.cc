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

class Converter {
 public:
  explicit Converter(std::size_t max_depth) : max_depth_(max_depth) {}

  bool too_deep() const { return too_deep_; }

  Json Convert(const element& value, std::size_t depth) {
    switch (value.type()) {
      case element_type::OBJECT:
        return Object(value.get_object().value_unsafe(), depth + 1);
      case element_type::ARRAY:
        return Array(value.get_array().value_unsafe(), depth + 1);
      case element_type::STRING:
        return std::string(value.get_string().value_unsafe());
      case element_type::BOOL:
        return value.get_bool().value_unsafe();
      case element_type::INT64:
        return Integer(value.get_int64().value_unsafe());
      case element_type::UINT64:
        return value.get_uint64().value_unsafe();
      case element_type::DOUBLE:
        return value.get_double().value_unsafe();
      case element_type::NULL_VALUE:
        return nullptr;
    }
    return nullptr;
  }

 private:
  // ParseStrict makes numbers without a sign unsigned; the two must agree.
  static Json Integer(std::int64_t number) {
    if (number >= 0) return static_cast<std::uint64_t>(number);
    return number;
  }

  Json Object(const simdjson::dom::object& members, std::size_t depth) {
    too_deep_ = too_deep_ || depth > max_depth_;
    Json::object_t object;
    for (const auto& [key, member] : members) {
      object.insert_or_assign(std::string(key), Convert(member, depth));
    }
    return object;
  }

  Json Array(const simdjson::dom::array& elements, std::size_t depth) {
    too_deep_ = too_deep_ || depth > max_depth_;
    Json::array_t array;
    array.reserve(elements.size());
    for (const element item : elements) array.push_back(Convert(item, depth));
    return array;
  }

  std::size_t max_depth_;
  bool too_deep_ = false;
};

}  // namespace

base::Result<Json> ParseTrusted(std::string_view text, std::size_t max_depth) {
  thread_local simdjson::dom::parser parser;
  // simdjson counts a scalar in the innermost container as a level but not an
  // empty container there; hence one more here and a second look below.
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
  Converter converter(max_depth);
  Json value = converter.Convert(document.value_unsafe(), 0);
  if (text.size() > kMaxRetainedDocument) parser = simdjson::dom::parser();
  if (converter.too_deep()) {
    return base::Fail(base::ErrorKind::kExhausted,
                      "not JSON: more than " + std::to_string(max_depth) + " nested levels");
  }
  return value;
}

}  // namespace launchgate::json
