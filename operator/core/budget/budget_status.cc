#include "core/budget/budget_status.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "core/base/text.h"
#include "core/budget/assessment.h"
#include "core/budget/figures_json.h"
#include "core/budget/questions.h"
#include "core/resources/conditions.h"

namespace launchgate::budget {
namespace {

using internal::Decimal;
using json::Json;
using resources::BudgetState;
using resources::Condition;
using resources::ErrorBudget;
using resources::ErrorBudgetStatus;
using resources::Incident;
using resources::ObjectiveStatus;
using resources::Truth;

constexpr std::size_t kMaxMessageBytes = 1024;  // Of an objective.

void SetTime(Json& object, const char* field, const std::optional<base::Time>& time) {
  if (time) object[field] = base::FormatTime(*time);
}

Json ObjectiveJson(const ObjectiveStatus& status) {
  Json object = {{"name", status.name},
                 {"state", resources::ToString(status.state)},
                 {"reason", status.reason},
                 {"message", base::Printable(status.message, kMaxMessageBytes)}};
  SetTime(object, "frozenSince", status.frozen_since);
  internal::SetFigures(object, status);
  for (const auto& [window, rate] : status.burn_rates) object["burnRates"][window] = Decimal(rate);
  SetTime(object, "exhaustedAt", status.exhausted_at);
  return object;
}

// How the figures were made, for who wants to make them again.
Json InputsJson(const ErrorBudget& budget) {
  return {{"server", budget.prometheus},
          {"tile", base::FormatDuration(TileOf(budget.window))},
          {"from", IsRecorded(budget.window) ? "RecordingRules" : "Expressions"}};
}

const ObjectiveStatus* FirstIn(const ErrorBudgetStatus& status, BudgetState state) {
  const auto found = std::ranges::find(status.objectives, state, &ObjectiveStatus::state);
  return found == status.objectives.end() ? nullptr : &*found;
}

Condition Ready(const std::vector<json::Problem>& problems, const ErrorBudgetStatus& status) {
  if (!problems.empty()) return {"Ready", Truth::kFalse, "Invalid", json::Summarize(problems)};
  if (const auto* unknown = FirstIn(status, BudgetState::kUnknown)) {
    return {"Ready", Truth::kFalse, unknown->reason, unknown->name + ": " + unknown->message};
  }
  return {"Ready", Truth::kTrue, "Evaluated", "the figures of every objective are known"};
}

Condition Frozen(const ErrorBudget& budget, const std::vector<json::Problem>& problems,
                 const ErrorBudgetStatus& status, base::Time now) {
  if (!problems.empty()) {
    return {"Frozen", Truth::kTrue, "BudgetUnknown",
            "a budget that cannot be used freezes launches"};
  }
  if (status.frozen_since) {
    for (const ObjectiveStatus& objective : status.objectives) {
      if (!objective.frozen_since) continue;
      return {"Frozen", Truth::kTrue, "BudgetSpent", objective.name + ": " + objective.message};
    }
  }
  const base::Time frozen_from = UnknownFreezesFrom(budget, status);
  const auto* unknown = FirstIn(status, BudgetState::kUnknown);
  if (unknown == nullptr) return {"Frozen", Truth::kFalse, "WithinBudget", "launches may proceed"};
  if (now >= frozen_from) {
    return {"Frozen", Truth::kTrue, "BudgetUnknown", unknown->name + ": " + unknown->message};
  }
  return {"Frozen", Truth::kFalse, "UnknownWithinGrace",
          fmt::format("launches are frozen from {} on unless the figures are known by then",
                      base::FormatTime(frozen_from))};
}

Condition Postmortem(const ErrorBudget& budget, const ErrorBudgetStatus& status) {
  const auto due = PostmortemsDue(budget, status);
  if (due.empty()) {
    return {"PostmortemDue", Truth::kFalse, "NoLargeIncident",
            "no incident took more of the budget than one may"};
  }
  const Incident& worst = *std::ranges::max_element(due, {}, &Incident::share);
  return {
      "PostmortemDue", Truth::kTrue, "LargeIncident",
      fmt::format("the incident from {} to {} took {} % of the budget of the window, more "
                  "than {} %: write its post-mortem",
                  base::FormatTime(worst.from), base::FormatTime(worst.until),
                  Decimal(100 * worst.share, 1), Decimal(100 * budget.policy.incident_share, 1))};
}

}  // namespace

Json BudgetStatusJson(const ErrorBudget& budget, const std::vector<json::Problem>& problems,
                      const ErrorBudgetStatus& status, const Json& previous, base::Time now) {
  Json object = {{"observedGeneration", budget.meta.generation}};
  SetTime(object, "evaluatedAt", status.evaluated_at);
  SetTime(object, "knownAt", status.known_at);
  SetTime(object, "frozenSince", status.frozen_since);
  SetTime(object, "windowStart", status.window_start);
  if (problems.empty()) object["inputs"] = InputsJson(budget);
  for (const ObjectiveStatus& objective : status.objectives) {
    object["objectives"].push_back(ObjectiveJson(objective));
  }
  for (const resources::PastFreeze& freeze : status.past_freezes) {
    object["pastFreezes"].push_back(
        {{"cause", resources::ToString(freeze.cause)},
         {"message", base::Printable(freeze.message, resources::kMaxPastFreezeMessage)},
         {"from", base::FormatTime(freeze.from)},
         {"until", base::FormatTime(freeze.until)}});
  }
  object["conditions"] = resources::ConditionsJson(
      {Ready(problems, status), Frozen(budget, problems, status, now), Postmortem(budget, status)},
      budget.meta.generation, previous, now);
  return object;
}

}  // namespace launchgate::budget
