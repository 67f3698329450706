#include "core/budget/calendar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "tests/unit/core/budget/leaping_zone.h"

namespace launchgate::budget {
namespace {

using resources::CalendarFreeze;
using resources::CronSchedule;
using resources::FreezeWindow;
using resources::LabelOperator;
using resources::NamespaceSelector;
using resources::OneOffFreeze;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

base::Time At(const std::string& text) {
  const auto time = base::ParseTime(text.size() == 16 ? text + ":00Z" : text);
  EXPECT_TRUE(time) << text;
  return time.value_or(base::Time());
}

// "Town" is an hour ahead of UTC, two from 29 March to 25 October 2026: there
// 02:00 becomes 03:00, and 03:00 becomes 02:00, at 01:00 UTC. "Isle" had no 10
// June 2026: it moved from ten hours behind to fourteen ahead when the 9th ended.
LeapingZones Zones() {
  LeapingZones zones;
  zones.Add("UTC", {{base::Time(), minutes(0)}});
  zones.Add("Town", {{base::Time(), hours(1)},
                     {At("2026-03-29T01:00"), hours(2)},
                     {At("2026-10-25T01:00"), hours(1)}});
  zones.Add("Isle", {{base::Time(), hours(-10)}, {At("2026-06-10T10:00"), hours(14)}});
  return zones;
}

FreezeWindow Calendar(const std::string& cron, base::Duration duration,
                      const std::string& zone = "UTC") {
  FreezeWindow window;
  window.meta.name = "nights";
  window.reason = "no launches at night";
  window.team = "sre";
  window.contact = "#sre";
  window.when = CalendarFreeze{*CronSchedule::Parse(cron), duration, zone};
  return window;
}

FreezeWindow Once(const std::string& start, const std::string& end) {
  FreezeWindow window = Calendar("0 0 * * *", hours(1));
  window.when = OneOffFreeze{At(start), At(end)};
  return window;
}

// "2026-11-23T08:00 to 2026-11-23T09:00"
std::vector<std::string> Shown(const base::Result<std::vector<Interval>>& intervals) {
  if (!intervals) return {intervals.error().message};
  const auto show = [](base::Time time) {
    const std::string text = base::FormatTime(time);
    return text.ends_with(":00Z") ? text.substr(0, 16) : text;
  };
  std::vector<std::string> lines;
  for (const Interval& interval : *intervals) {
    lines.push_back(show(interval.from) + " to " + show(interval.until));
  }
  return lines;
}

struct IntervalRow {
  std::string name;
  std::string cron;
  base::Duration duration;
  std::string zone;
  std::string from;
  std::string horizon;
  std::vector<std::string> frozen;
  friend void PrintTo(const IntervalRow& row, std::ostream* out) { *out << row.name; }
};

class FrozenIntervalsTest : public ::testing::TestWithParam<IntervalRow> {};

TEST_P(FrozenIntervalsTest, AreTheTimesInWhichTheWindowFreezes) {
  const IntervalRow& row = GetParam();

  const auto frozen = FrozenIntervals(Calendar(row.cron, row.duration, row.zone), Zones(),
                                      At(row.from), At(row.horizon));

  EXPECT_EQ(Shown(frozen), row.frozen);
}

INSTANTIATE_TEST_SUITE_P(Plain, FrozenIntervalsTest,
                         ::testing::Values(IntervalRow{"Daily",
                                                       "0 22 * * *",
                                                       hours(8),
                                                       "UTC",
                                                       "2026-11-23T12:00",
                                                       "2026-11-25T12:00",
                                                       {"2026-11-23T22:00 to 2026-11-24T06:00",
                                                        "2026-11-24T22:00 to 2026-11-25T06:00"}},
                                           IntervalRow{"UnderWayAtFrom",
                                                       "0 22 * * *",
                                                       hours(8),
                                                       "UTC",
                                                       "2026-11-23T02:00",
                                                       "2026-11-23T12:00",
                                                       {"2026-11-22T22:00 to 2026-11-23T06:00"}},
                                           IntervalRow{"OverAtFrom",
                                                       "0 22 * * *",
                                                       hours(8),
                                                       "UTC",
                                                       "2026-11-23T06:00",
                                                       "2026-11-23T22:00",
                                                       {}},
                                           IntervalRow{"BeginsJustBeforeTheHorizon",
                                                       "0 22 * * *",
                                                       hours(8),
                                                       "UTC",
                                                       "2026-11-23T06:00",
                                                       "2026-11-23T22:01",
                                                       {"2026-11-23T22:00 to 2026-11-24T06:00"}},
                                           IntervalRow{"NoTimeAtAll",
                                                       "0 22 * * *",
                                                       hours(8),
                                                       "UTC",
                                                       "2026-11-23T12:00",
                                                       "2026-11-22T12:00",
                                                       {}},
                                           IntervalRow{"TouchingIsOne",
                                                       "0 */8 * * 1",
                                                       hours(8),
                                                       "UTC",
                                                       "2026-11-22T12:00",
                                                       "2026-11-24T12:00",
                                                       {"2026-11-23T00:00 to 2026-11-24T00:00"}},
                                           IntervalRow{"OverlappingIsOne",
                                                       "0 8,10,12 * * 1",
                                                       hours(3),
                                                       "UTC",
                                                       "2026-11-22T12:00",
                                                       "2026-11-24T12:00",
                                                       {"2026-11-23T08:00 to 2026-11-23T15:00"}},
                                           IntervalRow{"GoesOnPastTheHorizon",
                                                       "0 0 1-14 * *",
                                                       hours(24),
                                                       "UTC",
                                                       "2026-11-25T12:00",
                                                       "2026-12-02T12:00",
                                                       {"2026-12-01T00:00 to 2026-12-15T00:00"}},
                                           IntervalRow{"ElevenMonths",
                                                       "0 0 1 1-11 *",
                                                       hours(24 * 31),
                                                       "UTC",
                                                       "2026-12-15T00:00",
                                                       "2027-06-01T00:00",
                                                       {"2027-01-01T00:00 to 2027-12-02T00:00"}}),
                         [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    ClockChanges, FrozenIntervalsTest,
    ::testing::Values(
        IntervalRow{"SkippedTimeBeginsWhenClocksLeap",
                    "30 2 * * *",
                    hours(1),
                    "Town",
                    "2026-03-28T00:00",
                    "2026-03-31T00:00",
                    {"2026-03-28T01:30 to 2026-03-28T02:30", "2026-03-29T01:00 to 2026-03-29T02:00",
                     "2026-03-30T00:30 to 2026-03-30T01:30"}},
        IntervalRow{"SkippedTimesBeginTogether",
                    "0,30 2 29 3 *",
                    hours(1),
                    "Town",
                    "2026-03-28T00:00",
                    "2026-03-31T00:00",
                    {"2026-03-29T01:00 to 2026-03-29T02:00"}},
        IntervalRow{"JustBeforeTheLeap",
                    "59 1 29 3 *",
                    hours(1),
                    "Town",
                    "2026-03-28T00:00",
                    "2026-03-31T00:00",
                    {"2026-03-29T00:59 to 2026-03-29T01:59"}},
        IntervalRow{"AtTheLeap",
                    "0 3 29 3 *",
                    hours(1),
                    "Town",
                    "2026-03-28T00:00",
                    "2026-03-31T00:00",
                    {"2026-03-29T01:00 to 2026-03-29T02:00"}},
        IntervalRow{
            "RepeatedTimeBeginsOnce",
            "30 2 * * *",
            minutes(20),
            "Town",
            "2026-10-24T12:00",
            "2026-10-26T12:00",
            {"2026-10-25T00:30 to 2026-10-25T00:50", "2026-10-26T01:30 to 2026-10-26T01:50"}},
        IntervalRow{"DurationPassesWhileClocksLeap",
                    "0 18 28 3 *",
                    hours(24),
                    "Town",
                    "2026-03-28T00:00",
                    "2026-03-31T00:00",
                    {"2026-03-28T17:00 to 2026-03-29T17:00"}},
        // 02:00 begins once, so that 03:00 is two hours later.
        IntervalRow{"HourlyHasAHoleWhenClocksGoBack",
                    "0 * * * *",
                    minutes(90),
                    "Town",
                    "2026-10-25T00:30",
                    "2026-10-25T02:30",
                    {"2026-10-25T00:00 to 2026-10-25T01:30", "2026-10-25T02:00 to never"}},
        IntervalRow{
            "ADayThatIsLeftOut",
            "0 12 * * *",
            hours(1),
            "Isle",
            "2026-06-09T00:00",
            "2026-06-12T00:00",
            {"2026-06-09T22:00 to 2026-06-09T23:00", "2026-06-10T10:00 to 2026-06-10T11:00",
             "2026-06-10T22:00 to 2026-06-10T23:00", "2026-06-11T22:00 to 2026-06-11T23:00"}}),
    [](const auto& row) { return row.param.name; });

TEST(FrozenIntervalsTest, OfAOneOffAreItsOwnTime) {
  const FreezeWindow window = Once("2026-11-27T00:00", "2026-11-28T00:00");
  const auto frozen = [&](const char* from, const char* horizon) {
    return Shown(FrozenIntervals(window, Zones(), At(from), At(horizon)));
  };

  EXPECT_THAT(frozen("2026-11-01T00:00", "2026-12-01T00:00"),
              ElementsAre("2026-11-27T00:00 to 2026-11-28T00:00"));
  EXPECT_THAT(frozen("2026-11-27T12:00", "2026-11-27T13:00"), SizeIs(1));
  EXPECT_THAT(frozen("2026-11-01T00:00", "2026-11-27T00:00"), IsEmpty());
  EXPECT_THAT(frozen("2026-11-28T00:00", "2026-12-01T00:00"), IsEmpty());
}

TEST(FrozenIntervalsTest, HaveNoEndWhenEndsMeetTheNextBeginnings) {
  for (const char* cron : {"0 * * * *", "0,30 * * * *"}) {
    const auto frozen = FrozenIntervals(Calendar(cron, hours(2)), Zones(), At("2026-11-23T08:00"),
                                        At("2028-11-23T08:00"));

    ASSERT_TRUE(frozen);
    ASSERT_THAT(*frozen, SizeIs(1));
    EXPECT_LE(frozen->front().from, At("2026-11-23T08:00"));
    EXPECT_EQ(frozen->front().until, base::kNever);
  }
}

TEST(FrozenIntervalsTest, AreNotComputedForMoreThanTwentyYears) {
  const FreezeWindow window = Calendar("0 0 * * *", hours(1));

  const auto frozen = FrozenIntervals(window, Zones(), base::Time::min(), base::kNever);

  ASSERT_FALSE(frozen);
  EXPECT_EQ(frozen.error().kind, base::ErrorKind::kExhausted);
}

TEST(FrozenIntervalsTest, AreUnknownWithoutAZone) {
  LeapingZones zones = Zones();
  const auto ask = [&](const FreezeWindow& window) {
    return FrozenIntervals(window, zones, At("2026-11-23T08:00"), At("2026-11-24T08:00"));
  };

  EXPECT_EQ(ask(Calendar("0 0 * * *", hours(1), "Atlantis")).error().kind,
            base::ErrorKind::kNotFound);
  EXPECT_EQ(ask(FreezeWindow()).error().kind, base::ErrorKind::kInvalid);
  zones.Break();
  EXPECT_EQ(ask(Calendar("0 0 * * *", hours(1))).error().kind, base::ErrorKind::kUnavailable);
}

struct StateRow {
  std::string name;
  FreezeWindow window;
  std::string now;
  bool active;
  std::string next_open;   // Empty: nothing.
  std::string next_close;  // Empty: nothing.
  friend void PrintTo(const StateRow& row, std::ostream* out) { *out << row.name; }
};

class WindowStateTest : public ::testing::TestWithParam<StateRow> {};

TEST_P(WindowStateTest, SaysWhetherItFreezesAndWhatIsNext) {
  const StateRow& row = GetParam();
  const auto show = [](const std::optional<base::Time>& time) {
    return time ? base::FormatTime(*time) : "";
  };

  const auto state = StateAt(row.window, Zones(), At(row.now));

  ASSERT_TRUE(state) << state.error().message;
  EXPECT_EQ(state->active, row.active);
  EXPECT_EQ(show(state->next_open), row.next_open);
  EXPECT_EQ(show(state->next_close), row.next_close);
}

INSTANTIATE_TEST_SUITE_P(
    Calendars, WindowStateTest,
    ::testing::Values(
        StateRow{"Between", Calendar("0 22 * * *", hours(8)), "2026-11-23T12:00", false, "",
                 "2026-11-23T22:00:00Z"},
        StateRow{"JustBefore", Calendar("0 22 * * *", hours(8)), "2026-11-23T21:59:59.999Z", false,
                 "", "2026-11-23T22:00:00Z"},
        StateRow{"AtTheBeginning", Calendar("0 22 * * *", hours(8)), "2026-11-23T22:00", true,
                 "2026-11-24T06:00:00Z", "2026-11-24T22:00:00Z"},
        StateRow{"JustBeforeTheEnd", Calendar("0 22 * * *", hours(8)), "2026-11-24T05:59:59.999Z",
                 true, "2026-11-24T06:00:00Z", "2026-11-24T22:00:00Z"},
        StateRow{"AtTheEnd", Calendar("0 22 * * *", hours(8)), "2026-11-24T06:00", false, "",
                 "2026-11-24T22:00:00Z"},
        StateRow{"FarAhead", Calendar("0 0 29 2 *", hours(24)), "2026-11-23T12:00", false, "",
                 "2028-02-29T00:00:00Z"},
        StateRow{"WithoutEnd", Calendar("0 * * * *", hours(2)), "2026-11-23T12:00", true, "", ""},
        StateRow{"Leap", Calendar("30 2 * * *", hours(1), "Town"), "2026-03-29T01:00", true,
                 "2026-03-29T02:00:00Z", "2026-03-30T00:30:00Z"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    OneOffs, WindowStateTest,
    ::testing::Values(StateRow{"Before", Once("2026-11-27T00:00", "2026-11-28T00:00"),
                               "2026-11-26T23:59:59.999Z", false, "", "2026-11-27T00:00:00Z"},
                      StateRow{"AtTheStart", Once("2026-11-27T00:00", "2026-11-28T00:00"),
                               "2026-11-27T00:00", true, "2026-11-28T00:00:00Z", ""},
                      StateRow{"AtTheEnd", Once("2026-11-27T00:00", "2026-11-28T00:00"),
                               "2026-11-28T00:00", false, "", ""}),
    [](const auto& row) { return row.param.name; });

TEST(WindowStateTest, IsUnknownWithoutAZone) {
  LeapingZones zones = Zones();
  zones.Break();

  EXPECT_EQ(StateAt(Calendar("0 0 * * *", hours(1)), zones, At("2026-11-23T08:00")).error().kind,
            base::ErrorKind::kUnavailable);
  EXPECT_EQ(StateAt(FreezeWindow(), zones, At("2026-11-23T08:00")).error().kind,
            base::ErrorKind::kInvalid);
  EXPECT_TRUE(StateAt(Once("2026-11-27T00:00", "2026-11-28T00:00"), zones, At("2026-11-27T08:00")));
}

struct SelectorRow {
  std::string name;
  NamespaceSelector selector;
  bool shop;   // Namespace with tier=shop, region=emea.
  bool plain;  // Namespace without labels.
  friend void PrintTo(const SelectorRow& row, std::ostream* out) { *out << row.name; }
};

class SelectsTest : public ::testing::TestWithParam<SelectorRow> {};

TEST_P(SelectsTest, AsKubernetesDoes) {
  const SelectorRow& row = GetParam();

  EXPECT_EQ(Selects(row.selector, {{"tier", "shop"}, {"region", "emea"}}), row.shop);
  EXPECT_EQ(Selects(row.selector, {}), row.plain);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, SelectsTest,
    ::testing::Values(
        SelectorRow{"Nothing", {}, true, true},
        SelectorRow{"Label", {{{"tier", "shop"}}, {}}, true, false},
        SelectorRow{"OtherValue", {{{"tier", "lab"}}, {}}, false, false},
        SelectorRow{"BothLabels", {{{"tier", "shop"}, {"region", "emea"}}, {}}, true, false},
        SelectorRow{"OneOfTwoLabels", {{{"tier", "shop"}, {"region", "apac"}}, {}}, false, false},
        SelectorRow{"In", {{}, {{"tier", LabelOperator::kIn, {"lab", "shop"}}}}, true, false},
        SelectorRow{"NotIn", {{}, {{"tier", LabelOperator::kNotIn, {"shop"}}}}, false, true},
        SelectorRow{"NotInOther", {{}, {{"tier", LabelOperator::kNotIn, {"lab"}}}}, true, true},
        SelectorRow{"Exists", {{}, {{"tier", LabelOperator::kExists, {}}}}, true, false},
        SelectorRow{
            "DoesNotExist", {{}, {{"tier", LabelOperator::kDoesNotExist, {}}}}, false, true},
        SelectorRow{"LabelAndExpression",
                    {{{"tier", "shop"}}, {{"region", LabelOperator::kDoesNotExist, {}}}},
                    false,
                    false}),
    [](const auto& row) { return row.param.name; });

TEST(FreezesOfWindowTest, SayWhoWhyAndUntilWhen) {
  const auto freezes = FreezesOf(Calendar("0 22 * * *", hours(8)), {}, Zones(),
                                 At("2026-11-23T23:00"), At("2026-11-25T00:00"));

  ASSERT_THAT(freezes, SizeIs(2));
  EXPECT_EQ(freezes[0].cause, FreezeCause::kFreezeWindow);
  EXPECT_EQ(freezes[0].source, "nights");
  EXPECT_EQ(freezes[0].message, "no launches at night (owner: sre, #sre)");
  EXPECT_EQ(freezes[0].from, At("2026-11-23T22:00"));
  EXPECT_EQ(freezes[0].until, At("2026-11-24T06:00"));
  EXPECT_TRUE(InForce(freezes[0], At("2026-11-23T23:00")));
  EXPECT_FALSE(InForce(freezes[1], At("2026-11-23T23:00")));
}

TEST(FreezesOfWindowTest, AreAlwaysInForceForAWindowThatCannotBeUsed) {
  const auto freezes = FreezesOf(FreezeWindow(), {{"spec.schedule.cron", "must be set"}}, Zones(),
                                 At("2026-11-23T23:00"), At("2026-11-25T00:00"));

  ASSERT_THAT(freezes, SizeIs(1));
  EXPECT_EQ(freezes[0].cause, FreezeCause::kFreezeWindow);
  EXPECT_TRUE(InForce(freezes[0], base::Time()));
  EXPECT_TRUE(InForce(freezes[0], base::kNever - milliseconds(1)));
  EXPECT_THAT(freezes[0].message, HasSubstr("correct it or delete it"));
  EXPECT_THAT(freezes[0].message, HasSubstr("spec.schedule.cron: must be set"));
}

TEST(FreezesOfWindowTest, AreAlwaysInForceWithoutTheTimeZone) {
  LeapingZones zones = Zones();
  const auto ask = [&](const FreezeWindow& window) {
    return FreezesOf(window, {}, zones, At("2026-11-23T23:00"), At("2026-11-25T00:00"));
  };

  const auto unknown = ask(Calendar("0 22 * * *", hours(8), "Atlantis"));
  ASSERT_THAT(unknown, SizeIs(1));
  EXPECT_EQ(unknown[0].until, base::kNever);
  EXPECT_THAT(unknown[0].message, HasSubstr("there is no such zone"));

  zones.Break();
  const auto broken = ask(Calendar("0 22 * * *", hours(8)));
  ASSERT_THAT(broken, SizeIs(1));
  EXPECT_TRUE(InForce(broken[0], At("2026-11-24T12:00")));
  EXPECT_THAT(broken[0].message, HasSubstr("no database here"));
}

}  // namespace
}  // namespace launchgate::budget
