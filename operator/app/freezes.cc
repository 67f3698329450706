#include "app/freezes.h"

#include <algorithm>
#include <iterator>

#include "core/budget/budget_freezes.h"
#include "core/budget/calendar.h"

namespace launchgate::app {

base::Time CalendarStart(base::Time now) {
  return base::Time(now.time_since_epoch() / kCalendarStep * kCalendarStep);
}

std::vector<budget::Freeze> FreezesOf(const std::vector<SelectedWindow>& windows,
                                      const budget::TimeZones& zones, base::Time start) {
  std::vector<budget::Freeze> all;
  for (const SelectedWindow& selected : windows) {
    auto freezes = budget::FreezesOf(*selected.window, *selected.problems, zones, start,
                                     start + kCalendarHorizon);
    std::ranges::move(freezes, std::back_inserter(all));
  }
  return all;
}

std::vector<budget::Freeze> FreezesAbout(const resources::LaunchReview& review,
                                         const resources::ErrorBudget* budget,
                                         const std::vector<json::Problem>& problems) {
  if (review.error_budget.empty()) return {};
  if (budget == nullptr) return {budget::MissingBudget(review.meta.ns, review.error_budget)};
  return budget::FreezesOf(*budget, problems);
}

}  // namespace launchgate::app
