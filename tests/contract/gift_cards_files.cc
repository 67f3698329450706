#include "tests/contract/gift_cards_files.h"

#include <array>
#include <cctype>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "core/evidence/promql_names.h"
#include "core/json/yaml.h"
#include "tests/contract/crds.h"

namespace launchgate::contract {
namespace {

std::set<std::string> RecordedNames() {
  std::set<std::string> names;
  for (const auto& rule : GiftCardsRules().recordings) names.insert(rule.name);
  return names;
}

// The alternatives of every matcher on `outcome`: =, !=, =~ and !~.
std::vector<std::string> OutcomesIn(const std::string& expression) {
  constexpr std::string_view kLabel = "outcome";
  std::vector<std::string> outcomes;
  for (std::size_t at = expression.find(kLabel); at != std::string::npos;
       at = expression.find(kLabel, at + 1)) {
    const std::size_t open = expression.find_first_not_of("=~!", at + kLabel.size());
    // "by (outcome)" compares with nothing.
    if (open == std::string::npos || expression[open] != '"') continue;
    std::istringstream words(
        expression.substr(open + 1, expression.find('"', open + 1) - open - 1));
    for (std::string word; std::getline(words, word, '|');) outcomes.push_back(word);
  }
  return outcomes;
}

}  // namespace

std::vector<json::Json> ReadYamlDocuments(std::string_view path) {
  auto documents = json::ParseYaml(ReadFile(path));
  if (!documents) throw std::runtime_error(std::string(path) + ": " + documents.error().message);
  return std::move(*documents);
}

// What the service promises to expose. Once its registry can be linked here, ask that, as
// metrics_doc_test asks the operator's: a name that nobody exposes makes alerts silent.
const std::set<std::string>& GiftCardsSeries() {
  static const std::set<std::string> series = {
      "gift_cards_redemptions_total",
      "gift_cards_redemption_duration_seconds_bucket",
      "gift_cards_redemption_duration_seconds_count",
      "gift_cards_redemption_duration_seconds_sum",
      "gift_cards_payments_calls_total",
      "gift_cards_payments_retries_total",
      "gift_cards_breaker_state",
      "gift_cards_breaker_transitions_total",
      "gift_cards_in_flight",
      "gift_cards_concurrency_limit",
      "gift_cards_pending_redemptions",
      "gift_cards_last_backup_timestamp_seconds",
  };
  return series;
}

const std::set<std::string>& GiftCardsOutcomes() {
  static const std::set<std::string> outcomes = {
      "redeemed", "replayed",     "invalid",  "conflict",       "rejected",
      "shed",     "breaker_open", "deadline", "provider_error", "store_error"};
  return outcomes;
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
  const auto names = evidence::ListPromqlNames(WithoutVariables(expression));
  if (!names) return {names.error().message};
  std::vector<std::string> unknown;
  if (!names->complete) unknown.emplace_back("a selector without a name");
  for (const std::string& name : names->metrics) {
    if (!GiftCardsSeries().contains(name) && !recorded.contains(name)) unknown.push_back(name);
  }
  for (const std::string& outcome : OutcomesIn(expression)) {
    if (!GiftCardsOutcomes().contains(outcome)) unknown.push_back("outcome " + outcome);
  }
  return unknown;
}

std::vector<std::string> DashboardQueries() {
  const json::Json dashboard = json::Json::parse(ReadFile("gift-cards/dashboards/gift-cards.json"));
  std::vector<std::string> queries;
  for (const json::Json& panel : dashboard.at("panels")) {
    for (const json::Json& target : panel.value("targets", json::Json::array())) {
      if (target.at("datasource").at("type") == "prometheus") queries.push_back(target.at("expr"));
    }
  }
  return queries;
}

std::vector<std::string> CodeBlocks(std::string_view markdown, std::string_view language) {
  std::vector<std::string> blocks;
  std::istringstream lines{std::string(markdown)};
  bool inside = false;
  bool wanted = false;
  for (std::string line; std::getline(lines, line);) {
    // Blocks in a list are indented.
    const std::size_t start = line.find_first_not_of(' ');
    const std::string_view text =
        start == std::string::npos ? std::string_view() : std::string_view(line).substr(start);
    if (!text.starts_with("```")) {
      if (inside && wanted) blocks.back() += line + '\n';
      continue;
    }
    inside = !inside;
    wanted = inside && text.substr(3) == language;
    if (wanted) blocks.emplace_back();
  }
  return blocks;
}

std::set<std::string> Anchors(std::string_view markdown) {
  std::set<std::string> anchors;
  std::istringstream lines{std::string(markdown)};
  bool code = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.find("```") != std::string::npos) code = !code;
    if (code || !line.starts_with('#')) continue;
    std::string anchor;
    for (const char c : line.substr(line.find_first_not_of("# "))) {
      const auto byte = static_cast<unsigned char>(c);
      if (std::isalnum(byte) != 0 || c == '-') anchor += static_cast<char>(std::tolower(byte));
      if (c == ' ') anchor += '-';
    }
    anchors.insert(anchor);
  }
  return anchors;
}

}  // namespace launchgate::contract
