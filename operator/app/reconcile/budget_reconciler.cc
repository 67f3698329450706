#include "app/reconcile/budget_reconciler.h"

#include <fmt/format.h>

#include <array>
#include <functional>
#include <nlohmann/json.hpp>
#include <utility>

#include "app/reconcile/conditions.h"
#include "core/budget/budget_status.h"
#include "core/budget/questions.h"
#include "core/budget/window.h"
#include "platform/log.h"

namespace launchgate::app {
namespace {

namespace log = platform::log;
using budget::Observation;
using budget::WhyUnknown;
using resources::BudgetState;
using resources::ErrorBudget;
using resources::ErrorBudgetStatus;
using resources::Objective;
using resources::ObjectiveStatus;

// Evaluations of different budgets are spread over a tenth of the period.
base::Duration Jitter(const kube::ObjectKey& key, base::Duration period) {
  const std::size_t hash = std::hash<std::string>{}(kube::ToString(key));
  return period / 10 * static_cast<int>(hash % 100) / 100;
}

// The worst state of any objective.
BudgetState StateOf(const ErrorBudgetStatus& status) {
  if (status.frozen_since) return BudgetState::kSpent;
  BudgetState state = BudgetState::kWithinBudget;
  for (const ObjectiveStatus& objective : status.objectives) {
    if (objective.state == BudgetState::kUnknown) state = BudgetState::kUnknown;
  }
  return state;
}

std::string Explain(const ErrorBudgetStatus& status, BudgetState state) {
  std::string text;
  for (const ObjectiveStatus& objective : status.objectives) {
    const bool told = state == BudgetState::kSpent ? objective.frozen_since.has_value()
                                                   : objective.state == state;
    if (told)
      text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", objective.name, objective.message);
  }
  return text;
}

}  // namespace

base::Result<base::Time> BudgetReconciler::Reconcile(const kube::ObjectKey& key,
                                                     std::stop_token stop) {
  const Record record = parts_.cluster.budgets().Get(key);
  if (!record) {
    Forget(key);
    return base::kNever;
  }
  const ErrorBudget& budget = record->budget;
  const base::Time now = parts_.clock.Now();
  if (!record->problems.empty()) {
    const base::Status applied = Apply(record, budget.status, now, std::move(stop));
    if (!applied) return tl::unexpected(applied.error());
    return base::kNever;
  }
  const base::Duration period = budget::EvaluationPeriod(budget.policy);
  if (IsDue(budget, now)) {
    const ErrorBudgetStatus status = Evaluate(budget, now, stop);
    const bool refresh = !budget.status.evaluated_at ||
                         now - *budget.status.evaluated_at >= budget::RefreshPeriod(budget.policy);
    if (refresh || budget::SaysMore(budget.status, status)) {
      const base::Status applied = Apply(record, status, now, std::move(stop));
      if (!applied) return tl::unexpected(applied.error());
    }
    // Only what was written counts as evaluated: a conflict asks again.
    Remember(key, budget, status, now);
  }
  const std::lock_guard lock(mutex_);
  return memories_[key].evaluated_at + period + Jitter(key, period);
}

bool BudgetReconciler::IsDue(const ErrorBudget& budget, base::Time now) {
  const std::lock_guard lock(mutex_);
  const auto known = memories_.find({budget.meta.ns, budget.meta.name});
  if (known == memories_.end()) return true;
  const Memory& memory = known->second;
  // A clock that was set back must not silence a budget.
  return memory.generation != budget.meta.generation || now < memory.evaluated_at ||
         now - memory.evaluated_at >= budget::EvaluationPeriod(budget.policy);
}

ErrorBudgetStatus BudgetReconciler::Evaluate(const ErrorBudget& budget, base::Time now,
                                             std::stop_token stop) {
  const base::Time asked_at = budget::AskAt(budget.window, now);
  const auto span = budget::WindowAt(budget.window, parts_.zones, asked_at);
  Observations observations;
  if (!span) {
    Observation unknown;
    unknown.figures = tl::unexpected(WhyUnknown{"TimeZoneUnknown", span.error().message});
    for (const Objective& objective : budget.objectives) observations[objective.name] = unknown;
    return budget::Assess(budget, {asked_at, asked_at, asked_at}, observations, now);
  }
  auto with_history = WithHistory::kNo;
  {
    const std::lock_guard lock(mutex_);
    Memory& memory = memories_[{budget.meta.ns, budget.meta.name}];
    const base::Duration period = std::min(kHistoryPeriod, span->Length() / budget::kRawTiles);
    // A clock that was set back must not keep the past from being asked for.
    if (memory.generation != budget.meta.generation || now < memory.history_at ||
        now - memory.history_at >= period) {
      with_history = WithHistory::kYes;
      memory.history_at = now;
    }
  }
  observations = parts_.evaluator.Observe(budget, *span, with_history, now, std::move(stop));
  return budget::Assess(budget, *span, observations, now);
}

base::Status BudgetReconciler::Apply(const Record& record, const ErrorBudgetStatus& status,
                                     base::Time now, std::stop_token stop) {
  const ErrorBudget& budget = record->budget;
  const json::Json previous = json::Json::parse(record->status_text, nullptr, false);
  const json::Json next = budget::BudgetStatusJson(budget, record->problems, status, previous, now);
  const auto written = parts_.status.Write(
      StatusTargetOf(kube::kErrorBudgets, budget.meta, record->status_text), next, std::move(stop));
  if (!written) return tl::unexpected(written.error());
  if (*written && record->problems.empty()) Announce(budget, status);
  return {};
}

void BudgetReconciler::Announce(const ErrorBudget& budget, const ErrorBudgetStatus& after) {
  const BudgetState before = StateOf(budget.status);
  const BudgetState now = StateOf(after);
  if (before == now && budget.status.evaluated_at) return;
  kube::Event event;
  event.action = "Evaluate";
  event.regarding = {std::string(resources::kApiVersion),
                     "ErrorBudget",
                     {budget.meta.ns, budget.meta.name},
                     budget.meta.uid};
  event.type =
      now == BudgetState::kWithinBudget ? kube::EventType::kNormal : kube::EventType::kWarning;
  event.reason = resources::ToString(now);
  event.note = Explain(after, now);
  parts_.events.Record(event);
  log::Info("error budget changed its state",
            {{"budget", budget.meta.Key()}, {"state", resources::ToString(now)}});
}

void BudgetReconciler::Remember(const kube::ObjectKey& key, const ErrorBudget& budget,
                                const ErrorBudgetStatus& status, base::Time now) {
  const std::lock_guard lock(mutex_);
  Memory& memory = memories_[key];
  memory.generation = budget.meta.generation;
  memory.evaluated_at = now;
  memory.state = StateOf(status);
  CountStatesLocked();
}

void BudgetReconciler::Forget(const kube::ObjectKey& key) {
  const std::lock_guard lock(mutex_);
  memories_.erase(key);
  CountStatesLocked();
}

void BudgetReconciler::CountStatesLocked() {
  constexpr std::array kStates = {BudgetState::kWithinBudget, BudgetState::kSpent,
                                  BudgetState::kUnknown};
  std::map<BudgetState, int> counts;
  for (const auto& [key, memory] : memories_) ++counts[memory.state];
  for (const BudgetState state : kStates) {
    parts_.metrics.SetErrorBudgets(resources::ToString(state), counts[state]);
  }
}

}  // namespace launchgate::app
