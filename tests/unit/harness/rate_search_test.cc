// Finding the highest rate that keeps an objective.
#include "harness/rate_search.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace harness {
namespace {

struct SearchRow {
  std::string name;
  double capacity;  // The service keeps its objective up to here.
  double at_least;
  double at_most;
};

class RateSearchTest : public ::testing::TestWithParam<SearchRow> {};

TEST_P(RateSearchTest, FindsTheCapacityWithinItsPrecision) {
  const SearchRow& row = GetParam();
  RateSearch search({.start = 100, .most = 6'400, .precision = 0.05});

  int measured = 0;
  while (const auto rate = search.Next()) {
    ASSERT_LT(++measured, 30);
    search.Tell(*rate, *rate <= row.capacity);
  }

  ASSERT_TRUE(search.best());
  EXPECT_GE(*search.best(), row.at_least);
  EXPECT_LE(*search.best(), row.at_most);
}

INSTANTIATE_TEST_SUITE_P(Rows, RateSearchTest,
                         ::testing::Values(SearchRow{"JustTheFirst", 100, 100, 100},
                                           SearchRow{"BetweenDoublings", 730, 695, 730},
                                           SearchRow{"BelowTheFirst", 61, 58, 61},
                                           SearchRow{"EverythingAllowed", 1e6, 6'400, 6'400}),
                         [](const auto& test) { return test.param.name; });

TEST(RateSearchTest, GivesUpOnAServiceThatKeepsNothing) {
  RateSearch search({.start = 100, .most = 6'400, .precision = 0.05});

  std::vector<double> tried;
  while (const auto rate = search.Next()) {
    tried.push_back(*rate);
    search.Tell(*rate, false);
  }

  EXPECT_EQ(tried, (std::vector<double>{100, 50, 25, 12.5}));
  EXPECT_FALSE(search.best());
}

TEST(RateSearchTest, SaysWhetherTheServiceOrTheOptionsWereTheLimit) {
  RateSearch allowed({.start = 100, .most = 200});
  allowed.Tell(100, true);
  allowed.Tell(200, true);
  RateSearch missed({.start = 100, .most = 200});
  missed.Tell(100, true);
  missed.Tell(200, false);

  EXPECT_TRUE(allowed.bounded_by_options());
  EXPECT_FALSE(missed.bounded_by_options());
  EXPECT_FALSE(RateSearch({}).bounded_by_options());
}

TEST(RateSearchTest, AsksForTheSameRateUntilItIsTold) {
  const RateSearch search({.start = 100});

  EXPECT_EQ(search.Next(), 100);
  EXPECT_EQ(search.Next(), 100);
}

struct SloRow {
  std::string name;
  std::size_t good;
  std::size_t late;
  std::size_t refused;
  bool kept;
};

class KeepsTest : public ::testing::TestWithParam<SloRow> {};

TEST_P(KeepsTest, HoldsAllRequestsAgainstTheObjective) {
  const SloRow& row = GetParam();
  std::vector<Outcome> outcomes(row.good, Outcome{.latency_ms = 250, .status = 200});
  outcomes.insert(outcomes.end(), row.late, Outcome{.latency_ms = 250.1, .status = 200});
  outcomes.insert(outcomes.end(), row.refused, Outcome{.latency_ms = 1, .status = 503});

  EXPECT_EQ(Keeps(outcomes, Slo()), row.kept);
}

INSTANTIATE_TEST_SUITE_P(Rows, KeepsTest,
                         ::testing::Values(SloRow{"AllGood", 1'000, 0, 0, true},
                                           SloRow{"OnePercentLate", 990, 10, 0, true},
                                           SloRow{"MoreThanOnePercentLate", 989, 11, 0, false},
                                           SloRow{"FewErrors", 1'999, 0, 1, true},
                                           SloRow{"AThousandthIsTooMuch", 999, 0, 1, false},
                                           SloRow{"NoRequests", 0, 0, 0, false}),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace harness
