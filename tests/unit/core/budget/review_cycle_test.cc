#include "core/budget/review_cycle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/resources/budget_review.h"
#include "tests/unit/core/budget/shifting_zones.h"

namespace launchgate::budget {
namespace {

using resources::FormatMonth;
using resources::ParseMonth;
using resources::ReviewCadence;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using ::testing::SizeIs;

base::Time At(std::string_view text) { return *base::ParseTime(text); }
std::chrono::year_month Month(std::string_view text) { return *ParseMonth(text); }

// shop/gift-cards, made on 20 March 2026: opened on the 1st, due on the 5th,
// frozen 3 days later, in UTC.
resources::ErrorBudget Budget() {
  resources::ErrorBudget budget;
  budget.meta.ns = "shop";
  budget.meta.name = "gift-cards";
  budget.meta.created = At("2026-03-20T12:00:00Z");
  budget.review = ReviewCadence{"platform", "Etc/UTC", 1, 5, 3};
  return budget;
}

KnownReviews Known(const std::vector<std::string>& signed_off,
                   const std::vector<std::string>& unsigned_ones = {}) {
  KnownReviews known;
  for (const std::string& month : signed_off) {
    known.signed_off.insert(Month(month));
    known.existing.insert(Month(month));
  }
  for (const std::string& month : unsigned_ones) known.existing.insert(Month(month));
  return known;
}

// Months of the freezes in force at `now`, by the instants at which they begin.
std::vector<std::string> FrozenSince(const resources::ErrorBudget& budget,
                                     const KnownReviews& known, std::string_view now) {
  std::vector<std::string> since;
  for (const Freeze& freeze : OverdueFreezes(budget, known, ShiftingZones(), At(now))) {
    if (InForce(freeze, At(now))) since.push_back(base::FormatTime(freeze.from));
  }
  return since;
}

std::vector<std::string> Open(const resources::ErrorBudget& budget, const KnownReviews& known,
                              std::string_view now) {
  std::vector<std::string> months;
  const auto open = OpenReviews(budget, known, ShiftingZones(), At(now));
  for (const ReviewTimes& times : *open) {
    months.push_back(FormatMonth(times.month));
  }
  return months;
}

struct TimesRow {
  const char* name;
  const char* zone;
  const char* month;
  int cadence_day;
  int due_day;
  int grace_days;
  const char* opened_at;
  const char* due_at;
  const char* freezes_at;
};

class ReviewTimesTest : public ::testing::TestWithParam<TimesRow> {};

TEST_P(ReviewTimesTest, AreMidnightsOfTheFollowingMonthInTheZone) {
  const TimesRow& row = GetParam();
  const ReviewCadence cadence{"platform", row.zone, row.cadence_day, row.due_day, row.grace_days};

  const auto times = TimesOf(cadence, Month(row.month), ShiftingZones());

  ASSERT_TRUE(times) << times.error().message;
  EXPECT_EQ(base::FormatTime(times->opened_at), row.opened_at);
  EXPECT_EQ(base::FormatTime(times->due_at), row.due_at);
  EXPECT_EQ(base::FormatTime(times->freezes_at), row.freezes_at);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ReviewTimesTest,
    ::testing::Values(
        TimesRow{"Defaults", "Etc/UTC", "2026-10", 1, 5, 3, "2026-11-01T00:00:00Z",
                 "2026-11-06T00:00:00Z", "2026-11-09T00:00:00Z"},
        TimesRow{"December", "Etc/UTC", "2026-12", 1, 5, 3, "2027-01-01T00:00:00Z",
                 "2027-01-06T00:00:00Z", "2027-01-09T00:00:00Z"},
        TimesRow{"NoGrace", "Etc/UTC", "2026-10", 5, 5, 0, "2026-11-05T00:00:00Z",
                 "2026-11-06T00:00:00Z", "2026-11-06T00:00:00Z"},
        TimesRow{"LastDayOfFebruary", "Etc/UTC", "2027-01", 28, 28, 0, "2027-02-28T00:00:00Z",
                 "2027-03-01T00:00:00Z", "2027-03-01T00:00:00Z"},
        TimesRow{"LeapFebruary", "Etc/UTC", "2028-01", 28, 28, 1, "2028-02-28T00:00:00Z",
                 "2028-02-29T00:00:00Z", "2028-03-01T00:00:00Z"},
        TimesRow{"GraceOverTheEndOfTheMonth", "Etc/UTC", "2026-10", 28, 28, 27,
                 "2026-11-28T00:00:00Z", "2026-11-29T00:00:00Z", "2026-12-26T00:00:00Z"},
        // Clocks are set back on 25 October, forward on 29 March.
        TimesRow{"SummerToWinter", "Europe/Zurich", "2026-09", 24, 25, 1, "2026-10-23T22:00:00Z",
                 "2026-10-25T23:00:00Z", "2026-10-26T23:00:00Z"},
        TimesRow{"WinterToSummer", "Europe/Zurich", "2026-02", 28, 28, 1, "2026-03-27T23:00:00Z",
                 "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"},
        TimesRow{"AMidnightThatComesTwiceBeginsTheDayOnce", "Atlantic/Azores", "2026-09", 25, 25, 0,
                 "2026-10-25T00:00:00Z", "2026-10-26T01:00:00Z", "2026-10-26T01:00:00Z"},
        TimesRow{"ADayThatBeginsAtOneOClock", "America/Santiago", "2026-08", 6, 6, 0,
                 "2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z", "2026-09-07T03:00:00Z"}),
    [](const auto& row) { return row.param.name; });

TEST(ReviewTimesTest, TheMonthIsThatOfTheZone) {
  const auto times = TimesOf({"platform", "Europe/Zurich"}, Month("2026-10"), ShiftingZones());

  EXPECT_EQ(base::FormatTime(times->month_start), "2026-09-30T22:00:00Z");
  EXPECT_EQ(base::FormatTime(times->month_end), "2026-10-31T23:00:00Z");
}

struct EdgeRow {
  const char* name;
  const char* now;
  std::vector<std::string> open;
  std::vector<std::string> frozen_since;
};

class ReviewEdgeTest : public ::testing::TestWithParam<EdgeRow> {};

// Made on 20 March, never reviewed.
TEST_P(ReviewEdgeTest, IsExactToTheSecond) {
  EXPECT_EQ(Open(Budget(), {}, GetParam().now), GetParam().open);
  EXPECT_EQ(FrozenSince(Budget(), {}, GetParam().now), GetParam().frozen_since);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ReviewEdgeTest,
    ::testing::Values(
        EdgeRow{"WhenItIsMade", "2026-03-20T12:00:00Z", {}, {}},
        EdgeRow{"ASecondBeforeTheCadenceDay", "2026-03-31T23:59:59Z", {}, {}},
        EdgeRow{"TheCadenceDay", "2026-04-01T00:00:00Z", {"2026-03"}, {}},
        EdgeRow{"ASecondIntoIt", "2026-04-01T00:00:01Z", {"2026-03"}, {}},
        EdgeRow{"OverdueButInGrace", "2026-04-06T00:00:01Z", {"2026-03"}, {}},
        EdgeRow{"ASecondBeforeItFreezes", "2026-04-08T23:59:59Z", {"2026-03"}, {}},
        EdgeRow{"ItFreezes", "2026-04-09T00:00:00Z", {"2026-03"}, {"2026-04-09T00:00:00Z"}},
        EdgeRow{"ASecondLater", "2026-04-09T00:00:01Z", {"2026-03"}, {"2026-04-09T00:00:00Z"}},
        EdgeRow{"TheNextOneOpens",
                "2026-05-01T00:00:00Z",
                {"2026-03", "2026-04"},
                {"2026-04-09T00:00:00Z"}},
        EdgeRow{"BothFreeze",
                "2026-05-09T00:00:00Z",
                {"2026-03", "2026-04"},
                {"2026-04-09T00:00:00Z", "2026-05-09T00:00:00Z"}},
        EdgeRow{"TheThirdOpens",
                "2026-06-01T00:00:00Z",
                {"2026-03", "2026-04", "2026-05"},
                {"2026-04-09T00:00:00Z", "2026-05-09T00:00:00Z"}},
        EdgeRow{"TheThirdFreezesAndTheFirstIsHistory",
                "2026-06-09T00:00:00Z",
                {"2026-04", "2026-05"},
                {"2026-05-09T00:00:00Z", "2026-06-09T00:00:00Z"}}),
    [](const auto& row) { return row.param.name; });

TEST(ReviewCycleTest, ABudgetWithoutACadenceHasNoReviews) {
  resources::ErrorBudget budget = Budget();
  budget.review.reset();

  EXPECT_THAT(OverdueFreezes(budget, {}, ShiftingZones(), At("2030-01-01T00:00:00Z")), IsEmpty());
  EXPECT_THAT(Open(budget, {}, "2030-01-01T00:00:00Z"), IsEmpty());
  EXPECT_EQ(NextReviewChange(budget, ShiftingZones(), At("2026-01-01T00:00:00Z")), base::kNever);
}

TEST(ReviewCycleTest, SigningOffEndsTheFreezeOfThatMonthAlone) {
  EXPECT_THAT(FrozenSince(Budget(), Known({"2026-04"}), "2026-05-10T00:00:00Z"),
              ElementsAre("2026-04-09T00:00:00Z"));
  EXPECT_THAT(FrozenSince(Budget(), Known({"2026-03"}), "2026-05-10T00:00:00Z"),
              ElementsAre("2026-05-09T00:00:00Z"));
  EXPECT_THAT(FrozenSince(Budget(), Known({"2026-03", "2026-04"}), "2026-05-10T00:00:00Z"),
              IsEmpty());
}

TEST(ReviewCycleTest, ASignedReviewIsStillOpenToBeShown) {
  EXPECT_THAT(Open(Budget(), Known({"2026-03"}), "2026-04-20T00:00:00Z"), ElementsAre("2026-03"));
}

TEST(ReviewCycleTest, DeletingAReviewDoesNotThaw) {
  const std::string now = "2026-05-10T00:00:00Z";

  EXPECT_EQ(FrozenSince(Budget(), Known({}, {"2026-03", "2026-04"}), now),
            FrozenSince(Budget(), {}, now));
}

TEST(ReviewCycleTest, MakingTheBudgetAnewDoesNotThawWhileItsReviewsAreThere) {
  resources::ErrorBudget anew = Budget();
  anew.meta.created = At("2026-05-09T12:00:00Z");

  EXPECT_THAT(FrozenSince(anew, {}, "2026-05-10T00:00:00Z"), IsEmpty());
  EXPECT_THAT(FrozenSince(anew, Known({}, {"2026-03"}), "2026-05-10T00:00:00Z"),
              ElementsAre("2026-04-09T00:00:00Z", "2026-05-09T00:00:00Z"));
}

TEST(ReviewCycleTest, ACadenceForAnOldBudgetAsksForTwoMonths) {
  resources::ErrorBudget old = Budget();
  for (const char* created : {"1970-01-01T00:00:00Z", "2020-02-02T00:00:00Z"}) {
    old.meta.created = At(created);

    EXPECT_THAT(FrozenSince(old, {}, "2026-11-20T00:00:00Z"),
                ElementsAre("2026-10-09T00:00:00Z", "2026-11-09T00:00:00Z"));
    EXPECT_THAT(Open(old, {}, "2026-11-20T00:00:00Z"), ElementsAre("2026-09", "2026-10"));
  }
}

TEST(ReviewCycleTest, ALongGraceKeepsMoreThanTwoReviewsOpenAndFreezesNoGap) {
  resources::ErrorBudget slow = Budget();
  slow.review = ReviewCadence{"platform", "Etc/UTC", 1, 28, 27};

  // March freezes on 26 May, April on 25 June, May on 26 July.
  EXPECT_THAT(Open(slow, {}, "2026-06-01T00:00:00Z"), ElementsAre("2026-03", "2026-04", "2026-05"));
  EXPECT_THAT(FrozenSince(slow, {}, "2026-05-25T23:59:59Z"), IsEmpty());
  EXPECT_THAT(FrozenSince(slow, {}, "2026-06-24T23:59:59Z"), ElementsAre("2026-05-26T00:00:00Z"));
  EXPECT_THAT(FrozenSince(slow, {}, "2026-07-25T23:59:59Z"),
              ElementsAre("2026-05-26T00:00:00Z", "2026-06-25T00:00:00Z"));
}

TEST(ReviewCycleTest, NothingOlderThanTheMonthsBackIsAskedFor) {
  resources::ErrorBudget slow = Budget();
  slow.meta.created = base::Time{};
  slow.review = ReviewCadence{"platform", "America/Santiago", 28, 28, 27};
  for (base::Time now = At("2026-06-01T00:00:00Z"); now < At("2027-06-01T00:00:00Z");
       now += std::chrono::hours(6)) {
    const std::chrono::year_month_day today(std::chrono::floor<std::chrono::days>(now));

    const auto open = OpenReviews(slow, {}, ShiftingZones(), now);

    ASSERT_GE(open->front().month,
              today.year() / today.month() - std::chrono::months(kReviewMonthsBack));
  }
}

TEST(ReviewCycleTest, WhatWasComputedEarlierFreezesInTimeAllTheSame) {
  const auto computed =
      OverdueFreezes(Budget(), Known({"2026-03"}), ShiftingZones(), At("2026-04-20T00:00:00Z"));

  ASSERT_THAT(computed, SizeIs(3));
  EXPECT_EQ(base::FormatTime(computed[0].from), "2026-05-09T00:00:00Z");
  EXPECT_EQ(base::FormatTime(computed[1].from), "2026-06-09T00:00:00Z");
  EXPECT_EQ(base::FormatTime(computed[2].from), "2026-07-09T00:00:00Z");
}

// Webhooks compute ahead: what they say later must be what they would say anew.
TEST(ReviewCycleTest, WhatWasComputedEarlierSaysTheSameAsWhatIsComputedAnew) {
  const KnownReviews known = Known({"2026-01", "2026-02"}, {"2026-03"});
  const base::Time start = At("2026-04-20T00:00:00Z");
  const auto ahead = OverdueFreezes(Budget(), known, ShiftingZones(), start);

  for (int hours = 0; hours < 24 * 60; ++hours) {
    const base::Time now = start + std::chrono::hours(hours);
    const auto anew = OverdueFreezes(Budget(), known, ShiftingZones(), now);
    const auto frozen = [&](const std::vector<Freeze>& freezes) {
      std::vector<std::string> since;
      for (const Freeze& freeze : freezes) {
        if (InForce(freeze, now)) since.push_back(base::FormatTime(freeze.from));
      }
      return since;
    };
    ASSERT_EQ(frozen(ahead), frozen(anew)) << base::FormatTime(now);
  }
}

TEST(ReviewCycleTest, HistoryDoesNotOpenByItselfInTheEyesOfPeople) {
  for (const Freeze& freeze :
       OverdueFreezes(Budget(), Known({"2026-03"}), ShiftingZones(), At("2026-04-20T00:00:00Z"))) {
    EXPECT_FALSE(OpensByItself(freeze));
  }
}

TEST(ReviewCycleTest, SaysWhatToDoAboutAnOverdueReview) {
  const auto freezes =
      OverdueFreezes(Budget(), Known({}, {"2026-03"}), ShiftingZones(), At("2026-05-10T00:00:00Z"));

  EXPECT_EQ(freezes[0].cause, FreezeCause::kBudgetReviewOverdue);
  EXPECT_EQ(freezes[0].source, "ErrorBudget shop/gift-cards");
  EXPECT_EQ(freezes[0].message,
            "the review of 2026-03 was due on 2026-04-06T00:00:00Z and is not signed off; the "
            "people of platform sign it with `launchgate sign -n shop --budget-review "
            "gift-cards-2026-03`");
  EXPECT_THAT(freezes[1].message, HasSubstr("BudgetReview gift-cards-2026-04 does not exist"));
}

TEST(ReviewCycleTest, AZoneThatCannotBeReadFreezesAndSaysSo) {
  resources::ErrorBudget budget = Budget();
  budget.review->time_zone = "Mars/Olympus";

  const auto freezes = OverdueFreezes(budget, Known({"2026-03", "2026-04"}), ShiftingZones(),
                                      At("2026-05-02T00:00:00Z"));

  ASSERT_THAT(freezes, SizeIs(1));
  EXPECT_TRUE(InForce(freezes[0], At("2026-05-02T00:00:00Z")));
  EXPECT_THAT(freezes[0].message, HasSubstr("there is no such time zone"));
  EXPECT_THAT(freezes[0].message, HasSubstr("spec.review.timeZone"));
  EXPECT_FALSE(OpenReviews(budget, {}, ShiftingZones(), At("2026-05-02T00:00:00Z")));
}

struct NextRow {
  const char* name;
  const char* now;
  const char* next;
};

class NextReviewChangeTest : public ::testing::TestWithParam<NextRow> {};

TEST_P(NextReviewChangeTest, IsTheNextOfAllInstants) {
  EXPECT_EQ(base::FormatTime(NextReviewChange(Budget(), ShiftingZones(), At(GetParam().now))),
            GetParam().next);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, NextReviewChangeTest,
    ::testing::Values(NextRow{"BeforeTheCadenceDay", "2026-10-31T23:59:59Z",
                              "2026-11-01T00:00:00Z"},
                      NextRow{"OnIt", "2026-11-01T00:00:00Z", "2026-11-06T00:00:00Z"},
                      NextRow{"Due", "2026-11-06T00:00:00Z", "2026-11-09T00:00:00Z"},
                      NextRow{"Frozen", "2026-11-09T00:00:00Z", "2026-12-01T00:00:00Z"},
                      NextRow{"NewYear", "2026-12-31T12:00:00Z", "2027-01-01T00:00:00Z"}),
    [](const auto& row) { return row.param.name; });

TEST(NextReviewChangeTest, KnowsInstantsOfAReviewTwoMonthsBack) {
  resources::ErrorBudget slow = Budget();
  slow.review = ReviewCadence{"platform", "Etc/UTC", 28, 28, 27};

  EXPECT_EQ(base::FormatTime(NextReviewChange(slow, ShiftingZones(), At("2026-12-01T00:00:00Z"))),
            "2026-12-26T00:00:00Z");
}

// Computing anew at NextReviewChange() misses nothing: between two of them the
// answer stays what it was.
TEST(ReviewCycleTest, NothingHappensBetweenTheInstantsThatItAnnounces) {
  for (const ReviewCadence& cadence : {ReviewCadence{"platform", "Europe/Zurich", 1, 5, 3},
                                       ReviewCadence{"platform", "America/Santiago", 6, 28, 27}}) {
    resources::ErrorBudget budget = Budget();
    budget.review = cadence;
    const ShiftingZones zones;
    base::Time next = NextReviewChange(budget, zones, budget.meta.created);
    auto open = OpenReviews(budget, {}, zones, budget.meta.created)->size();
    for (base::Time now = budget.meta.created; now < At("2027-06-01T00:00:00Z");
         now += std::chrono::hours(1)) {
      const auto seen = OpenReviews(budget, {}, zones, now)->size();
      if (now >= next) {
        next = NextReviewChange(budget, zones, now);
        open = seen;
      }
      ASSERT_EQ(seen, open) << base::FormatTime(now);
      ASSERT_GT(next, now);
    }
  }
}

TEST(FiguresSpanTest, IsTheMonthWhereEventsAreRecorded) {
  const auto times = *TimesOf(*Budget().review, Month("2026-10"), ShiftingZones());
  const resources::BudgetWindow month{resources::WindowKind::kCalendarMonth, {}, "Etc/UTC"};
  const resources::BudgetWindow rolling{resources::WindowKind::kRolling, std::chrono::hours(672),
                                        ""};

  for (const auto& window : {month, rolling}) {
    const WindowSpan span = FiguresSpan(window, times);
    EXPECT_EQ(base::FormatTime(span.start), "2026-10-01T00:00:00Z");
    EXPECT_EQ(base::FormatTime(span.end), "2026-11-01T00:00:00Z");
    EXPECT_EQ(span.whole_end, span.end);
  }
}

TEST(FiguresSpanTest, IsTheLastShortWindowOfTheMonthOtherwise) {
  const auto times = *TimesOf(*Budget().review, Month("2026-10"), ShiftingZones());

  const WindowSpan span =
      FiguresSpan({resources::WindowKind::kRolling, std::chrono::hours(2), ""}, times);

  EXPECT_EQ(base::FormatTime(span.start), "2026-10-31T22:00:00Z");
  EXPECT_EQ(base::FormatTime(span.end), "2026-11-01T00:00:00Z");
}

}  // namespace
}  // namespace launchgate::budget
