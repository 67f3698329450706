// The arithmetic of an open loop's instants.
#include "harness/schedule.h"

#include <gtest/gtest.h>

#include <string>

namespace harness {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

struct DueRow {
  std::string name;
  std::uint64_t index;
  double per_second;
  nanoseconds due;
};

class DueAtTest : public ::testing::TestWithParam<DueRow> {};

TEST_P(DueAtTest, SpacesRequestsEvenlyFromTheStart) {
  const DueRow& row = GetParam();

  EXPECT_EQ(DueAt(row.index, row.per_second), row.due);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, DueAtTest,
    ::testing::Values(DueRow{"TheFirstAtOnce", 0, 80, nanoseconds(0)},
                      DueRow{"TheSecondAfterOneSpace", 1, 80, microseconds(12'500)},
                      DueRow{"LessThanOneASecond", 3, 0.5, seconds(6)},
                      DueRow{"RoundedToNanoseconds", 1, 3, nanoseconds(333'333'333)},
                      // A sum of rounded spaces would be a third of a second off.
                      DueRow{"RoundingDoesNotAddUp", 3'000'000, 3, seconds(1'000'000)}),
    [](const auto& test) { return test.param.name; });

struct CountRow {
  std::string name;
  nanoseconds duration;
  double per_second;
  std::uint64_t count;
};

class DueWithinTest : public ::testing::TestWithParam<CountRow> {};

TEST_P(DueWithinTest, CountsWhatIsDueBeforeTheEnd) {
  const CountRow& row = GetParam();

  const std::uint64_t count = DueWithin(row.duration, row.per_second);

  EXPECT_EQ(count, row.count);
  if (count > 0) {
    EXPECT_LT(DueAt(count - 1, row.per_second), row.duration);
  }
  EXPECT_GE(DueAt(count, row.per_second), row.duration);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, DueWithinTest,
    ::testing::Values(CountRow{"NoTimeNoRequest", nanoseconds(0), 80, 0},
                      CountRow{"AnInstantHasTheFirst", nanoseconds(1), 80, 1},
                      // The one due at the very end belongs to the next second.
                      CountRow{"WholeSeconds", seconds(3), 80, 240},
                      CountRow{"PartOfASpaceHasOneMore", milliseconds(13), 80, 2},
                      CountRow{"NotDivisible", seconds(1), 3, 3},
                      CountRow{"OnlyTheFirst", seconds(1), 0.1, 1},
                      CountRow{"TheHighestRate", seconds(1), kMaxRate, 20'000}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace harness
