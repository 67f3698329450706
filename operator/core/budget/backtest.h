// What a budget and its policy would have done in the past: so that a team can
// choose an objective with open eyes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/budget/questions.h"
#include "core/budget/time_zone.h"
#include "core/budget/window.h"
#include "core/resources/error_budget.h"

namespace launchgate::budget {

// Events are looked at in steps of an hour, and the policy is applied at the end
// of each.
inline constexpr base::Duration kBacktestStep = std::chrono::hours(1);
// As many points as Prometheus gives in one answer.
inline constexpr int kMaxBacktestSteps = 11'000;

// One objective over the past: the events of each step of [from - window, to].
// Expressions are asked directly, since recording rules know nothing of the time
// before they were loaded.
HistoryQueries BacktestQueries(const resources::Objective& objective,
                               const resources::BudgetWindow& window, base::Time from,
                               base::Time to);

// A day in the zone that was given, with the last state of it.
struct BacktestDay {
  std::chrono::year_month_day date;
  // Share of the budget left at its end; nothing where too little was recorded.
  std::optional<double> remaining;
  base::Duration frozen{};  // For how long launches were frozen.
  base::Duration
      unknown{};  // For how long nothing was known; the policy's grace is not counted off.
};

struct BacktestFreeze {
  base::Time from{};
  base::Time until{};
  double worst_consumed = 0;
  bool over = true;  // False: still frozen at the end of the test.
};

struct Backtest {
  std::vector<BacktestDay> days;
  std::vector<BacktestFreeze> freezes;
};

// Replays `policy` for one objective from `from` to `to`. `steps` in the order of
// time, as ReadHistory() gives them. `days_in` is the zone of the report's days.
// kNotFound, kUnavailable: the zone of a calendar window.
base::Result<Backtest> RunBacktest(const resources::ErrorBudget& budget,
                                   const resources::Objective& objective,
                                   const std::vector<Step>& steps, const TimeZones& zones,
                                   const TimeZone& days_in, base::Time from, base::Time to);

}  // namespace launchgate::budget
