#include "core/json/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/base/text.h"

namespace launchgate::json {
namespace {

// Longest part of a path that comes from the document itself.
constexpr std::size_t kMaxFieldInPath = 64;
constexpr std::string_view kMustBeSet = "must be set";

const Json& EmptyObject() {
  static const Json& empty = *new Json(Json::object());
  return empty;
}

}  // namespace

Reader::Reader(const Json& value, std::string path, std::vector<Problem>& problems)
    : value_(&value), path_(std::move(path)), problems_(&problems) {
  if (value_->is_object()) return;
  Complain("", "must be an object");
  value_ = &EmptyObject();
}

const Json* Reader::Find(std::string_view field) const {
  const auto found = value_->find(field);
  return found == value_->end() || found->is_null() ? nullptr : &*found;
}

bool Reader::Has(std::string_view field) const { return Find(field) != nullptr; }

std::string Reader::PathOf(std::string_view field) const {
  if (field.empty()) return path_;
  const std::string shown = base::Printable(field, kMaxFieldInPath);
  return path_.empty() ? shown : path_ + "." + shown;
}

void Reader::Complain(std::string_view field, std::string message) {
  if (problems_->size() >= kMaxProblems) return;
  problems_->push_back({PathOf(field), std::move(message)});
}

std::string Reader::Text(std::string_view field, std::string fallback) {
  const Json* value = Find(field);
  if (value == nullptr) return fallback;
  if (value->is_string()) return value->get<std::string>();
  Complain(field, "must be text");
  return fallback;
}

std::string Reader::RequiredText(std::string_view field) {
  const Json* value = Find(field);
  if (value == nullptr) {
    Complain(field, std::string(kMustBeSet));
    return "";
  }
  std::string text = Text(field);
  if (value->is_string() && text.empty()) Complain(field, "must not be empty");
  return text;
}

std::int64_t Reader::Integer(std::string_view field, std::int64_t fallback) {
  const Json* value = Find(field);
  if (value == nullptr) return fallback;
  constexpr auto kLargest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (value->is_number_unsigned() && value->get<std::uint64_t>() > kLargest) {
    Complain(field, "must fit a signed 64-bit integer");
    return fallback;
  }
  if (value->is_number_integer()) return value->get<std::int64_t>();
  Complain(field, "must be a whole number");
  return fallback;
}

bool Reader::Boolean(std::string_view field, bool fallback) {
  const Json* value = Find(field);
  if (value == nullptr) return fallback;
  if (value->is_boolean()) return value->get<bool>();
  Complain(field, "must be true or false");
  return fallback;
}

std::optional<base::Time> Reader::OptionalTime(std::string_view field) {
  const Json* value = Find(field);
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) {
    if (const auto time = base::ParseTime(value->get_ref<const std::string&>())) return *time;
  }
  Complain(field, "must be an RFC 3339 time with an offset, such as \"2026-11-23T08:15:37Z\"");
  return std::nullopt;
}

std::optional<base::Duration> Reader::OptionalDuration(std::string_view field) {
  const Json* value = Find(field);
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) {
    const auto duration = base::ParseDuration(value->get_ref<const std::string&>());
    if (duration) return *duration;
  }
  Complain(field, "must be a duration such as \"250ms\", \"1h30m\" or \"30d\"");
  return std::nullopt;
}

std::optional<double> Reader::OptionalDecimal(std::string_view field) {
  const Json* value = Find(field);
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) {
    const auto decimal = base::ParseDecimal(value->get_ref<const std::string&>());
    if (decimal) return *decimal;
  }
  Complain(field, "must be a decimal number in quotes, such as \"99.9\"");
  return std::nullopt;
}

const Json* Reader::FindList(std::string_view field, std::size_t max_items) {
  const Json* value = Find(field);
  if (value == nullptr) return nullptr;
  if (!value->is_array()) {
    Complain(field, "must be a list");
    return nullptr;
  }
  if (value->size() > max_items) {
    Complain(field, fmt::format("must have at most {} items", max_items));
  }
  return value;
}

std::vector<std::string> Reader::TextList(std::string_view field, std::size_t max_items) {
  std::vector<std::string> texts;
  const Json* list = FindList(field, max_items);
  if (list == nullptr) return texts;
  for (std::size_t i = 0; i < std::min(list->size(), max_items); ++i) {
    const Json& item = (*list)[i];
    if (item.is_string() && !item.get_ref<const std::string&>().empty()) {
      texts.push_back(item.get<std::string>());
    } else {
      Complain(fmt::format("{}[{}]", field, i), "must be text and not empty");
    }
  }
  return texts;
}

Reader Reader::Object(std::string_view field, bool required) {
  const Json* value = Find(field);
  if (value != nullptr) return Reader(*value, PathOf(field), *problems_);
  if (required) Complain(field, std::string(kMustBeSet));
  return Reader(EmptyObject(), PathOf(field), *problems_);
}

std::vector<Reader> Reader::ObjectList(std::string_view field, std::size_t max_items) {
  std::vector<Reader> objects;
  const Json* list = FindList(field, max_items);
  if (list == nullptr) return objects;
  const std::string path = PathOf(field);
  for (std::size_t i = 0; i < std::min(list->size(), max_items); ++i) {
    objects.emplace_back((*list)[i], fmt::format("{}[{}]", path, i), *problems_);
  }
  return objects;
}

void Reader::RefuseUnknownFields(std::initializer_list<std::string_view> known) {
  for (const auto& [key, value] : value_->get_ref<const Json::object_t&>()) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    Complain(key, "is not a known field; known are " +
                      base::JoinWords(std::vector<std::string>(known.begin(), known.end())));
  }
}

std::string Summarize(const std::vector<Problem>& problems) {
  std::string summary;
  for (std::size_t i = 0; i < problems.size(); ++i) {
    const std::string separator = i == 0 ? "" : "; ";
    const std::string problem = separator + base::Printable(problems[i].ToString(), 512);
    const std::string rest = fmt::format("; and {} more", problems.size() - i);
    if (summary.size() + problem.size() + rest.size() > kMaxSummaryBytes) return summary + rest;
    summary += problem;
  }
  return summary;
}

}  // namespace launchgate::json
