#include "core/admission/dom.h"

#include <algorithm>
#include <string>

namespace launchgate::admission::internal {
namespace {

using simdjson::dom::element_type;

std::string_view NameOf(element_type type) {
  return type == element_type::OBJECT ? "an object" : "a list";
}

base::Result<std::optional<Element>> ContainerAt(const Element& root, std::string_view path,
                                                 element_type type) {
  auto value = At(root, path);
  if (value && *value && (*value)->type() != type) return WrongType(path, NameOf(type));
  return value;
}

}  // namespace

tl::unexpected<base::Error> WrongType(std::string_view path, std::string_view expected) {
  return base::Fail(base::ErrorKind::kInvalid,
                    "`" + std::string(path) + "` must be " + std::string(expected));
}

simdjson::dom::object MembersOf(const Element& object) {
  simdjson::dom::object members;
  if (object.get(members) != simdjson::SUCCESS) return {};
  return members;
}

simdjson::dom::array ItemsOf(const Element& list) {
  simdjson::dom::array items;
  if (list.get(items) != simdjson::SUCCESS) return {};
  return items;
}

std::optional<Element> Member(const Element& object, std::string_view key) {
  std::optional<Element> found;
  for (const auto& field : MembersOf(object)) {
    if (field.key == key) found = field.value;
  }
  if (found && found->is_null()) found.reset();
  return found;
}

base::Result<std::optional<Element>> At(const Element& root, std::string_view path) {
  std::optional<Element> value = root;
  for (std::size_t from = 0; from < path.size();) {
    if (!value->is_object()) {
      return WrongType(from == 0 ? std::string_view("object") : path.substr(0, from - 1),
                       "an object");
    }
    const std::size_t to = std::min(path.find('.', from), path.size());
    value = Member(*value, path.substr(from, to - from));
    if (!value) return std::nullopt;
    from = to + 1;
  }
  return value;
}

base::Result<std::string_view> TextAt(const Element& root, std::string_view path,
                                      std::string_view fallback) {
  const auto value = At(root, path);
  if (!value) return tl::unexpected(value.error());
  if (!*value) return fallback;
  std::string_view text;
  if ((*value)->get(text) != simdjson::SUCCESS) return WrongType(path, "text");
  return text;
}

base::Result<bool> BooleanAt(const Element& root, std::string_view path, bool fallback) {
  const auto value = At(root, path);
  if (!value) return tl::unexpected(value.error());
  if (!*value) return fallback;
  bool boolean = false;
  if ((*value)->get(boolean) != simdjson::SUCCESS) return WrongType(path, "true or false");
  return boolean;
}

base::Result<std::int64_t> IntegerAt(const Element& root, std::string_view path,
                                     std::int64_t fallback) {
  const auto value = At(root, path);
  if (!value) return tl::unexpected(value.error());
  if (!*value) return fallback;
  std::int64_t integer = 0;
  if ((*value)->get(integer) != simdjson::SUCCESS) return WrongType(path, "an integer");
  return integer;
}

base::Result<std::optional<Element>> ObjectAt(const Element& root, std::string_view path) {
  return ContainerAt(root, path, element_type::OBJECT);
}

base::Result<std::optional<Element>> ListAt(const Element& root, std::string_view path) {
  return ContainerAt(root, path, element_type::ARRAY);
}

}  // namespace launchgate::admission::internal
