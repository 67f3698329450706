// From figures to what follows: the policy of a budget, applied to what is known
// now and to what was the case before.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "core/budget/questions.h"
#include "core/budget/window.h"
#include "core/resources/error_budget.h"

namespace launchgate::budget {

// What was found out about one objective.
struct Observation {
  tl::expected<Figures, WhyUnknown> figures =
      tl::unexpected(WhyUnknown{"NotAsked", "the objective has not been evaluated yet"});
  // Nothing: not asked this time, what the status says about the past stands.
  std::optional<std::vector<Step>> history;
};

// Whether an objective freezes launches, given whether it did before:
//   not frozen: freezes when more than the budget is consumed, of min_events or more;
//   frozen: thaws when thaw_at or more of the budget is left, whatever the traffic.
// Figures are compared to within kTolerance: decimals such as 99.9 are not exact
// in binary, and exactly spent is not overspent.
bool Freezes(const resources::FreezePolicy& policy, double target, EventCounts counts,
             bool frozen_before);
inline constexpr double kTolerance = 1e-9;

// The status of `budget` after an evaluation at `now`. What it was before is in
// budget.status: an objective about which nothing is known keeps its figures and
// its freeze. Observations are by name of the objective; a missing one is unknown.
resources::ErrorBudgetStatus Assess(const resources::ErrorBudget& budget, const WindowSpan& span,
                                    const std::map<std::string, Observation>& observations,
                                    base::Time now);

// From when on launches are frozen if the figures stay unknown: unknown_grace after
// they were last known, or after the budget was made. `status` may be a newer one
// than budget.status.
base::Time UnknownFreezesFrom(const resources::ErrorBudget& budget,
                              const resources::ErrorBudgetStatus& status);

// How often a budget is evaluated, and how often its status is written although
// nothing but figures changed: often enough that `unknown_grace` never runs out
// while all is well.
base::Duration EvaluationPeriod(const resources::FreezePolicy& policy);
base::Duration RefreshPeriod(const resources::FreezePolicy& policy);
inline constexpr base::Duration kEvaluationPeriod = std::chrono::minutes(1);
inline constexpr base::Duration kRefreshPeriod = std::chrono::minutes(5);

// Whether `after` says something that people or the gate act on and `before`
// does not; figures that only moved are no such thing.
bool SaysMore(const resources::ErrorBudgetStatus& before,
              const resources::ErrorBudgetStatus& after);

// Incidents that took more of the budget than the policy allows one to take.
std::vector<resources::Incident> PostmortemsDue(const resources::ErrorBudget& budget,
                                                const resources::ErrorBudgetStatus& status);

}  // namespace launchgate::budget
