// When the monthly review of a budget is opened, due and overdue, and what an
// unsigned one freezes.
//
// The rules, in one place:
// - The review `<budget>-<yyyy-mm>` is about the calendar month yyyy-mm in the
//   cadence's time zone. It is opened when cadence_day of the following month
//   begins, should be signed off by the end of due_day of that month, and freezes
//   launches from the end of due_day + grace_days on, until it is signed off.
// - The first month that needs a review is the one in which the budget was
//   created, or an earlier one of which a BudgetReview exists: deleting a budget
//   and making it again does not begin anew. A budget that does not say when it
//   was created counts as old.
// - Of the months whose freezes_at has passed, the latest kMaxRequiredReviews must
//   be signed off; older ones are history. So a cadence that is added to an old
//   budget asks for that many reviews at once and for no more.
// - What is not there is not signed: a BudgetReview that was deleted, or never
//   created, freezes like one that nobody signed. So does a zone that cannot be read.
//
// Everything here is computed from objects alone, so that webhook, controller and
// command line say the same. Pure functions, safe from any thread.
#pragma once

#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/budget/freeze.h"
#include "core/budget/time_zone.h"
#include "core/budget/window.h"
#include "core/resources/error_budget.h"

namespace launchgate::budget {

// Reviews that are asked for at one instant, at most.
inline constexpr int kMaxRequiredReviews = 2;
// Reviews that will freeze later are told so far ahead: whoever computes freezes
// must do so again by the end of this many months. Until then they only grow.
inline constexpr int kReviewMonthsAhead = 2;
// A month that lies further back is history, by any cadence and in any zone.
inline constexpr int kReviewMonthsBack = 5;

// The instants of one month's review.
struct ReviewTimes {
  std::chrono::year_month month;
  base::Time month_start{};  // The month is [month_start, month_end).
  base::Time month_end{};
  base::Time opened_at{};
  base::Time due_at{};      // The end of due_day.
  base::Time freezes_at{};  // The end of due_day + grace_days.
};

// kNotFound and kUnavailable as TimeZones::Find().
base::Result<ReviewTimes> TimesOf(const resources::ReviewCadence& cadence,
                                  std::chrono::year_month month, const TimeZones& zones);

// What is known of the BudgetReviews of one budget, by month.
struct KnownReviews {
  std::set<std::chrono::year_month> existing;
  std::set<std::chrono::year_month> signed_off;  // Whose sign-offs fulfil the quorum.
  // When some of this changes although no object does; kNever: not foreseeable.
  base::Time holds_until = base::kNever;
};

// The months that need a BudgetReview object at `now`, oldest first: those that
// are opened and neither history nor from before the first month. Signed ones
// included. Empty for a budget without a cadence. Errors as TimesOf().
base::Result<std::vector<ReviewTimes>> OpenReviews(const resources::ErrorBudget& budget,
                                                   const KnownReviews& known,
                                                   const TimeZones& zones, base::Time now);

// One BudgetReviewOverdue for each review that is not signed off and freezes at
// `now` or within kReviewMonthsAhead, oldest first, each from its freezes_at on and
// until it is history: what is said of a later instant is what would be said then.
std::vector<Freeze> OverdueFreezes(const resources::ErrorBudget& budget, const KnownReviews& known,
                                   const TimeZones& zones, base::Time now);

// The next instant after `now` at which a review of this budget is opened, due or
// freezes; kNever without a cadence or a zone.
base::Time NextReviewChange(const resources::ErrorBudget& budget, const TimeZones& zones,
                            base::Time now);

// The stretch of time over which the figures of a month's review are computed: the
// month itself where events are recorded (questions.h). A short window that is
// computed from the expressions is too short for that: its last one in the month.
WindowSpan FiguresSpan(const resources::BudgetWindow& window, const ReviewTimes& times);

}  // namespace launchgate::budget
