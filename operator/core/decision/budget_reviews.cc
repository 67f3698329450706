#include "core/decision/budget_reviews.h"

#include <algorithm>
#include <utility>

#include "core/base/text.h"

namespace launchgate::decision {
namespace {

using resources::BudgetReview;
using std::chrono::days;
using std::chrono::months;
using std::chrono::year_month;
using verdict::SignOffStanding;

bool IsAbout(const BudgetReview& review, const resources::ErrorBudget& budget) {
  return review.meta.ns == budget.meta.ns && review.budget == budget.meta.name && review.month.ok();
}

SignOffStanding NotSigned(std::string missing) {
  SignOffStanding standing;
  standing.missing.push_back(std::move(missing));
  return standing;
}

// Why the authority signs nothing off; empty when it may.
std::string WhyNoAuthority(const BudgetReviewInputs& inputs) {
  const auto& cadence = inputs.budget->review;
  if (!cadence) return "a cadence: the ErrorBudget has no spec.review";
  const std::string name = "LaunchAuthority " + base::Quote(cadence->authority);
  if (inputs.authority == nullptr) return name + ", which does not exist";
  if (!inputs.authority_problems.empty()) return name + " without its problems";
  if (!inputs.authority_serves_namespace) {
    return name + " for this namespace: it is not among its spec.namespaces";
  }
  return "";
}

}  // namespace

verdict::SignOffSubject SubjectOf(const BudgetReviewInputs& inputs, const BudgetReview& review) {
  const resources::Meta& budget = inputs.budget->meta;
  return {inputs.cluster_id,
          budget.ns,
          budget.name,
          budget.uid,
          resources::FormatMonth(review.month),
          review.status.agenda_digest};
}

SignOffStanding StandingOf(const BudgetReviewInputs& inputs, const StoredReview& stored,
                           const verdict::SignatureVerifier& verifier, base::Time now) {
  if (!stored.usable) return NotSigned("a BudgetReview that can be read without a problem");
  if (std::string why = WhyNoAuthority(inputs); !why.empty()) return NotSigned(std::move(why));
  return verdict::JudgeSignOffs(stored.review->sign_offs, *inputs.authority,
                                SubjectOf(inputs, *stored.review), verifier, inputs.origin, now);
}

budget::KnownReviews KnownReviewsOf(const BudgetReviewInputs& inputs,
                                    const verdict::SignatureVerifier& verifier, base::Time now) {
  const std::chrono::year_month_day today(std::chrono::floor<days>(now));
  const year_month oldest = today.year() / today.month() - months(budget::kReviewMonthsBack);
  budget::KnownReviews known;
  for (const StoredReview& stored : inputs.reviews) {
    if (!IsAbout(*stored.review, *inputs.budget)) continue;
    const year_month month = stored.review->month;
    known.existing.insert(month);
    if (month < oldest || known.signed_off.contains(month)) continue;
    const SignOffStanding standing = StandingOf(inputs, stored, verifier, now);
    if (standing.signed_off) known.signed_off.insert(month);
    known.holds_until = std::min(known.holds_until, standing.next_change);
  }
  return known;
}

std::vector<budget::Freeze> ReviewFreezes(const BudgetReviewInputs& inputs,
                                          const budget::TimeZones& zones,
                                          const verdict::SignatureVerifier& verifier,
                                          base::Time now) {
  std::vector<budget::Freeze> freezes;
  if (!inputs.budget->review) return freezes;
  for (base::Time from = now; from != base::kNever;) {
    const budget::KnownReviews known = KnownReviewsOf(inputs, verifier, from);
    for (budget::Freeze& freeze : budget::OverdueFreezes(*inputs.budget, known, zones, from)) {
      if (from != now) freeze.from = std::max(freeze.from, from);
      freeze.until = std::min(freeze.until, known.holds_until);
      if (freeze.from < freeze.until) freezes.push_back(std::move(freeze));
    }
    from = known.holds_until;
  }
  return freezes;
}

}  // namespace launchgate::decision
