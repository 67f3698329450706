#include "app/reconcile/budget_review_signals.h"

#include "platform/log.h"

namespace launchgate::app {

void BudgetReviewSignals::Announce(const kube::EventSubject& subject, const Notice& notice) {
  kube::Event event;
  event.action = "Review";
  event.regarding = subject;
  event.type = notice.good ? kube::EventType::kNormal : kube::EventType::kWarning;
  event.reason = notice.reason;
  event.note = notice.note;
  events_.Record(event);
  platform::log::Info(
      "monthly budget review",
      {{"subject", kube::ToString(subject.key)}, {"reason", notice.reason}, {"note", notice.note}});
}

void BudgetReviewSignals::Count(const kube::ObjectKey& budget, const ReviewStates& states) {
  const std::lock_guard lock(mutex_);
  if (states == ReviewStates()) {
    states_.erase(budget);
  } else {
    states_[budget] = states;
  }
  ReviewStates sum;
  for (const auto& [key, entry] : states_) {
    sum.open += entry.open;
    sum.overdue += entry.overdue;
    sum.signed_off += entry.signed_off;
  }
  metrics_.SetBudgetReviews("Open", sum.open);
  metrics_.SetBudgetReviews("Overdue", sum.overdue);
  metrics_.SetBudgetReviews("SignedOff", sum.signed_off);
}

}  // namespace launchgate::app
