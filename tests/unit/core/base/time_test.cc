#include "core/base/time.h"

#include <gtest/gtest.h>

#include <string>

namespace launchgate::base {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

Time At(long long unix_milliseconds) { return Time(milliseconds(unix_milliseconds)); }

struct TimeRow {
  const char* name;
  const char* text;
  long long unix_milliseconds;
  const char* formatted;
};

class ParseTimeTest : public testing::TestWithParam<TimeRow> {};

TEST_P(ParseTimeTest, ReadsTheInstantAndWritesItInUtc) {
  const Result<Time> time = ParseTime(GetParam().text);

  ASSERT_TRUE(time) << time.error().message;
  EXPECT_EQ(*time, At(GetParam().unix_milliseconds));
  EXPECT_EQ(FormatTime(*time), GetParam().formatted);
}

INSTANTIATE_TEST_SUITE_P(
    Times, ParseTimeTest,
    testing::Values(
        TimeRow{"Epoch", "1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"},
        TimeRow{"BillionthSecond", "2001-09-09T01:46:40Z", 1'000'000'000'000,
                "2001-09-09T01:46:40Z"},
        TimeRow{"Milliseconds", "1970-01-01T00:00:01.250Z", 1250, "1970-01-01T00:00:01.250Z"},
        TimeRow{"OneFractionDigit", "1970-01-01T00:00:00.5Z", 500, "1970-01-01T00:00:00.500Z"},
        TimeRow{"NanosecondsAreCut", "1970-01-01T00:00:00.123999999Z", 123,
                "1970-01-01T00:00:00.123Z"},
        TimeRow{"EastOfGreenwich", "1970-01-01T02:00:00+02:00", 0, "1970-01-01T00:00:00Z"},
        TimeRow{"WestOfGreenwich", "1970-01-01T00:00:00-05:00", 18'000'000, "1970-01-01T05:00:00Z"},
        TimeRow{"HalfHourZone", "1970-01-01T05:30:00+05:30", 0, "1970-01-01T00:00:00Z"},
        TimeRow{"LeapDay", "2024-02-29T00:00:00Z", 1'709'164'800'000, "2024-02-29T00:00:00Z"},
        TimeRow{"SmallLetters", "1970-01-01t00:00:00z", 0, "1970-01-01T00:00:00Z"}),
    [](const auto& row) { return row.param.name; });

class RefuseTimeTest : public testing::TestWithParam<const char*> {};

TEST_P(RefuseTimeTest, RefusesWhatIsNotExactlyATime) {
  const Result<Time> time = ParseTime(GetParam());

  ASSERT_FALSE(time);
  EXPECT_EQ(time.error().kind, ErrorKind::kInvalid);
}

INSTANTIATE_TEST_SUITE_P(Times, RefuseTimeTest,
                         testing::Values("", "2026", "2026-11-23", "2026-11-23T08:15:37",
                                         "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z",
                                         "2025-02-29T00:00:00Z", "2026-11-23T24:00:00Z",
                                         "2026-11-23T08:60:00Z", "2026-11-23T08:15:60Z",
                                         "2026-11-23T08:15:37Zx", "2026-11-23T08:15:37+2:00",
                                         "2026-11-23T08:15:37+02:60", " 2026-11-23T08:15:37Z",
                                         "2026-11-23T08:15:37.Z", "1969-12-31T23:59:59Z",
                                         "+026-11-23T08:15:37Z", "2026-11-23T08:15:37+24:00"));

TEST(FormatTimeTest, SaysNeverForTheEndOfTime) { EXPECT_EQ(FormatTime(kNever), "never"); }

struct DurationRow {
  const char* name;
  const char* text;
  Duration value;
  const char* formatted;
};

class ParseDurationTest : public testing::TestWithParam<DurationRow> {};

TEST_P(ParseDurationTest, ReadsAndWritesUnits) {
  const Result<Duration> duration = ParseDuration(GetParam().text);

  ASSERT_TRUE(duration) << duration.error().message;
  EXPECT_EQ(*duration, GetParam().value);
  EXPECT_EQ(FormatDuration(*duration), GetParam().formatted);
}

INSTANTIATE_TEST_SUITE_P(
    Durations, ParseDurationTest,
    testing::Values(DurationRow{"BareZero", "0", seconds(0), "0s"},
                    DurationRow{"Seconds", "90s", seconds(90), "1m30s"},
                    DurationRow{"Mixed", "1h30m", minutes(90), "1h30m"},
                    DurationRow{"Fraction", "1.5h", minutes(90), "1h30m"},
                    DurationRow{"Milliseconds", "250ms", milliseconds(250), "250ms"},
                    DurationRow{"Days", "30d", hours(720), "30d"},
                    DurationRow{"ManyHours", "720h", hours(720), "30d"},
                    DurationRow{"DaysAndMore", "1d2h3m4s5ms",
                                hours(26) + minutes(3) + seconds(4) + milliseconds(5),
                                "1d2h3m4s5ms"},
                    DurationRow{"LeadingPoint", ".5s", milliseconds(500), "500ms"}),
    [](const auto& row) { return row.param.name; });

class RefuseDurationTest : public testing::TestWithParam<const char*> {};

TEST_P(RefuseDurationTest, RefusesWhatIsNotExactlyADuration) {
  const Result<Duration> duration = ParseDuration(GetParam());

  ASSERT_FALSE(duration);
  EXPECT_EQ(duration.error().kind, ErrorKind::kInvalid);
}

INSTANTIATE_TEST_SUITE_P(Durations, RefuseDurationTest,
                         testing::Values("", "5", "h", "-1h", "+1h", "1 h", "1H", "1.2.3h", "1w",
                                         "1y", "1e3s", "36601d", "99999999999999999999d", "1h30",
                                         "1us", "infs", ".h"));

TEST(FormatRoughlyTest, KeepsTheTwoLargestUnits) {
  EXPECT_EQ(FormatRoughly(hours(76) + minutes(5)), "3d4h");
  EXPECT_EQ(FormatRoughly(minutes(12)), "12m");
  EXPECT_EQ(FormatRoughly(milliseconds(999)), "<1s");
  EXPECT_EQ(FormatRoughly(-minutes(2)), "-2m");
}

}  // namespace
}  // namespace launchgate::base
