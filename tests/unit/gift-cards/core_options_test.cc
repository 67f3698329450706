#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "gift-cards/core/circuit_breaker.h"
#include "gift-cards/core/retry_policy.h"

namespace gift_cards {
namespace {

using std::chrono::milliseconds;

struct BreakerRow {
  std::string name;
  void (*change)(BreakerOptions&);
  bool usable;
};

class BreakerOptionsTest : public ::testing::TestWithParam<BreakerRow> {};

TEST_P(BreakerOptionsTest, AreJudgedOneByOne) {
  BreakerOptions options;

  GetParam().change(options);

  EXPECT_EQ(!ProblemOf(options).has_value(), GetParam().usable)
      << ProblemOf(options).value_or("usable");
}

INSTANTIATE_TEST_SUITE_P(
    Rows, BreakerOptionsTest,
    ::testing::Values(
        BreakerRow{"Defaults", [](BreakerOptions&) {}, true},
        BreakerRow{"NoBucket", [](BreakerOptions& o) { o.buckets = 0; }, false},
        BreakerRow{"MostBuckets", [](BreakerOptions& o) { o.buckets = 100; }, true},
        BreakerRow{"TooManyBuckets", [](BreakerOptions& o) { o.buckets = 101; }, false},
        BreakerRow{"NoWindow", [](BreakerOptions& o) { o.window = milliseconds(0); }, false},
        BreakerRow{"WindowThatIsNoMultiple",
                   [](BreakerOptions& o) { o.window = milliseconds(10'001); }, false},
        BreakerRow{"EndlessWindow", [](BreakerOptions& o) { o.window = milliseconds(600'010); },
                   false},
        BreakerRow{"NoRate", [](BreakerOptions& o) { o.failure_rate = 0; }, false},
        BreakerRow{"WholeRate", [](BreakerOptions& o) { o.failure_rate = 1; }, true},
        BreakerRow{"RateAboveOne", [](BreakerOptions& o) { o.failure_rate = 1.01; }, false},
        BreakerRow{
            "RateNotANumber",
            [](BreakerOptions& o) { o.failure_rate = std::numeric_limits<double>::quiet_NaN(); },
            false},
        BreakerRow{"NoCalls", [](BreakerOptions& o) { o.min_calls = 0; }, false},
        BreakerRow{"NeverOpen", [](BreakerOptions& o) { o.open_for = milliseconds(0); }, false},
        BreakerRow{"ForeverOpen", [](BreakerOptions& o) { o.open_for = milliseconds(600'001); },
                   false},
        BreakerRow{"NoProbes", [](BreakerOptions& o) { o.half_open_probes = 0; }, false},
        BreakerRow{"TooManyProbes", [](BreakerOptions& o) { o.half_open_probes = 101; }, false},
        BreakerRow{"NoLease", [](BreakerOptions& o) { o.probe_lease = milliseconds(0); }, false}),
    [](const auto& row) { return row.param.name; });

struct RetryRow {
  std::string name;
  void (*change)(RetryOptions&);
  bool usable;
};

class RetryOptionsTest : public ::testing::TestWithParam<RetryRow> {};

TEST_P(RetryOptionsTest, AreJudgedOneByOne) {
  RetryOptions options;

  GetParam().change(options);

  EXPECT_EQ(!ProblemOf(options).has_value(), GetParam().usable);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, RetryOptionsTest,
    ::testing::Values(
        RetryRow{"Defaults", [](RetryOptions&) {}, true},
        RetryRow{"NoRetries", [](RetryOptions& o) { o.max_retries = 0; }, true},
        RetryRow{"ThreeRetries", [](RetryOptions& o) { o.max_retries = 3; }, false},
        RetryRow{"NegativeRetries", [](RetryOptions& o) { o.max_retries = -1; }, false},
        RetryRow{"NoBase", [](RetryOptions& o) { o.base = milliseconds(0); }, false},
        RetryRow{"CapBelowBase", [](RetryOptions& o) { o.cap = milliseconds(24); }, false},
        RetryRow{"NoTimeToTry", [](RetryOptions& o) { o.min_attempt = milliseconds(0); }, false}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace gift_cards
