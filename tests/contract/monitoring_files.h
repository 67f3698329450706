// What is written for the people who run Launchgate (alerts, dashboard, runbooks), and the
// words that all of it must share with docs/metrics.md, which another test compares with
// the operator's registry.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "core/evidence/rule_document.h"
#include "core/json/json.h"

namespace launchgate::contract {

// manifests/monitoring/rules.yaml; throws when it is no rule file.
evidence::RuleDocument MonitoringRules();

json::Json MonitoringDashboard();

// Metrics of Launchgate's own in docs/metrics.md, without the ending of a histogram's parts.
std::set<std::string> DocumentedMetrics();

// What is wrong with the names in a PromQL expression of Launchgate's, variables replaced: it
// cannot be read, or it selects series or values of labels that docs/metrics.md does not have.
std::vector<std::string> UnknownMonitoringWords(std::string expression);

// An expression of the dashboard as Prometheus gets it.
std::string WithInterval(std::string expression);

// Where the runbook of an alert is: "LaunchgateGateOpen" is "docs/runbooks/gate-open.md".
std::string RunbookOf(const std::string& alert);

}  // namespace launchgate::contract
