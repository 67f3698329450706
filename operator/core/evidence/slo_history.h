// The range query that VerifySlo judges: described where it is judged, so that
// who asks and who reads mean the same steps.
#pragma once

#include <string>

#include "core/base/time.h"
#include "core/evidence/verify.h"
#include "core/resources/error_budget.h"

namespace launchgate::evidence {

// kSloSteps points from `start` to `end`, both included; each counts the events
// of the step that ends there.
struct HistoryQuery {
  std::string expression;
  base::Time start{};
  base::Time end{};
  base::Duration step{};
};

// How far back the objectives of a budget must have data: the length of a
// rolling window; for a calendar month that of the shortest month, so that the
// first days of a month are judged by more than themselves.
base::Duration HistoryLength(const resources::BudgetWindow& window);

// The total events of an objective. `end` is the last multiple of a step before
// `asked_at`, so that the same steps are judged until another one is complete.
HistoryQuery TotalEventsQuery(const resources::Objective& objective,
                              const resources::BudgetWindow& window, base::Time asked_at);

}  // namespace launchgate::evidence
