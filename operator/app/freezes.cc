#include "app/freezes.h"

#include <algorithm>
#include <iterator>

#include "core/budget/budget_freezes.h"
#include "core/budget/calendar.h"

namespace launchgate::app {
namespace {

std::vector<budget::Freeze> BudgetFreezes(const resources::LaunchReview& review,
                                          const FreezeSources& sources, const FreezeRules& rules,
                                          base::Time now) {
  if (review.error_budget.empty()) return {};
  if (sources.budget == nullptr) {
    return {budget::MissingBudget(review.meta.ns, review.error_budget)};
  }
  auto freezes = budget::FreezesOf(*sources.budget, *sources.budget_problems);
  // One that cannot be read freezes by itself; its cadence may be what is wrong.
  if (!sources.budget_problems->empty() || !sources.reviews) return freezes;
  std::ranges::move(decision::ReviewFreezes(*sources.reviews, rules.zones, rules.verifier, now),
                    std::back_inserter(freezes));
  return freezes;
}

}  // namespace

base::Time CalendarStart(base::Time now) {
  return base::Time(now.time_since_epoch() / kCalendarStep * kCalendarStep);
}

bool FollowACalendar(const resources::ErrorBudget* budget, bool any_window) {
  return any_window || (budget != nullptr && budget->review);
}

bool FollowACalendar(const FreezeSources& sources) {
  return FollowACalendar(sources.budget, !sources.windows.empty());
}

std::vector<budget::Freeze> FreezesAbout(const resources::LaunchReview& review,
                                         const FreezeSources& sources, const FreezeRules& rules,
                                         base::Time now) {
  std::vector<budget::Freeze> freezes;
  if (sources.with_budget) freezes = BudgetFreezes(review, sources, rules, now);
  const base::Time start = CalendarStart(now);
  for (const SelectedWindow& selected : sources.windows) {
    std::ranges::move(budget::FreezesOf(*selected.window, *selected.problems, rules.zones, start,
                                        start + kCalendarHorizon),
                      std::back_inserter(freezes));
  }
  return freezes;
}

}  // namespace launchgate::app
