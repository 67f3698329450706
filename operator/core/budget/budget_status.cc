#include "core/budget/budget_status.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "core/base/text.h"
#include "core/budget/assessment.h"
#include "core/budget/questions.h"
#include "core/resources/conditions.h"

namespace launchgate::budget {
namespace {

using json::Json;
using resources::BudgetState;
using resources::Condition;
using resources::ErrorBudget;
using resources::ErrorBudgetStatus;
using resources::Incident;
using resources::ObjectiveStatus;
using resources::Truth;

constexpr std::size_t kMaxMessageBytes = 1024;  // Of an objective.
// Figures are exact to this many digits after the point.
constexpr int kDigits = 9;
constexpr int kBurnDownDigits = 4;

std::string Decimal(double value, int digits = kDigits) {
  return base::FormatDecimal(value, digits);
}

void SetDecimal(Json& object, const char* field, const std::optional<double>& value) {
  if (value) object[field] = Decimal(*value);
}

void SetTime(Json& object, const char* field, const std::optional<base::Time>& time) {
  if (time) object[field] = base::FormatTime(*time);
}

Json IncidentJson(const Incident& incident) {
  return {{"from", base::FormatTime(incident.from)},
          {"until", base::FormatTime(incident.until)},
          {"share", Decimal(incident.share)}};
}

Json ObjectiveJson(const ObjectiveStatus& status) {
  Json object = {{"name", status.name},
                 {"state", resources::ToString(status.state)},
                 {"reason", status.reason},
                 {"message", base::Printable(status.message, kMaxMessageBytes)}};
  SetTime(object, "frozenSince", status.frozen_since);
  SetDecimal(object, "totalEvents", status.total_events);
  SetDecimal(object, "badEvents", status.bad_events);
  SetDecimal(object, "sli", status.sli);
  SetDecimal(object, "consumed", status.consumed);
  SetDecimal(object, "remaining", status.remaining);
  for (const auto& [window, rate] : status.burn_rates) object["burnRates"][window] = Decimal(rate);
  SetTime(object, "exhaustedAt", status.exhausted_at);
  for (const Incident& incident : status.incidents) {
    object["incidents"].push_back(IncidentJson(incident));
  }
  for (const double left : status.burn_down) {
    object["burnDown"].push_back(Decimal(left, kBurnDownDigits));
  }
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
  const base::Time frozen_from =
      status.known_at.value_or(budget.meta.created) + budget.policy.unknown_grace;
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
  object["conditions"] = resources::ConditionsJson(
      {Ready(problems, status), Frozen(budget, problems, status, now), Postmortem(budget, status)},
      budget.meta.generation, previous, now);
  return object;
}

}  // namespace launchgate::budget
