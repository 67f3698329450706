#include "gift-cards/core/retry_policy.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace gift_cards {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr milliseconds kPlenty{10'000};

struct Row {
  std::string name;
  AttemptReport report;
  double uniform;
  std::optional<microseconds> wait;  // Nothing: give up.
};

class NextWaitTest : public ::testing::TestWithParam<Row> {};

TEST_P(NextWaitTest, FollowsTheTable) {
  const RetryOptions options;  // 2 retries, 25 ms doubling to at most 100 ms, 50 ms to try.

  EXPECT_EQ(NextWait(options, GetParam().report, GetParam().uniform), GetParam().wait);
}

INSTANTIATE_TEST_SUITE_P(
    Results, NextWaitTest,
    ::testing::Values(
        Row{"Charged", {1, AttemptResult::kCharged, kPlenty}, 0.5, std::nullopt},
        Row{"Refused", {1, AttemptResult::kRefused, kPlenty}, 0.5, std::nullopt},
        Row{"Conflict", {1, AttemptResult::kConflict, kPlenty}, 0.5, std::nullopt},
        Row{"Unusable", {1, AttemptResult::kUnusable, kPlenty}, 0.5, std::nullopt},
        Row{"Unavailable", {1, AttemptResult::kUnavailable, kPlenty}, 0.5, microseconds(12'500)},
        Row{"TimedOut", {1, AttemptResult::kTimedOut, kPlenty}, 0.5, microseconds(12'500)}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Attempts, NextWaitTest,
    ::testing::Values(
        Row{"NoWaitAtAll", {1, AttemptResult::kUnavailable, kPlenty}, 0.0, microseconds(0)},
        Row{"CeilingDoubles", {2, AttemptResult::kUnavailable, kPlenty}, 0.5, microseconds(25'000)},
        Row{"ThirdAttemptWasTheLast", {3, AttemptResult::kUnavailable, kPlenty}, 0.5, std::nullopt},
        Row{"LongAfter", {1'000'000, AttemptResult::kUnavailable, kPlenty}, 0.5, std::nullopt}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Remaining, NextWaitTest,
    ::testing::Values(
        Row{"JustEnough",
            {1, AttemptResult::kTimedOut, milliseconds(60)},
            0.4,
            microseconds(10'000)},
        Row{"NotEnough", {1, AttemptResult::kTimedOut, milliseconds(59)}, 0.4, std::nullopt},
        Row{"TooLittleToTry", {1, AttemptResult::kTimedOut, milliseconds(49)}, 0.0, std::nullopt},
        Row{"NothingLeft", {1, AttemptResult::kTimedOut, milliseconds(0)}, 0.0, std::nullopt},
        Row{"Overdue", {1, AttemptResult::kTimedOut, milliseconds(-5)}, 0.0, std::nullopt}),
    [](const auto& row) { return row.param.name; });

TEST(RetryPolicyTest, NeverWaitsLongerThanTheCapHoweverChanceFalls) {
  RetryOptions options;
  options.base = milliseconds(60);
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> uniform(0, 1);

  for (int i = 0; i < 1'000; ++i) {
    const auto wait = NextWait(options, {2, AttemptResult::kUnavailable, kPlenty}, uniform(random));
    ASSERT_TRUE(wait);
    EXPECT_GE(*wait, microseconds(0));
    EXPECT_LE(*wait, options.cap);
  }
}

TEST(RetryPolicyTest, NeverBeginsAnAttemptThatTheDeadlineWouldCut) {
  const RetryOptions options;
  std::mt19937_64 random(11);
  std::uniform_real_distribution<double> uniform(0, 1);

  for (int i = 0; i < 1'000; ++i) {
    const milliseconds remaining(i % 200);
    const auto wait =
        NextWait(options, {1, AttemptResult::kUnavailable, remaining}, uniform(random));
    if (!wait) continue;
    EXPECT_LE(*wait + options.min_attempt, remaining);
  }
}

TEST(RetryPolicyTest, CanBeToldNotToRetry) {
  RetryOptions options;
  options.max_retries = 0;

  EXPECT_FALSE(NextWait(options, {1, AttemptResult::kUnavailable, kPlenty}, 0.5));
}

TEST(RetryPolicyTest, TakesChanceOutOfRangeForItsNearestEnd) {
  const RetryOptions options;
  const AttemptReport report{1, AttemptResult::kUnavailable, kPlenty};

  EXPECT_EQ(NextWait(options, report, -3), microseconds(0));
  EXPECT_EQ(NextWait(options, report, 17), microseconds(25'000));
}

struct OptionRow {
  std::string name;
  void (*change)(RetryOptions&);
  bool usable;
};

class RetryOptionsTest : public ::testing::TestWithParam<OptionRow> {};

TEST_P(RetryOptionsTest, AreJudgedOneByOne) {
  RetryOptions options;

  GetParam().change(options);

  EXPECT_EQ(!ProblemOf(options).has_value(), GetParam().usable);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, RetryOptionsTest,
    ::testing::Values(
        OptionRow{"Defaults", [](RetryOptions&) {}, true},
        OptionRow{"NoRetries", [](RetryOptions& o) { o.max_retries = 0; }, true},
        OptionRow{"ThreeRetries", [](RetryOptions& o) { o.max_retries = 3; }, false},
        OptionRow{"NegativeRetries", [](RetryOptions& o) { o.max_retries = -1; }, false},
        OptionRow{"NoBase", [](RetryOptions& o) { o.base = milliseconds(0); }, false},
        OptionRow{"CapBelowBase", [](RetryOptions& o) { o.cap = milliseconds(24); }, false},
        OptionRow{"NoTimeToTry", [](RetryOptions& o) { o.min_attempt = milliseconds(0); }, false}),
    [](const auto& row) { return row.param.name; });

TEST(AttemptTableTest, HasItsRowsInTheOrderOfTheEnum) {
  for (const AttemptTraits& row : kAttemptTable) EXPECT_EQ(TraitsOf(row.result).result, row.result);
}

TEST(AttemptTableTest, RetriesOnlyWhatTheBreakerCountsAsFailure) {
  for (const AttemptTraits& row : kAttemptTable) {
    if (!row.retryable) continue;
    EXPECT_EQ(row.breaker, CallOutcome::kFailure) << row.metric;
  }
}

}  // namespace
}  // namespace gift_cards
