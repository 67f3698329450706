// Every kind of instant at which the gate opens or closes by itself, asked about
// shortly before and after it. When that is, is written down here or follows from
// dates and clock changes that are; nothing of the code under test is asked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <ostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/unit/app/gate_objects.h"
#include "tests/unit/core/budget/shifting_zones.h"

namespace launchgate::app {
namespace {

using base::Duration;
using base::Time;
using budget::Shift;
using budget::ShiftingZone;
using budget::WallTime;
using resources::ReviewCadence;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::local_days;
using std::chrono::minutes;
using std::chrono::months;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::year;
using std::chrono::year_month;
using std::chrono::year_month_day;
using test_support::BreakGlassBy;
using test_support::GoBy;
using test_support::kAlice;
using test_support::kBob;
using test_support::kCarol;
using test_support::kDave;
using test_support::kDay;
using test_support::kMillisecond;
using test_support::NoGoBy;
using test_support::SignOffBy;

constexpr std::size_t kPromisedCases = 500;
// A statement may be dated so far ahead.
constexpr Duration kDatedAhead = seconds(60);

// The gate is open on one side of the instant and closed on the other.
struct Edge {
  std::string name;
  Time at{};
  enum class Turn { kCloses, kOpens } turn = Turn::kCloses;
  std::string_view reason;  // Of the denial on the closed side.
  GateObjects objects;
};
constexpr Edge::Turn kCloses = Edge::Turn::kCloses;
constexpr Edge::Turn kOpens = Edge::Turn::kOpens;

Time At(std::string_view text) { return base::ParseTime(text).value(); }

// Instants that are inconvenient: on the hour at which facts are made anew and beside
// it, with and without milliseconds, at ends of days, months and years, on leap days,
// and when clocks are changed somewhere.
const std::vector<Time>& Instants() {
  static const std::vector<Time> instants = [] {
    std::vector<Time> parsed;
    for (const char* text :
         {"2026-11-23T12:00:00Z", "2026-11-23T12:00:00.001Z", "2026-11-23T12:59:59.999Z",
          "2026-11-23T12:34:56.789Z", "2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z",
          "2026-10-31T23:30:00Z", "2026-12-31T23:59:59.999Z", "2027-01-01T00:00:00Z",
          "2027-02-28T23:59:59Z", "2028-02-29T00:00:00Z", "2028-03-01T00:00:00Z",
          "2032-06-30T23:59:59Z", "2037-12-31T23:59:59.999Z"}) {
      parsed.push_back(At(text));
    }
    return parsed;
  }();
  return instants;
}

// One edge at each of Instants(), of objects that `change` makes of good ones.
std::vector<Edge> AtInstants(const std::string& what, Edge::Turn turn, std::string_view reason,
                             void (*change)(GateObjects& objects, Time at)) {
  std::vector<Edge> edges;
  for (const Time at : Instants()) {
    Edge edge{what + " at " + base::FormatTime(at), at, turn, reason, GateObjects(at)};
    change(edge.objects, at);
    edges.push_back(std::move(edge));
  }
  return edges;
}

std::vector<Edge> Joined(std::vector<std::vector<Edge>> parts) {
  std::vector<Edge> all;
  for (std::vector<Edge>& part : parts) std::ranges::move(part, std::back_inserter(all));
  return all;
}

// Clock changes of the time from November 2025 to March 2027.

struct ZoneRow {
  const char* name;
  minutes offset;  // Until the first change.
  struct Change {
    const char* at;
    minutes offset;
  };
  std::vector<Change> changes;
};

const std::vector<ZoneRow>& ZonesWithChanges() {
  static const std::vector<ZoneRow> rows = {
      {"Europe/Zurich",
       minutes(60),
       {{"2026-03-29T01:00:00Z", minutes(120)}, {"2026-10-25T01:00:00Z", minutes(60)}}},
      {"Europe/London",
       minutes(0),
       {{"2026-03-29T01:00:00Z", minutes(60)}, {"2026-10-25T01:00:00Z", minutes(0)}}},
      {"Atlantic/Azores",
       minutes(-60),
       {{"2026-03-29T01:00:00Z", minutes(0)}, {"2026-10-25T01:00:00Z", minutes(-60)}}},
      {"America/New_York",
       minutes(-300),
       {{"2026-03-08T07:00:00Z", minutes(-240)}, {"2026-11-01T06:00:00Z", minutes(-300)}}},
      {"America/Havana",
       minutes(-300),
       {{"2026-03-08T05:00:00Z", minutes(-240)}, {"2026-11-01T05:00:00Z", minutes(-300)}}},
      {"America/St_Johns",
       minutes(-210),
       {{"2026-03-08T05:30:00Z", minutes(-150)}, {"2026-11-01T04:30:00Z", minutes(-210)}}},
      {"America/Santiago",
       minutes(-180),
       {{"2026-04-05T03:00:00Z", minutes(-240)}, {"2026-09-06T04:00:00Z", minutes(-180)}}},
      {"Australia/Adelaide",
       minutes(630),
       {{"2026-04-04T16:30:00Z", minutes(570)}, {"2026-10-03T16:30:00Z", minutes(630)}}},
      {"Australia/Lord_Howe",
       minutes(660),
       {{"2026-04-04T15:00:00Z", minutes(630)}, {"2026-10-03T15:30:00Z", minutes(660)}}},
      {"Pacific/Auckland",
       minutes(780),
       {{"2026-04-04T14:00:00Z", minutes(720)}, {"2026-09-26T14:00:00Z", minutes(780)}}},
      {"Pacific/Chatham",
       minutes(825),
       {{"2026-04-04T14:00:00Z", minutes(765)}, {"2026-09-26T14:00:00Z", minutes(825)}}}};
  return rows;
}

const std::vector<ZoneRow>& ZonesWithoutChanges() {
  static const std::vector<ZoneRow> rows = {{"Etc/UTC", minutes(0), {}},
                                            {"Asia/Kolkata", minutes(330), {}},
                                            {"Asia/Kathmandu", minutes(345), {}},
                                            {"Australia/Eucla", minutes(525), {}},
                                            {"Pacific/Kiritimati", minutes(840), {}},
                                            {"Pacific/Pago_Pago", minutes(-660), {}}};
  return rows;
}

ShiftingZone ClockOf(const ZoneRow& row) {
  std::vector<Shift> shifts{{Time(), row.offset}};
  for (const auto& change : row.changes) shifts.push_back({At(change.at), change.offset});
  return ShiftingZone(std::move(shifts));
}

// When a wall clock shows a time first; where it is set forward over it: then.
Time FirstShown(const ZoneRow& row, WallTime wall) { return ClockOf(row).InstantsOf(wall).first; }

std::string Text(WallTime wall) {
  return base::FormatTime(Time(wall.time_since_epoch())).substr(0, 16);
}

// Both ends of a freeze.
std::vector<Edge> EndsOf(const std::string& name, const resources::FreezeWindow& window, Time from,
                         Time until) {
  std::vector<Edge> edges = {{name + " begins", from, kCloses, "FreezeWindow", GateObjects(from)},
                             {name + " ends", until, kOpens, "FreezeWindow", GateObjects(until)}};
  for (Edge& edge : edges) edge.objects.Freeze(window);
  return edges;
}

std::vector<Edge> OneOffWindows() {
  std::vector<Edge> edges;
  const std::array<Duration, 3> lengths = {minutes(1), hours(25), hours(24 * 90)};
  for (std::size_t i = 0; i < Instants().size(); ++i) {
    const Time from = Instants()[i];
    const Time until = from + lengths[i % lengths.size()];
    std::ranges::move(
        EndsOf("one-off at " + base::FormatTime(from), OneOffWindow(from, until), from, until),
        std::back_inserter(edges));
  }
  return edges;
}

// A freeze of once a year that begins when the wall clock shows `wall`.
std::vector<Edge> OnceAYear(const ZoneRow& zone, WallTime wall, Duration length) {
  const local_days day = std::chrono::floor<days>(wall);
  const year_month_day date(day);
  const std::chrono::hh_mm_ss time(wall - day);
  const std::string cron = std::to_string(time.minutes().count()) + " " +
                           std::to_string(time.hours().count()) + " " +
                           std::to_string(static_cast<unsigned>(date.day())) + " " +
                           std::to_string(static_cast<unsigned>(date.month())) + " *";
  const Time from = FirstShown(zone, wall);
  return EndsOf(std::string(zone.name) + " " + Text(wall) + " for " + base::FormatDuration(length),
                CalendarWindow(cron, length, zone.name), from, from + length);
}

// Wall times before, at the ends of, in, and after what the clock skips or repeats.
std::vector<Edge> ClockChanges() {
  std::vector<Edge> edges;
  const std::array<Duration, 4> lengths = {minutes(1), minutes(90), hours(24), hours(24 * 3)};
  std::size_t n = 0;
  for (const ZoneRow& zone : ZonesWithChanges()) {
    minutes before = zone.offset;
    for (const auto& change : zone.changes) {
      const WallTime old_clock(At(change.at).time_since_epoch() / seconds(1) * seconds(1) + before);
      const WallTime new_clock = old_clock - before + change.offset;
      const WallTime low = std::min(old_clock, new_clock);
      const WallTime high = std::max(old_clock, new_clock);
      for (const WallTime wall :
           {low - minutes(61), low, low + (high - low) / 2, high, high + minutes(59)}) {
        std::ranges::move(OnceAYear(zone, wall, lengths[n++ % lengths.size()]),
                          std::back_inserter(edges));
      }
      before = change.offset;
    }
  }
  return edges;
}

std::vector<Edge> EndsOfMonths() {
  std::vector<Edge> edges;
  for (const ZoneRow& zone : ZonesWithoutChanges()) {
    for (const WallTime wall : std::vector<WallTime>{
             local_days(year(2026) / 2 / 1) - minutes(1), local_days(year(2027) / 3 / 1),
             local_days(year(2028) / 2 / 29) + hours(22), local_days(year(2027) / 1 / 1)}) {
      std::ranges::move(OnceAYear(zone, wall, hours(24)), std::back_inserter(edges));
    }
  }
  return edges;
}

struct CalendarRow {
  const char* zone;
  const char* cron;
  Duration length;
  const char* from;
  const char* until;
};

std::vector<Edge> Calendars() {
  std::vector<Edge> edges;
  for (const CalendarRow& row : std::vector<CalendarRow>{
           {"Europe/Zurich", "0 18 * * FRI", hours(62), "2026-11-20T17:00:00Z",
            "2026-11-23T07:00:00Z"},
           // Two days that touch are one freeze; their length is time that passes.
           {"Europe/Zurich", "0 0 * * SAT,SUN", hours(24), "2026-11-20T23:00:00Z",
            "2026-11-22T23:00:00Z"},
           {"Europe/Zurich", "0 0 * * SAT,SUN", hours(24), "2026-10-23T22:00:00Z",
            "2026-10-25T22:00:00Z"},
           {"Europe/Zurich", "0 0 * * SAT,SUN", hours(24), "2026-03-27T23:00:00Z",
            "2026-03-29T23:00:00Z"},
           {"America/New_York", "30 9 * * MON-FRI", minutes(390), "2026-11-23T14:30:00Z",
            "2026-11-23T21:00:00Z"},
           {"America/St_Johns", "0 0 25 12 *", hours(24), "2026-12-25T03:30:00Z",
            "2026-12-26T03:30:00Z"},
           {"Asia/Kolkata", "0 0 1 * *", hours(24), "2026-11-30T18:30:00Z", "2026-12-01T18:30:00Z"},
           {"Asia/Kathmandu", "45 23 31 12 *", minutes(30), "2026-12-31T18:00:00Z",
            "2026-12-31T18:30:00Z"},
           {"Pacific/Kiritimati", "0 0 1 1 *", hours(24), "2026-12-31T10:00:00Z",
            "2027-01-01T10:00:00Z"},
           {"Etc/UTC", "0 0 29 2 *", hours(24), "2028-02-29T00:00:00Z", "2028-03-01T00:00:00Z"},
           {"Etc/UTC", "0 22 * * *", hours(10), "2026-12-31T22:00:00Z", "2027-01-01T08:00:00Z"},
           {"Etc/UTC", "*/30 9-10 * * *", minutes(30), "2026-11-23T09:00:00Z",
            "2026-11-23T11:00:00Z"}}) {
    std::ranges::move(
        EndsOf(std::string(row.zone) + " " + row.cron + " at " + row.from,
               CalendarWindow(row.cron, row.length, row.zone), At(row.from), At(row.until)),
        std::back_inserter(edges));
  }
  return edges;
}

std::vector<Edge> Budgets() {
  return Joined(
      {AtInstants("a spent budget", kCloses, "BudgetSpent",
                  [](GateObjects& objects, Time at) { objects.budget.status.frozen_since = at; }),
       AtInstants("figures unknown for a minute", kCloses, "BudgetUnknown",
                  [](GateObjects& objects, Time at) {
                    objects.budget.policy.unknown_grace = minutes(1);
                    objects.budget.status.known_at = at - minutes(1);
                  }),
       AtInstants("figures unknown for a week", kCloses, "BudgetUnknown",
                  [](GateObjects& objects, Time at) {
                    objects.budget.policy.unknown_grace = 7 * kDay;
                    objects.budget.status.known_at = at - 7 * kDay;
                  }),
       AtInstants("figures never known", kCloses, "BudgetUnknown",
                  [](GateObjects& objects, Time at) {
                    objects.budget.policy.unknown_grace = hours(1);
                    objects.budget.status.known_at.reset();
                    objects.budget.meta.created = at - hours(1);
                  })});
}

// Instead of the two Gos of before.
void Sign(GateObjects& objects, const std::vector<test_support::StatementBuilder>& statements) {
  objects.verdicts.clear();
  for (const auto& statement : statements) objects.verdicts.push_back(statement.Stored());
}

test_support::StatementBuilder GoAround(const test_support::Signer& signer, Time at) {
  return GoBy(signer).Issued(at - 10 * kDay).Until(at + 20 * kDay);
}

std::vector<Edge> Verdicts() {
  return Joined(
      {AtInstants("the Go ends", kCloses, "VerdictExpired",
                  [](GateObjects& objects, Time at) {
                    Sign(objects, {GoAround(kAlice, at), GoAround(kBob, at).Until(at)});
                  }),
       AtInstants("the later of two Gos ends", kCloses, "VerdictExpired",
                  [](GateObjects& objects, Time at) {
                    Sign(objects, {GoAround(kAlice, at).Until(at - minutes(90)),
                                   GoAround(kCarol, at).Until(at), GoAround(kBob, at)});
                  }),
       AtInstants(
           "a Go that is dated ahead", kOpens, "VerdictNotYetValid",
           [](GateObjects& objects, Time at) {
             Sign(objects, {GoAround(kAlice, at), GoAround(kBob, at).Issued(at + kDatedAhead)});
           }),
       AtInstants("a NoGo ends", kOpens, "NoGo",
                  [](GateObjects& objects, Time at) {
                    Sign(objects, {GoAround(kAlice, at), GoAround(kBob, at),
                                   NoGoBy(kCarol).Issued(at - 3 * kDay).Until(at)});
                  }),
       AtInstants("a key ends", kCloses, "KeyExpired",
                  [](GateObjects& objects, Time at) {
                    objects.authority.KeyTimes(kBob, at - 30 * kDay, at);
                  }),
       AtInstants("a key begins", kOpens, "VerdictNotYetValid", [](GateObjects& objects, Time at) {
         objects.authority.KeyTimes(kBob, at, base::kNever);
         Sign(objects, {GoAround(kAlice, at), GoAround(kBob, at).Issued(at + seconds(30))});
       })});
}

std::vector<Edge> Conditions() {
  return Joined(
      {AtInstants(
           "a waiver is due", kCloses, "EvidenceFailing",
           [](GateObjects& objects, Time at) {
             objects.Finding("load-test").finding = "Fail";
             Sign(objects, {GoAround(kAlice, at).Promise("load-test", at), GoAround(kBob, at)});
           }),
       AtInstants("a promise about no item is due", kCloses, "ConditionOverdue",
                  [](GateObjects& objects, Time at) {
                    Sign(objects, {GoAround(kAlice, at), GoAround(kBob, at).Promise("", at)});
                  }),
       AtInstants("evidence goes stale", kCloses, "EvidenceStale",
                  [](GateObjects& objects, Time at) {
                    objects.Finding("runbook").valid_until = at;
                    objects.Finding("dashboard").valid_until = at - minutes(1);
                  })});
}

std::vector<Edge> BreakGlasses() {
  return Joined(
      {AtInstants("a BreakGlass ends", kCloses, "VerdictMissing",
                  [](GateObjects& objects, Time at) {
                    Sign(objects, {BreakGlassBy(kDave).Issued(at - kDay).Until(at)});
                  }),
       AtInstants("a BreakGlass in a freeze ends", kCloses, "FreezeWindow",
                  [](GateObjects& objects, Time at) {
                    Sign(objects, {BreakGlassBy(kDave).Issued(at - hours(1)).Until(at)});
                    objects.verdicts.push_back(GoAround(kAlice, at).Stored());
                    objects.verdicts.push_back(GoAround(kBob, at).Stored());
                    objects.Freeze(OneOffWindow(at - 3 * kDay, at + 3 * kDay));
                  }),
       AtInstants("a BreakGlass that is dated ahead", kOpens, "VerdictMissing",
                  [](GateObjects& objects, Time at) {
                    Sign(objects,
                         {BreakGlassBy(kDave).Issued(at + kDatedAhead).Until(at + hours(2))});
                  })});
}

// Monthly reviews.

struct Cadence {
  int due_day;
  int grace_days;
};

// The review of `month` freezes when the day after due_day and grace_days begins.
Time FreezesAt(const ZoneRow& zone, year_month month, Cadence cadence) {
  const local_days due((month + months(1)) / cadence.due_day);
  return FirstShown(zone, WallTime(due + days(1 + cadence.grace_days)));
}

GateObjects Reviewed(const ZoneRow& zone, Cadence cadence, year_month first, Time around) {
  GateObjects objects(around);
  objects.budget.review =
      ReviewCadence{"platform", zone.name, 1, cadence.due_day, cadence.grace_days};
  // In the middle, so that it is this month in every zone.
  objects.budget.meta.created = sys_days(first / 15);
  return objects;
}

void SignOff(GateObjects& objects, year_month month, Time alice_at, Time bob_at) {
  const verdict::SignOffSubject subject = objects.SubjectOf(month);
  objects.AddReview(month).sign_offs = {SignOffBy(kAlice).For(subject).Issued(alice_at).Stored(),
                                        SignOffBy(kBob).For(subject).Issued(bob_at).Stored()};
}

// The first review of a budget freezes, and is history when the third would: the
// second and the third are signed off.
std::vector<Edge> FirstReview(const ZoneRow& zone, year_month month, Cadence cadence) {
  const std::string name = std::string(zone.name) + " " + resources::FormatMonth(month) + " due " +
                           std::to_string(cadence.due_day) + " and " +
                           std::to_string(cadence.grace_days);
  const Time freezes = FreezesAt(zone, month, cadence);
  const Time history = FreezesAt(zone, month + months(2), cadence);
  Edge closes{name + " freezes", freezes, kCloses, "BudgetReviewOverdue",
              Reviewed(zone, cadence, month, freezes)};
  Edge opens{name + " is history", history, kOpens, "BudgetReviewOverdue",
             Reviewed(zone, cadence, month, history)};
  opens.objects.AddReview(month);
  for (const int later : {1, 2}) {
    SignOff(opens.objects, month + months(later), history - 5 * kDay, history - 5 * kDay);
  }
  return {std::move(closes), std::move(opens)};
}

std::vector<Edge> OverdueReviews() {
  std::vector<Edge> edges;
  const auto add = [&](const ZoneRow& zone, year_month month, Cadence cadence) {
    std::ranges::move(FirstReview(zone, month, cadence), std::back_inserter(edges));
  };
  for (const ZoneRow& zone : ZonesWithChanges()) {
    for (const year_month month : {year(2026) / 2, year(2026) / 3, year(2026) / 8}) {
      add(zone, month, {5, 3});
    }
    add(zone, year(2026) / 7, {28, 3});
  }
  for (const ZoneRow& zone : ZonesWithoutChanges()) {
    for (const year_month month : {year(2026) / 12, year(2027) / 1, year(2028) / 1}) {
      for (const Cadence cadence : {Cadence{28, 0}, {28, 1}, {28, 27}}) add(zone, month, cadence);
    }
  }
  return edges;
}

struct MidnightRow {
  const char* zone;
  int month;  // Of 2026.
  Cadence cadence;
  const char* freezes_at;
};

// Days that begin later than at midnight, or whose midnight comes twice.
std::vector<Edge> OddMidnights() {
  std::vector<Edge> edges;
  for (const MidnightRow& row :
       std::vector<MidnightRow>{{"America/Santiago", 8, {5, 0}, "2026-09-06T04:00:00Z"},
                                {"America/Santiago", 3, {4, 0}, "2026-04-05T04:00:00Z"},
                                {"America/Havana", 2, {6, 1}, "2026-03-08T05:00:00Z"},
                                {"America/Havana", 9, {28, 3}, "2026-11-01T04:00:00Z"},
                                {"Atlantic/Azores", 9, {24, 0}, "2026-10-25T00:00:00Z"},
                                {"Australia/Lord_Howe", 3, {4, 0}, "2026-04-04T13:00:00Z"}}) {
    const Time at = At(row.freezes_at);
    const year_month month = year(2026) / row.month;
    edges.push_back({std::string(row.zone) + " freezes at " + row.freezes_at, at, kCloses,
                     "BudgetReviewOverdue",
                     Reviewed({row.zone, minutes(0), {}}, row.cadence, month, at)});
  }
  return edges;
}

// Every review that is asked for lacks Bob, and he dated his sign-offs ahead.
std::vector<Edge> SignOffsDatedAhead() {
  return AtInstants("sign-offs that are dated ahead", kOpens, "BudgetReviewOverdue",
                    [](GateObjects& objects, Time at) {
                      objects.budget.review = ReviewCadence{"platform", "Etc/UTC", 1, 1, 0};
                      const year_month_day today(std::chrono::floor<days>(at));
                      const year_month this_month = today.year() / today.month();
                      for (int back = 1; back <= 3; ++back) {
                        SignOff(objects, this_month - months(back), at - 10 * kDay,
                                at + kDatedAhead);
                      }
                    });
}

struct Kind {
  const char* name;
  std::vector<Edge> (*edges)();
  friend void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.name; }
};

const std::vector<Kind>& AllKinds() {
  static const std::vector<Kind> kinds = {{"OneOffWindows", OneOffWindows},
                                          {"ClockChanges", ClockChanges},
                                          {"EndsOfMonths", EndsOfMonths},
                                          {"Calendars", Calendars},
                                          {"Budgets", Budgets},
                                          {"Verdicts", Verdicts},
                                          {"Conditions", Conditions},
                                          {"BreakGlasses", BreakGlasses},
                                          {"OverdueReviews", OverdueReviews},
                                          {"OddMidnights", OddMidnights},
                                          {"SignOffsDatedAhead", SignOffsDatedAhead}};
  return kinds;
}

void ExpectSide(const Edge& edge, Time now, const char* age, const decision::Decision& decision) {
  const bool open = (now < edge.at) == (edge.turn == kCloses);
  EXPECT_EQ(decision.allowed(), open)
      << edge.name << ", asked at " << base::FormatTime(now) << " of facts " << age;
  if (!open) {
    EXPECT_EQ(decision.reason(), edge.reason) << edge.name << " at " << base::FormatTime(now);
  }
}

class ClockCasesTest : public ::testing::TestWithParam<Kind> {};

TEST_P(ClockCasesTest, OpenAndCloseExactlyAtTheirInstant) {
  for (const Edge& edge : GetParam().edges()) {
    // As the webhook has them just before, and as old as facts must be good for.
    const auto of_the_hour = edge.objects.FactsAt(CalendarStart(edge.at - seconds(1)));
    const auto of_yesterday = edge.objects.FactsAt(edge.at - kDay);
    for (const Duration offset :
         {Duration(seconds(-1)), -kMillisecond, Duration(0), kMillisecond, Duration(seconds(1))}) {
      const Time now = edge.at + offset;
      const auto new_ones = edge.objects.FactsAt(now);
      ExpectSide(edge, now, "of now", DecideFrom(new_ones, now));
      ExpectSide(edge, now, "of the hour", DecideFrom(of_the_hour, now));
      ExpectSide(edge, now, "of yesterday", DecideFrom(of_yesterday, now));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, ClockCasesTest, ::testing::ValuesIn(AllKinds()),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(ClockCasesTest, AreAsManyAsPromised) {
  std::set<std::string> names;
  std::size_t count = 0;
  for (const Kind& kind : AllKinds()) {
    for (const Edge& edge : kind.edges()) {
      names.insert(kind.name + edge.name);
      ++count;
    }
  }
  EXPECT_EQ(names.size(), count);
  EXPECT_GE(count, kPromisedCases);
  RecordProperty("cases", static_cast<int>(count));
}

}  // namespace
}  // namespace launchgate::app
