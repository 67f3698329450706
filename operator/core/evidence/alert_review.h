// Alerts and objectives side by side: what pages, and what it is made of.
// Internal to this module.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/evidence/alert_causes.h"
#include "core/evidence/metric_tracer.h"
#include "core/evidence/rule_document.h"
#include "core/evidence/verify.h"

namespace launchgate::evidence::internal {

// The metrics that an objective is measured by.
struct Indicator {
  std::string objective;
  bool readable = false;          // Its metrics are all known.
  std::set<std::string> metrics;  // Of all its events.
  // Of those that say which events were good or bad: an alert on the number of
  // all events alone does not watch the objective.
  std::set<std::string> outcome;
};

// An alert that pages, and what its expression is made of.
struct PagingRule {
  const AlertRule* alert = nullptr;
  bool parsed = false;    // The expression is PromQL.
  bool readable = false;  // And its metrics are all known.
  std::set<std::string> metrics;

  bool Names(const std::set<std::string>& wanted) const;
};

// What every check looks at. Refers to the arguments, which must outlive it.
struct AlertReview {
  AlertReview(const resources::AlertRulesSpec& asked, const AlertRulesInputs& inputs,
              const RuleDocument& rules, const MetricTracer& tracer);

  // The rule names a metric of any objective.
  bool IsSymptom(const PagingRule& page) const;
  bool MayPageOnCause(const PagingRule& page) const;

  const resources::AlertRulesSpec& spec;
  const CauseCatalogue& causes;
  const RuleDocument& document;
  std::vector<PagingRule> pages;  // Of severity "page" or "critical", letter case and all.
  std::vector<Indicator> indicators;
};

// A label or an annotation; empty when there is none.
std::string_view TextOf(const std::map<std::string, std::string>& texts, const char* key);

}  // namespace launchgate::evidence::internal
