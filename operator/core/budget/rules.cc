#include "core/budget/rules.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/base/bytes.h"

namespace launchgate::budget {
namespace {

using json::Json;
using resources::ErrorBudget;
using resources::Objective;

// Enough that nobody meets two definitions with the same digest by accident.
constexpr std::size_t kDefinitionDigits = 12;

// Names of the API are DNS labels and subdomains: nothing in them needs an escape.
std::string Matchers(const std::map<std::string, std::string>& labels) {
  std::string text;
  for (const auto& [name, value] : labels) {
    text += fmt::format("{}{}=\"{}\"", text.empty() ? "" : ",", name, value);
  }
  return text;
}

std::string DefinitionOf(const Objective& objective) {
  const Json definition = {TotalEvents(objective, kTile), BadEvents(objective, kTile)};
  return base::Sha256Hex(definition.dump()).substr(0, kDefinitionDigits);
}

Json RuleOf(std::string_view record, const std::string& expression,
            const std::map<std::string, std::string>& labels) {
  return {{"record", record}, {"expr", expression}, {"labels", labels}};
}

}  // namespace

std::string TotalEvents(const Objective& objective, base::Duration window) {
  return resources::WithWindow(objective.total, window);
}

std::string BadEvents(const Objective& objective, base::Duration window) {
  const std::string total = TotalEvents(objective, window);
  if (!objective.bad.empty()) {
    return fmt::format("({}) or 0 * ({})", resources::WithWindow(objective.bad, window), total);
  }
  const std::string good = resources::WithWindow(objective.good, window);
  if (objective.latency_threshold) return fmt::format("clamp_min(({}) - ({}), 0)", total, good);
  return fmt::format("clamp_min(({0}) - (({1}) or 0 * ({0})), 0)", total, good);
}

std::map<std::string, std::string> RecordLabels(const ErrorBudget& budget,
                                                const Objective& objective) {
  return {{"namespace", budget.meta.ns},
          {"error_budget", budget.meta.name},
          {"objective", objective.name},
          {"definition", DefinitionOf(objective)}};
}

std::string RecordSelector(const ErrorBudget& budget, const Objective& objective) {
  return "{" + Matchers(RecordLabels(budget, objective)) + "}";
}

Json RuleFile(const ErrorBudget& budget) {
  Json rules = Json::array();
  for (const Objective& objective : budget.objectives) {
    const auto labels = RecordLabels(budget, objective);
    rules.push_back(RuleOf(kTotalRecord, TotalEvents(objective, kTile), labels));
    rules.push_back(RuleOf(kBadRecord, BadEvents(objective, kTile), labels));
  }
  return {{"groups", Json::array({{{"name", fmt::format("launchgate-budget-{}-{}", budget.meta.ns,
                                                        budget.meta.name)},
                                   {"interval", base::FormatDuration(kTile)},
                                   {"rules", std::move(rules)}}})}};
}

Json PrometheusRuleObject(const ErrorBudget& budget) {
  return {{"apiVersion", "monitoring.coreos.com/v1"},
          {"kind", "PrometheusRule"},
          {"metadata",
           {{"name", "launchgate-budget-" + budget.meta.name},
            {"namespace", budget.meta.ns},
            {"labels", {{"app.kubernetes.io/managed-by", "launchgate"}}}}},
          {"spec", RuleFile(budget)}};
}

}  // namespace launchgate::budget
