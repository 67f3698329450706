#include "core/budget/freeze.h"

#include <gtest/gtest.h>

#include <chrono>

namespace launchgate::budget {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

constexpr base::Time kStart = std::chrono::sys_days(std::chrono::year(2026) / 12 / 20);
constexpr base::Time kEnd = kStart + hours(24 * 14);

Freeze Holidays() { return {FreezeCause::kFreezeWindow, "holidays", "no launches", kStart, kEnd}; }

struct InstantRow {
  const char* name;
  base::Time now;
  bool in_force;
};

class FreezeInstantTest : public testing::TestWithParam<InstantRow> {};

TEST_P(FreezeInstantTest, IsInForceFromItsStartUntilJustBeforeItsEnd) {
  EXPECT_EQ(InForce(Holidays(), GetParam().now), GetParam().in_force);
}

INSTANTIATE_TEST_SUITE_P(Edges, FreezeInstantTest,
                         testing::Values(InstantRow{"JustBefore", kStart - milliseconds(1), false},
                                         InstantRow{"AtTheStart", kStart, true},
                                         InstantRow{"Within", kStart + hours(100), true},
                                         InstantRow{"JustBeforeTheEnd", kEnd - milliseconds(1),
                                                    true},
                                         InstantRow{"AtTheEnd", kEnd, false},
                                         InstantRow{"After", kEnd + milliseconds(1), false}),
                         [](const auto& row) { return row.param.name; });

TEST(FreezeTest, WithoutAnEndStaysInForce) {
  Freeze freeze = Holidays();
  freeze.until = base::kNever;

  EXPECT_TRUE(InForce(freeze, kEnd));
  EXPECT_TRUE(InForce(freeze, base::kNever - milliseconds(1)));
  EXPECT_TRUE(InForce(freeze, base::kNever));
}

TEST(FreezeTest, NamesItsCausesAsTheDecisionTableDoes) {
  EXPECT_EQ(ToString(FreezeCause::kBudgetSpent), "BudgetSpent");
  EXPECT_EQ(ToString(FreezeCause::kBudgetUnknown), "BudgetUnknown");
  EXPECT_EQ(ToString(FreezeCause::kFreezeWindow), "FreezeWindow");
  EXPECT_EQ(ToString(FreezeCause::kBudgetReviewOverdue), "BudgetReviewOverdue");
}

TEST(FreezeTest, ThatNobodyFilledInIsAnUnknownBudgetInForce) {
  const Freeze freeze;

  EXPECT_EQ(freeze.cause, FreezeCause::kBudgetUnknown);
  EXPECT_TRUE(InForce(freeze, kStart));
}

}  // namespace
}  // namespace launchgate::budget
