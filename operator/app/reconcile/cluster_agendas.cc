#include "app/reconcile/cluster_agendas.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/budget/budget_freezes.h"
#include "core/budget/calendar.h"
#include "core/decision/agenda_material.h"
#include "core/decision/assemble.h"

namespace launchgate::app {

using budget::AgendaMaterial;
using budget::ReviewTimes;
using resources::ErrorBudget;

AgendaMaterial ClusterAgendas::MaterialOf(const ErrorBudget& budget, const ReviewTimes& times,
                                          base::Time now, std::stop_token stop) {
  AgendaMaterial material;
  material.figures = FiguresOf(budget, times, now, std::move(stop));
  AddFreezes(budget, times, now, material);
  AddServices(budget, now, material);
  return material;
}

// The month as it was, whatever the budget's own window says now: what the status
// remembers of that window is no part of it.
resources::ErrorBudgetStatus ClusterAgendas::FiguresOf(const ErrorBudget& budget,
                                                       const ReviewTimes& times, base::Time now,
                                                       std::stop_token stop) {
  ErrorBudget of_the_month = budget;
  of_the_month.status = {};
  const budget::WindowSpan span = budget::FiguresSpan(budget.window, times);
  const auto observations =
      evaluator_.Observe(of_the_month, span, WithHistory::kYes, now, std::move(stop));
  return budget::Assess(of_the_month, span, observations, now);
}

void ClusterAgendas::AddFreezes(const ErrorBudget& budget, const ReviewTimes& times, base::Time now,
                                AgendaMaterial& material) const {
  const auto add = [&](std::vector<budget::Freeze> freezes) {
    std::ranges::move(freezes, std::back_inserter(material.freezes));
  };
  add(budget::PastFreezesOf(budget));
  add(budget::FreezesOf(budget, {}));
  const BudgetReviewsInput reviews = cluster_.ReviewsOf(budget);
  add(decision::ReviewFreezes(InputsOf(reviews), zones_, verifier_, now));
  for (const auto& record : cluster_.WindowsOf(budget.meta.ns)) {
    add(budget::FreezesOf(record->window, record->problems, zones_, times.month_start,
                          times.month_end));
  }
}

void ClusterAgendas::AddServices(const ErrorBudget& budget, base::Time now,
                                 AgendaMaterial& material) const {
  for (const auto& entry : cluster_.reviews().Snapshot(budget.meta.ns)) {
    const resources::LaunchReview& review = entry.value->review;
    if (review.error_budget != budget.meta.name) continue;
    const auto checklist = cluster_.checklists().Get({"", review.checklist});
    const auto authority = cluster_.authorities().Get({"", review.authority});
    decision::ReviewInputs inputs = InputsOf(*entry.value, checklist.get(), authority.get());
    for (const auto& record : cluster_.VerdictsOf(review)) {
      inputs.verdicts.push_back(record->verdict);
    }
    inputs.cluster_id = cluster_.ClusterId();
    inputs.findings = decision::RecordedFindings(review);
    decision::AddService(*decision::Assemble(inputs, verifier_), now, material);
  }
}

}  // namespace launchgate::app
