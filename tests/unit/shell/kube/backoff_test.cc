#include "shell/kube/backoff.h"

#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <string>

namespace launchgate::kube {
namespace {

using std::chrono::milliseconds;

struct CeilingRow {
  std::string name;
  int failures;
  milliseconds ceiling;
};

class BackoffCeilingTest : public ::testing::TestWithParam<CeilingRow> {};

TEST_P(BackoffCeilingTest, DoublesUpToTheCap) {
  const BackoffOptions options{milliseconds(500), milliseconds(30'000)};

  EXPECT_EQ(BackoffCeiling(options, GetParam().failures), GetParam().ceiling);
}

INSTANTIATE_TEST_SUITE_P(Rows, BackoffCeilingTest,
                         ::testing::Values(CeilingRow{"NoFailure", 0, milliseconds(0)},
                                           CeilingRow{"NegativeCount", -3, milliseconds(0)},
                                           CeilingRow{"First", 1, milliseconds(500)},
                                           CeilingRow{"Second", 2, milliseconds(1'000)},
                                           CeilingRow{"Third", 3, milliseconds(2'000)},
                                           CeilingRow{"LastBelowTheCap", 6, milliseconds(16'000)},
                                           CeilingRow{"AtTheCap", 7, milliseconds(30'000)},
                                           CeilingRow{"LongAfter", 1'000, milliseconds(30'000)},
                                           CeilingRow{"Most", std::numeric_limits<int>::max(),
                                                      milliseconds(30'000)}),
                         [](const auto& row) { return row.param.name; });

TEST(BackoffTest, EveryWaitIsBetweenNothingAndItsCeiling) {
  const BackoffOptions options{milliseconds(100), milliseconds(1'000)};
  Backoff backoff(options, 1);

  for (int failures = 1; failures <= 100; ++failures) {
    const milliseconds wait = backoff.Next();
    EXPECT_GE(wait, milliseconds(0));
    EXPECT_LE(wait, BackoffCeiling(options, failures));
  }
}

TEST(BackoffTest, ClientsThatFailTogetherDoNotComeBackTogether) {
  std::set<milliseconds> waits;

  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    waits.insert(Backoff({milliseconds(10'000), milliseconds(10'000)}, seed).Next());
  }

  EXPECT_GT(waits.size(), 40U);
}

TEST(BackoffTest, StartsAnewAfterAReset) {
  Backoff backoff({milliseconds(10), milliseconds(100'000)}, 3);
  for (int i = 0; i < 12; ++i) (void)backoff.Next();

  backoff.Reset();

  EXPECT_EQ(backoff.failures(), 0);
  EXPECT_LE(backoff.Next(), milliseconds(10));
}

}  // namespace
}  // namespace launchgate::kube
