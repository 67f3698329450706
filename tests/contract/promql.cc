#include "tests/contract/promql.h"

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "tests/contract/crds.h"

namespace launchgate::contract {
namespace {

using json::Json;

// As scripts/lib/tools.sh finds programs, which ./dev setup and ./dev test put there.
std::string FindPromtool() {
  if (crypto::HasProgram("promtool")) return "promtool";
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
  std::filesystem::path cache = variable("LAUNCHGATE_CACHE");
  if (cache.empty()) {
    const std::string xdg = variable("XDG_CACHE_HOME");
    cache = std::filesystem::path(xdg.empty() ? variable("HOME") + "/.cache" : xdg) / "launchgate";
  }
  return (cache / "bin/promtool").string();
}

// promtool says "alertname: NAME, time: ..." and then, in lines that begin with "exp:" and
// "got:", which alerts there should have been and were: "[]" is none.
std::set<std::string> Complaints(const std::string& output, const std::string& finding) {
  constexpr std::string_view kName = "alertname: ";
  std::set<std::string> names;
  std::istringstream lines(output);
  std::string name;
  for (std::string line; std::getline(lines, line);) {
    if (const std::size_t at = line.find(kName); at != std::string::npos) {
      name = line.substr(at + kName.size(), line.find(',', at) - at - kName.size());
    } else if (!name.empty() && line.find(finding) != std::string::npos) {
      names.insert(name);
    }
  }
  return names;
}

}  // namespace

std::vector<std::string> LabelValuesIn(const std::string& expression,
                                       const std::vector<std::string>& labels) {
  std::vector<std::string> pairs;
  for (const std::string& label : labels) {
    for (std::size_t at = expression.find(label); at != std::string::npos;
         at = expression.find(label, at + 1)) {
      const std::size_t open = expression.find_first_not_of("=~!", at + label.size());
      const bool begins =
          at > 0 && std::string_view("{,").find(expression[at - 1]) != std::string::npos;
      // "by (outcome)" compares with nothing.
      if (!begins || open == std::string::npos || expression[open] != '"') continue;
      const std::size_t close = expression.find('"', open + 1);
      std::istringstream values(expression.substr(open + 1, close - open - 1));
      for (std::string value; std::getline(values, value, '|');) {
        pairs.push_back(label + "=\"" + value + '"');
      }
    }
  }
  return pairs;
}

PromtoolTest::PromtoolTest(std::string folder, std::vector<std::string> unit_tests)
    : folder_(std::move(folder)), unit_tests_(std::move(unit_tests)) {}

void PromtoolTest::SetUp() {
  ASSERT_TRUE(workspace_.Run(Command("--version")))
      << "promtool is neither in PATH nor in the cache folder. Get it: ./dev setup";
  workspace_.Write("rules.yaml", ReadFile(folder_ + "/rules.yaml"));
  for (const std::string& name : unit_tests_) {
    workspace_.Write(name, ReadFile(folder_ + '/' + name));
  }
}

std::string PromtoolTest::Command(const std::string& arguments) {
  return "'" + FindPromtool() + "' " + arguments;
}

bool PromtoolTest::UnitTestsPass() {
  std::string files;
  for (const std::string& name : unit_tests_) files += ' ' + name;
  return workspace_.Run(Command("test rules" + files));
}

bool PromtoolTest::Parses(const std::vector<std::string>& expressions) {
  Json rules = Json::array();
  for (const std::string& expression : expressions) {
    rules.push_back(
        {{"record", "test:query" + std::to_string(rules.size())}, {"expr", expression}});
  }
  const Json file = {{"groups", Json::array({{{"name", "queries"}, {"rules", rules}}})}};
  workspace_.Write("queries.yaml", file.dump());
  return workspace_.Run(Command("check rules queries.yaml"));
}

std::set<std::string> PromtoolTest::AlertsMissedWith(const std::string& expression,
                                                     const std::string& finding) {
  Json file = ReadYaml(folder_ + "/rules.yaml");
  for (Json& group : file.at("groups")) {
    Json alerts = Json::array();
    for (Json rule : group.at("rules")) {
      if (!rule.contains("alert")) continue;
      rule["expr"] = expression;
      alerts.push_back(std::move(rule));
    }
    group["rules"] = std::move(alerts);
  }
  workspace_.Write("rules.yaml", file.dump());
  EXPECT_FALSE(UnitTestsPass());
  return Complaints(workspace_.Output(), finding);
}

}  // namespace launchgate::contract
