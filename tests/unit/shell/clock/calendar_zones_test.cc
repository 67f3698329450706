// FreezeWindows in real zones, over ten years that have happened and ten that
// have not: what core/budget/calendar.h promises holds on every day of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <ostream>
#include <random>
#include <string>
#include <vector>

#include "core/budget/calendar.h"
#include "shell/clock/time_zones.h"

namespace launchgate::budget {

void PrintTo(const Interval& interval, std::ostream* out) {
  *out << base::FormatTime(interval.from) << " to " << base::FormatTime(interval.until);
}

}  // namespace launchgate::budget

namespace launchgate::clock {
namespace {

using budget::Interval;
using budget::WallTime;
using resources::FreezeWindow;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::local_days;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::year;

const SystemTimeZones& Zones() {
  static const SystemTimeZones zones;
  return zones;
}

FreezeWindow Window(const std::string& cron, base::Duration duration, const std::string& zone) {
  FreezeWindow window;
  window.meta.name = "window";
  window.when = resources::CalendarFreeze{*resources::CronSchedule::Parse(cron), duration, zone};
  return window;
}

std::vector<Interval> Frozen(const FreezeWindow& window, base::Time from, base::Time horizon) {
  const auto frozen = FrozenIntervals(window, Zones(), from, horizon);
  EXPECT_TRUE(frozen) << frozen.error().message;
  return frozen.value_or(std::vector<Interval>());
}

// Joins what overlaps or touches.
std::vector<Interval> Merged(std::vector<Interval> intervals) {
  std::ranges::sort(intervals, {}, &Interval::from);
  std::vector<Interval> merged;
  for (const Interval& interval : intervals) {
    if (!merged.empty() && interval.from <= merged.back().until) {
      merged.back().until = std::max(merged.back().until, interval.until);
    } else {
      merged.push_back(interval);
    }
  }
  return merged;
}

struct Years {
  std::string name;
  std::string zone;
  int first;
  friend void PrintTo(const Years& row, std::ostream* out) { *out << row.name; }
};

std::vector<Years> TenYearsIn() {
  std::vector<Years> rows;
  for (const std::string zone :
       {"Europe/Zurich", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo",
        "Asia/Tehran", "Pacific/Apia", "Africa/Casablanca", "UTC"}) {
    for (const int first : {2010, 2026}) {
      std::string name = zone + std::to_string(first);
      std::erase_if(name, [](char c) { return c == '/' || c == '_'; });
      rows.push_back({name, zone, first});
    }
  }
  return rows;
}

class CalendarZonesTest : public ::testing::TestWithParam<Years> {
 protected:
  local_days FirstDay() const { return local_days(year(GetParam().first) / 1 / 1); }
  local_days LastDay() const { return local_days(year(GetParam().first + 10) / 1 / 1); }
  base::Time Start() const { return sys_days(year(GetParam().first) / 1 / 1); }
  base::Time End() const { return sys_days(year(GetParam().first + 10) / 1 / 1); }
};

INSTANTIATE_TEST_SUITE_P(TenYears, CalendarZonesTest, ::testing::ValuesIn(TenYearsIn()),
                         [](const auto& row) { return row.param.name; });

// The first instant at which the wall shows at least `wall`, by looking at the
// wall every quarter of an hour: the rule of the header, said without cases.
base::Time FirstShown(const budget::TimeZone& zone, WallTime wall) {
  // No clock was set back by as much as this.
  constexpr hours kStride(3);
  base::Time instant(wall.time_since_epoch() - hours(15));
  while (zone.WallAt(instant + kStride) < wall) instant += hours(1);
  while (zone.WallAt(instant) < wall) instant += minutes(15);
  return instant;
}

// Around every kind of change: of midnight, of small hours, of a whole day.
constexpr minutes kTimes[] = {minutes(0), minutes(105), minutes(135), minutes(12 * 60)};

TEST_P(CalendarZonesTest, ADailyTimeBeginsOneFreezeOnEachDay) {
  const base::Duration duration = minutes(10);
  const auto zone = *Zones().Find(GetParam().zone);
  for (const minutes time : kTimes) {
    const std::string cron =
        std::to_string(time.count() % 60) + " " + std::to_string(time.count() / 60) + " * * *";
    std::vector<Interval> expected;
    for (local_days day = FirstDay(); day < LastDay(); day += days(1)) {
      const base::Time begins = FirstShown(*zone, day + time);
      expected.push_back({begins, begins + duration});
    }

    const std::vector<Interval> frozen =
        Frozen(Window(cron, duration, GetParam().zone), expected.front().from,
               expected.back().from + seconds(1));

    ASSERT_EQ(frozen, Merged(expected)) << cron;
  }
}

struct Rule {
  const char* cron;
  base::Duration duration;
};
// With gaps, without, longer than their pauses, rare.
constexpr Rule kRules[] = {
    {"30 2 * * *", minutes(45)},     {"0 18 * * FRI", hours(62)},     {"0 0 * * *", hours(24)},
    {"0,30 1-3 * * *", minutes(20)}, {"0 0 1 * *", hours(24 * 31)},   {"15 2 29 2 *", hours(2)},
    {"0 */3 * * *", minutes(179)},   {"0 */6 * * SAT-SUN", hours(7)},
};

TEST_P(CalendarZonesTest, FreezesAreInOrderApartAndAtLeastAsLongAsTheWindow) {
  for (const Rule& rule : kRules) {
    const auto frozen = Frozen(Window(rule.cron, rule.duration, GetParam().zone), Start(), End());

    for (std::size_t i = 0; i < frozen.size(); ++i) {
      ASSERT_GE(frozen[i].until - frozen[i].from, rule.duration) << rule.cron;
      ASSERT_TRUE(i == 0 || frozen[i].from > frozen[i - 1].until) << rule.cron;
    }
  }
}

TEST_P(CalendarZonesTest, TimeCanBeLookedAtInPieces) {
  std::mt19937 random(7);
  const auto instant = [&] { return Start() + seconds(random() % (10 * 365 * 86'400)); };
  for (const Rule& rule : kRules) {
    const FreezeWindow window = Window(rule.cron, rule.duration, GetParam().zone);
    for (int round = 0; round < 4; ++round) {
      base::Time points[] = {instant(), instant(), instant()};
      std::ranges::sort(points);

      std::vector<Interval> pieces = Frozen(window, points[0], points[1]);
      std::ranges::copy(Frozen(window, points[1], points[2]), std::back_inserter(pieces));

      ASSERT_EQ(Merged(pieces), Frozen(window, points[0], points[2])) << rule.cron;
    }
  }
}

// What StateAt() must say at `now`, read off the list.
budget::WindowState StateFrom(const std::vector<Interval>& frozen, base::Time now) {
  budget::WindowState state;
  for (const Interval& interval : frozen) {
    if (interval.until <= now) continue;
    if (interval.from > now) {
      state.next_close = interval.from;
      return state;
    }
    state.active = true;
    if (interval.until != base::kNever) state.next_open = interval.until;
  }
  return state;
}

// An edge of some freeze, the instants around it, and one that is anywhere after.
std::vector<base::Time> Instants(const std::vector<Interval>& frozen, std::mt19937& random) {
  // The last two have no successor in the list.
  const Interval& near = frozen[1 + random() % (frozen.size() - 3)];
  const base::Time edge = random() % 2 == 0 ? near.from : near.until;
  const base::Duration tick(1);
  const base::Duration anywhere(random() % 100'000'000);
  return {edge - seconds(1), edge - tick, edge, edge + tick, edge + seconds(1), edge + anywhere};
}

TEST_P(CalendarZonesTest, TheStateAtAnInstantIsThatOfTheList) {
  std::mt19937 random(11);
  for (const Rule& rule : kRules) {
    const FreezeWindow window = Window(rule.cron, rule.duration, GetParam().zone);
    const auto frozen = Frozen(window, Start(), End());
    for (int round = 0; round < 40 && frozen.size() > 3; ++round) {
      for (const base::Time now : Instants(frozen, random)) {
        const auto expected = StateFrom(frozen, now);

        const auto state = StateAt(window, Zones(), now);

        ASSERT_TRUE(state) << state.error().message;
        const std::string where = std::string(rule.cron) + " at " + base::FormatTime(now);
        ASSERT_EQ(state->active, expected.active) << where;
        ASSERT_EQ(state->next_open, expected.next_open) << where;
        ASSERT_TRUE(!expected.next_close || state->next_close == expected.next_close) << where;
      }
    }
  }
}

TEST(ApiaTest, TheDayThatWasLeftOutBeginsWithTheNext) {
  const auto frozen = Frozen(Window("0 12 * * *", hours(1), "Pacific/Apia"),
                             *base::ParseTime("2011-12-29T12:00:00-10:00"),
                             *base::ParseTime("2012-01-01T00:00:00+14:00"));

  ASSERT_EQ(frozen.size(), 3U);
  EXPECT_EQ(base::FormatTime(frozen[0].from), "2011-12-29T22:00:00Z");  // Noon of the 29th.
  EXPECT_EQ(base::FormatTime(frozen[1].from), "2011-12-30T10:00:00Z");  // As the 31st begins.
  EXPECT_EQ(base::FormatTime(frozen[2].from), "2011-12-30T22:00:00Z");  // Noon of the 31st.
}

}  // namespace
}  // namespace launchgate::clock
