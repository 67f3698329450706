// What an ErrorBudget object freezes: from the object alone, so that everybody
// who has it (webhook, controller, command line) says the same at any instant.
#pragma once

#include <string>
#include <vector>

#include "core/base/time.h"
#include "core/budget/freeze.h"
#include "core/json/reader.h"
#include "core/resources/error_budget.h"

namespace launchgate::budget {

// BudgetSpent from `frozenSince` on, while it stands. BudgetUnknown from the
// moment on at which the figures have been unknown for longer than the policy's
// unknownGrace (counted from the budget's creation when they never were known):
// that includes a controller or a Prometheus that stopped working, because then
// nobody says that they are known. A budget with `problems` freezes at once.
std::vector<Freeze> FreezesOf(const resources::ErrorBudget& budget,
                              const std::vector<json::Problem>& problems);

// Those of FreezesOf() that are in force at `now`.
std::vector<Freeze> FreezesAt(const resources::ErrorBudget& budget,
                              const std::vector<json::Problem>& problems, base::Time now);

// The freezes that have ended, as the status remembers them.
std::vector<Freeze> PastFreezesOf(const resources::ErrorBudget& budget);
// What a status that follows budget.status at `now` remembers: what that one did, and
// the freezes that were in force until `now`; the latest kMaxPastFreezes.
std::vector<resources::PastFreeze> PastFreezesAfter(const resources::ErrorBudget& budget,
                                                    const resources::ErrorBudgetStatus& next,
                                                    base::Time now);

// What a review's reference to a budget that does not exist freezes: everything.
Freeze MissingBudget(const std::string& ns, const std::string& name);

}  // namespace launchgate::budget
