#include "app/reconcile/budget_review_reconciler.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "app/reconcile/conditions.h"
#include "core/decision/budget_review_status.h"

namespace launchgate::app {
namespace {

using budget::ReviewTimes;
using json::Json;
using resources::ErrorBudget;
using std::chrono::months;

kube::EventSubject SubjectOf(const char* kind, const resources::Meta& meta) {
  return {std::string(resources::kApiVersion), kind, {meta.ns, meta.name}, meta.uid};
}

// Only the months: which of them are signed does not decide what is opened.
budget::KnownReviews ExistingOf(const BudgetReviewsInput& input) {
  budget::KnownReviews known;
  for (const auto& record : input.reviews) {
    const resources::BudgetReview& review = record->review;
    if (review.budget == input.budget->meta.name && review.month.ok()) {
      known.existing.insert(review.month);
    }
  }
  return known;
}

// By name, not by what the object says of itself: a name can be taken only once.
const BudgetReviewRecord* Find(const BudgetReviewsInput& input, std::chrono::year_month month) {
  const std::string name = resources::BudgetReviewName(input.budget->meta.name, month);
  const auto found = std::ranges::find_if(
      input.reviews, [&](const auto& record) { return record->review.meta.name == name; });
  return found == input.reviews.end() ? nullptr : found->get();
}

Json NewReview(const ErrorBudget& budget, std::chrono::year_month month) {
  // No owner reference: the history outlives its budget.
  return {
      {"apiVersion", resources::kApiVersion},
      {"kind", "BudgetReview"},
      {"metadata",
       {{"name", resources::BudgetReviewName(budget.meta.name, month)},
        {"namespace", budget.meta.ns},
        {"labels", {{"app.kubernetes.io/managed-by", "launchgate"}}}}},
      {"spec",
       {{"budgetRef", {{"name", budget.meta.name}}}, {"month", resources::FormatMonth(month)}}}};
}

void CountUnsigned(const ReviewTimes& times, base::Time now, ReviewStates& states) {
  ++(now >= times.freezes_at ? states.overdue : states.open);
}

// The condition of this type; empty where there is none.
Json ConditionIn(const Json& status, std::string_view type) {
  const Json* found = resources::FindCondition(status, type);
  return found != nullptr ? *found : Json::object();
}

}  // namespace

std::vector<Notice> BudgetReviewNotices(const Json& before, const Json& after) {
  std::vector<Notice> notices;
  const Json signed_off = ConditionIn(after, "SignedOff");
  if (signed_off.value("status", "") == "True" &&
      ConditionIn(before, "SignedOff").value("status", "") != "True") {
    notices.push_back({true, "BudgetReviewSignedOff", signed_off.value("message", "")});
  }
  const Json overdue = ConditionIn(after, "Overdue");
  if (overdue.value("status", "") == "True" &&
      ConditionIn(before, "Overdue").value("reason", "") != overdue.value("reason", "")) {
    notices.push_back({false, "BudgetReviewOverdue", overdue.value("message", "")});
  }
  return notices;
}

base::Result<base::Time> BudgetReviewReconciler::Reconcile(const BudgetReviewsInput& input,
                                                           base::Time now, std::stop_token stop) {
  const auto open = budget::OpenReviews(*input.budget, ExistingOf(input), zones_, now);
  if (!open) return tl::unexpected(open.error());
  Work work{input,
            InputsOf(input),
            now,
            std::move(stop),
            budget::NextReviewChange(*input.budget, zones_, now),
            {}};
  for (const ReviewTimes& times : *open) {
    const BudgetReviewRecord* record = Find(input, times.month);
    const base::Status done = record == nullptr ? Open(work, times) : Update(work, times, *record);
    if (!done) return tl::unexpected(done.error());
  }
  announcer_.Count({input.budget->meta.ns, input.budget->meta.name}, work.states);
  return work.next;
}

base::Status BudgetReviewReconciler::Open(Work& work, const ReviewTimes& times) {
  const ErrorBudget& budget = *work.input.budget;
  CountUnsigned(times, work.now, work.states);
  const Json review = NewReview(budget, times.month);
  const auto created = store_.Create(review, work.stop);
  if (!created) return tl::unexpected(created.error());
  if (*created) {
    announcer_.Announce(SubjectOf("ErrorBudget", budget.meta),
                        {true, "BudgetReviewOpened",
                         fmt::format("BudgetReview {} is to be signed off by {}",
                                     review["metadata"]["name"].get<std::string>(),
                                     base::FormatTime(times.due_at))});
  }
  return {};
}

base::Status BudgetReviewReconciler::Update(Work& work, const ReviewTimes& times,
                                            const BudgetReviewRecord& record) {
  const resources::BudgetReview& review = record.review;
  const auto standing =
      decision::StandingOf(work.inputs, {&review, record.problems.empty()}, verifier_, work.now);
  work.next = std::min(work.next, standing.next_change);
  if (standing.signed_off) {
    ++work.states.signed_off;
  } else {
    CountUnsigned(times, work.now, work.states);
  }
  std::optional<resources::BudgetAgenda> agenda;
  if (record.problems.empty() && !review.status.agenda) agenda = TakeAgenda(work, times);
  const Json before = Json::parse(record.status_text, nullptr, false);
  const Json status = decision::BudgetReviewStatusJson(review, record.problems, times, standing,
                                                       agenda, before, work.now);
  const auto written = store_.WriteStatus(
      StatusTargetOf(kube::kBudgetReviews, review.meta, record.status_text), status, work.stop);
  if (!written) return tl::unexpected(written.error());
  if (!*written) return {};
  for (const Notice& notice : BudgetReviewNotices(before, status)) {
    announcer_.Announce(SubjectOf("BudgetReview", review.meta), notice);
  }
  return {};
}

std::optional<resources::BudgetAgenda> BudgetReviewReconciler::TakeAgenda(
    Work& work, const ReviewTimes& times) {
  const ErrorBudget& budget = *work.input.budget;
  budget::AgendaMaterial material = agendas_.MaterialOf(budget, times, work.now, work.stop);
  if (!budget::FiguresWillDo(budget, material.figures, times, work.now)) {
    work.next = std::min(work.next, work.now + kFiguresRetry);
    return std::nullopt;
  }
  if (const BudgetReviewRecord* last = Find(work.input, times.month - months(1))) {
    material.actions = verdict::ActionsOf(decision::StandingOf(
        work.inputs, {&last->review, last->problems.empty()}, verifier_, work.now));
  }
  const auto following = budget::TimesOf(*budget.review, times.month + months(1), zones_);
  const base::Time next_opened_at = following ? following->opened_at : base::kNever;
  return budget::BuildAgenda(budget, times, next_opened_at, material, work.now);
}

}  // namespace launchgate::app
