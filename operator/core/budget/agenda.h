// The agenda of a monthly review: what the people who sign it off look at. Taken
// once, when the review is opened, and kept in its status; a sign-off binds its
// digest. Pure functions, safe from any thread.
#pragma once

#include <vector>

#include "core/base/time.h"
#include "core/budget/freeze.h"
#include "core/budget/review_cycle.h"
#include "core/budget/window.h"
#include "core/json/json.h"
#include "core/resources/budget_review_status.h"
#include "core/resources/error_budget.h"

namespace launchgate::budget {

// All that may be said about a month. What does not belong to it is left out by
// BuildAgenda(), so whoever gathers needs no calendar.
struct AgendaMaterial {
  // As Assess() gives it for FiguresSpan().
  resources::ErrorBudgetStatus figures;
  std::vector<Freeze> freezes;
  std::vector<resources::AgendaOverride> overrides;
  std::vector<resources::AgendaCondition> conditions;
  std::vector<resources::AgendaEvidence> evidence;
  std::vector<resources::AgendaAction> actions;  // Of the review before.
};

// Whether the agenda can be taken with these figures: every objective is known,
// or it was waited for them for kFiguresPatience since the review was opened.
// Better an agenda that says what is unknown than a review that cannot be signed.
bool FiguresWillDo(const resources::ErrorBudget& budget,
                   const resources::ErrorBudgetStatus& figures, const ReviewTimes& times,
                   base::Time now);
inline constexpr base::Duration kFiguresPatience = std::chrono::hours(6);

// Kept of the material: freezes that were in force in the month and had begun by
// `now`; overrides issued in it; conditions due and evidence that ends before
// `next_opened_at`, when the review after this one is opened; every action.
// Ordered by time, the most pressing first, within the bounds of
// budget_review_status.h; `omitted` counts the rest. Texts are printable.
resources::BudgetAgenda BuildAgenda(const resources::ErrorBudget& budget, const ReviewTimes& times,
                                    base::Time next_opened_at, const AgendaMaterial& material,
                                    base::Time now);

// status.agenda (crds/budgetreviews.yaml). Reading it gives the same agenda.
json::Json AgendaJson(const resources::BudgetAgenda& agenda);

// What a sign-off binds: BudgetReviewStatus::agenda_digest once it is stored.
std::string AgendaDigest(const resources::BudgetAgenda& agenda);

}  // namespace launchgate::budget
