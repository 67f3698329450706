#include "core/budget/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/unit/core/budget/samples.h"

namespace launchgate::budget {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

resources::Objective WithBad() {
  resources::Objective objective = Availability();
  objective.good.clear();
  objective.bad = "sum(increase(errors_total[$window]))";
  return objective;
}

resources::Objective Latency() {
  resources::Objective objective;
  objective.name = "latency";
  objective.target = 95;
  objective.total = "sum(increase(d_count[$window]))";
  objective.good = "sum(increase(d_bucket{le=\"0.25\"}[$window]))";
  objective.latency_threshold = std::chrono::milliseconds(250);
  return objective;
}

TEST(RulesTest, BadEventsThatNeverHappenedAreNone) {
  EXPECT_EQ(BadEvents(WithBad(), kTile),
            "(sum(increase(errors_total[5m]))) or 0 * (sum(increase(requests_total[5m])))");
}

TEST(RulesTest, BadEventsAreTheOnesThatAreNotGood) {
  EXPECT_EQ(BadEvents(Availability(), kTile),
            "clamp_min((sum(increase(requests_total[5m]))) - "
            "((sum(increase(requests_total{code!~\"5..\"}[5m]))) or "
            "0 * (sum(increase(requests_total[5m])))), 0)");
}

TEST(RulesTest, AMissingBucketIsNotReadAsEverythingBad) {
  EXPECT_THAT(BadEvents(Latency(), kTile), Not(HasSubstr(" or ")));
}

TEST(RulesTest, RecordsTwoSeriesForEachObjective) {
  resources::ErrorBudget budget = ABudget();
  budget.objectives.push_back(Latency());

  const json::Json group = RuleFile(budget)["groups"][0];

  EXPECT_EQ(group["name"], "launchgate-budget-shop-gift-cards");
  EXPECT_EQ(group["interval"], "5m");
  ASSERT_EQ(group["rules"].size(), 4U);
  EXPECT_EQ(group["rules"][0]["record"], kTotalRecord);
  EXPECT_EQ(group["rules"][3]["record"], kBadRecord);
  EXPECT_EQ(group["rules"][3]["labels"]["objective"], "latency");
  EXPECT_EQ(group["rules"][3]["labels"]["error_budget"], "gift-cards");
}

TEST(RulesTest, TheSelectorFindsWhatTheRulesRecord) {
  const resources::ErrorBudget budget = ABudget();
  const std::string selector = RecordSelector(budget, budget.objectives[0]);

  const json::Json labels = RuleFile(budget)["groups"][0]["rules"][0]["labels"];
  for (const auto& [name, value] : labels.items()) {
    EXPECT_THAT(selector, HasSubstr(name + "=\"" + value.get<std::string>() + "\""));
  }
}

TEST(RulesTest, AnotherExpressionIsAnotherDefinition) {
  const resources::ErrorBudget budget = ABudget();
  resources::Objective other = budget.objectives[0];
  other.good = "sum(increase(requests_total[$window]))";

  EXPECT_NE(RecordLabels(budget, budget.objectives[0]).at("definition"),
            RecordLabels(budget, other).at("definition"));
}

TEST(RulesTest, AnotherTargetIsNot) {
  const resources::ErrorBudget budget = ABudget();
  resources::Objective other = budget.objectives[0];
  other.target = 99;

  EXPECT_EQ(RecordLabels(budget, budget.objectives[0]), RecordLabels(budget, other));
}

TEST(RulesTest, MakesAnObjectOfThePrometheusOperator) {
  const json::Json object = PrometheusRuleObject(ABudget());

  EXPECT_EQ(object["apiVersion"], "monitoring.coreos.com/v1");
  EXPECT_EQ(object["kind"], "PrometheusRule");
  EXPECT_EQ(object["metadata"]["namespace"], "shop");
  EXPECT_EQ(object["spec"], RuleFile(ABudget()));
}

}  // namespace
}  // namespace launchgate::budget
