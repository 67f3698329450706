#include "app/freezes.h"

#include "core/budget/budget_freezes.h"

namespace launchgate::app {

std::vector<budget::Freeze> FreezesAbout(const resources::LaunchReview& review,
                                         const resources::ErrorBudget* budget,
                                         const std::vector<json::Problem>& problems) {
  if (review.error_budget.empty()) return {};
  if (budget == nullptr) return {budget::MissingBudget(review.meta.ns, review.error_budget)};
  return budget::FreezesOf(*budget, problems);
}

}  // namespace launchgate::app
