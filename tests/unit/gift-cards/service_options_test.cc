#include <gtest/gtest.h>

#include <string>

#include "gift-cards/service.h"

namespace gift_cards {
namespace {

using std::chrono::milliseconds;

struct Row {
  std::string name;
  void (*change)(ServiceOptions&);
  bool usable;
};

class ServiceOptionsTest : public ::testing::TestWithParam<Row> {};

TEST_P(ServiceOptionsTest, AreJudgedTogether) {
  ServiceOptions options;

  GetParam().change(options);

  EXPECT_EQ(!ProblemOf(options).has_value(), GetParam().usable)
      << ProblemOf(options).value_or("usable");
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ServiceOptionsTest,
    ::testing::Values(
        Row{"Defaults", [](ServiceOptions&) {}, true},
        Row{"NoWorkers", [](ServiceOptions& o) { o.max_concurrent = 0; }, false},
        Row{"MostWorkers", [](ServiceOptions& o) { o.max_concurrent = 512; }, true},
        Row{"TooManyWorkers", [](ServiceOptions& o) { o.max_concurrent = 513; }, false},
        Row{"BadBreaker", [](ServiceOptions& o) { o.breaker.buckets = 0; }, false},
        Row{"BadDeadline", [](ServiceOptions& o) { o.redeemer.deadline = milliseconds(0); }, false},
        Row{"LeaseThatEndsDuringACall",
            [](ServiceOptions& o) { o.breaker.probe_lease = milliseconds(500); }, false},
        Row{"RecoveryOfRowsInWork",
            [](ServiceOptions& o) { o.recovery.min_age = milliseconds(800); }, false},
        Row{"NoRecoveryInterval", [](ServiceOptions& o) { o.recovery_interval = milliseconds(0); },
            false},
        Row{"NoWatchInterval", [](ServiceOptions& o) { o.watch_interval = milliseconds(0); },
            false}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace gift_cards
