// From objects to what the monthly reviews of one budget freeze: the one way,
// used by the webhook, the controller and the command line. The rules are those
// of core/budget/review_cycle.h (when) and core/verdict/sign_off_standing.h (who).
#pragma once

#include <string>
#include <vector>

#include "core/budget/freeze.h"
#include "core/budget/review_cycle.h"
#include "core/budget/time_zone.h"
#include "core/resources/budget_review.h"
#include "core/resources/error_budget.h"
#include "core/verdict/sign_off_standing.h"

namespace launchgate::decision {

struct StoredReview {
  const resources::BudgetReview* review = nullptr;  // Required.
  bool usable = true;  // It was read without a problem. Another one exists and is unsigned.
};

struct BudgetReviewInputs {
  const resources::ErrorBudget* budget = nullptr;  // Required.
  // BudgetReviews of the budget's namespace; those of other budgets are passed over.
  std::vector<StoredReview> reviews;
  // The one that budget->review names. Null: does not exist.
  const verdict::TrustedAuthority* authority = nullptr;
  bool authority_serves_namespace = false;
  std::vector<std::string> authority_problems;
  std::string cluster_id;  // UID of the namespace kube-system.
  verdict::Origin origin = verdict::Origin::kCluster;
};

// What a sign-off of `review` must be about to count, and what `launchgate sign` signs.
verdict::SignOffSubject SubjectOf(const BudgetReviewInputs& inputs,
                                  const resources::BudgetReview& review);

// Where the authority is missing, wrong or not for this namespace, nothing counts,
// and `missing` says so.
verdict::SignOffStanding StandingOf(const BudgetReviewInputs& inputs, const StoredReview& stored,
                                    const verdict::SignatureVerifier& verifier, base::Time now);

// Only reviews that can still be asked for at `now` are verified: a budget keeps
// its history, and that shall not cost more every month.
budget::KnownReviews KnownReviewsOf(const BudgetReviewInputs& inputs,
                                    const verdict::SignatureVerifier& verifier, base::Time now);

// What the reviews freeze: budget::OverdueFreezes() of KnownReviewsOf(), which is said
// anew for each later instant at which a sign-off that is dated ahead begins to count.
std::vector<budget::Freeze> ReviewFreezes(const BudgetReviewInputs& inputs,
                                          const budget::TimeZones& zones,
                                          const verdict::SignatureVerifier& verifier,
                                          base::Time now);

}  // namespace launchgate::decision
