#include "core/budget/backtest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/core/budget/samples.h"

namespace launchgate::budget {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr base::Duration kHour = kBacktestStep;
const base::Time kStart = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1);

// A thousand requests an hour for so many days; a window of two days has 48,000
// of them, of which 48 may be bad.
std::vector<Step> Days(int days) {
  std::vector<Step> steps;
  for (int hour = 0; hour < 24 * days; ++hour) {
    steps.push_back({kStart + hour * kHour, kStart + (hour + 1) * kHour, {1000, 0}});
  }
  return steps;
}

resources::ErrorBudget TwoDays() {
  resources::ErrorBudget budget = ABudget();
  budget.window.length = 2 * kDay;
  return budget;
}

class BacktestTest : public ::testing::Test {
 protected:
  Backtest Run(const resources::ErrorBudget& budget, const std::vector<Step>& steps, int to_day) {
    const auto zone = zones_.Find("UTC");
    auto result = RunBacktest(budget, budget.objectives[0], steps, zones_, **zone,
                              kStart + 2 * kDay, kStart + to_day * kDay);
    EXPECT_TRUE(result);
    return *std::move(result);
  }

  const FixedZones zones_{"UTC", std::chrono::seconds(0)};
};

TEST_F(BacktestTest, AGoodPastFreezesNothing) {
  const Backtest result = Run(TwoDays(), Days(6), 6);

  EXPECT_THAT(result.freezes, IsEmpty());
  ASSERT_THAT(result.days, SizeIs(4));
  EXPECT_EQ(result.days[0].date, std::chrono::year(2026) / 3 / 3);
  EXPECT_EQ(result.days[0].remaining, 1);
}

TEST_F(BacktestTest, AnIncidentFreezesUntilItHasLeftTheWindow) {
  auto steps = Days(8);
  steps[24 * 3 + 9].counts.bad = 60;  // 4 March, 09:00 to 10:00.

  const Backtest result = Run(TwoDays(), steps, 8);

  ASSERT_THAT(result.freezes, SizeIs(1));
  EXPECT_EQ(result.freezes[0].from, kStart + 3 * kDay + 10 * kHour);
  EXPECT_EQ(result.freezes[0].until, kStart + 5 * kDay + 10 * kHour);
  EXPECT_TRUE(result.freezes[0].over);
  EXPECT_NEAR(result.freezes[0].worst_consumed, 60.0 / 48, 1e-9);
  // Frozen from the step that ended at 10:00 on: 15 hours of that day.
  EXPECT_EQ(result.days[1].frozen, 15 * kHour);
  EXPECT_EQ(result.days[2].frozen, 24 * kHour);
  EXPECT_EQ(result.days[3].frozen, 9 * kHour);
  EXPECT_EQ(result.days[4].frozen, base::Duration(0));
}

TEST_F(BacktestTest, ThawsLaterWhenMoreMustBeLeft) {
  auto steps = Days(8);
  steps[24 * 3 + 9].counts.bad = 49;
  steps[24 * 4 + 9].counts.bad = 30;
  resources::ErrorBudget budget = TwoDays();
  const auto lax = Run(budget, steps, 8).freezes;
  budget.policy.thaw_at = 0.5;

  const auto strict = Run(budget, steps, 8).freezes;

  ASSERT_THAT(lax, SizeIs(1));
  ASSERT_THAT(strict, SizeIs(1));
  EXPECT_EQ(lax[0].until, kStart + 5 * kDay + 10 * kHour);
  EXPECT_EQ(strict[0].until, kStart + 6 * kDay + 10 * kHour);
}

TEST_F(BacktestTest, SaysThatItIsStillFrozen) {
  auto steps = Days(5);
  steps[24 * 4].counts.bad = 100;

  const Backtest result = Run(TwoDays(), steps, 5);

  ASSERT_THAT(result.freezes, SizeIs(1));
  EXPECT_FALSE(result.freezes[0].over);
  EXPECT_EQ(result.freezes[0].until, kStart + 5 * kDay);
}

TEST_F(BacktestTest, DoesNotJudgeTimesOfWhichTooLittleIsKnown) {
  auto steps = Days(6);
  steps.erase(steps.begin(), steps.begin() + 24 * 3);

  const Backtest result = Run(TwoDays(), steps, 6);

  EXPECT_EQ(result.days[0].remaining, std::nullopt);
  EXPECT_EQ(result.days[0].unknown, 24 * kHour);
  EXPECT_EQ(result.days[3].remaining, 1);
}

TEST_F(BacktestTest, AMonthBeginsWithAWholeBudget) {
  auto steps = Days(40);
  steps[24 * 29].counts.bad = 5000;
  resources::ErrorBudget budget = ABudget();
  budget.window = {resources::WindowKind::kCalendarMonth, {}, "UTC"};

  const Backtest result = Run(budget, steps, 40);

  ASSERT_THAT(result.freezes, SizeIs(1));
  EXPECT_EQ(result.freezes[0].until, kStart + 31 * kDay);
}

TEST_F(BacktestTest, AsksForTheWindowBeforeTheFirstDayAsWell) {
  const HistoryQueries queries =
      BacktestQueries(Availability(), TwoDays().window, kStart, kStart + 3 * kDay);

  EXPECT_EQ(queries.start, kStart - 2 * kDay);
  EXPECT_EQ(queries.end, kStart + 3 * kDay);
  EXPECT_THAT(queries.total, HasSubstr("[1h]"));
}

TEST_F(BacktestTest, AsksForNoMoreThanPrometheusGives) {
  const HistoryQueries queries =
      BacktestQueries(Availability(), TwoDays().window, kStart - 3000 * kDay, kStart);

  EXPECT_LT((queries.end - queries.start) / queries.step, kMaxBacktestSteps);
}

}  // namespace
}  // namespace launchgate::budget
