#include "core/budget/arithmetic.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/unit/core/budget/samples.h"

namespace launchgate::budget {
namespace {

// Worked out by hand: allowed = total x (100 - target) / 100.
struct Row {
  const char* name;
  double target;
  EventCounts counts;
  double sli;
  double consumed;
};

class ArithmeticTest : public ::testing::TestWithParam<Row> {};

INSTANTIATE_TEST_SUITE_P(
    Budgets, ArithmeticTest,
    ::testing::Values(Row{"NothingFailed", 99.9, {1'000'000, 0}, 100, 0},
                      Row{"HalfSpent", 99.9, {1'000'000, 500}, 99.95, 0.5},
                      Row{"ExactlySpent", 99.9, {1'000'000, 1'000}, 99.9, 1},
                      Row{"Overspent", 99.9, {1'000'000, 1'430}, 99.857, 1.43},
                      Row{"EverythingFailed", 99, {200, 200}, 0, 100},
                      Row{"ALowTarget", 50, {10, 4}, 60, 0.8},
                      Row{"AVeryHighTarget", 99.999, {2'000'000, 3}, 99.99985, 0.15},
                      Row{"FewEvents", 99.9, {10, 1}, 90, 100},
                      Row{"FractionsOfEvents", 99.5, {1'000.5, 2.50125}, 99.75, 0.5}),
    [](const auto& row) { return row.param.name; });

TEST_P(ArithmeticTest, CountsEvents) {
  const Row& row = GetParam();

  EXPECT_NEAR(*ServiceLevel(row.counts), row.sli, 1e-9);
  EXPECT_NEAR(Consumed(row.target, row.counts), row.consumed, 1e-6);
}

TEST(ArithmeticTest, NothingHappenedLeavesTheBudgetUntouched) {
  EXPECT_EQ(ServiceLevel({0, 0}), std::nullopt);
  EXPECT_EQ(Consumed(99.9, {0, 0}), 0);
  EXPECT_EQ(BurnRate(99.9, {0, 0}), 0);
}

TEST(ArithmeticTest, WeighsEventsAndNotHours) {
  // A bad quiet hour (1 of 2) and a good busy one (0 of 998): the average of the
  // two hours would be 75 percent.
  const EventCounts both = EventCounts{2, 1} + EventCounts{998, 0};

  EXPECT_NEAR(*ServiceLevel(both), 99.9, 1e-9);
}

TEST(ArithmeticTest, BurnsAtTheRateOfTheWorkbook) {
  // The SRE Workbook's 14.4: 2 % of a 30-day budget within one hour.
  EXPECT_NEAR(BurnRate(99.9, {100'000, 1'440}), 14.4, 1e-9);
}

TEST(ArithmeticTest, ProjectsWhenTheBudgetIsGone) {
  const base::Duration window = 30 * kDay;

  EXPECT_EQ(ExhaustedAt(1, 1, window, kNow), kNow + window);
  EXPECT_EQ(ExhaustedAt(0.5, 2, window, kNow), kNow + window / 4);
  EXPECT_EQ(ExhaustedAt(1, 14.4, window, kNow), kNow + std::chrono::hours(50));
  EXPECT_EQ(ExhaustedAt(0.5, 0.4, window, kNow), std::nullopt);
  EXPECT_EQ(ExhaustedAt(0.5, 0, window, kNow), std::nullopt);
  EXPECT_EQ(ExhaustedAt(0, 0, window, kNow), kNow);
  EXPECT_EQ(ExhaustedAt(-0.2, 1, window, kNow), kNow);
}

TEST(ArithmeticTest, MoreBadEventsNeverLeaveMore) {
  std::mt19937_64 random(20261127);
  for (int i = 0; i < 20'000; ++i) {
    const double target = std::uniform_real_distribution<>(0.001, 99.999)(random);
    const double total = std::floor(std::uniform_real_distribution<>(1, 1e9)(random));
    const double bad = std::uniform_real_distribution<>(0, total)(random);
    const double worse = std::uniform_real_distribution<>(bad, total)(random);

    ASSERT_LE(Consumed(target, {total, bad}), Consumed(target, {total, worse}));
    ASSERT_GE(*ServiceLevel({total, bad}), *ServiceLevel({total, worse}));
  }
}

}  // namespace
}  // namespace launchgate::budget
