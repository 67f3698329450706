#include "core/budget/assessment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "core/budget/budget_freezes.h"
#include "tests/unit/core/budget/samples.h"

namespace launchgate::budget {
namespace {

using resources::BudgetState;
using resources::ErrorBudget;
using resources::ErrorBudgetStatus;
using resources::FreezePolicy;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr base::Duration kMinute = std::chrono::minutes(1);

ErrorBudgetStatus AssessAt(const ErrorBudget& budget, const Observation& observation,
                           base::Time now) {
  return Assess(budget, Rolling(28 * kDay), {{"availability", observation}}, now);
}

struct PolicyRow {
  const char* name;
  double thaw_at;
  std::int64_t min_events;
  EventCounts counts;
  bool frozen_before;
  bool frozen;
};

class PolicyTest : public ::testing::TestWithParam<PolicyRow> {};

// At 99.9 percent; 1000 of a million may be bad.
INSTANTIATE_TEST_SUITE_P(
    Rows, PolicyTest,
    ::testing::Values(PolicyRow{"NothingSpent", 0, 0, {1e6, 0}, false, false},
                      PolicyRow{"ExactlySpent", 0, 0, {1e6, 1000}, false, false},
                      PolicyRow{"OneTooMany", 0, 0, {1e6, 1001}, false, true},
                      PolicyRow{"StillOverspent", 0, 0, {1e6, 1001}, true, true},
                      PolicyRow{"BackAtExactlySpent", 0, 0, {1e6, 1000}, true, false},
                      PolicyRow{"NotYetAtThawAt", 0.1, 0, {1e6, 901}, true, true},
                      PolicyRow{"AtThawAt", 0.1, 0, {1e6, 900}, true, false},
                      PolicyRow{"ThawAtDoesNotBeginAFreeze", 0.1, 0, {1e6, 999}, false, false},
                      PolicyRow{"ThawAtOneWaitsForAWholeBudget", 1, 0, {1e6, 1}, true, true},
                      PolicyRow{"ThawAtOneWithAWholeBudget", 1, 0, {1e6, 0}, true, false},
                      PolicyRow{"TooFewEventsToFreeze", 0, 100, {99, 50}, false, false},
                      PolicyRow{"JustEnoughEvents", 0, 100, {100, 1}, false, true},
                      PolicyRow{"FewEventsDoNotThaw", 0, 100, {99, 50}, true, true},
                      PolicyRow{"NoEventsAtAll", 0, 0, {0, 0}, false, false},
                      PolicyRow{"NoEventsThaw", 0, 0, {0, 0}, true, false}),
    [](const auto& row) { return row.param.name; });

TEST_P(PolicyTest, FreezesAndThaws) {
  const PolicyRow& row = GetParam();
  FreezePolicy policy;
  policy.thaw_at = row.thaw_at;
  policy.min_events = row.min_events;

  EXPECT_EQ(Freezes(policy, 99.9, row.counts, row.frozen_before), row.frozen);
}

TEST(AssessmentTest, SaysWhatIsSpentAndWhatIsLeft) {
  ErrorBudget budget = ABudget();
  Observation seen = Seen(1'000'000, 250);
  seen.figures->recent = {{"1h", {1000, 2}}, {"6h", {10'000, 30}}};

  const ErrorBudgetStatus status = AssessAt(budget, seen, kNow);

  ASSERT_THAT(status.objectives, SizeIs(1));
  const auto& objective = status.objectives[0];
  EXPECT_EQ(objective.state, BudgetState::kWithinBudget);
  EXPECT_EQ(objective.reason, "WithinBudget");
  EXPECT_NEAR(*objective.sli, 99.975, 1e-9);
  EXPECT_NEAR(*objective.consumed, 0.25, 1e-9);
  EXPECT_NEAR(*objective.remaining, 0.75, 1e-9);
  EXPECT_NEAR(objective.burn_rates.at("6h"), 3, 1e-9);
  // Three quarters at three times the rate: a quarter of the window.
  ASSERT_TRUE(objective.exhausted_at);
  EXPECT_EQ(status.known_at, kNow);
  EXPECT_EQ(status.frozen_since, std::nullopt);
}

TEST(AssessmentTest, AFreezeKeepsItsBeginning) {
  ErrorBudget budget = ABudget();
  budget.status = AssessAt(budget, Seen(1e6, 1500), kNow);
  ASSERT_EQ(budget.status.frozen_since, kNow);

  const ErrorBudgetStatus later = AssessAt(budget, Seen(1e6, 1400), kNow + kMinute);

  EXPECT_EQ(later.frozen_since, kNow);
  EXPECT_THAT(later.objectives[0].message, HasSubstr("140 % of the budget is spent"));
}

TEST(AssessmentTest, NotKnowingDoesNotThaw) {
  ErrorBudget budget = ABudget();
  budget.status = AssessAt(budget, Seen(1e6, 1500), kNow);

  const ErrorBudgetStatus later = AssessAt(budget, NotSeen(), kNow + kMinute);

  EXPECT_EQ(later.frozen_since, kNow);
  EXPECT_EQ(later.known_at, kNow);
  EXPECT_EQ(later.objectives[0].state, BudgetState::kUnknown);
  EXPECT_EQ(later.objectives[0].consumed, budget.status.objectives[0].consumed);
}

TEST(AssessmentTest, RemembersAFreezeThatHasEnded) {
  ErrorBudget budget = ABudget();
  budget.meta.created = kNow;
  budget.status = AssessAt(budget, Seen(1'000'000, 2000), kNow);
  budget.status = AssessAt(budget, Seen(1'000'000, 1500), kNow + kMinute);
  EXPECT_THAT(budget.status.past_freezes, IsEmpty());

  budget.status = AssessAt(budget, Seen(1'000'000, 10), kNow + 2 * kMinute);
  budget.status = AssessAt(budget, Seen(1'000'000, 10), kNow + 3 * kMinute);

  ASSERT_THAT(budget.status.past_freezes, SizeIs(1));
  const resources::PastFreeze& past = budget.status.past_freezes[0];
  EXPECT_EQ(past.cause, BudgetState::kSpent);
  EXPECT_THAT(past.message, HasSubstr("150 % of the budget is spent"));
  EXPECT_EQ(past.from, kNow);
  EXPECT_EQ(past.until, kNow + 2 * kMinute);
  EXPECT_EQ(PastFreezesOf(budget).front().cause, FreezeCause::kBudgetSpent);
  EXPECT_EQ(PastFreezesOf(budget).front().source, FreezesOf(budget, {}).front().source);
}

TEST(AssessmentTest, RemembersThatNobodyKnewForTooLong) {
  ErrorBudget budget = ABudget();
  budget.meta.created = kNow;
  budget.status = AssessAt(budget, Seen(1'000'000, 10), kNow);
  const base::Time frozen_from = kNow + budget.policy.unknown_grace;
  budget.status = AssessAt(budget, Observation(), frozen_from - kMinute);
  const ErrorBudgetStatus in_time =
      AssessAt(budget, Seen(1'000'000, 10), frozen_from - std::chrono::seconds(1));
  EXPECT_THAT(in_time.past_freezes, IsEmpty());

  budget.status = AssessAt(budget, Seen(1'000'000, 10), frozen_from + kMinute);

  ASSERT_THAT(budget.status.past_freezes, SizeIs(1));
  EXPECT_EQ(budget.status.past_freezes[0].cause, BudgetState::kUnknown);
  EXPECT_EQ(budget.status.past_freezes[0].from, frozen_from);
  EXPECT_EQ(budget.status.past_freezes[0].until, frozen_from + kMinute);
}

TEST(AssessmentTest, RemembersTheLatestFreezesOnly) {
  ErrorBudget budget = ABudget();
  base::Time now = kNow;
  for (std::size_t i = 0; i < resources::kMaxPastFreezes + 3; ++i) {
    budget.status = AssessAt(budget, Seen(1'000'000, 2000), now += kMinute);
    budget.status = AssessAt(budget, Seen(1'000'000, 10), now += kMinute);
  }

  EXPECT_THAT(budget.status.past_freezes, SizeIs(resources::kMaxPastFreezes));
  EXPECT_EQ(budget.status.past_freezes.back().until, now);
}

TEST(AssessmentTest, OneUnknownObjectiveMakesTheBudgetUnknown) {
  ErrorBudget budget = ABudget();
  budget.objectives.push_back(Availability());
  budget.objectives[1].name = "latency";

  const ErrorBudgetStatus status = AssessAt(budget, Seen(1e6, 0), kNow);

  EXPECT_EQ(status.known_at, std::nullopt);
  EXPECT_EQ(status.objectives[1].reason, "NotAsked");
}

TEST(AssessmentTest, TellsOfLowTraffic) {
  ErrorBudget budget = ABudget();
  budget.policy.min_events = 1000;

  EXPECT_EQ(AssessAt(budget, Seen(10, 5), kNow).objectives[0].reason, "LowTraffic");
}

TEST(AssessmentTest, AnIncidentLargerThanThePolicyAllowsAsksForAPostmortem) {
  ErrorBudget budget = ABudget();
  Observation seen = Seen(1e6, 300);
  seen.history = std::vector<Step>{{kNow - 3 * kMinute, kNow - 2 * kMinute, {500'000, 0}},
                                   {kNow - 2 * kMinute, kNow - kMinute, {1000, 201}},
                                   {kNow - kMinute, kNow, {499'000, 0}}};

  budget.status = AssessAt(budget, seen, kNow);

  ASSERT_THAT(PostmortemsDue(budget, budget.status), SizeIs(1));
  EXPECT_NEAR(PostmortemsDue(budget, budget.status)[0].share, 0.201, 1e-9);
  budget.policy.incident_share = 0.21;
  EXPECT_THAT(PostmortemsDue(budget, budget.status), SizeIs(0));
}

TEST(AssessmentTest, FiguresThatOnlyMoveAreNoNews) {
  ErrorBudget budget = ABudget();
  const ErrorBudgetStatus first = AssessAt(budget, Seen(1e6, 100), kNow);

  EXPECT_FALSE(SaysMore(first, AssessAt(budget, Seen(1e6, 200), kNow + kMinute)));
  EXPECT_TRUE(SaysMore(first, AssessAt(budget, Seen(1e6, 2000), kNow + kMinute)));
  EXPECT_TRUE(SaysMore(first, AssessAt(budget, NotSeen(), kNow + kMinute)));
}

TEST(AssessmentTest, IsRefreshedOftenEnoughForItsGrace) {
  for (const base::Duration grace :
       {resources::kShortestUnknownGrace, base::Duration(std::chrono::minutes(10)),
        resources::kLongestUnknownGrace}) {
    FreezePolicy policy;
    policy.unknown_grace = grace;

    // A refresh may come one evaluation late, and then one evaluation may fail.
    EXPECT_LT(RefreshPeriod(policy) + 2 * EvaluationPeriod(policy), grace);
  }
}

bool IsFrozen(const ErrorBudget& budget, base::Time now) {
  for (const Freeze& freeze : FreezesOf(budget, {})) {
    if (InForce(freeze, now)) return true;
  }
  return false;
}

// The same traffic under a policy and under a stricter one: whenever the first
// freezes, so does the second.
TEST(PolicyPropertyTest, AStricterPolicyNeverAdmitsMore) {
  std::mt19937_64 random(20261127);
  const auto draw = [&](double from, double to) {
    return std::uniform_real_distribution<>(from, to)(random);
  };
  for (int run = 0; run < 300; ++run) {
    ErrorBudget lax = ABudget();
    lax.policy.thaw_at = draw(0, 1);
    lax.policy.min_events = static_cast<std::int64_t>(draw(0, 2000));
    lax.policy.unknown_grace = kMinute * static_cast<int>(draw(1, 30));
    ErrorBudget strict = lax;
    strict.policy.thaw_at = draw(lax.policy.thaw_at, 1);
    strict.policy.min_events = static_cast<std::int64_t>(draw(0, double(lax.policy.min_events)));
    strict.policy.unknown_grace = kMinute;
    strict.objectives[0].target = draw(99.9, 99.999);
    for (int step = 1; step <= 60; ++step) {
      const base::Time now = kNow + kMinute * step;
      const double total = std::floor(draw(1, 4000));
      const Observation seen =
          draw(0, 1) < 0.1 ? NotSeen() : Seen(total, std::floor(draw(0, total / 200)));
      lax.status = AssessAt(lax, seen, now);
      strict.status = AssessAt(strict, seen, now);

      ASSERT_TRUE(!IsFrozen(lax, now) || IsFrozen(strict, now)) << run << " " << step;
    }
  }
}

}  // namespace
}  // namespace launchgate::budget
