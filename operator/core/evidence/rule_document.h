// Alerting and recording rules in one neutral form, from the three shapes in
// which they are found. Sources: prometheus.io/docs, "Alerting rules", "Recording
// rules" and "HTTP API"; monitoring.coreos.com/v1 PrometheusRule.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"

namespace launchgate::evidence {

struct AlertRule {
  std::string name;
  std::string expression;
  base::Duration hold{};                      // `for`
  base::Duration keep_firing_for{};           // Prometheus 2.42 and newer.
  std::map<std::string, std::string> labels;  // Those of its group as well (Prometheus 3).
  std::map<std::string, std::string> annotations;
  std::string health;      // "ok", "err", "unknown"; empty where nobody evaluated it.
  std::string last_error;  // Of the last evaluation; text of an outside system.
};

struct RecordingRule {
  std::string name;
  std::string expression;
  std::string health;
  std::string last_error;
};

// In the order of the document, whatever the group.
struct RuleDocument {
  std::size_t groups = 0;
  std::vector<AlertRule> alerts;
  std::vector<RecordingRule> recordings;
};

inline constexpr std::size_t kMaxRuleFileBytes = 1U << 20U;    // What a ConfigMap can hold.
inline constexpr std::size_t kMaxRuleObjectBytes = 2U << 20U;  // Over what etcd takes.
inline constexpr std::size_t kMaxRulesAnswerBytes = 8U << 20U;
inline constexpr std::size_t kMaxRuleGroups = 1000;
inline constexpr std::size_t kMaxRules = 5000;     // In all groups.
inline constexpr std::size_t kMaxRuleLabels = 64;  // Of one rule or group; and annotations.

// Each is kInvalid when the text is not such a document or a rule lacks what
// Prometheus requires of it (one of alert and record, an expression, durations
// that are durations); the message names the field. kExhausted names the bound
// that was passed. Fields that nobody here needs are not looked at.

// A rule file: one YAML or JSON document with `groups`.
base::Result<RuleDocument> ParseRuleFile(std::string_view text);

// A PrometheusRule object (JSON).
base::Result<RuleDocument> ParsePrometheusRule(std::string_view json);

// The body of GET /api/v1/rules. One that says {"status": "error"} is kInvalid.
base::Result<RuleDocument> ParseRulesAnswer(std::string_view json);

// "1h30m", "1d", "2w", "1y", "90s", "0": units in falling order, each at most
// once; a year has 365 days. At most base::kMaxDuration.
base::Result<base::Duration> ParsePrometheusDuration(std::string_view text);

}  // namespace launchgate::evidence
