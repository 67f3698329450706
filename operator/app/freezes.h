// The freezes that concern a review, from the objects alone: the webhook, the
// controller and the command line all ask here, so that they say the same.
#pragma once

#include <vector>

#include "core/budget/freeze.h"
#include "core/json/reader.h"
#include "core/resources/error_budget.h"
#include "core/resources/launch_review.h"

namespace launchgate::app {

// `budget` is the one that the review names, null when it does not exist;
// `problems` is what is wrong with it. Pure, safe from any thread.
std::vector<budget::Freeze> FreezesAbout(const resources::LaunchReview& review,
                                         const resources::ErrorBudget* budget,
                                         const std::vector<json::Problem>& problems);

}  // namespace launchgate::app
