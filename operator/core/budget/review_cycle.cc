#include "core/budget/review_cycle.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "core/budget/questions.h"
#include "core/resources/budget_review.h"

namespace launchgate::budget {
namespace {

using base::Time;
using resources::ErrorBudget;
using resources::ReviewCadence;
using std::chrono::days;
using std::chrono::months;
using std::chrono::sys_days;
using std::chrono::year_month;
using std::chrono::year_month_day;

// A review is overdue at the latest so many months after its own: day 28 of the
// following month and 27 days.
constexpr int kMaxMonthsToFreeze = 2;

year_month_day DayAfter(year_month_day day, int count) {
  return year_month_day(sys_days(day) + days(count));
}

year_month MonthAt(Time instant, const TimeZone& zone) {
  const year_month_day today(std::chrono::floor<days>(zone.WallAt(instant)));
  return today.year() / today.month();
}

ReviewTimes TimesIn(const ReviewCadence& cadence, year_month month, const TimeZone& zone) {
  const year_month next = month + months(1);
  const year_month_day due = next / cadence.due_day;
  return {month,
          StartOfDay(month / 1, zone),
          StartOfDay(next / 1, zone),
          StartOfDay(next / cadence.cadence_day, zone),
          StartOfDay(DayAfter(due, 1), zone),
          StartOfDay(DayAfter(due, 1 + cadence.grace_days), zone)};
}

year_month FirstMonth(const ErrorBudget& budget, const KnownReviews& known, const TimeZone& zone) {
  const year_month created = MonthAt(budget.meta.created, zone);
  return known.existing.empty() ? created : std::min(created, *known.existing.begin());
}

// The first month that is asked for at `now`: the earliest of the latest
// kMaxRequiredReviews whose freezes_at has passed, none before `first`.
year_month FirstRequired(const ReviewCadence& cadence, year_month first, const TimeZone& zone,
                         Time now) {
  year_month latest = MonthAt(now, zone);
  while (TimesIn(cadence, latest, zone).freezes_at > now) latest -= months(1);
  return std::max(first, latest - months(kMaxRequiredReviews - 1));
}

std::string SourceOf(const ErrorBudget& budget) { return "ErrorBudget " + budget.meta.Key(); }

// `history_at`: when nobody asks for this review any more.
Freeze OverdueFreeze(const ErrorBudget& budget, const KnownReviews& known, const ReviewTimes& times,
                     Time history_at) {
  const std::string name = resources::BudgetReviewName(budget.meta.name, times.month);
  const std::string remedy =
      known.existing.contains(times.month)
          ? fmt::format("the people of {} sign it with `launchgate sign -n {} --budget-review {}`",
                        budget.review->authority, budget.meta.ns, name)
          : fmt::format(
                "BudgetReview {} does not exist: ask the platform team whether "
                "launchgate's controller works",
                name);
  return {FreezeCause::kBudgetReviewOverdue, SourceOf(budget),
          fmt::format("the review of {} was due on {} and is not signed off; {}",
                      resources::FormatMonth(times.month), base::FormatTime(times.due_at), remedy),
          times.freezes_at, history_at};
}

Freeze UnknownZone(const ErrorBudget& budget, const base::Error& error) {
  return {FreezeCause::kBudgetReviewOverdue, SourceOf(budget),
          fmt::format("nobody can tell when its monthly review is due: {}; correct "
                      "spec.review.timeZone of the ErrorBudget",
                      error.message),
          Time::min(), base::kNever};
}

}  // namespace

base::Result<ReviewTimes> TimesOf(const ReviewCadence& cadence, year_month month,
                                  const TimeZones& zones) {
  const auto zone = zones.Find(cadence.time_zone);
  if (!zone) return tl::unexpected(zone.error());
  return TimesIn(cadence, month, **zone);
}

base::Result<std::vector<ReviewTimes>> OpenReviews(const ErrorBudget& budget,
                                                   const KnownReviews& known,
                                                   const TimeZones& zones, Time now) {
  std::vector<ReviewTimes> open;
  if (!budget.review) return open;
  const auto zone = zones.Find(budget.review->time_zone);
  if (!zone) return tl::unexpected(zone.error());
  year_month month = FirstRequired(*budget.review, FirstMonth(budget, known, **zone), **zone, now);
  for (;; month += months(1)) {
    const ReviewTimes times = TimesIn(*budget.review, month, **zone);
    if (times.opened_at > now) return open;
    open.push_back(times);
  }
}

std::vector<Freeze> OverdueFreezes(const ErrorBudget& budget, const KnownReviews& known,
                                   const TimeZones& zones, Time now) {
  std::vector<Freeze> freezes;
  if (!budget.review) return freezes;
  const auto zone = zones.Find(budget.review->time_zone);
  if (!zone) return {UnknownZone(budget, zone.error())};
  const year_month last = MonthAt(now, **zone) + months(kReviewMonthsAhead);
  year_month month = FirstRequired(*budget.review, FirstMonth(budget, known, **zone), **zone, now);
  for (; month <= last; month += months(1)) {
    if (known.signed_off.contains(month)) continue;
    const ReviewTimes replacing =
        TimesIn(*budget.review, month + months(kMaxRequiredReviews), **zone);
    freezes.push_back(
        OverdueFreeze(budget, known, TimesIn(*budget.review, month, **zone), replacing.freezes_at));
  }
  return freezes;
}

Time NextReviewChange(const ErrorBudget& budget, const TimeZones& zones, Time now) {
  if (!budget.review) return base::kNever;
  const auto zone = zones.Find(budget.review->time_zone);
  if (!zone) return base::kNever;
  Time next = base::kNever;
  const year_month current = MonthAt(now, **zone);
  for (int offset = -kMaxMonthsToFreeze; offset <= 0; ++offset) {
    const ReviewTimes times = TimesIn(*budget.review, current + months(offset), **zone);
    for (const Time instant : {times.opened_at, times.due_at, times.freezes_at}) {
      if (instant > now) next = std::min(next, instant);
    }
  }
  return next;
}

WindowSpan FiguresSpan(const resources::BudgetWindow& window, const ReviewTimes& times) {
  const Time start = IsRecorded(window)
                         ? times.month_start
                         : std::max(times.month_start, times.month_end - window.length);
  return {start, times.month_end, times.month_end};
}

}  // namespace launchgate::budget
