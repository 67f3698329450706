#include "app/budget_evaluator.h"

#include <fmt/format.h>

#include <utility>

#include "core/budget/questions.h"
#include "shell/prometheus/requests.h"

namespace launchgate::app {
namespace {

using budget::Observation;
using budget::WhyUnknown;
using resources::ErrorBudget;
using resources::Objective;

tl::unexpected<WhyUnknown> NoAnswer(const base::Error& error) {
  switch (error.kind) {
    case base::ErrorKind::kNotFound:
    case base::ErrorKind::kForbidden:
      return tl::unexpected(WhyUnknown{"ServerUnusable", error.message});
    default:
      return tl::unexpected(WhyUnknown{"ServerUnavailable", error.message});
  }
}

}  // namespace

Observations BudgetEvaluator::Observe(const ErrorBudget& budget, const budget::WindowSpan& span,
                                      WithHistory with_history, base::Time now,
                                      std::stop_token stop) {
  Observations observations;
  for (const Objective& objective : budget.objectives) {
    observations[objective.name] = ObserveOne(budget, objective, span, with_history, now, stop);
  }
  return observations;
}

Observation BudgetEvaluator::ObserveOne(const ErrorBudget& budget, const Objective& objective,
                                        const budget::WindowSpan& span, WithHistory with_history,
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
  if (with_history == WithHistory::kNo || !observation.figures) return observation;
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

base::Result<evidence::PrometheusAnswer> BudgetEvaluator::Ask(const ErrorBudget& budget,
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
      servers_.Ask(budget.prometheus, budget.meta.ns, std::move(request), std::move(stop));
  if (!answer && answer.error().kind == base::ErrorKind::kUnavailable) {
    const std::lock_guard lock(mutex_);
    resting_until_[budget.prometheus] = now + kServerRest;
  }
  return answer;
}

}  // namespace launchgate::app
