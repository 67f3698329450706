// The parser of Prometheus itself reads the expressions that ours is tested with:
// whatever it accepts ours accepts, and the names that we say are selected are
// names that it knows of. Needs promtool, from PROMTOOL, PATH or the cache folder.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "core/evidence/promql_names.h"
#include "core/evidence/rule_document.h"
#include "core/json/json.h"
#include "tests/component/crypto/command.h"
#include "tests/unit/core/evidence/promql_rows.h"

namespace launchgate::evidence {
namespace {

using crypto::Workspace;
using json::Json;

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// As scripts/lib finds programs: a variable, PATH, the cache folder.
std::optional<std::string> FindPromtool() {
  if (!Variable("PROMTOOL").empty()) return Variable("PROMTOOL");
  if (crypto::HasProgram("promtool")) return "promtool";
  std::filesystem::path cache = Variable("LAUNCHGATE_CACHE");
  if (cache.empty() && !Variable("XDG_CACHE_HOME").empty()) {
    cache = std::filesystem::path(Variable("XDG_CACHE_HOME")) / "launchgate";
  }
  if (cache.empty()) cache = std::filesystem::path(Variable("HOME")) / ".cache/launchgate";
  const std::filesystem::path program = cache / "bin/promtool";
  std::error_code ignored;
  if (!std::filesystem::exists(program, ignored)) return std::nullopt;
  return program.string();
}

class PromqlAgainstPrometheusTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto found = FindPromtool();
    if (!found) {
      GTEST_SKIP() << "promtool is neither in PROMTOOL, PATH nor the cache folder; it comes with "
                      "Debian's package prometheus";
    }
    promtool_ = *found;
  }

  // Whether Prometheus takes a rule file with these expressions.
  bool Accepts(const std::vector<std::string>& expressions) {
    Json rules = Json::array();
    for (const std::string& expression : expressions) {
      rules.push_back(
          {{"record", "test:rule" + std::to_string(rules.size())}, {"expr", expression}});
    }
    const Json file = {{"groups", Json::array({{{"name", "test"}, {"rules", rules}}})}};
    workspace_.Write("rules.json", file.dump());
    return workspace_.Run("'" + promtool_ + "' check rules rules.json");
  }

  std::string promtool_;
  Workspace workspace_;
};

TEST_F(PromqlAgainstPrometheusTest, AcceptsTheExpressionsThatOursLists) {
  std::vector<std::string> expressions;
  for (const PromqlRow& row : AcceptedEverywhere()) expressions.push_back(row.expression);

  const bool accepted = Accepts(expressions);

  EXPECT_TRUE(accepted) << workspace_.Output();
  EXPECT_GE(expressions.size(), 60U);
}

TEST_F(PromqlAgainstPrometheusTest, RefusesEachExpressionThatOursRefuses) {
  for (const PromqlMistake& row : RefusedEverywhere()) {
    EXPECT_FALSE(ListPromqlNames(row.expression)) << row.name;

    EXPECT_FALSE(Accepts({row.expression})) << row.name;
  }
}

// A metric named outside of braces is told by what a second name does to it:
// the parser refuses it, and quotes both.
TEST_F(PromqlAgainstPrometheusTest, NamesTheSameMetricsOfPlainSelectors) {
  std::size_t compared = 0;
  for (const PromqlRow& row : AcceptedEverywhere()) {
    for (const std::string& metric : row.metrics) {
      std::string probed = row.expression;
      const std::size_t at = probed.find(metric);
      // Only where the name stands once, and not before matchers or in a string.
      if (at == std::string::npos || probed.find(metric, at + 1) != std::string::npos) continue;
      const std::string rest = probed.substr(at + metric.size());
      if (rest.find('{') != std::string::npos || probed.find("__name__") != std::string::npos) {
        continue;
      }
      probed.insert(at + metric.size(), R"({__name__="probe"})");
      EXPECT_FALSE(Accepts({probed})) << row.name;
      EXPECT_NE(workspace_.Output().find("metric name must not be set twice: \"" + metric + "\""),
                std::string::npos)
          << row.name << ": " << workspace_.Output();
      ++compared;
    }
  }
  EXPECT_GE(compared, 40U);
}

// promtool reads rule files with the rules of rulefmt; so must we.
TEST_F(PromqlAgainstPrometheusTest, AgreesOnDurations) {
  for (const std::string duration : {"0", "0s", "5m", "1h30m", "1y2w3d4h5m6s7ms", "1w", "100ms", "",
                                     "5", "1.5h", "1m1h", "-5m", "5M", "m", "1s1s", " 5m"}) {
    const Json rule = {{"alert", "Test"}, {"expr", "up"}, {"for", duration}};
    const Json file = {{"groups", Json::array({{{"name", "a"}, {"rules", Json::array({rule})}}})}};
    workspace_.Write("rules.json", file.dump());

    const bool accepted = workspace_.Run("'" + promtool_ + "' check rules rules.json");

    EXPECT_EQ(ParsePrometheusDuration(duration).has_value(), accepted)
        << duration << ": " << workspace_.Output();
  }
}

}  // namespace
}  // namespace launchgate::evidence
