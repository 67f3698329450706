#include "core/budget/window.h"

#include <gtest/gtest.h>

#include "tests/unit/core/budget/samples.h"

namespace launchgate::budget {
namespace {

using resources::BudgetWindow;
using resources::WindowKind;

base::Time At(std::string_view text) { return *base::ParseTime(text); }

TEST(WindowTest, ARollingWindowEndsNow) {
  const FixedZones zones("Asia/Tokyo", std::chrono::hours(9));

  const auto span = WindowAt({WindowKind::kRolling, 28 * kDay, ""}, zones, kNow);

  EXPECT_EQ(span->start, kNow - 28 * kDay);
  EXPECT_EQ(span->end, kNow);
  EXPECT_EQ(span->Length(), 28 * kDay);
}

struct Row {
  const char* name;
  const char* now;
  const char* start;
  const char* whole_end;
};

class MonthTest : public ::testing::TestWithParam<Row> {};

// In Tokyo a day begins at 15:00 of the day before, UTC.
INSTANTIATE_TEST_SUITE_P(
    Months, MonthTest,
    ::testing::Values(
        Row{"Middle", "2026-11-23T10:00:00Z", "2026-10-31T15:00:00Z", "2026-11-30T15:00:00Z"},
        Row{"LastMoment", "2026-11-30T14:59:59Z", "2026-10-31T15:00:00Z", "2026-11-30T15:00:00Z"},
        Row{"FirstMoment", "2026-11-30T15:00:00Z", "2026-11-30T15:00:00Z", "2026-12-31T15:00:00Z"},
        Row{"NewYear", "2026-12-31T15:00:01Z", "2026-12-31T15:00:00Z", "2027-01-31T15:00:00Z"},
        Row{"LeapFebruary", "2028-02-10T00:00:00Z", "2028-01-31T15:00:00Z",
            "2028-02-29T15:00:00Z"}),
    [](const auto& row) { return row.param.name; });

TEST_P(MonthTest, BeginsAtMidnightOfItsZone) {
  const FixedZones zones("Asia/Tokyo", std::chrono::hours(9));
  const BudgetWindow window{WindowKind::kCalendarMonth, {}, "Asia/Tokyo"};

  const auto span = WindowAt(window, zones, At(GetParam().now));

  EXPECT_EQ(base::FormatTime(span->start), GetParam().start);
  EXPECT_EQ(base::FormatTime(span->whole_end), GetParam().whole_end);
  EXPECT_EQ(span->end, At(GetParam().now));
}

TEST(WindowTest, SaysThatAZoneDoesNotExist) {
  const FixedZones zones("Asia/Tokyo", std::chrono::hours(9));

  const auto span = WindowAt({WindowKind::kCalendarMonth, {}, "Mars/Olympus"}, zones, kNow);

  ASSERT_FALSE(span);
  EXPECT_EQ(span.error().kind, base::ErrorKind::kNotFound);
}

}  // namespace
}  // namespace launchgate::budget
