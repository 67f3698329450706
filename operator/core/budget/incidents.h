// What happened within a window: incidents, and how the budget went down.
#pragma once

#include <cstddef>
#include <vector>

#include "core/budget/questions.h"
#include "core/resources/error_budget_status.h"

namespace launchgate::budget {

// An incident is a run of steps, one after the other, in each of which more was
// bad than the objective allows; its share is of the budget of all `steps`
// together. The largest first, at most resources::kMaxIncidents. `steps` are in
// the order of time. Requires 0 < target < 100.
std::vector<resources::Incident> IncidentsOf(const std::vector<Step>& steps, double target);

// The share of the window's budget that is left at the end of each of `points`
// equal parts of [start, end], from the budget of all `steps` together: the last
// one is what is left now. Requires points > 0 and start < end.
std::vector<double> BurnDown(const std::vector<Step>& steps, double target, base::Time start,
                             base::Time end, std::size_t points);

}  // namespace launchgate::budget
