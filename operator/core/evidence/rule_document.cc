#include "core/evidence/rule_document.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "core/base/text.h"
#include "core/evidence/promql_names.h"
#include "core/json/json.h"
#include "core/json/yaml.h"

namespace launchgate::evidence {
namespace {

using base::Duration;
using base::ErrorKind;
using base::Result;
using base::Status;
using json::Json;

constexpr std::string_view kObjectKind = "PrometheusRule";

// The two dialects: rule files and objects, and what the server answers.
enum class Dialect { kFile, kAnswer };

const Json* Find(const Json& object, std::string_view key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

tl::unexpected<base::Error> Malformed(std::string_view path, std::string_view message) {
  return base::Fail(ErrorKind::kInvalid, fmt::format("{} {}", path, message));
}

tl::unexpected<base::Error> TooMany(std::string_view what, std::size_t limit) {
  return base::Fail(ErrorKind::kExhausted, fmt::format("more than {} {}", limit, what));
}

// YAML writers leave quotes away: `expr: 1` and `severity: 1` mean text.
std::optional<std::string> ScalarText(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number() || value.is_boolean()) return value.dump();
  return std::nullopt;
}

// Empty when absent.
Result<std::string> Text(const Json& rule, std::string_view field, std::string_view path) {
  const Json* value = Find(rule, field);
  if (value == nullptr) return std::string();
  auto text = ScalarText(*value);
  if (!text) return Malformed(path, fmt::format("has a {} that is no text", field));
  return std::move(*text);
}

Result<std::map<std::string, std::string>> TextMap(const Json& rule, std::string_view field,
                                                   std::string_view path) {
  std::map<std::string, std::string> texts;
  const Json* object = Find(rule, field);
  if (object == nullptr) return texts;
  if (!object->is_object()) return Malformed(path, fmt::format("has {} that are no map", field));
  if (object->size() > kMaxRuleLabels)
    return TooMany(fmt::format("{} at one place", field), kMaxRuleLabels);
  for (const auto& [key, value] : object->items()) {
    auto text = value.is_null() ? std::string() : ScalarText(value);
    if (!text) return Malformed(path, fmt::format("has a value in {} that is no text", field));
    texts.emplace(key, std::move(*text));
  }
  return texts;
}

// Files have durations, answers have seconds.
Result<Duration> ReadDuration(const Json& rule, std::string_view field, Dialect dialect,
                              std::string_view path) {
  const Json* value = Find(rule, field);
  if (value == nullptr) return Duration(0);
  if (dialect == Dialect::kAnswer) {
    const double seconds = value->is_number() ? value->get<double>() : -1;
    const double limit = std::chrono::duration<double>(base::kMaxDuration).count();
    if (seconds < 0 || seconds > limit) {
      return Malformed(path, fmt::format("has a {} that is no number of seconds", field));
    }
    return Duration(std::llround(seconds * 1000));
  }
  const auto text = ScalarText(*value);
  const auto duration = ParsePrometheusDuration(text.value_or(""));
  if (!duration) return Malformed(path, fmt::format("has a {} that is no duration", field));
  return *duration;
}

// Names of the fields that the dialects call differently.
struct Fields {
  std::string_view expression;
  std::string_view hold;
  std::string_view keep_firing_for;
};
constexpr Fields kFileFields{"expr", "for", "keep_firing_for"};
constexpr Fields kAnswerFields{"query", "duration", "keepFiringFor"};

class RuleReader {
 public:
  explicit RuleReader(Dialect dialect)
      : dialect_(dialect), fields_(dialect == Dialect::kFile ? kFileFields : kAnswerFields) {}

  Result<RuleDocument> Read(const Json* groups, std::string_view where) {
    if (groups == nullptr || !groups->is_array()) return Malformed(where, "is not a list");
    if (groups->size() > kMaxRuleGroups) return TooMany("groups", kMaxRuleGroups);
    document_.groups = groups->size();
    for (std::size_t i = 0; i < groups->size(); ++i) {
      const std::string path = fmt::format("{}[{}]", where, i);
      if (const Status status = ReadGroup((*groups)[i], path); !status) {
        return tl::unexpected(status.error());
      }
    }
    return std::move(document_);
  }

