// Rules from outside, in each of the three shapes: what is read is within the
// bounds and has what a rule must have. A rule file that is JSON means the same
// inside of a PrometheusRule.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "core/evidence/promql_names.h"
#include "core/evidence/rule_document.h"
#include "core/json/json.h"

namespace {

using launchgate::base::Result;
using launchgate::evidence::AlertRule;
using launchgate::evidence::RecordingRule;
using launchgate::evidence::RuleDocument;

void Require(bool holds) {
  if (!holds) std::abort();
}

void CheckNamed(const std::string& name, const std::string& expression) {
  Require(!name.empty() && !expression.empty());
  Require(expression.size() <= launchgate::evidence::kMaxPromqlBytes);
}

void Check(const Result<RuleDocument>& document) {
  using namespace launchgate::evidence;
  if (!document) return Require(!document.error().message.empty());
  Require(document->groups <= kMaxRuleGroups);
  Require(document->alerts.size() + document->recordings.size() <= kMaxRules);
  for (const AlertRule& alert : document->alerts) {
    CheckNamed(alert.name, alert.expression);
    Require(alert.hold.count() >= 0 && alert.hold <= launchgate::base::kMaxDuration);
    Require(alert.labels.size() <= 2 * kMaxRuleLabels &&
            alert.annotations.size() <= kMaxRuleLabels);
  }
  for (const RecordingRule& rule : document->recordings) CheckNamed(rule.name, rule.expression);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace launchgate::evidence;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto file = ParseRuleFile(text);
  Check(file);
  Check(ParsePrometheusRule(text));
  Check(ParseRulesAnswer(text));
  if (const auto duration = ParsePrometheusDuration(text)) Require(duration->count() >= 0);

  if (!file || !launchgate::json::ParseStrict(text, {.max_bytes = size, .max_depth = 60})) return 0;
  const auto object =
      ParsePrometheusRule(R"({"kind": "PrometheusRule", "spec": )" + std::string(text) + "}");
  Check(object);
  Require(object && object->alerts.size() == file->alerts.size() &&
          object->recordings.size() == file->recordings.size());
  return 0;
}
