#include "gift-cards/core/circuit_breaker.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

namespace gift_cards {
namespace {

using std::chrono::milliseconds;
using Permit = CircuitBreaker::Permit;
using TimePoint = CircuitBreaker::TimePoint;

// Not the epoch: code that takes it for "never" must be found out.
const TimePoint kStart{std::chrono::hours(100)};

TimePoint At(int ms) { return kStart + milliseconds(ms); }

// A breaker and the latest instant, so that a test reads as a story.
class Story {
 public:
  explicit Story(const BreakerOptions& options = {}) : breaker_(options, kStart) {}

  Story& Calls(int count, CallOutcome outcome) {
    for (int i = 0; i < count; ++i) {
      if (const auto permit = breaker_.Ask(now_)) breaker_.Report(*permit, outcome, now_);
    }
    return *this;
  }
  Story& Wait(int ms) {
    now_ += milliseconds(ms);
    return *this;
  }
  std::vector<Permit> AskUntilRefused() {
    std::vector<Permit> permits;
    while (permits.size() < 1000) {
      const auto permit = breaker_.Ask(now_);
      if (!permit) break;
      permits.push_back(*permit);
    }
    return permits;
  }
  std::optional<Permit> Ask() { return breaker_.Ask(now_); }
  void Report(const Permit& permit, CallOutcome outcome) { breaker_.Report(permit, outcome, now_); }
  BreakerState State() { return breaker_.StateAt(now_); }
  CircuitBreaker& breaker() { return breaker_; }
  TimePoint now() const { return now_; }

