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
#include "shell/prometheus/requests.h"

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

tl::unexpected<WhyUnknown> NoAnswer(const base::Error& error) {
  switch (error.kind) {
    case base::ErrorKind::kNotFound:
    case base::ErrorKind::kForbidden:
      return tl::unexpected(WhyUnknown{"ServerUnusable", error.message});
    default:
      return tl::unexpected(WhyUnknown{"ServerUnavailable", error.message});
  }
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
  std::map<std::string, Observation> observations;
  if (!span) {
    Observation unknown;
    unknown.figures = tl::unexpected(WhyUnknown{"TimeZoneUnknown", span.error().message});
    for (const Objective& objective : budget.objectives) observations[objective.name] = unknown;
    return budget::Assess(budget, {asked_at, asked_at, asked_at}, observations, now);
  }
  bool with_history = false;
  {
    const std::lock_guard lock(mutex_);
    Memory& memory = memories_[{budget.meta.ns, budget.meta.name}];
    const base::Duration period = std::min(kHistoryPeriod, span->Length() / budget::kRawTiles);
    with_history = memory.generation != budget.meta.generation || now < memory.history_at ||
                   now - memory.history_at >= period;
    if (with_history) memory.history_at = now;
  }
  for (const Objective& objective : budget.objectives) {
    observations[objective.name] = Observe(budget, objective, *span, with_history, now, stop);
  }
  return budget::Assess(budget, *span, observations, now);
}

Observation BudgetReconciler::Observe(const ErrorBudget& budget, const Objective& objective,
                                      const budget::WindowSpan& span, bool with_history,
                                      base::Time now, std::stop_token stop) {
  Observation observation;
  const auto figures =
      Ask(budget, prometheus::InstantQuery(budget::FiguresQuery(budget, objective, span), span.end),
          now, stop);
  if (!figures) {
    observation.figures = NoAnswer(figures.error());
    return observation;
  }
  observation.figures = budget::ReadFigures(budget, objective, span, *figures);
  if (!with_history || !observation.figures) return observation;
  const budget::HistoryQueries queries = budget::HistoryOf(budget, objective, span);
  const auto range = [&](const std::string& query) {
    return Ask(budget, prometheus::RangeQuery(query, queries.start, queries.end, queries.step), now,
               stop);
  };
  const auto total = range(queries.total);
  const auto bad = total ? range(queries.bad) : total;
  if (!total || !bad) return observation;
  if (auto steps = budget::ReadHistory(queries, *total, *bad)) {
    observation.history = *std::move(steps);
  }
  return observation;
}

base::Result<evidence::PrometheusAnswer> BudgetReconciler::Ask(const ErrorBudget& budget,
                                                               transport::HttpRequest request,
                                                               base::Time now,
                                                               std::stop_token stop) {
  {
    const std::lock_guard lock(mutex_);
    const auto resting = resting_until_.find(budget.prometheus);
    if (resting != resting_until_.end() && now < resting->second) {
      return base::Fail(
          base::ErrorKind::kUnavailable,
          fmt::format("the Prometheus server {} gave no answer a moment ago", budget.prometheus));
    }
  }
  auto answer =
      parts_.servers.Ask(budget.prometheus, budget.meta.ns, std::move(request), std::move(stop));
  if (!answer && answer.error().kind == base::ErrorKind::kUnavailable) {
    const std::lock_guard lock(mutex_);
    resting_until_[budget.prometheus] = now + kServerRest;
  }
  return answer;
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
