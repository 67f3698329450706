// What samples of metrics tell about a breaker.
#include "harness/breaker_watch.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace harness {
namespace {

using std::chrono::milliseconds;

constexpr auto kClosed = BreakerState::kClosed;
constexpr auto kHalfOpen = BreakerState::kHalfOpen;
constexpr auto kOpen = BreakerState::kOpen;

std::string Page(int closed, int half_open, int open) {
  return "gift_cards_breaker_state{state=\"closed\"} " + std::to_string(closed) +
         "\ngift_cards_breaker_state{state=\"half-open\"} " + std::to_string(half_open) +
         "\ngift_cards_breaker_state{state=\"open\"} " + std::to_string(open) +
         "\ngift_cards_breaker_transitions_total{to=\"open\"} 3"
         "\ngift_cards_breaker_transitions_total{to=\"half-open\"} 9"
         "\ngift_cards_breaker_transitions_total{to=\"closed\"} 2\n";
}

TEST(ReadBreakerTest, FindsTheStateThatIsOneAndTheTransitions) {
  const auto open = ReadBreaker(Page(0, 0, 1));
  const auto half_open = ReadBreaker(Page(0, 1, 0));

  ASSERT_TRUE(open && half_open);
  EXPECT_EQ(open->state, kOpen);
  EXPECT_EQ(half_open->state, kHalfOpen);
  EXPECT_EQ(open->opened, 3U);
  EXPECT_EQ(open->closed, 2U);
}

TEST(ReadBreakerTest, KnowsNoTransitionsBeforeTheFirst) {
  const auto reading = ReadBreaker("gift_cards_breaker_state{state=\"closed\"} 1\n");

  ASSERT_TRUE(reading);
  EXPECT_EQ(reading->state, kClosed);
  EXPECT_EQ(reading->opened, 0U);
}

TEST(ReadBreakerTest, FindsNoneWhereTheServiceHasNone) {
  EXPECT_FALSE(ReadBreaker(""));
  EXPECT_FALSE(ReadBreaker("process_start_time_seconds 1\n"));
  EXPECT_FALSE(ReadBreaker(Page(0, 0, 0)));
}

Sample At(int at_ms, std::optional<BreakerReading> breaker,
          std::optional<std::uint64_t> calls = std::nullopt) {
  return {.at = milliseconds(at_ms), .breaker = breaker, .payments_calls = calls};
}

BreakerReading Reading(BreakerState state, std::uint64_t opened = 0, std::uint64_t closed = 0) {
  return {.state = state, .opened = opened, .closed = closed};
}

TEST(ActivityOfTest, CountsTransitionsThatNoSampleSaw) {
  const std::vector<Sample> samples = {At(0, Reading(kClosed, 4, 4)),
                                       At(100, Reading(kClosed, 5, 5)),
                                       At(200, Reading(kOpen, 7, 6))};

  const auto activity = ActivityOf(samples);

  ASSERT_TRUE(activity);
  EXPECT_EQ(activity->opened, 3U);
  EXPECT_EQ(activity->closed, 2U);
  EXPECT_EQ(activity->at_end, kOpen);
}

TEST(ActivityOfTest, SaysNothingWhereTheBreakerIsNotSeenAtBothEnds) {
  EXPECT_FALSE(ActivityOf({}));
  EXPECT_FALSE(ActivityOf(std::vector{At(0, std::nullopt), At(100, Reading(kOpen))}));
  EXPECT_FALSE(ActivityOf(std::vector{At(0, Reading(kOpen)), At(100, std::nullopt)}));
}

TEST(ActivityOfTest, TakesARestartedServiceForNoTransitions) {
  const auto activity =
      ActivityOf(std::vector{At(0, Reading(kOpen, 5, 4)), At(100, Reading(kClosed, 0, 0))});

  ASSERT_TRUE(activity);
  EXPECT_EQ(activity->opened, 0U);
  EXPECT_EQ(activity->closed, 0U);
}

// A request every 10 ms from 0.
std::vector<Outcome> Requests(int count) {
  std::vector<Outcome> outcomes;
  for (int i = 0; i < count; ++i) outcomes.push_back({.due = milliseconds(10 * i)});
  return outcomes;
}

struct OpenRow {
  std::string name;
  std::vector<Sample> samples;
  std::uint64_t requests;
  std::uint64_t calls;
};

class CallsWhileNotClosedTest : public ::testing::TestWithParam<OpenRow> {};

TEST_P(CallsWhileNotClosedTest, SumsTheTimesInWhichItNeverClosed) {
  const OpenRow& row = GetParam();

  const CallsWhileOpen open = CallsWhileNotClosed(row.samples, Requests(40));

  EXPECT_EQ(open.requests, row.requests);
  EXPECT_EQ(open.calls, row.calls);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, CallsWhileNotClosedTest,
    ::testing::Values(OpenRow{"NothingWhileClosed",
                              {At(0, Reading(kClosed), 0), At(100, Reading(kClosed), 10)},
                              0,
                              0},
                      // The calls that made it open do not count.
                      OpenRow{"NotTheTimeInWhichItOpened",
                              {At(0, Reading(kClosed), 0), At(100, Reading(kOpen, 1), 8),
                               At(200, Reading(kOpen, 1), 8)},
                              10,
                              0},
                      OpenRow{"TrialCallsCount",
                              {At(0, Reading(kOpen, 1), 8), At(100, Reading(kHalfOpen, 1), 9),
                               At(200, Reading(kOpen, 2), 11)},
                              20,
                              3},
                      OpenRow{"NotWhenItClosedInBetween",
                              {At(0, Reading(kOpen, 1, 0), 8), At(100, Reading(kOpen, 2, 1), 20)},
                              0,
                              0},
                      OpenRow{"NotWhereCallsAreUnknown",
                              {At(0, Reading(kOpen, 1), 8), At(100, Reading(kOpen, 1)),
                               At(200, Reading(kOpen, 1), 9)},
                              0,
                              0},
                      OpenRow{"NotWhereTheBreakerIsUnknown",
                              {At(0, Reading(kOpen, 1), 8), At(100, std::nullopt, 9)},
                              0,
                              0},
                      OpenRow{"NothingWithoutSamples", {}, 0, 0}),
    [](const auto& test) { return test.param.name; });

TEST(CallsWhileOpenTest, DropIsTheShareOfRequestsThatReachedNobody) {
  EXPECT_DOUBLE_EQ((CallsWhileOpen{.requests = 200, .calls = 8}.Drop()), 0.96);
  EXPECT_EQ((CallsWhileOpen{.requests = 200, .calls = 0}.Drop()), 1);
  EXPECT_EQ((CallsWhileOpen{.requests = 10, .calls = 20}.Drop()), 0);
  EXPECT_EQ((CallsWhileOpen{.requests = 0, .calls = 0}.Drop()), 0);
}

TEST(CallsOfTest, CountsBetweenTheFirstAndTheLastThatKnow) {
  const std::vector<Sample> samples = {At(0, std::nullopt), At(100, std::nullopt, 10),
                                       At(200, std::nullopt, 35), At(300, std::nullopt)};

  EXPECT_EQ(CallsOf(samples), 25U);
  EXPECT_EQ(CallsOf(std::vector{At(0, std::nullopt)}), std::nullopt);
  EXPECT_EQ(CallsOf({}), std::nullopt);
}

}  // namespace
}  // namespace harness
