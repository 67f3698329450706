#include "core/resources/cron.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <random>
#include <string>

#include "tests/unit/core/resources/cron_oracle.h"

namespace launchgate::resources {
namespace {

using std::chrono::minutes;
using ::testing::AllOf;
using ::testing::HasSubstr;

CronSchedule Cron(const std::string& text) {
  const auto cron = CronSchedule::Parse(text);
  EXPECT_TRUE(cron) << text << ": " << cron.error().message;
  return cron ? *cron : *CronSchedule::Parse("* * * * *");
}

std::string NextAfter(const std::string& cron, const std::string& after) {
  const auto next = Cron(cron).Next(Wall(after));
  return next ? ShowWall(*next) : "nothing";
}

struct NextRow {
  std::string name;
  std::string cron;
  std::string after;
  std::string next;
  friend void PrintTo(const NextRow& row, std::ostream* out) { *out << row.name; }
};

class CronNextTest : public ::testing::TestWithParam<NextRow> {};

TEST_P(CronNextTest, IsTheFirstLaterTimeThatMatches) {
  const NextRow& row = GetParam();

  EXPECT_EQ(NextAfter(row.cron, row.after), row.next);
}

// 2026-11-23 is a Monday.
INSTANTIATE_TEST_SUITE_P(
    Fields, CronNextTest,
    ::testing::Values(
        NextRow{"EveryMinute", "* * * * *", "2026-11-23 08:00:00", "2026-11-23 08:01:00"},
        NextRow{"SecondsAreCut", "* * * * *", "2026-11-23 08:00:59", "2026-11-23 08:01:00"},
        NextRow{"NotTheSameTime", "0 8 * * *", "2026-11-23 08:00:00", "2026-11-24 08:00:00"},
        NextRow{"JustBefore", "0 8 * * *", "2026-11-23 07:59:59", "2026-11-23 08:00:00"},
        NextRow{"LastMinuteOfAYear", "59 23 31 12 *", "2026-12-31 23:59:00", "2027-12-31 23:59:00"},
        NextRow{"OverMidnight", "* * * * *", "2026-12-31 23:59:30", "2027-01-01 00:00:00"},
        NextRow{"List", "5,35 * * * *", "2026-11-23 08:05:00", "2026-11-23 08:35:00"},
        NextRow{"Range", "0 9-17 * * *", "2026-11-23 17:00:00", "2026-11-24 09:00:00"},
        NextRow{"Step", "*/15 * * * *", "2026-11-23 08:15:00", "2026-11-23 08:30:00"},
        NextRow{"StepOfARange", "0 8-18/5 * * *", "2026-11-23 13:00:00", "2026-11-23 18:00:00"},
        NextRow{"ListOfRanges", "0 1-2,22-23 * * *", "2026-11-23 02:00:00", "2026-11-23 22:00:00"},
        NextRow{"Month", "0 0 1 3 *", "2026-11-23 08:00:00", "2027-03-01 00:00:00"},
        NextRow{"MonthByName", "0 0 1 mar *", "2026-11-23 08:00:00", "2027-03-01 00:00:00"},
        NextRow{"RangeOfNames", "0 0 1 NOV-DEC *", "2026-11-23 08:00:00", "2026-12-01 00:00:00"},
        NextRow{"DayOfMonth", "0 0 31 * *", "2026-11-23 08:00:00", "2026-12-31 00:00:00"},
        NextRow{"ManyBlanks", " 0  8\t* * *  ", "2026-11-23 08:00:00", "2026-11-24 08:00:00"},
        NextRow{"LeadingZeros", "00 08 * * *", "2026-11-23 08:00:00", "2026-11-24 08:00:00"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    DaysOfTheWeek, CronNextTest,
    ::testing::Values(
        NextRow{"Friday", "0 18 * * 5", "2026-11-23 08:00:00", "2026-11-27 18:00:00"},
        NextRow{"FridayByName", "0 18 * * fri", "2026-11-23 08:00:00", "2026-11-27 18:00:00"},
        NextRow{"SundayIs0", "0 0 * * 0", "2026-11-23 08:00:00", "2026-11-29 00:00:00"},
        NextRow{"SundayIs7", "0 0 * * 7", "2026-11-23 08:00:00", "2026-11-29 00:00:00"},
        NextRow{"WeekendByName", "0 0 * * SAT-SUN", "2026-11-28 00:00:00", "2026-11-29 00:00:00"},
        NextRow{"FridayToSunday", "0 0 * * 5-7", "2026-11-29 00:00:00", "2026-12-04 00:00:00"},
        NextRow{"FridayTo0", "0 0 * * 5-0", "2026-11-28 00:00:00", "2026-11-29 00:00:00"},
        NextRow{"0To7IsEveryDay", "0 0 * * 0-7", "2026-11-23 08:00:00", "2026-11-24 00:00:00"},
        NextRow{"EverySecondDay", "0 0 * * */2", "2026-11-24 00:00:00", "2026-11-26 00:00:00"}),
    [](const auto& row) { return row.param.name; });

// "When both are restricted, a day matches when either does."
INSTANTIATE_TEST_SUITE_P(
    DayOfMonthAndOfWeek, CronNextTest,
    ::testing::Values(
        NextRow{"EitherTheDay", "0 0 25 * 5", "2026-11-23 08:00:00", "2026-11-25 00:00:00"},
        NextRow{"OrTheWeekday", "0 0 25 * 5", "2026-11-25 00:00:00", "2026-11-27 00:00:00"},
        NextRow{"StarDoesNotRestrict", "0 0 25 * *", "2026-11-25 00:00:00", "2026-12-25 00:00:00"},
        NextRow{"StepOfOneDoesNotRestrict", "0 0 */1 * 5", "2026-11-23 08:00:00",
                "2026-11-27 00:00:00"},
        NextRow{"StepRestricts", "0 0 */10 * 5", "2026-11-27 00:00:00", "2026-12-01 00:00:00"},
        NextRow{"WholeRangeRestricts", "0 0 1-31 * 5", "2026-11-23 08:00:00",
                "2026-11-24 00:00:00"},
        NextRow{"OnlyInTheMonth", "0 0 1 1 5", "2026-11-23 08:00:00", "2027-01-01 00:00:00"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    LeapYears, CronNextTest,
    ::testing::Values(
        NextRow{"NextLeapYear", "0 0 29 2 *", "2026-11-23 08:00:00", "2028-02-29 00:00:00"},
        NextRow{"EightYears", "0 0 29 2 *", "2096-02-29 00:00:00", "2104-02-29 00:00:00"},
        NextRow{"The400thYear", "0 0 29 2 *", "1996-02-29 00:00:00", "2000-02-29 00:00:00"},
        NextRow{"ThirtyFirstSkipsShortMonths", "0 0 31 2,4,5 *", "2026-11-23 08:00:00",
                "2027-05-31 00:00:00"},
        NextRow{"TheEndOfTime", "0 0 29 2 *", "9996-02-29 00:00:00", "nothing"},
        NextRow{"LastTimeOfAll", "* * * * *", "9999-12-31 23:59:00", "nothing"},
        NextRow{"PastTheEnd", "* * * * *", "10001-01-01 00:00:00", "nothing"},
        NextRow{"BeforeTheBeginning", "* * * * *", "1899-12-31 23:59:00", "nothing"}),
    [](const auto& row) { return row.param.name; });

struct BadRow {
  std::string name;
  std::string cron;
  std::string part;     // Of the message: which field.
  std::string another;  // And what to do.
  friend void PrintTo(const BadRow& row, std::ostream* out) { *out << row.name; }
};

class BadCronTest : public ::testing::TestWithParam<BadRow> {};

TEST_P(BadCronTest, NamesTheFieldAndTheRemedy) {
  const auto cron = CronSchedule::Parse(GetParam().cron);

  ASSERT_FALSE(cron);
  EXPECT_EQ(cron.error().kind, base::ErrorKind::kInvalid);
  EXPECT_THAT(cron.error().message, AllOf(HasSubstr(GetParam().part), HasSubstr(GetParam().another),
                                          ::testing::StartsWith("must have ")));
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, BadCronTest,
    ::testing::Values(
        BadRow{"Empty", "", "five fields", "not 0"}, BadRow{"Blank", "  ", "five fields", "not 0"},
        BadRow{"FourFields", "0 18 * *", "five fields", "not 4"},
        BadRow{"SixFields", "0 0 18 * * 5", "five fields", "not 6"},
        BadRow{"Macro", "@daily", "five fields", "0 0 * * *"},
        BadRow{"Zone", "TZ=UTC 0 18 * * 5", "five fields", "time zone is a field of its own"},
        BadRow{"TooLong", std::string(kMaxCronLength, '1') + " * * * *", "at most", "128"},
        BadRow{"NewLine", "0 18 * * 5\n", "day of week", R"("5\x0A")"},
        BadRow{"Nul", std::string("0 18 * * 5\0", 11), "day of week", R"("5\x00")"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Values, BadCronTest,
    ::testing::Values(
        BadRow{"Minute60", "60 * * * *", "minute", R"(write 0 to 59 instead of "60")"},
        BadRow{"Hour24", "0 24 * * *", "hour", R"(write 0 to 23 instead of "24")"},
        BadRow{"Day0", "0 0 0 * *", "day of month", R"(write 1 to 31 instead of "0")"},
        BadRow{"Day32", "0 0 32 * *", "day of month", R"(instead of "32")"},
        BadRow{"Month13", "0 0 1 13 *", "month", "write 1 to 12 or JAN to DEC"},
        BadRow{"Month0", "0 0 1 0 *", "month", "write 1 to 12"},
        BadRow{"Weekday8", "0 0 * * 8", "day of week", "write 0 to 7 or SUN to SAT"},
        BadRow{"WrongName", "0 0 * * FRY", "day of week", R"("FRY")"},
        BadRow{"LongName", "0 0 * * FRIDAY", "day of week", R"("FRIDAY")"},
        BadRow{"NameOfAMonthAsDay", "0 0 * * JAN", "day of week", R"("JAN")"},
        BadRow{"NameAsMinute", "MON * * * *", "minute", R"("MON")"},
        BadRow{"Negative", "-1 * * * *", "minute", R"(instead of "")"},
        BadRow{"Plus", "+1 * * * *", "minute", R"("+1")"},
        BadRow{"HugeNumber", "99999999999999999999 * * * *", "minute", "write 0 to 59"},
        BadRow{"QuestionMark", "0 0 ? * 5", "day of month", R"("?")"},
        BadRow{"LastDay", "0 0 L * *", "day of month", R"("L")"},
        BadRow{"NthWeekday", "0 0 * * 5#2", "day of week", R"("5#2")"},
        BadRow{"Letters", "\xC3\xA4 * * * *", "minute", "write 0 to 59"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Lists, BadCronTest,
    ::testing::Values(
        BadRow{"EmptyEntry", "0,,5 * * * *", "minute", R"(instead of "")"},
        BadRow{"TrailingComma", "0, * * * *", "minute", R"(instead of "")"},
        BadRow{"RangeBackwards", "0 17-9 * * *", "hour", "lower end of a range first"},
        BadRow{"WeekBackwards", "0 0 * * 5-1", "day of week", "lower end"},
        BadRow{"OpenRange", "0 9- * * *", "hour", R"(instead of "")"},
        BadRow{"RangeOfThree", "0 1-2-3 * * *", "hour", R"("2-3")"},
        BadRow{"RangeOfStars", "0 *-5 * * *", "hour", R"("*")"},
        BadRow{"StepOfZero", "*/0 * * * *", "minute", "write a step of 1 to 59"},
        BadRow{"StepTooLong", "*/60 * * * *", "minute", "write a step of 1 to 59"},
        BadRow{"StepMissing", "*/ * * * *", "minute", "write a step of 1 to 59"},
        BadRow{"TwoSteps", "*/5/5 * * * *", "minute", "write a step of 1 to 59"},
        BadRow{"StepOfOneValue", "5/15 * * * *", "minute", "write a range or \"*\" before"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    ImpossibleDates, BadCronTest,
    ::testing::Values(
        BadRow{"ThirtiethOfFebruary", "0 0 30 2 *", "day of month", R"(no month of "2")"},
        BadRow{"ThirtyFirstOfShortMonths", "0 0 31 APR,JUN,SEP,NOV *", "day of month",
               "no month of"},
        // Mondays would match, but whoever wrote the 30th meant something.
        BadRow{"EvenWithAWeekday", "0 0 30 2 1", "day of month", R"(no month of "2")"}),
    [](const auto& row) { return row.param.name; });

TEST(CronTest, CountsTheTimesOfADay) {
  EXPECT_EQ(Cron("0 18 * * 5").TimesPerDay(), 1U);
  EXPECT_EQ(Cron("0,30 9-17 * * *").TimesPerDay(), 18U);
  EXPECT_EQ(Cron("* * * * *").TimesPerDay(), 1440U);
}

TEST(CronTest, RemembersItsText) { EXPECT_EQ(Cron("0 18 * * FRI").text(), "0 18 * * FRI"); }

// Against a search that looks at every minute (cron_oracle.h).
TEST(CronTest, AgreesWithASearchMinuteByMinute) {
  constexpr minutes kWithin(20 * 1440);
  std::mt19937 random(20261123);
  for (int round = 0; round < 100; ++round) {
    const OracleCron oracle = RandomCron(random);
    const CronSchedule cron = Cron(oracle.text);
    auto after = Wall("2027-01-01 00:00:00") + minutes(random() % (2 * 366 * 1440));
    for (int step = 0; step < 4; ++step) {
      const auto expected = oracle.Next(after, kWithin);
      const auto next = cron.Next(after);

      ASSERT_TRUE(next) << oracle.text;
      if (!expected) {
        EXPECT_GT(*next, after + kWithin) << oracle.text << " " << ShowWall(after);
        break;
      }
      ASSERT_EQ(ShowWall(*next), ShowWall(*expected)) << oracle.text << " " << ShowWall(after);
      after = *next;
    }
  }
}

}  // namespace
}  // namespace launchgate::resources
