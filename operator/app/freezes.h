// The freezes that concern a review, from the objects alone: the webhook, the
// controller and the command line all ask here, so that they say the same.
#pragma once

#include <optional>
#include <vector>

#include "core/base/time.h"
#include "core/budget/freeze.h"
#include "core/budget/time_zone.h"
#include "core/decision/budget_reviews.h"
#include "core/json/reader.h"
#include "core/resources/error_budget.h"
#include "core/resources/freeze_window.h"
#include "core/resources/launch_review.h"
#include "core/verdict/signature.h"

namespace launchgate::app {

// Calendars are laid out for some time ahead, anew every hour, so that facts that
// were made from them stay the same in between.
inline constexpr base::Duration kCalendarStep = std::chrono::hours(1);
inline constexpr base::Duration kCalendarHorizon = std::chrono::hours(49);
// The beginning of the hour of `now`: from where calendars are laid out.
base::Time CalendarStart(base::Time now);

// A FreezeWindow that selects the review's namespace; both never null.
struct SelectedWindow {
  const resources::FreezeWindow* window = nullptr;
  const std::vector<json::Problem>* problems = nullptr;
};
// What can freeze a review. All of it outlives the struct.
struct FreezeSources {
  // The ErrorBudget that the review names, and what is wrong with it. Null: it does
  // not exist, which freezes.
  const resources::ErrorBudget* budget = nullptr;
  const std::vector<json::Problem>* budget_problems = nullptr;
  // False: how much is left of a budget is not part of the question.
  bool with_budget = true;
  std::vector<SelectedWindow> windows;
  // What the monthly reviews of `budget` are judged by. Nothing: they are not part of
  // the question, or there is no budget.
  std::optional<decision::BudgetReviewInputs> reviews;
};
// What freezes are computed with; outlives the struct.
struct FreezeRules {
  const budget::TimeZones& zones;
  const verdict::SignatureVerifier& verifier;
};

// Everything that freezes the review in the kCalendarHorizon from CalendarStart(now)
// on, said at `now`. Pure but for the rules, safe from any thread.
std::vector<budget::Freeze> FreezesAbout(const resources::LaunchReview& review,
                                         const FreezeSources& sources, const FreezeRules& rules,
                                         base::Time now);
// Whether these freezes are to be computed anew after the kCalendarStep. `budget` may
// be null.
bool FollowACalendar(const resources::ErrorBudget* budget, bool any_window);
bool FollowACalendar(const FreezeSources& sources);

}  // namespace launchgate::app
