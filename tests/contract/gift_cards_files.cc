#include "tests/contract/gift_cards_files.h"

#include <array>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "core/evidence/promql_names.h"
#include "core/json/yaml.h"
#include "gift-cards/metrics.h"
#include "tests/contract/crds.h"
#include "tests/contract/dashboard.h"
#include "tests/contract/promql.h"

namespace launchgate::contract {
namespace {

std::set<std::string> RecordedNames() {
  std::set<std::string> names;
  for (const auto& rule : GiftCardsRules().recordings) names.insert(rule.name);
  return names;
}

// What /metrics says before the first request: every series is there at 0.
std::string FreshMetrics() { return gift_cards::Metrics().registry().Render(); }

}  // namespace

std::vector<json::Json> ReadYamlDocuments(std::string_view path) {
  auto documents = json::ParseYaml(ReadFile(path));
  if (!documents) throw std::runtime_error(std::string(path) + ": " + documents.error().message);
  return std::move(*documents);
}

const std::set<std::string>& GiftCardsSeries() {
  static const std::set<std::string> series = [] {
    std::set<std::string> names;
    for (const auto& metric : gift_cards::Metrics().registry().Describe()) {
      if (metric.type != "histogram") {
        names.insert(metric.name);
        continue;
      }
      for (const char* part : {"_bucket", "_count", "_sum"}) names.insert(metric.name + part);
    }
    return names;
  }();
  return series;
}

resources::ErrorBudget GiftCardsBudget() {
  std::vector<json::Problem> problems;
  auto budget = resources::ParseErrorBudget(ReadYaml("gift-cards/slo/error-budget.yaml"), problems);
  if (!problems.empty()) throw std::runtime_error(json::Summarize(problems));
  return budget;
}

evidence::RuleDocument GiftCardsRules() {
  auto rules = evidence::ParseRuleFile(ReadFile("gift-cards/alerts/rules.yaml"));
  if (!rules) throw std::runtime_error(rules.error().message);
  return std::move(*rules);
}

std::string WithoutVariables(std::string expression) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kValues = {
      {{"$__rate_interval", "5m"}, {"$instance", ".*"}, {"$job", "gift-cards"}}};
  for (const auto& [variable, value] : kValues) {
    for (std::size_t at = expression.find(variable); at != std::string::npos;
         at = expression.find(variable, at + value.size())) {
      expression.replace(at, variable.size(), value);
    }
  }
  return expression;
}

std::vector<std::string> UnknownWords(const std::string& expression) {
  static const std::set<std::string> recorded = RecordedNames();
  static const std::string metrics = FreshMetrics();
  const auto names = evidence::ListPromqlNames(WithoutVariables(expression));
  if (!names) return {names.error().message};
  std::vector<std::string> unknown;
  if (!names->complete) unknown.emplace_back("a selector without a name");
  for (const std::string& name : names->metrics) {
    if (!GiftCardsSeries().contains(name) && !recorded.contains(name)) unknown.push_back(name);
  }
  for (const std::string& pair :
       LabelValuesIn(expression, {"outcome", "result", "state", "to", "le"})) {
    if (metrics.find(pair) == std::string::npos) unknown.push_back(pair);
  }
  return unknown;
}

std::vector<std::string> DashboardQueries() {
  return PrometheusQueriesOf(ReadDashboard("gift-cards/dashboards/gift-cards.json"));
}

}  // namespace launchgate::contract
