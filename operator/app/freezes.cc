#include "app/freezes.h"

#include <algorithm>
#include <iterator>

#include "core/budget/budget_freezes.h"
#include "core/budget/calendar.h"

namespace launchgate::app {
namespace {

std::vector<budget::Freeze> BudgetFreezes(const resources::LaunchReview& review,
                                          const FreezeSources& sources) {
  if (review.error_budget.empty()) return {};
  if (sources.budget == nullptr) {
    return {budget::MissingBudget(review.meta.ns, review.error_budget)};
  }
  return budget::FreezesOf(*sources.budget, *sources.budget_problems);
}

}  // namespace

base::Time CalendarStart(base::Time now) {
  return base::Time(now.time_since_epoch() / kCalendarStep * kCalendarStep);
}

std::vector<budget::Freeze> FreezesAbout(const resources::LaunchReview& review,
                                         const FreezeSources& sources,
                                         const budget::TimeZones& zones, base::Time start) {
  std::vector<budget::Freeze> freezes;
  if (sources.with_budget) freezes = BudgetFreezes(review, sources);
  for (const SelectedWindow& selected : sources.windows) {
    std::ranges::move(budget::FreezesOf(*selected.window, *selected.problems, zones, start,
                                        start + kCalendarHorizon),
                      std::back_inserter(freezes));
  }
  return freezes;
}

}  // namespace launchgate::app
