// The status of an ErrorBudget as JSON (crds/errorbudgets.yaml).
#pragma once

#include <string>

#include "core/base/time.h"
#include "core/json/json.h"
#include "core/json/reader.h"
#include "core/resources/error_budget.h"

namespace launchgate::budget {

// The whole `status`, conditions Ready, Frozen and PostmortemDue included.
// `previous` is the status that stands, as JSON: a condition keeps its transition
// time while its status stays. `problems`: what is wrong with the spec.
json::Json BudgetStatusJson(const resources::ErrorBudget& budget,
                            const std::vector<json::Problem>& problems,
                            const resources::ErrorBudgetStatus& status, const json::Json& previous,
                            base::Time now);

}  // namespace launchgate::budget
