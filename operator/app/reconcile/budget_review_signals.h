// What people see of monthly reviews beside their status: Events and a metric.
#pragma once

#include <map>
#include <mutex>

#include "app/reconcile/budget_review_reconciler.h"
#include "shell/kube/events.h"
#include "shell/telemetry/operator_metrics.h"

namespace launchgate::app {

class BudgetReviewSignals final : public BudgetReviewAnnouncer {
 public:
  // Both must outlive this object.
  BudgetReviewSignals(kube::EventRecorder& events, telemetry::OperatorMetrics& metrics)
      : events_(events), metrics_(metrics) {}

  void Announce(const kube::EventSubject& subject, const Notice& notice) override;
  void Count(const kube::ObjectKey& budget, const ReviewStates& states) override;

 private:
  kube::EventRecorder& events_;
  telemetry::OperatorMetrics& metrics_;
  std::mutex mutex_;  // Guards what follows.
  std::map<kube::ObjectKey, ReviewStates> states_;
};

}  // namespace launchgate::app
