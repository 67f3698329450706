#include "core/admission/switches.h"

#include <nlohmann/json.hpp>

#include "core/admission/template_hash.h"
#include "core/json/canonical_fast.h"
#include "core/json/json.h"

namespace launchgate::admission::internal {
namespace {

std::string CanonicalText(const std::optional<Element>& value,
                          const json::CanonicalOptions& options) {
  std::string text;
  if (value) json::AppendCanonical(*value, options, text);
  return text;
}

base::Result<bool> Differs(std::string_view path, const Element& before, const Element& after,
                           const json::CanonicalOptions& options) {
  const auto old_value = At(before, path);
  if (!old_value) return tl::unexpected(old_value.error());
  const auto new_value = At(after, path);
  if (!new_value) return tl::unexpected(new_value.error());
  return CanonicalText(*old_value, options) != CanonicalText(*new_value, options);
}

// `judge` compares the two values; an absent one is `absent`.
template <typename Read, typename Value, typename Judge>
base::Result<bool> Compare(Read read, std::string_view path, const Element& before,
                           const Element& after, Value absent, Judge judge) {
  const auto old_value = read(before, path, absent);
  if (!old_value) return tl::unexpected(old_value.error());
  const auto new_value = read(after, path, absent);
  if (!new_value) return tl::unexpected(new_value.error());
  return judge(*old_value, *new_value);
}

template <typename Judge>
base::Result<bool> CompareBooleans(std::string_view path, const Element& before,
                                   const Element& after, Judge judge) {
  return Compare(BooleanAt, path, before, after, false, judge);
}

template <typename Judge>
base::Result<bool> CompareIntegers(std::string_view path, const Element& before,
                                   const Element& after, std::int64_t absent, Judge judge) {
  return Compare(IntegerAt, path, before, after, absent, judge);
}

base::Result<std::size_t> LengthAt(const Element& root, std::string_view path) {
  const auto list = ListAt(root, path);
  if (!list) return tl::unexpected(list.error());
  // size() saturates; only zero or not matters here.
  return *list ? ItemsOf(**list).size() : 0;
}

base::Result<bool> IsEmptied(std::string_view path, const Element& before, const Element& after) {
  const auto old_length = LengthAt(before, path);
  if (!old_length) return tl::unexpected(old_length.error());
  const auto new_length = LengthAt(after, path);
  if (!new_length) return tl::unexpected(new_length.error());
  return *old_length > 0 && *new_length == 0;
}

// Names and images of a list of containers, each on a line of its own.
base::Result<std::string> ImagesAt(const Element& root, std::string_view path) {
  const auto list = ListAt(root, path);
  if (!list) return tl::unexpected(list.error());
  std::string images;
  if (!*list) return images;
  for (const Element container : ItemsOf(**list)) {
    if (!container.is_object()) return WrongType(path, "a list of containers");
    const auto name = TextAt(container, "name");
    const auto image = TextAt(container, "image");
    if (!name || !image) return WrongType(path, "a list of containers");
    images.append(*name).append("\n").append(*image).append("\n");
  }
  return images;
}

base::Result<bool> ImagesDiffer(std::string_view path, const Element& before,
                                const Element& after) {
  const auto old_images = ImagesAt(before, path);
  if (!old_images) return tl::unexpected(old_images.error());
  const auto new_images = ImagesAt(after, path);
  if (!new_images) return tl::unexpected(new_images.error());
  return *old_images != *new_images;
}

bool LeavesOnDelete(std::string_view before, std::string_view after) {
  return before == "OnDelete" && after != "OnDelete";
}

}  // namespace

base::Result<bool> IsPulled(const ReleaseSwitch& release, const Element& before,
                            const Element& after) {
  const std::string_view path = release.path;
  using I = std::int64_t;
  switch (release.rule) {
    case Rule::kTrueToFalse:
      return CompareBooleans(path, before, after, [](bool was, bool is) { return was && !is; });
    case Rule::kFalseToTrue:
      return CompareBooleans(path, before, after, [](bool was, bool is) { return !was && is; });
    case Rule::kZeroToMore:
      return CompareIntegers(path, before, after, 1,
                             [](I was, I is) { return was <= 0 && is > 0; });
    case Rule::kLowered:
      return CompareIntegers(path, before, after, 0, [](I was, I is) { return is < was; });
    case Rule::kRaised:
      return CompareIntegers(path, before, after, 0, [](I was, I is) { return is > was; });
    case Rule::kOnDeleteToRolling:
      return Compare(TextAt, path, before, after, std::string_view(), LeavesOnDelete);
    case Rule::kAnyChange:
      return Differs(path, before, after, TemplateCanonicalOptions());
    case Rule::kAnyChangeInJobSpec:
      return Differs(path, before, after, TemplateParentCanonicalOptions());
    case Rule::kEmptied:
      return IsEmptied(path, before, after);
    case Rule::kImages:
      return ImagesDiffer(path, before, after);
  }
  return true;  // A rule nobody implemented must not open the gate.
}

base::Result<std::optional<Element>> PodTemplateAt(const Element& object, std::string_view path) {
  auto pod_template = ObjectAt(object, path);
  if (!pod_template) return tl::unexpected(pod_template.error());
  if (!*pod_template) return std::nullopt;
  const auto containers = ListAt(**pod_template, "spec.containers");
  if (!containers) return WrongType(path, "a pod template with a list of containers");
  if (!*containers || ItemsOf(**containers).size() == 0) return std::nullopt;
  for (const Element container : ItemsOf(**containers)) {
    if (!container.is_object()) return WrongType(path, "a pod template with a list of containers");
  }
  return pod_template;
}

std::string HashOfTemplate(const Element& pod_template) {
  return HashOfCanonicalTemplate(CanonicalText(pod_template, TemplateCanonicalOptions()));
}

base::Result<std::string> HashOfTemplateWithoutLabel(const Element& pod_template,
                                                     std::string_view label) {
  auto copy = json::ParseTrusted(CanonicalText(pod_template, TemplateCanonicalOptions()));
  if (!copy) return tl::unexpected(copy.error());
  const auto metadata = copy->find("metadata");
  if (metadata != copy->end() && metadata->is_object()) {
    const auto labels = metadata->find("labels");
    if (labels != metadata->end() && labels->is_object()) labels->erase(std::string(label));
  }
  return TemplateHash(*copy);
}

}  // namespace launchgate::admission::internal
