// The alerts of gift-cards: Prometheus's own tool checks and tests them, the evidence
// verifier judges them, and everything that they name exists.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "core/evidence/verify.h"
#include "tests/contract/crds.h"
#include "tests/contract/gift_cards_files.h"
#include "tests/contract/pages.h"
#include "tests/contract/promql.h"
#include "tests/support/structural_schema.h"

namespace launchgate::contract {
namespace {

using evidence::FindingStatus;
using json::Json;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kRules = "gift-cards/alerts/rules.yaml";
constexpr const char* kRunbookUrl = "https://runbooks.example.com/gift-cards#";
constexpr std::size_t kWindows = 7;  // 5m, 30m, 1h, 2h, 6h, 1d, 3d.
constexpr base::Time kNow = std::chrono::sys_days(std::chrono::year(2026) / 11 / 27);

std::set<std::string> AlertNames() {
  std::set<std::string> names;
  for (const auto& alert : GiftCardsRules().alerts) names.insert(alert.name);
  return names;
}

class GiftCardsPromtoolTest : public PromtoolTest {
 protected:
  GiftCardsPromtoolTest()
      : PromtoolTest("gift-cards/alerts", {"rules_test.yaml", "slow_rules_test.yaml"}) {}
};

TEST_F(GiftCardsPromtoolTest, AcceptsTheRules) {
  const auto rules = GiftCardsRules();

  ASSERT_TRUE(workspace_.Run(Command("check rules rules.yaml"))) << workspace_.Output();

  const std::size_t count = rules.alerts.size() + rules.recordings.size();
  EXPECT_THAT(workspace_.Output(), HasSubstr(std::to_string(count) + " rules found"));
}

// What is shown and what is asked at night is PromQL too.
TEST_F(GiftCardsPromtoolTest, AcceptsTheQueriesOfDashboardAndRunbook) {
  std::vector<std::string> queries;
  for (const std::string& query : DashboardQueries()) queries.push_back(WithoutVariables(query));
  for (const std::string& block : CodeBlocks(ReadFile("gift-cards/runbook.md"), "promql")) {
    std::istringstream lines(block);
    for (std::string line; std::getline(lines, line);) queries.push_back(line);
  }

  EXPECT_TRUE(Parses(queries)) << workspace_.Output();
  EXPECT_GE(queries.size(), 30U);
}

TEST_F(GiftCardsPromtoolTest, UnitTestsOfTheRulesPass) {
  EXPECT_TRUE(UnitTestsPass()) << workspace_.Output();
}

// A unit test that passes whatever the alert does would be no test.
TEST_F(GiftCardsPromtoolTest, EveryAlertIsTestedToFire) {
  EXPECT_EQ(AlertsMissedWith("vector(1) > 1", "got:[]"), AlertNames());
}

TEST_F(GiftCardsPromtoolTest, EveryAlertIsTestedToBeSilent) {
  EXPECT_EQ(AlertsMissedWith("vector(1)", "exp:[]"), AlertNames());
}

TEST(GiftCardsAlertsTest, ThePrometheusRuleHasTheSameGroups) {
  const Json object = ReadYaml("gift-cards/deploy/prometheus-rule.yaml");

  EXPECT_EQ(object.at("kind"), "PrometheusRule");
  EXPECT_EQ(object.at("spec"), ReadYaml(kRules)) << "run gift-cards/alerts/make_prometheus_rule.sh";
}

evidence::Finding Judge(const std::string& body, bool prometheus_rule) {
  resources::AlertRulesSpec spec;
  if (prometheus_rule) {
    spec.from.prometheus_rule.emplace();
  } else {
    spec.from.config_map.emplace();
  }
  spec.covers_objectives = {"redeem-availability", "redeem-latency"};
  spec.recheck_every = std::chrono::minutes(10);
  const evidence::CauseCatalogue causes;
  evidence::AlertRulesInputs inputs;
  inputs.rules.body = body;
  inputs.objectives = GiftCardsBudget().objectives;
  inputs.causes = &causes;
  return VerifyAlertRules(spec, inputs, kNow, kNow);
}

TEST(GiftCardsAlertsTest, PassAsEvidenceFromEitherSource) {
  const auto file = Judge(ReadFile(kRules), false);
  const auto object = Judge(ReadYaml("gift-cards/deploy/prometheus-rule.yaml").dump(), true);

  EXPECT_EQ(file.status, FindingStatus::kPass) << file.reason << ": " << file.message;
  EXPECT_EQ(object.status, FindingStatus::kPass) << object.reason << ": " << object.message;
}

TEST(GiftCardsAlertsTest, NameOnlyWhatTheServiceExposes) {
  const auto rules = GiftCardsRules();

  for (const auto& rule : rules.recordings) {
    EXPECT_THAT(UnknownWords(rule.expression), IsEmpty()) << rule.name;
  }
  for (const auto& alert : rules.alerts) {
    EXPECT_THAT(UnknownWords(alert.expression), IsEmpty()) << alert.name;
  }
}

TEST(GiftCardsAlertsTest, EachSaysWhatToDoAndTheRunbookHasItsHeading) {
  const auto anchors = Anchors(ReadFile("gift-cards/runbook.md"));

  for (const auto& alert : GiftCardsRules().alerts) {
    const std::string url = alert.annotations.at("runbook_url");
    EXPECT_FALSE(alert.annotations.at("summary").empty()) << alert.name;
    EXPECT_FALSE(alert.annotations.at("description").empty()) << alert.name;
    ASSERT_TRUE(url.starts_with(kRunbookUrl)) << alert.name;
    EXPECT_THAT(anchors, Contains(url.substr(std::string(kRunbookUrl).size()))) << alert.name;
  }
}

// Tickets may be about anything; who is woken up is woken up for an objective.
TEST(GiftCardsAlertsTest, OnlyBurnsAndTheLossOfTheMeasurementPage) {
  std::set<std::string> pages;
  for (const auto& alert : GiftCardsRules().alerts) {
    const std::string& severity = alert.labels.at("severity");
    EXPECT_TRUE(severity == "page" || severity == "ticket") << alert.name;
    if (severity == "page") pages.insert(alert.name);
  }

  EXPECT_THAT(pages, ElementsAre("GiftCardsAvailabilityBurnFast", "GiftCardsAvailabilityBurnSlow",
                                 "GiftCardsLatencyBurnFast", "GiftCardsLatencyBurnSlow",
                                 "GiftCardsNotMeasured"));
}

TEST(GiftCardsObjectivesTest, AreWhatAnApiServerAccepts) {
  const Json object = ReadYaml("gift-cards/slo/error-budget.yaml");
  const Kind kind{"ErrorBudget", "errorbudgets", {}};

  EXPECT_THAT(launchgate::testing::Violations(SchemaOf(kind), {{"spec", object.at("spec")}}),
              IsEmpty());
}

TEST(GiftCardsObjectivesTest, AreThoseThatWerePromised) {
  const auto budget = GiftCardsBudget();

  EXPECT_EQ(budget.window.length, std::chrono::hours(28 * 24));
  ASSERT_EQ(budget.objectives.size(), 2U);
  EXPECT_EQ(budget.Find("redeem-availability")->target, 99.9);
  EXPECT_EQ(budget.Find("redeem-latency")->target, 99);
  for (const auto& objective : budget.objectives) {
    for (const std::string& expression : {objective.total, objective.good, objective.bad}) {
      if (expression.empty()) continue;
      EXPECT_THAT(UnknownWords(resources::WithWindow(expression, budget.window.length)), IsEmpty());
    }
  }
}

// What stands in an expression from its first metric to the end of the metric's matchers.
std::string FirstSelector(const std::string& expression) {
  const std::size_t start = expression.find("gift_cards");
  return expression.substr(start, expression.find('}', start) + 1 - start);
}

// Two places say what is bad. If they differed, people would be paged for one thing and
// launches frozen for another.
TEST(GiftCardsObjectivesTest, CountTheSameEventsAsTheAlerts) {
  const auto budget = GiftCardsBudget();
  const auto& availability = *budget.Find("redeem-availability");
  const auto& latency = *budget.Find("redeem-latency");
  std::size_t ratios = 0;

  for (const auto& rule : GiftCardsRules().recordings) {
    if (rule.name.find(":ratio_rate") == std::string::npos) continue;
    const bool of_latency = rule.name.find("_slow:") != std::string::npos;
    const auto& objective = of_latency ? latency : availability;
    const std::string& outcome = of_latency ? objective.good : objective.bad;
    EXPECT_THAT(rule.expression, HasSubstr(FirstSelector(outcome))) << rule.name;
    EXPECT_THAT(rule.expression, HasSubstr(FirstSelector(objective.total))) << rule.name;
    ++ratios;
  }
  EXPECT_EQ(ratios, budget.objectives.size() * kWindows);
}

}  // namespace
}  // namespace launchgate::contract
