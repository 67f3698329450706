// The controller role: turns changes of objects into work, and does it while
// this process leads.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "app/cluster.h"
#include "app/evidence_gatherer.h"
#include "app/followed_objects.h"
#include "app/reconcile/budget_reconciler.h"
#include "app/reconcile/budget_review_reconciler.h"
#include "app/reconcile/freeze_window_reconciler.h"
#include "app/reconcile/object_reconcilers.h"
#include "app/reconcile/review_reconciler.h"
#include "app/workloads.h"
#include "shell/kube/work_queue.h"
#include "shell/telemetry/operator_metrics.h"

namespace launchgate::app {

struct ControllerOptions {
  int workers = 4;  // Reconciles at the same time; a fetch blocks one for seconds.
  std::uint64_t seed = 0;
};

// What the controller works with; all of it outlives the controller.
struct ControllerParts {
  Cluster& cluster;
  Workloads& workloads;
  FollowedObjects& objects_of_evidence;
  const EvidenceGatherer& evidence;
  ReviewReconciler& reviews;
  ObjectReconcilers& objects;
  BudgetReconciler& budgets;
  BudgetReviewReconciler& budget_reviews;
  FreezeWindowReconciler& windows;
  telemetry::OperatorMetrics& metrics;
  const clock::Clock& clock;
};

// Registers its handlers when constructed, so: construct before the informers
// start. Thread-safe.
class Controller {
 public:
  Controller(const ControllerParts& parts, const ControllerOptions& options);
  ~Controller() { Stop(); }

  // Begins to work: every known object is looked at once. Returns at once.
  void Start();
  // Returns when no worker runs any more.
  void Stop();

 private:
  void OnReview(const kube::Change<ReviewRecord>& change);
  void OnVerdict(const kube::Change<VerdictRecord>& change);
  void OnAuthority(const std::string& name);
  // The monthly reviews of a budget, and the LaunchReviews that name it.
  void OnReviewsOfBudget(const kube::ObjectKey& budget);
  void OnBudgetReview(const kube::Change<BudgetReviewRecord>& change);
  void OnTarget(const resources::TargetRef& target);
  void OnEvidence(const std::string& group, const std::string& kind, const kube::ObjectKey& key);
  void EnqueueReviewsWhere(const std::function<bool(const resources::LaunchReview&)>& wanted);
  void EnqueueEverything();
  void Work(std::stop_token stop);
  base::Result<base::Time> Reconcile(const std::string& item, std::stop_token stop);
  base::Result<base::Time> ReconcileBudgetReviews(const kube::ObjectKey& budget,
                                                  std::stop_token stop);

  ControllerParts parts_;
  const ControllerOptions options_;
  kube::WorkQueue queue_;
  std::vector<std::jthread> workers_;
};

}  // namespace launchgate::app
