// The status of a BudgetReview as JSON (crds/budgetreviews.yaml).
#pragma once

#include <optional>
#include <vector>

#include "core/base/time.h"
#include "core/budget/review_cycle.h"
#include "core/json/json.h"
#include "core/json/reader.h"
#include "core/resources/budget_review.h"
#include "core/verdict/sign_off_standing.h"

namespace launchgate::decision {

// The whole `status`: conditions Ready (there is an agenda to sign), SignedOff and
// Overdue. `previous` is the status that stands, as JSON: its agenda is kept to the
// byte, because it is what people signed, and a condition keeps its transition time
// while its status stays. `agenda` is the one to use where there is none yet;
// nothing: it is still waited for. `problems`: what is wrong with the review.
json::Json BudgetReviewStatusJson(const resources::BudgetReview& review,
                                  const std::vector<json::Problem>& problems,
                                  const budget::ReviewTimes& times,
                                  const verdict::SignOffStanding& standing,
                                  const std::optional<resources::BudgetAgenda>& agenda,
                                  const json::Json& previous, base::Time now);

}  // namespace launchgate::decision
