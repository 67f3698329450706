// Percentiles by nearest rank, and what counts as late or failed.
#include "harness/latency.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace harness {
namespace {

using std::chrono::milliseconds;

struct PercentileRow {
  std::string name;
  std::vector<double> values;
  double percent;
  double expected;
};

class PercentileTest : public ::testing::TestWithParam<PercentileRow> {};

TEST_P(PercentileTest, IsTheSmallestValueThatEnoughAreNotAbove) {
  const PercentileRow& row = GetParam();

  const double percentile = Percentile(row.values, row.percent);

  EXPECT_EQ(percentile, row.expected);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, PercentileTest,
    ::testing::Values(PercentileRow{"NothingIsZero", {}, 99, 0},
                      PercentileRow{"OneValueIsEveryPercentile", {7}, 1, 7},
                      PercentileRow{"TheMedianOfTwoIsTheLower", {1, 2}, 50, 1},
                      PercentileRow{"JustOverHalfOfTwoIsTheUpper", {1, 2}, 50.1, 2},
                      // The example of the definition: 5 values, 30th is the 2nd, 40th too.
                      PercentileRow{"ThirtiethOfFive", {15, 20, 35, 40, 50}, 30, 20},
                      PercentileRow{"FortiethOfFive", {15, 20, 35, 40, 50}, 40, 20},
                      PercentileRow{"FiftiethOfFive", {15, 20, 35, 40, 50}, 50, 35},
                      PercentileRow{"HundredthIsTheLargest", {15, 20, 35, 40, 50}, 100, 50},
                      PercentileRow{"NinetyNinthOfFewIsTheLargest", {1, 2, 3}, 99, 3}),
    [](const auto& test) { return test.param.name; });

std::vector<Outcome> Outcomes(std::size_t good, double latency_ms) {
  return std::vector<Outcome>(good, Outcome{.latency_ms = latency_ms, .status = 200});
}

TEST(LatenciesOfTest, FindsTheOneSlowRequestOfAHundredInP99OnlyWhenThereAreTwo) {
  std::vector<Outcome> outcomes = Outcomes(99, 10);
  outcomes.push_back({.latency_ms = 900, .status = 200});

  const LatencyFigures one_slow = LatenciesOf(outcomes);
  outcomes[0].latency_ms = 900;
  const LatencyFigures two_slow = LatenciesOf(outcomes);

  EXPECT_EQ(one_slow.p99, 10);
  EXPECT_EQ(one_slow.max, 900);
  EXPECT_EQ(two_slow.p99, 900);
}

TEST(LatenciesOfTest, DoesNotDependOnTheOrder) {
  const std::vector<Outcome> outcomes = {
      {.latency_ms = 30}, {.latency_ms = 10}, {.latency_ms = 20}, {.latency_ms = 40}};

  const LatencyFigures figures = LatenciesOf(outcomes);

  EXPECT_EQ(figures.min, 10);
  EXPECT_EQ(figures.p50, 20);
  EXPECT_EQ(figures.mean, 25);
  EXPECT_EQ(figures.max, 40);
}

TEST(LatenciesOfTest, IsAllZeroWithoutRequests) {
  const LatencyFigures figures = LatenciesOf({});

  EXPECT_EQ(figures.p99, 0);
  EXPECT_EQ(figures.max, 0);
}

struct TallyRow {
  std::string name;
  Outcome outcome;
  std::size_t no_answer;
  std::size_t over_deadline;
  std::size_t errors;
};

class TallyTest : public ::testing::TestWithParam<TallyRow> {};

TEST_P(TallyTest, CountsOneRequestAsWhatItWas) {
  const TallyRow& row = GetParam();
  const std::vector<Outcome> outcomes = {row.outcome};

  const Tally tally = TallyOf(outcomes, 800);

  EXPECT_EQ(tally.requests, 1U);
  EXPECT_EQ(tally.no_answer, row.no_answer);
  EXPECT_EQ(tally.over_deadline, row.over_deadline);
  EXPECT_EQ(tally.errors, row.errors);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, TallyTest,
    ::testing::Values(TallyRow{"GoodAndInTime", {.latency_ms = 10, .status = 200}, 0, 0, 0},
                      TallyRow{"GoodAtTheDeadline", {.latency_ms = 800, .status = 204}, 0, 0, 0},
                      TallyRow{"GoodButLate", {.latency_ms = 800.1, .status = 200}, 0, 1, 0},
                      TallyRow{"RefusedQuickly", {.latency_ms = 1, .status = 503}, 0, 0, 1},
                      TallyRow{"RefusedForGood", {.latency_ms = 1, .status = 409}, 0, 0, 1},
                      TallyRow{"SentElsewhere", {.latency_ms = 1, .status = 302}, 0, 0, 1},
                      // However short the patience was: an answer that never came is not in time.
                      TallyRow{"NeverAnswered", {.latency_ms = 100, .status = kNoAnswer}, 1, 1, 1}),
    [](const auto& test) { return test.param.name; });

TEST(TallyTest, SharesErrorsAmongAllRequests) {
  std::vector<Outcome> outcomes = Outcomes(3, 10);
  outcomes.push_back({.latency_ms = 10, .status = 503});

  EXPECT_EQ(TallyOf(outcomes, 800).ErrorShare(), 0.25);
  EXPECT_EQ(TallyOf({}, 800).ErrorShare(), 0);
}

TEST(ShareServedWithinTest, CountsAQuickRefusalAsNotServed) {
  std::vector<Outcome> outcomes = Outcomes(2, 10);
  outcomes.push_back({.latency_ms = 1, .status = 503});
  outcomes.push_back({.latency_ms = 251, .status = 200});

  EXPECT_EQ(ShareServedWithin(outcomes, 250), 0.5);
  EXPECT_EQ(ShareServedWithin({}, 250), 0);
}

TEST(OutcomeTest, FinishedWhenItsLatencyIsOver) {
  const Outcome outcome{.due = milliseconds(100), .latency_ms = 2.5, .status = 200};

  EXPECT_EQ(outcome.finished(), std::chrono::microseconds(102'500));
}

}  // namespace
}  // namespace harness