 private:
  CircuitBreaker breaker_;
  TimePoint now_ = kStart;
};

Story OpenStory(const BreakerOptions& options = {}) {
  Story story(options);
  story.Calls(20, CallOutcome::kFailure);
  return story;
}

struct RateRow {
  std::string name;
  int successes;
  int failures;
  BreakerState state;
};

class BreakerRateTest : public ::testing::TestWithParam<RateRow> {};

TEST_P(BreakerRateTest, OpensByFailureRateOfEnoughCalls) {
  Story story;

  story.Calls(GetParam().successes, CallOutcome::kSuccess);
  story.Calls(GetParam().failures, CallOutcome::kFailure);

  EXPECT_EQ(story.State(), GetParam().state);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, BreakerRateTest,
    ::testing::Values(RateRow{"NothingYet", 0, 0, BreakerState::kClosed},
                      RateRow{"OneCallTooFew", 0, 19, BreakerState::kClosed},
                      RateRow{"AllOfEnoughFailed", 0, 20, BreakerState::kOpen},
                      RateRow{"HalfOfEnoughFailed", 10, 10, BreakerState::kOpen},
                      RateRow{"OneFailureBelowHalf", 11, 10, BreakerState::kClosed},
                      RateRow{"AllGood", 1000, 0, BreakerState::kClosed},
                      RateRow{"ManyGoodAFewBad", 1000, 999, BreakerState::kClosed},
                      RateRow{"ManyGoodAsManyBad", 1000, 1000, BreakerState::kOpen}),
    [](const auto& row) { return row.param.name; });

TEST(CircuitBreakerTest, SuccessMayBeWhatCompletesTheSmallestNumberOfCalls) {
  Story story;

  story.Calls(19, CallOutcome::kFailure).Calls(1, CallOutcome::kSuccess);

  EXPECT_EQ(story.State(), BreakerState::kOpen);
}

TEST(CircuitBreakerTest, CountsNoCallThatSaysNothing) {
  Story story;

  story.Calls(19, CallOutcome::kFailure).Calls(100, CallOutcome::kUnknown);

  EXPECT_EQ(story.State(), BreakerState::kClosed);
  EXPECT_EQ(story.breaker().WindowAt(story.now()).calls, 19);
}

struct WindowRow {
  std::string name;
  int first_at;  // Ten failures happen here,
  int then_at;   // and ten here, in milliseconds.
  BreakerState state;
};

class BreakerWindowTest : public ::testing::TestWithParam<WindowRow> {};

TEST_P(BreakerWindowTest, SlidesByWholeBuckets) {
  Story story;

  story.Wait(GetParam().first_at).Calls(10, CallOutcome::kFailure);
  story.Wait(GetParam().then_at - GetParam().first_at).Calls(10, CallOutcome::kFailure);

  EXPECT_EQ(story.State(), GetParam().state);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, BreakerWindowTest,
    ::testing::Values(WindowRow{"SameInstant", 0, 0, BreakerState::kOpen},
                      WindowRow{"LastMomentOfTheWindow", 0, 9'999, BreakerState::kOpen},
                      WindowRow{"FirstMomentAfterIt", 0, 10'000, BreakerState::kClosed},
                      WindowRow{"OldBucketLeavesAsAWhole", 999, 10'000, BreakerState::kClosed},
                      WindowRow{"NextBucketIsStillIn", 1'000, 10'999, BreakerState::kOpen},
                      WindowRow{"AnHourLater", 0, 3'600'000, BreakerState::kClosed},
                      WindowRow{"SamePlaceOfTheRing", 500, 20'500, BreakerState::kClosed}),
    [](const auto& row) { return row.param.name; });

TEST(CircuitBreakerTest, PermitsNothingWhileOpenAndSaysForHowLong) {
  Story story = OpenStory();

  story.Wait(1'999);

  EXPECT_FALSE(story.Ask());
  EXPECT_EQ(story.State(), BreakerState::kOpen);
  EXPECT_EQ(story.breaker().RefusesFor(story.now()), milliseconds(1));
}

TEST(CircuitBreakerTest, BecomesHalfOpenByTimeAloneSoThatReadinessComesBackWithoutTraffic) {
  Story story = OpenStory();

  story.Wait(2'000);

  EXPECT_EQ(story.State(), BreakerState::kHalfOpen);
  EXPECT_EQ(story.breaker().RefusesFor(story.now()), milliseconds(0));
}

TEST(CircuitBreakerTest, LetsOnlyItsProbesThroughWhileHalfOpen) {
  Story story = OpenStory();

  const auto probes = story.Wait(2'000).AskUntilRefused();

  EXPECT_EQ(probes.size(), 5U);
}

TEST(CircuitBreakerTest, GivesNoPlaceOfASuccessfulProbeToAnother) {
  Story story = OpenStory();
  const auto probes = story.Wait(2'000).AskUntilRefused();

  story.Report(probes[0], CallOutcome::kSuccess);

  EXPECT_FALSE(story.Ask());
}

TEST(CircuitBreakerTest, ClosesOnlyWhenEveryProbeSucceeded) {
  Story story = OpenStory();
  const auto probes = story.Wait(2'000).AskUntilRefused();

  for (std::size_t i = 0; i < 4; ++i) story.Report(probes[i], CallOutcome::kSuccess);
  EXPECT_EQ(story.State(), BreakerState::kHalfOpen);
  story.Report(probes[4], CallOutcome::kSuccess);

  EXPECT_EQ(story.State(), BreakerState::kClosed);
}

TEST(CircuitBreakerTest, ReopensForItsWholeTimeWhenOneProbeFails) {
  Story story = OpenStory();
  const auto probes = story.Wait(2'000).AskUntilRefused();
  for (std::size_t i = 0; i < 4; ++i) story.Report(probes[i], CallOutcome::kSuccess);

  story.Wait(300).Report(probes[4], CallOutcome::kFailure);

  EXPECT_EQ(story.State(), BreakerState::kOpen);
  EXPECT_EQ(story.breaker().RefusesFor(story.now()), milliseconds(2'000));
}

TEST(CircuitBreakerTest, CountsNoProbeTwice) {
  BreakerOptions options;
  options.half_open_probes = 2;
  Story story = OpenStory(options);
  const auto probes = story.Wait(2'000).AskUntilRefused();

  story.Report(probes[0], CallOutcome::kSuccess);
  story.Report(probes[0], CallOutcome::kSuccess);

  EXPECT_EQ(story.State(), BreakerState::kHalfOpen);
}

TEST(CircuitBreakerTest, GivesThePlaceOfAProbeThatSaysNothingToAnother) {
  Story story = OpenStory();
  const auto probes = story.Wait(2'000).AskUntilRefused();

  story.Report(probes[2], CallOutcome::kUnknown);

  EXPECT_EQ(story.State(), BreakerState::kHalfOpen);
  EXPECT_EQ(story.AskUntilRefused().size(), 1U);
}

TEST(CircuitBreakerTest, ReleasesProbesThatNeverReport) {
  Story story = OpenStory();
  const auto lost = story.Wait(2'000).AskUntilRefused();

  EXPECT_EQ(story.Wait(1'999).AskUntilRefused().size(), 0U);
  EXPECT_EQ(story.Wait(1).AskUntilRefused().size(), 5U);

  story.Report(lost[0], CallOutcome::kFailure);  // Too late to mean anything.
  EXPECT_EQ(story.State(), BreakerState::kHalfOpen);
}

struct StaleRow {
  std::string name;
  CallOutcome outcome;
  int wait_ms;  // After it opened.
  BreakerState state;
};

class BreakerGenerationTest : public ::testing::TestWithParam<StaleRow> {};

TEST_P(BreakerGenerationTest, TakesNoReportOfACallFromBeforeTheLastTransition) {
  Story story;
  const auto old = story.Ask();
  story.Calls(20, CallOutcome::kFailure).Wait(GetParam().wait_ms);

  for (int i = 0; i < 50; ++i) story.Report(*old, GetParam().outcome);

  EXPECT_EQ(story.State(), GetParam().state);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, BreakerGenerationTest,
    ::testing::Values(
        StaleRow{"SuccessWhileOpen", CallOutcome::kSuccess, 10, BreakerState::kOpen},
        StaleRow{"FailureWhileOpen", CallOutcome::kFailure, 10, BreakerState::kOpen},
        StaleRow{"SuccessWhileHalfOpen", CallOutcome::kSuccess, 2'500, BreakerState::kHalfOpen},
        StaleRow{"FailureWhileHalfOpen", CallOutcome::kFailure, 2'500, BreakerState::kHalfOpen}),
    [](const auto& row) { return row.param.name; });

TEST(CircuitBreakerTest, StartsWithAnEmptyWindowAfterItClosed) {
  Story story = OpenStory();
  const auto old_probe = story.Wait(2'000).AskUntilRefused();
  for (const Permit& probe : old_probe) story.Report(probe, CallOutcome::kSuccess);

  story.Report(old_probe[0], CallOutcome::kFailure);
  story.Calls(19, CallOutcome::kFailure);

  EXPECT_EQ(story.State(), BreakerState::kClosed);
  EXPECT_EQ(story.breaker().WindowAt(story.now()).failures, 19);
}

TEST(CircuitBreakerTest, TakesAnEarlierInstantForTheLatestItHasSeen) {
  Story story = OpenStory();
  EXPECT_EQ(story.breaker().StateAt(At(1'500)), BreakerState::kOpen);

  EXPECT_EQ(story.breaker().RefusesFor(At(200)), milliseconds(500));
  EXPECT_EQ(story.breaker().StateAt(At(2'000)), BreakerState::kHalfOpen);
  EXPECT_EQ(story.breaker().StateAt(At(0)), BreakerState::kHalfOpen);
}

TEST(CircuitBreakerTest, CountsItsTransitions) {
  Story story = OpenStory();
  const auto first = story.Wait(2'000).AskUntilRefused();
  story.Report(first[0], CallOutcome::kFailure);
  const auto second = story.Wait(2'000).AskUntilRefused();

  for (const Permit& probe : second) story.Report(probe, CallOutcome::kSuccess);

  EXPECT_EQ(story.breaker().TransitionsTo(BreakerState::kOpen), 2U);
  EXPECT_EQ(story.breaker().TransitionsTo(BreakerState::kHalfOpen), 2U);
  EXPECT_EQ(story.breaker().TransitionsTo(BreakerState::kClosed), 1U);
}

struct OptionRow {
  std::string name;
  void (*change)(BreakerOptions&);
  bool usable;
};

class BreakerOptionsTest : public ::testing::TestWithParam<OptionRow> {};

TEST_P(BreakerOptionsTest, AreJudgedOneByOne) {
  BreakerOptions options;

  GetParam().change(options);

  EXPECT_EQ(!ProblemOf(options).has_value(), GetParam().usable)
      << ProblemOf(options).value_or("usable");
}

INSTANTIATE_TEST_SUITE_P(
    Rows, BreakerOptionsTest,
    ::testing::Values(
        OptionRow{"Defaults", [](BreakerOptions&) {}, true},
        OptionRow{"NoBucket", [](BreakerOptions& o) { o.buckets = 0; }, false},
        OptionRow{"MostBuckets", [](BreakerOptions& o) { o.buckets = 100; }, true},
        OptionRow{"TooManyBuckets", [](BreakerOptions& o) { o.buckets = 101; }, false},
        OptionRow{"NoWindow", [](BreakerOptions& o) { o.window = milliseconds(0); }, false},
        OptionRow{"WindowThatIsNoMultiple",
                  [](BreakerOptions& o) { o.window = milliseconds(10'001); }, false},
        OptionRow{"EndlessWindow", [](BreakerOptions& o) { o.window = milliseconds(600'010); },
                  false},
        OptionRow{"NoRate", [](BreakerOptions& o) { o.failure_rate = 0; }, false},
        OptionRow{"WholeRate", [](BreakerOptions& o) { o.failure_rate = 1; }, true},
        OptionRow{"RateAboveOne", [](BreakerOptions& o) { o.failure_rate = 1.01; }, false},
        OptionRow{
            "RateNotANumber",
            [](BreakerOptions& o) { o.failure_rate = std::numeric_limits<double>::quiet_NaN(); },
            false},
        OptionRow{"NoCalls", [](BreakerOptions& o) { o.min_calls = 0; }, false},
        OptionRow{"NeverOpen", [](BreakerOptions& o) { o.open_for = milliseconds(0); }, false},
        OptionRow{"ForeverOpen", [](BreakerOptions& o) { o.open_for = milliseconds(600'001); },
                  false},
        OptionRow{"NoProbes", [](BreakerOptions& o) { o.half_open_probes = 0; }, false},
        OptionRow{"TooManyProbes", [](BreakerOptions& o) { o.half_open_probes = 101; }, false},
        OptionRow{"NoLease", [](BreakerOptions& o) { o.probe_lease = milliseconds(0); }, false}),
    [](const auto& row) { return row.param.name; });

TEST(CircuitBreakerTest, NamesItsStatesAsTheMetricsDo) {
  std::string names;

  for (const BreakerState state : kBreakerStates) names += std::string(ToText(state)) + " ";

  EXPECT_EQ(names, "closed open half-open ");
}

}  // namespace
}  // namespace gift_cards
