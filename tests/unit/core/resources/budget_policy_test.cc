#include "core/resources/budget_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/resources/error_budget.h"
#include "tests/unit/core/resources/samples.h"

namespace launchgate::resources {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

ErrorBudget Parse(const json::Json& object, std::vector<json::Problem>& problems) {
  return ParseErrorBudget(object, problems);
}

ErrorBudget Parse(const json::Json& object) {
  std::vector<json::Problem> problems;
  ErrorBudget budget = ParseErrorBudget(object, problems);
  EXPECT_EQ(Lines(problems), "");
  return budget;
}

TEST(BudgetPolicyTest, ReadsPolicyAndReview) {
  const ErrorBudget budget = Parse(BudgetSample());

  EXPECT_EQ(budget.policy.thaw_at, 0.1);
  EXPECT_EQ(budget.policy.incident_share, 0.25);
  EXPECT_EQ(budget.policy.min_events, 1000);
  EXPECT_EQ(budget.policy.unknown_grace, std::chrono::minutes(30));
  ASSERT_TRUE(budget.review);
  EXPECT_EQ(budget.review->authority, "platform");
  EXPECT_EQ(budget.review->time_zone, "Europe/Zurich");
  EXPECT_EQ(budget.review->cadence_day, 2);
  EXPECT_EQ(budget.review->due_day, 6);
  EXPECT_EQ(budget.review->grace_days, 4);
}

TEST(BudgetPolicyTest, HasDefaultsForWhatIsNotSaid) {
  const ErrorBudget budget =
      Parse(With(With(BudgetSample(), "/spec/policy", "absent"), "/spec/review", "absent"));

  EXPECT_EQ(budget.policy.thaw_at, 0);
  EXPECT_EQ(budget.policy.incident_share, 0.2);
  EXPECT_EQ(budget.policy.min_events, 0);
  EXPECT_EQ(budget.policy.unknown_grace, std::chrono::hours(1));
  EXPECT_FALSE(budget.review);
}

struct Row {
  const char* name;
  const char* pointer;
  const char* value;
  const char* problem;
};

class BadPolicyTest : public ::testing::TestWithParam<Row> {};

INSTANTIATE_TEST_SUITE_P(
    Fields, BadPolicyTest,
    ::testing::Values(
        Row{"ThawAtOfMoreThanAll", "/spec/policy/thawAt", R"("1.01")",
            "spec.policy.thawAt: must be"},
        Row{"NegativeThawAt", "/spec/policy/thawAt", R"("-0.1")", "spec.policy.thawAt: must be"},
        Row{"IncidentShareOfNothing", "/spec/policy/maxIncidentShare", R"("0")",
            "spec.policy.maxIncidentShare: must be a share of more than"},
        Row{"NegativeEvents", "/spec/policy/minEvents", "-1",
            "spec.policy.minEvents: must be from"},
        Row{"NoGrace", "/spec/policy/unknownGrace", R"("0")", "spec.policy.unknownGrace: must be"},
        Row{"GraceOfAMonth", "/spec/policy/unknownGrace", R"("30d")",
            "spec.policy.unknownGrace: must be"},
        Row{"UnknownField", "/spec/policy/freezes", "true", "spec.policy.freezes: "},
        Row{"NoAuthority", "/spec/review/authorityRef", "absent",
            "spec.review.authorityRef: must be set"},
        Row{"ZoneIsAPath", "/spec/review/timeZone", R"("../etc/passwd")",
            "spec.review.timeZone: must be the IANA name"},
        Row{"DayThatNotEveryMonthHas", "/spec/review/cadenceDay", "29",
            "spec.review.cadenceDay: must be from 1 to 28"},
        Row{"DueBeforeItIsOpened", "/spec/review/dueDay", "1",
            "spec.review.dueDay: must not be before cadenceDay"},
        Row{"AMonthOfGrace", "/spec/review/graceDays", "28",
            "spec.review.graceDays: must be from 0 to 27"}),
    [](const auto& row) { return row.param.name; });

TEST_P(BadPolicyTest, IsNamedWithItsField) {
  std::vector<json::Problem> problems;
  Parse(With(BudgetSample(), GetParam().pointer, GetParam().value), problems);

  ASSERT_THAT(problems, SizeIs(1)) << Lines(problems);
  EXPECT_THAT(Lines(problems), HasSubstr(GetParam().problem));
}

TEST(ErrorBudgetStatusTest, ReadsWhatTheControllerFound) {
  const ErrorBudgetStatus status = Parse(BudgetSample()).status;

  EXPECT_EQ(base::FormatTime(*status.known_at), "2026-11-23T08:15:37Z");
  EXPECT_EQ(base::FormatTime(*status.frozen_since), "2026-11-22T10:00:00Z");
  ASSERT_THAT(status.objectives, SizeIs(1));
  const ObjectiveStatus& objective = status.objectives[0];
  EXPECT_EQ(objective.state, BudgetState::kSpent);
  EXPECT_EQ(objective.consumed, 1.4);
  EXPECT_EQ(objective.remaining, -0.4);
  EXPECT_EQ(objective.burn_rates.at("6h"), 0.75);
  EXPECT_THAT(objective.burn_down, ElementsAre(1, 0.75, -0.15, -0.4));
  ASSERT_THAT(objective.incidents, SizeIs(1));
  EXPECT_EQ(objective.incidents[0].share, 0.9);
}

TEST(ErrorBudgetStatusTest, AFreezeWhoseBeginningIsGarbledIsStillAFreeze) {
  const ErrorBudgetStatus status =
      Parse(With(BudgetSample(), "/status/frozenSince", R"("yesterday")")).status;

  EXPECT_TRUE(status.frozen_since);
}

TEST(ErrorBudgetStatusTest, AStateOfANewerVersionIsUnknown) {
  const ErrorBudgetStatus status =
      Parse(With(BudgetSample(), "/status/objectives/0/state", R"("Fine")")).status;

  EXPECT_EQ(status.objectives[0].state, BudgetState::kUnknown);
}

}  // namespace
}  // namespace launchgate::resources
