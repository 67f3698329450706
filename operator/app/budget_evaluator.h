// Asks Prometheus about the objectives of ErrorBudgets.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/budget/assessment.h"
#include "core/budget/window.h"
#include "core/resources/error_budget.h"
#include "shell/prometheus/client.h"

namespace launchgate::app {

// A server that gave no answer is left alone for this long, so that a server
// that is down does not hold up the workers for one deadline after the other.
inline constexpr base::Duration kServerRest = std::chrono::seconds(30);

// Whether the past of the window is asked for too: incidents and the burn-down.
enum class WithHistory { kNo, kYes };

// By name of the objective.
using Observations = std::map<std::string, budget::Observation>;

// Thread-safe.
class BudgetEvaluator {
 public:
  // `servers` must outlive this object.
  explicit BudgetEvaluator(prometheus::PrometheusServers& servers) : servers_(servers) {}

  // What is known of every objective over `span`. Blocks; a server that gives no
  // answer is a reason in the observation, not an error.
  Observations Observe(const resources::ErrorBudget& budget, const budget::WindowSpan& span,
                       WithHistory with_history, base::Time now, std::stop_token stop);

 private:
  budget::Observation ObserveOne(const resources::ErrorBudget& budget,
                                 const resources::Objective& objective,
                                 const budget::WindowSpan& span, WithHistory with_history,
                                 base::Time now, std::stop_token stop);
  // An answer, or why there is none: a server at rest is not asked.
  base::Result<evidence::PrometheusAnswer> Ask(const resources::ErrorBudget& budget,
                                               transport::HttpRequest request, base::Time now,
                                               std::stop_token stop);

  prometheus::PrometheusServers& servers_;
  std::mutex mutex_;                                 // Guards what follows.
  std::map<std::string, base::Time> resting_until_;  // By server.
};

}  // namespace launchgate::app
