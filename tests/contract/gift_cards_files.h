// What is written for the people who run gift-cards (objectives, alerts, dashboard,
// runbook, manifests), parsed, and the words that all of it must share with the service.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/evidence/rule_document.h"
#include "core/json/json.h"
#include "core/resources/error_budget.h"

namespace launchgate::contract {

// Every YAML document of a file of this project.
std::vector<json::Json> ReadYamlDocuments(std::string_view path);

// The names of the series that the service's own registry has: of a histogram _bucket,
// _count and _sum.
const std::set<std::string>& GiftCardsSeries();

// The objectives of gift-cards/slo; throws when they have a problem.
resources::ErrorBudget GiftCardsBudget();

// gift-cards/alerts/rules.yaml; throws when it is no rule file.
evidence::RuleDocument GiftCardsRules();

// A PromQL expression of the dashboard as Prometheus gets it, or any other as it is.
std::string WithoutVariables(std::string expression);

// What is wrong with the names in a PromQL expression, variables replaced: it cannot be
// read, or it selects series that neither gift-cards nor a recording rule has, or values of
// gift-cards' labels that there are not.
std::vector<std::string> UnknownWords(const std::string& expression);

// What the dashboard asks Prometheus, in the order of its panels.
std::vector<std::string> DashboardQueries();

}  // namespace launchgate::contract
