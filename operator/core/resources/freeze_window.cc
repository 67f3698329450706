#include "core/resources/freeze_window.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "core/base/text.h"
#include "core/resources/fields.h"

namespace launchgate::resources {
namespace {

using internal::Presence;
using json::Reader;

constexpr internal::DurationBounds kDurationBounds{kShortestFreeze, kLongestFreeze};
constexpr std::size_t kMaxLabelLength = 63;  // A value, and a key without its prefix.
constexpr std::array kOperators = {LabelOperator::kIn, LabelOperator::kNotIn,
                                   LabelOperator::kExists, LabelOperator::kDoesNotExist};

bool IsLabelWord(std::string_view word) {
  const auto edge = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  return !word.empty() && word.size() <= kMaxLabelLength && edge(word.front()) &&
         edge(word.back()) && std::ranges::all_of(word, [&](char c) {
           return edge(c) || c == '-' || c == '_' || c == '.';
         });
}

bool IsLabelKey(std::string_view key) {
  const std::size_t slash = key.find('/');
  if (slash == std::string_view::npos) return IsLabelWord(key);
  return base::IsDnsSubdomain(key.substr(0, slash)) && IsLabelWord(key.substr(slash + 1));
}

bool IsLabelValue(std::string_view value) { return value.empty() || IsLabelWord(value); }

constexpr std::string_view kKeyRule =
    "must be the key of a label, such as \"tier\" or \"example.com/tier\"";
constexpr std::string_view kValueRule =
    "must be the value of a label: letters, digits, '-', '_' and '.', at most 63";

void ReadMatchLabels(Reader& selector, NamespaceSelector& result) {
  Reader labels = selector.Object("matchLabels");
  const auto& members = labels.value().get_ref<const json::Json::object_t&>();
  if (members.size() > kMaxMatchLabels) {
    selector.Complain("matchLabels", fmt::format("must have at most {} labels", kMaxMatchLabels));
    return;
  }
  for (const auto& [key, value] : members) {
    if (!IsLabelKey(key)) {
      labels.Complain(key, std::string(kKeyRule));
    } else if (!value.is_string()) {
      labels.Complain(key, "must be text");
    } else if (!IsLabelValue(value.get_ref<const std::string&>())) {
      labels.Complain(key, std::string(kValueRule));
    } else {
      result.match_labels.emplace(key, value.get<std::string>());
    }
  }
}

std::optional<LabelOperator> ReadOperator(Reader& expression) {
  const std::string word = expression.RequiredText("operator");
  for (const LabelOperator op : kOperators) {
    if (word == ToString(op)) return op;
  }
  if (!word.empty()) {
    expression.Complain("operator",
                        "must be In, NotIn, Exists or DoesNotExist, not " + base::Quote(word));
  }
  return std::nullopt;
}

// Nothing when one of them is no value.
std::optional<std::vector<std::string>> ReadValues(Reader& expression) {
  std::vector<std::string> values;
  if (!expression.Has("values")) return values;
  const json::Json& list = expression.value()["values"];
  if (!list.is_array() || list.size() > kMaxLabelValues) {
    expression.Complain("values", fmt::format("must be a list of at most {}", kMaxLabelValues));
    return std::nullopt;
  }
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (!list[i].is_string() || !IsLabelValue(list[i].get_ref<const std::string&>())) {
      expression.Complain(fmt::format("values[{}]", i), std::string(kValueRule));
      return std::nullopt;
    }
    values.push_back(list[i].get<std::string>());
  }
  return values;
}

// Nothing when anything about it is wrong: half a requirement is another one.
std::optional<LabelRequirement> ReadExpression(Reader& expression) {
  expression.RefuseUnknownFields({"key", "operator", "values"});
  std::string key = expression.RequiredText("key");
  if (!key.empty() && !IsLabelKey(key)) {
    expression.Complain("key", std::string(kKeyRule));
    key.clear();
  }
  const auto op = ReadOperator(expression);
  auto values = ReadValues(expression);
  if (key.empty() || !op || !values) return std::nullopt;
  const bool compares = *op == LabelOperator::kIn || *op == LabelOperator::kNotIn;
  if (compares == values->empty()) {
    expression.Complain(
        "values", fmt::format("must {} for {}", compares ? "have at least one value" : "not be set",
                              ToString(*op)));
    return std::nullopt;
  }
  return LabelRequirement{std::move(key), *op, *std::move(values)};
}

NamespaceSelector ReadSelector(Reader& spec) {
  NamespaceSelector result;
  if (!spec.Has("namespaceSelector")) return result;
  Reader selector = spec.Object("namespaceSelector");
  selector.RefuseUnknownFields({"matchLabels", "matchExpressions"});
  ReadMatchLabels(selector, result);
  for (Reader& expression : selector.ObjectList("matchExpressions", kMaxMatchExpressions)) {
    if (auto requirement = ReadExpression(expression)) {
      result.match_expressions.push_back(*std::move(requirement));
    }
  }
  return result;
}

std::optional<CronSchedule> ReadCron(Reader& schedule) {
  const std::string text =
      internal::ReadText(schedule, "cron", kMaxCronLength, Presence::kRequired);
  if (text.empty()) return std::nullopt;
  const auto cron = CronSchedule::Parse(text);
  if (!cron) {
    schedule.Complain("cron", cron.error().message);
    return std::nullopt;
  }
  if (cron->TimesPerDay() > kMaxFreezesPerDay) {
    schedule.Complain("cron", fmt::format("must begin at most {} times a day, not {}; let it begin "
                                          "less often and last longer",
                                          kMaxFreezesPerDay, cron->TimesPerDay()));
    return std::nullopt;
  }
  return *cron;
}

void ReadSchedule(Reader& spec, FreezeWindow& window) {
  Reader schedule = spec.Object("schedule");
  schedule.RefuseUnknownFields({"cron", "duration", "timeZone"});
  auto cron = ReadCron(schedule);
  if (!schedule.Has("duration")) schedule.Complain("duration", "must be set");
  const auto duration = internal::ReadDuration(schedule, "duration", kDurationBounds);
  std::string zone = internal::ReadTimeZone(schedule, "timeZone");
  if (!cron || !duration || zone.empty()) return;
  window.when = CalendarFreeze{*std::move(cron), *duration, std::move(zone)};
}

void ReadOneOff(Reader& spec, FreezeWindow& window) {
  for (const std::string_view field : {"start", "end"}) {
    if (!spec.Has(field)) spec.Complain(field, "must be set");
  }
  const auto start = spec.OptionalTime("start");
  const auto end = spec.OptionalTime("end");
  if (!start || !end) return;
  if (*start >= *end) {
    spec.Complain("end", "must be later than start");
  } else if (*end - *start > kLongestOneOffFreeze) {
    spec.Complain("end", fmt::format("must be at most {} after start",
                                     base::FormatDuration(kLongestOneOffFreeze)));
  } else {
    window.when = OneOffFreeze{*start, *end};
  }
}

void ReadWhen(Reader& spec, FreezeWindow& window) {
  const bool once = spec.Has("start") || spec.Has("end");
  if (spec.Has("schedule") == once) {
    spec.Complain("", "must have either schedule, or start and end");
  } else if (once) {
    ReadOneOff(spec, window);
  } else {
    ReadSchedule(spec, window);
  }
}

}  // namespace

std::string_view ToString(LabelOperator op) {
  switch (op) {
    case LabelOperator::kIn:
      return "In";
    case LabelOperator::kNotIn:
      return "NotIn";
    case LabelOperator::kExists:
      return "Exists";
    case LabelOperator::kDoesNotExist:
      break;
  }
  return "DoesNotExist";
}

FreezeWindow ParseFreezeWindow(const json::Json& object, std::vector<json::Problem>& problems) {
  Reader reader(object, "", problems);
  FreezeWindow window;
  window.meta = internal::ReadOurMeta(reader, "FreezeWindow");
  Reader spec = reader.Object("spec", true);
  if (!reader.Has("spec")) return window;
  spec.RefuseUnknownFields({"reason", "owner", "schedule", "start", "end", "namespaceSelector"});
  window.reason =
      internal::ReadText(spec, "reason", internal::kMaxSentenceLength, Presence::kRequired);
  internal::Owner owner = internal::ReadOwner(spec);
  window.team = std::move(owner.team);
  window.contact = std::move(owner.contact);
  ReadWhen(spec, window);
  window.namespace_selector = ReadSelector(spec);
  return window;
}

}  // namespace launchgate::resources
