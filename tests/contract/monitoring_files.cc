#include "tests/contract/monitoring_files.h"

#include <cctype>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "core/evidence/promql_names.h"
#include "tests/contract/crds.h"
#include "tests/contract/dashboard.h"
#include "tests/contract/promql.h"

namespace launchgate::contract {
namespace {

// Names in the first column of a table's rows: "| `launchgate_leader` | gauge | …".
std::set<std::string> NamesInTables(std::string_view prefix) {
  const std::string begin = "| `" + std::string(prefix);
  std::set<std::string> names;
  std::istringstream lines(ReadFile("docs/metrics.md"));
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(begin)) continue;
    const std::size_t start = line.find('`') + 1;
    names.insert(line.substr(start, line.find('`', start) - start));
  }
  return names;
}

std::set<std::string> KnownSeries() {
  std::set<std::string> series = {"up"};
  for (const auto& rule : MonitoringRules().recordings) series.insert(rule.name);
  std::set<std::string> names = DocumentedMetrics();
  names.merge(NamesInTables("apiserver_"));
  for (const std::string& name : names) {
    series.insert(name);
    if (!name.ends_with("_seconds")) continue;
    for (const char* part : {"_bucket", "_count", "_sum"}) series.insert(name + part);
  }
  return series;
}

}  // namespace

evidence::RuleDocument MonitoringRules() {
  auto rules = evidence::ParseRuleFile(ReadFile("manifests/monitoring/rules.yaml"));
  if (!rules) throw std::runtime_error(rules.error().message);
  return std::move(*rules);
}

json::Json MonitoringDashboard() { return ReadDashboard("manifests/monitoring/dashboard.json"); }

std::set<std::string> DocumentedMetrics() { return NamesInTables("launchgate_"); }

std::string WithInterval(std::string expression) {
  constexpr std::string_view kVariable = "$__rate_interval";
  for (std::size_t at = expression.find(kVariable); at != std::string::npos;
       at = expression.find(kVariable, at)) {
    expression.replace(at, kVariable.size(), "5m");
  }
  return expression;
}

std::vector<std::string> UnknownMonitoringWords(std::string expression) {
  static const std::set<std::string> series = KnownSeries();
  // Reasons of a denial are explained where people look for them.
  static const std::string pages = ReadFile("docs/metrics.md") + ReadFile("docs/operations.md");
  expression = WithInterval(std::move(expression));
  const auto names = evidence::ListPromqlNames(expression);
  if (!names) return {names.error().message};
  std::vector<std::string> unknown;
  if (!names->complete) unknown.emplace_back("a selector without a name");
  for (const std::string& name : names->metrics) {
    if (!series.contains(name)) unknown.push_back(name);
  }
  for (const std::string& pair :
       LabelValuesIn(expression, {"entry", "decision", "reason", "finding", "failure_policy",
                                  "certificate", "result", "error_type", "state"})) {
    const std::size_t quote = pair.find('"');
    const std::string value = pair.substr(quote + 1, pair.size() - quote - 2);
    if (pages.find('`' + value + '`') == std::string::npos) unknown.push_back(pair);
  }
  return unknown;
}

std::string RunbookOf(const std::string& alert) {
  const std::string_view prefix = "Launchgate";
  std::string slug;
  for (const char c : alert.substr(prefix.size())) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isupper(byte) != 0 && !slug.empty()) slug += '-';
    slug += static_cast<char>(std::tolower(byte));
  }
  return "docs/runbooks/" + slug + ".md";
}

}  // namespace launchgate::contract
