// Keeps ErrorBudget.status true: Gather (ask Prometheus), Decide (the policy), Apply.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "app/budget_evaluator.h"
#include "app/cluster.h"
#include "app/status_writer.h"
#include "core/budget/assessment.h"
#include "core/budget/time_zone.h"
#include "shell/clock/clock.h"
#include "shell/kube/events.h"
#include "shell/telemetry/operator_metrics.h"

namespace launchgate::app {

// What the reconciler works with; all of it outlives the reconciler.
struct BudgetReconcilerParts {
  Cluster& cluster;
  BudgetEvaluator& evaluator;
  const budget::TimeZones& zones;
  StatusWriter& status;
  kube::EventRecorder& events;
  telemetry::OperatorMetrics& metrics;
  const clock::Clock& clock;
};

// The past of a window (incidents, burn-down) is asked for this often; its
// figures with every evaluation.
inline constexpr base::Duration kHistoryPeriod = std::chrono::hours(1);
// Thread-safe for different budgets.
class BudgetReconciler {
 public:
  explicit BudgetReconciler(BudgetReconcilerParts parts) : parts_(parts) {}

  // Brings the status of one budget up to date, and asks Prometheus at most once
  // per evaluation period. The result is when to look again.
  base::Result<base::Time> Reconcile(const kube::ObjectKey& key, std::stop_token stop);

 private:
  using Record = kube::Informer<BudgetRecord>::Pointer;

  // What is remembered of a budget between evaluations.
  struct Memory {
    std::int64_t generation = 0;
    base::Time evaluated_at{};
    base::Time history_at{};
    resources::BudgetState state = resources::BudgetState::kUnknown;
  };

  // When the present evaluation is fresh enough: nothing; else what to evaluate.
  bool IsDue(const resources::ErrorBudget& budget, base::Time now);
  resources::ErrorBudgetStatus Evaluate(const resources::ErrorBudget& budget, base::Time now,
                                        std::stop_token stop);
  base::Status Apply(const Record& record, const resources::ErrorBudgetStatus& status,
                     base::Time now, std::stop_token stop);
  void Announce(const resources::ErrorBudget& budget, const resources::ErrorBudgetStatus& after);
  void Remember(const kube::ObjectKey& key, const resources::ErrorBudget& budget,
                const resources::ErrorBudgetStatus& status, base::Time now);
  void Forget(const kube::ObjectKey& key);
  void CountStatesLocked();

  BudgetReconcilerParts parts_;

  std::mutex mutex_;  // Guards what follows.
  std::map<kube::ObjectKey, Memory> memories_;
};

}  // namespace launchgate::app
