#include "core/evidence/alert_review.h"

#include <algorithm>
#include <utility>

namespace launchgate::evidence::internal {
namespace {

using resources::Objective;

bool Pages(const AlertRule& alert) {
  const std::string_view severity = TextOf(alert.labels, "severity");
  return severity == "page" || severity == "critical";
}

// Names do not depend on the window: any will do.
std::string WithAnyWindow(const std::string& expression) {
  return resources::WithWindow(expression, std::chrono::minutes(5));
}

Indicator IndicatorOf(const Objective& objective, const MetricTracer& tracer) {
  Indicator indicator;
  indicator.objective = objective.name;
  const std::string& outcome = objective.good.empty() ? objective.bad : objective.good;
  const auto total = tracer.Trace(WithAnyWindow(objective.total));
  const auto part = tracer.Trace(WithAnyWindow(outcome));
  indicator.readable = total && part && total->complete && part->complete;
  if (part) indicator.outcome = part->metrics;
  if (total) indicator.metrics = total->metrics;
  indicator.metrics.insert(indicator.outcome.begin(), indicator.outcome.end());
  return indicator;
}

PagingRule PageOf(const AlertRule& alert, const MetricTracer& tracer) {
  PagingRule page;
  page.alert = &alert;
  if (auto traced = tracer.Trace(alert.expression)) {
    page.parsed = true;
    page.readable = traced->complete;
    page.metrics = std::move(traced->metrics);
  }
  return page;
}

}  // namespace

bool PagingRule::Names(const std::set<std::string>& wanted) const {
  return std::ranges::any_of(metrics, [&](const auto& name) { return wanted.contains(name); });
}

AlertReview::AlertReview(const resources::AlertRulesSpec& asked, const AlertRulesInputs& inputs,
                         const RuleDocument& rules, const MetricTracer& tracer)
    : spec(asked), causes(*inputs.causes), document(rules) {
  for (const AlertRule& alert : rules.alerts) {
    if (Pages(alert)) pages.push_back(PageOf(alert, tracer));
  }
  for (const Objective& objective : inputs.objectives) {
    indicators.push_back(IndicatorOf(objective, tracer));
  }
}

bool AlertReview::IsSymptom(const PagingRule& page) const {
  return std::ranges::any_of(
      indicators, [&](const Indicator& indicator) { return page.Names(indicator.metrics); });
}

bool AlertReview::MayPageOnCause(const PagingRule& page) const {
  return std::ranges::find(spec.allowed_causes, page.alert->name) != spec.allowed_causes.end();
}

std::string_view TextOf(const std::map<std::string, std::string>& texts, const char* key) {
  const auto found = texts.find(key);
  return found == texts.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace launchgate::evidence::internal