 private:
  Status ReadGroup(const Json& group, const std::string& path) {
    if (!group.is_object()) return Malformed(path, "is not a group");
    auto labels = TextMap(group, "labels", path);
    if (!labels) return tl::unexpected(labels.error());
    group_labels_ = std::move(*labels);
    const Json* rules = Find(group, "rules");
    if (rules == nullptr) return {};  // A group may be empty.
    if (!rules->is_array()) return Malformed(path, "has rules that are no list");
    for (std::size_t i = 0; i < rules->size(); ++i) {
      if (document_.alerts.size() + document_.recordings.size() == kMaxRules) {
        return TooMany("rules", kMaxRules);
      }
      const std::string rule_path = fmt::format("{}.rules[{}]", path, i);
      Status status = ReadRule((*rules)[i], rule_path);
      if (!status) return status;
    }
    return {};
  }

  Status ReadRule(const Json& rule, const std::string& path) {
    if (!rule.is_object()) return Malformed(path, "is not a rule");
    auto name = Name(rule, path);
    if (!name) return tl::unexpected(name.error());
    auto expression = Text(rule, fields_.expression, path);
    if (!expression) return tl::unexpected(expression.error());
    if (expression->empty()) return Malformed(path, "has no expression");
    if (expression->size() > kMaxPromqlBytes)
      return TooMany("bytes in an expression", kMaxPromqlBytes);
    auto health = Evaluated(rule, "health", path);
    auto error = Evaluated(rule, "lastError", path);
    if (!health || !error) return tl::unexpected((health ? error : health).error());
    if (!is_alert_) {
      document_.recordings.push_back(
          {std::move(*name), std::move(*expression), std::move(*health), std::move(*error)});
      return {};
    }
    AlertRule alert;
    alert.name = std::move(*name);
    alert.expression = std::move(*expression);
    alert.health = std::move(*health);
    alert.last_error = std::move(*error);
    return ReadAlert(rule, path, std::move(alert));
  }

  Status ReadAlert(const Json& rule, const std::string& path, AlertRule alert) {
    const auto hold = ReadDuration(rule, fields_.hold, dialect_, path);
    if (!hold) return tl::unexpected(hold.error());
    const auto keep = ReadDuration(rule, fields_.keep_firing_for, dialect_, path);
    if (!keep) return tl::unexpected(keep.error());
    auto labels = TextMap(rule, "labels", path);
    if (!labels) return tl::unexpected(labels.error());
    auto annotations = TextMap(rule, "annotations", path);
    if (!annotations) return tl::unexpected(annotations.error());
    alert.hold = *hold;
    alert.keep_firing_for = *keep;
    alert.labels = std::move(*labels);
    alert.labels.insert(group_labels_.begin(), group_labels_.end());  // The rule's own win.
    alert.annotations = std::move(*annotations);
    document_.alerts.push_back(std::move(alert));
    return {};
  }

  // Says which of the two kinds the rule is, too.
  Result<std::string> Name(const Json& rule, const std::string& path) {
    if (dialect_ == Dialect::kAnswer) {
      const auto type = Text(rule, "type", path);
      if (!type) return tl::unexpected(type.error());
      if (*type != "alerting" && *type != "recording") {
        return Malformed(path, "has a type that is neither alerting nor recording");
      }
      is_alert_ = *type == "alerting";
      return NotEmpty(Text(rule, "name", path), path);
    }
    const bool records = Find(rule, "record") != nullptr;
    is_alert_ = Find(rule, "alert") != nullptr;
    if (records == is_alert_) return Malformed(path, "must have one of alert and record");
    return NotEmpty(Text(rule, is_alert_ ? "alert" : "record", path), path);
  }

