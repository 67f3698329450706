#include "core/budget/assessment.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "core/base/text.h"
#include "core/budget/budget_freezes.h"
#include "core/budget/incidents.h"

namespace launchgate::budget {
namespace {

using resources::BudgetState;
using resources::ErrorBudget;
using resources::ErrorBudgetStatus;
using resources::Objective;
using resources::ObjectiveStatus;

std::string Percent(double share, int digits) {
  return base::FormatDecimal(100 * share, digits) + " %";
}

std::string SentenceOf(const Objective& objective, const ObjectiveStatus& status) {
  if (!status.sli) return "no events in the window: nothing is spent";
  return fmt::format("{} of the budget is spent: {} % of {} events were good, the target is {} %",
                     Percent(*status.consumed, 1), base::FormatDecimal(*status.sli, 4),
                     base::FormatDecimal(*status.total_events, 0), objective.target_text);
}

void SetFigures(const Objective& objective, const WindowSpan& span, const Figures& figures,
                ObjectiveStatus& status) {
  const EventCounts& counts = figures.window;
  status.total_events = counts.total;
  status.bad_events = counts.bad;
  status.sli = ServiceLevel(counts);
  status.consumed = Consumed(objective.target, counts);
  status.remaining = 1 - *status.consumed;
  status.burn_rates.clear();
  for (const auto& [name, recent] : figures.recent) {
    status.burn_rates.emplace(name, BurnRate(objective.target, recent));
  }
  status.exhausted_at.reset();
  // What the last hours say about the days to come; a short window has no "6h".
  for (const char* basis : {"6h", "1h"}) {
    const auto rate = status.burn_rates.find(basis);
    if (rate == status.burn_rates.end()) continue;
    status.exhausted_at = ExhaustedAt(*status.remaining, rate->second, span.Length(), span.end);
    break;
  }
}

void SetHistory(const Objective& objective, const WindowSpan& span, const std::vector<Step>& steps,
                ObjectiveStatus& status) {
  status.incidents = IncidentsOf(steps, objective.target);
  status.burn_down.clear();
  if (span.Elapsed() > base::Duration(0)) {
    status.burn_down =
        BurnDown(steps, objective.target, span.start, span.end, resources::kMaxBurnDownPoints);
  }
}

ObjectiveStatus AssessObjective(const ErrorBudget& budget, const Objective& objective,
                                const WindowSpan& span, const Observation& observation,
                                base::Time now) {
  const ObjectiveStatus* before = budget.status.Find(objective.name);
  ObjectiveStatus status = before != nullptr ? *before : ObjectiveStatus{};
  status.name = objective.name;
  if (observation.history) SetHistory(objective, span, *observation.history, status);
  if (!observation.figures) {
    status.state = BudgetState::kUnknown;
    status.reason = observation.figures.error().reason;
    status.message = observation.figures.error().message;
    return status;
  }
  const EventCounts& counts = observation.figures->window;
  SetFigures(objective, span, *observation.figures, status);
  const bool frozen_before = status.frozen_since.has_value();
  if (!Freezes(budget.policy, objective.target, counts, frozen_before)) {
    status.frozen_since.reset();
    status.state = BudgetState::kWithinBudget;
    const bool few = counts.total < static_cast<double>(budget.policy.min_events);
    status.reason = few ? "LowTraffic" : ToString(status.state);
  } else {
    if (!frozen_before) status.frozen_since = now;
    status.state = BudgetState::kSpent;
    status.reason = ToString(status.state);
  }
  status.message = SentenceOf(objective, status);
  return status;
}

}  // namespace

bool Freezes(const resources::FreezePolicy& policy, double target, EventCounts counts,
             bool frozen_before) {
  const double remaining = 1 - Consumed(target, counts);
  if (frozen_before) return remaining < policy.thaw_at - kTolerance;
  return remaining < -kTolerance && counts.total >= static_cast<double>(policy.min_events);
}

ErrorBudgetStatus Assess(const ErrorBudget& budget, const WindowSpan& span,
                         const std::map<std::string, Observation>& observations, base::Time now) {
  ErrorBudgetStatus status;
  status.observed_generation = budget.meta.generation;
  status.evaluated_at = now;
  status.known_at = now;
  status.window_start = span.start;
  for (const Objective& objective : budget.objectives) {
    const auto found = observations.find(objective.name);
    const Observation& observation = found != observations.end() ? found->second : Observation{};
    status.objectives.push_back(AssessObjective(budget, objective, span, observation, now));
    const ObjectiveStatus& assessed = status.objectives.back();
    if (assessed.state == BudgetState::kUnknown) status.known_at = budget.status.known_at;
    if (!assessed.frozen_since) continue;
    status.frozen_since =
        std::min(status.frozen_since.value_or(base::kNever), *assessed.frozen_since);
  }
  status.past_freezes = PastFreezesAfter(budget, status, now);
  return status;
}

base::Time UnknownFreezesFrom(const ErrorBudget& budget, const ErrorBudgetStatus& status) {
  return status.known_at.value_or(budget.meta.created) + budget.policy.unknown_grace;
}

base::Duration EvaluationPeriod(const resources::FreezePolicy& policy) {
  return std::min(kEvaluationPeriod, policy.unknown_grace / 6);
}

base::Duration RefreshPeriod(const resources::FreezePolicy& policy) {
  return std::min(kRefreshPeriod, policy.unknown_grace / 3);
}

bool SaysMore(const ErrorBudgetStatus& before, const ErrorBudgetStatus& after) {
  const auto news = [](const ObjectiveStatus& status) {
    return std::tie(status.name, status.state, status.reason, status.frozen_since,
                    status.incidents);
  };
  return before.observed_generation != after.observed_generation ||
         before.frozen_since != after.frozen_since ||
         !std::ranges::equal(before.objectives, after.objectives, {}, news, news);
}

std::vector<resources::Incident> PostmortemsDue(const ErrorBudget& budget,
                                                const ErrorBudgetStatus& status) {
  std::vector<resources::Incident> due;
  for (const ObjectiveStatus& objective : status.objectives) {
    for (const resources::Incident& incident : objective.incidents) {
      if (incident.share > budget.policy.incident_share) due.push_back(incident);
    }
  }
  return due;
}

}  // namespace launchgate::budget
