#include "core/budget/budget_freezes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/core/budget/samples.h"

namespace launchgate::budget {
namespace {

using resources::ErrorBudget;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr base::Duration kSecond = std::chrono::seconds(1);
constexpr base::Duration kGrace = std::chrono::hours(1);

ErrorBudget Assessed(const Observation& observation) {
  ErrorBudget budget = ABudget();
  budget.status = Assess(budget, Rolling(28 * kDay), {{"availability", observation}}, kNow);
  return budget;
}

std::vector<Freeze> InForceAt(const ErrorBudget& budget, base::Time now) {
  std::vector<Freeze> freezes = FreezesOf(budget, {});
  std::erase_if(freezes, [&](const Freeze& freeze) { return !InForce(freeze, now); });
  return freezes;
}

TEST(BudgetFreezesTest, ABudgetThatIsNotSpentFreezesNothing) {
  EXPECT_THAT(InForceAt(Assessed(Seen(1e6, 10)), kNow), SizeIs(0));
}

TEST(BudgetFreezesTest, ASpentOneFreezesUntilItsStatusSaysOtherwise) {
  const auto freezes = InForceAt(Assessed(Seen(1e6, 1500)), kNow);

  ASSERT_THAT(freezes, SizeIs(1));
  EXPECT_EQ(freezes[0].cause, FreezeCause::kBudgetSpent);
  EXPECT_EQ(freezes[0].from, kNow);
  EXPECT_EQ(freezes[0].until, base::kNever);
  EXPECT_EQ(freezes[0].source, "ErrorBudget shop/gift-cards");
  EXPECT_THAT(freezes[0].message, HasSubstr("availability: 150 % of the budget is spent"));
}

TEST(BudgetFreezesTest, FiguresMayBeUnknownForAsLongAsTheGrace) {
  ErrorBudget budget = Assessed(Seen(1e6, 10));
  budget.status = Assess(budget, Rolling(28 * kDay), {{"availability", NotSeen()}}, kNow + kSecond);

  EXPECT_THAT(InForceAt(budget, kNow + kGrace - kSecond), SizeIs(0));
  const auto freezes = InForceAt(budget, kNow + kGrace);
  ASSERT_THAT(freezes, SizeIs(1));
  EXPECT_EQ(freezes[0].cause, FreezeCause::kBudgetUnknown);
  EXPECT_THAT(freezes[0].message, HasSubstr("availability: load the rules"));
}

TEST(BudgetFreezesTest, AControllerThatStoppedFreezesAsWell) {
  const ErrorBudget budget = Assessed(Seen(1e6, 10));

  EXPECT_THAT(InForceAt(budget, kNow + kGrace - kSecond), SizeIs(0));
  EXPECT_THAT(InForceAt(budget, kNow + kGrace), SizeIs(1));
}

TEST(BudgetFreezesTest, ANewBudgetHasItsGraceFromItsCreationOn) {
  ErrorBudget budget = ABudget();
  budget.meta.created = kNow;

  EXPECT_THAT(InForceAt(budget, kNow + kGrace - kSecond), SizeIs(0));
  EXPECT_THAT(InForceAt(budget, kNow + kGrace), SizeIs(1));
}

TEST(BudgetFreezesTest, EditingTheSpecDoesNotThaw) {
  ErrorBudget budget = Assessed(Seen(1e6, 1500));
  budget.meta.generation = 2;

  EXPECT_THAT(InForceAt(budget, kNow), SizeIs(1));
}

TEST(BudgetFreezesTest, ABudgetThatCannotBeUsedFreezesAtOnce) {
  const auto freezes = FreezesOf(ABudget(), {{"spec.objectives", "must be set"}});

  ASSERT_THAT(freezes, SizeIs(1));
  EXPECT_TRUE(InForce(freezes[0], kNow));
  EXPECT_THAT(freezes[0].message, HasSubstr("spec.objectives: must be set"));
}

TEST(BudgetFreezesTest, SoDoesOneThatDoesNotExist) {
  const Freeze freeze = MissingBudget("shop", "gift-cards");

  EXPECT_TRUE(InForce(freeze, kNow));
  EXPECT_EQ(freeze.cause, FreezeCause::kBudgetUnknown);
}

}  // namespace
}  // namespace launchgate::budget