  static Result<std::string> NotEmpty(Result<std::string> name, const std::string& path) {
    if (name && name->empty()) return Malformed(path, "has no name");
    return name;
  }

  // What only a server that evaluates rules can tell.
  Result<std::string> Evaluated(const Json& rule, std::string_view field, std::string_view path) {
    if (dialect_ == Dialect::kFile) return std::string();
    return Text(rule, field, path);
  }

  Dialect dialect_;
  Fields fields_;
  bool is_alert_ = false;  // The rule that is being read.
  std::map<std::string, std::string> group_labels_;
  RuleDocument document_;
};

struct Unit {
  std::string_view name;
  Duration length;
};
constexpr Duration kDay = std::chrono::hours(24);
constexpr std::array kUnits = {Unit{"y", 365 * kDay},
                               Unit{"w", 7 * kDay},
                               Unit{"d", kDay},
                               Unit{"h", std::chrono::hours(1)},
                               Unit{"m", std::chrono::minutes(1)},
                               Unit{"s", std::chrono::seconds(1)},
                               Unit{"ms", Duration(1)}};

}  // namespace

Result<RuleDocument> ParseRuleFile(std::string_view text) {
  json::YamlLimits limits;
  limits.max_bytes = kMaxRuleFileBytes;
  const auto documents = json::ParseYaml(text, limits);
  if (!documents) return tl::unexpected(documents.error());
  if (documents->size() != 1) return Malformed("a rule file", "must be one document");
  return RuleReader(Dialect::kFile).Read(Find(documents->front(), "groups"), "groups");
}

Result<RuleDocument> ParsePrometheusRule(std::string_view json) {
  const auto object = json::ParseStrict(json, {.max_bytes = kMaxRuleObjectBytes});
  if (!object) return tl::unexpected(object.error());
  const Json* kind = Find(*object, "kind");
  if (kind == nullptr || *kind != kObjectKind)
    return Malformed("the object", "is no PrometheusRule");
  const Json* spec = Find(*object, "spec");
  const Json* groups = spec == nullptr ? nullptr : Find(*spec, "groups");
  return RuleReader(Dialect::kFile).Read(groups, "spec.groups");
}

Result<RuleDocument> ParseRulesAnswer(std::string_view json) {
  const auto body = json::ParseStrict(json, {.max_bytes = kMaxRulesAnswerBytes});
  if (!body) return tl::unexpected(body.error());
  const Json* status = Find(*body, "status");
  if (status == nullptr || *status != "success") {
    return Malformed("the answer", "does not say that it succeeded");
  }
  const Json* data = Find(*body, "data");
  const Json* groups = data == nullptr ? nullptr : Find(*data, "groups");
  return RuleReader(Dialect::kAnswer).Read(groups, "data.groups");
}

Result<Duration> ParsePrometheusDuration(std::string_view text) {
  constexpr std::size_t kMaxDigits = 12;  // Any unit times this fits 64 bits.
  const auto refused = [&] {
    return base::Fail(ErrorKind::kInvalid, base::Quote(text) + " is not a Prometheus duration");
  };
  if (text == "0") return Duration(0);
  if (text.empty()) return refused();
  Duration total(0);
  std::string_view rest = text;
  for (const Unit& unit : kUnits) {
    const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
    const std::string_view word =
        rest.substr(digits, rest.substr(digits).starts_with("ms") ? 2 : 1);
    if (digits == 0 || word != unit.name) continue;
    if (digits > kMaxDigits) return refused();
    std::int64_t count = 0;
    for (const char c : rest.substr(0, digits)) count = count * 10 + (c - '0');
    if (count > base::kMaxDuration / unit.length) return refused();
    total += count * unit.length;
    rest.remove_prefix(digits + word.size());
  }
  if (!rest.empty() || total > base::kMaxDuration) return refused();
  return total;
}

}  // namespace launchgate::evidence
