// Error budgets for people and for scripts: what `launchgate budget` prints.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "app/world.h"
#include "core/budget/backtest.h"
#include "core/json/json.h"

namespace launchgate::app::cli {

using LoadedBudget = World::Loaded<resources::ErrorBudget>;

// A table with one line for each objective, as the budgets' status says it at `now`.
void WriteBudgets(const std::vector<const LoadedBudget*>& budgets, base::Time now, bool colour,
                  std::ostream& out);
json::Json BudgetsJson(const std::vector<const LoadedBudget*>& budgets, base::Time now);

// What a backtest of one objective gave.
struct BacktestReport {
  std::string objective;
  std::string target;
  budget::Backtest result;
};
void WriteBacktest(const resources::ErrorBudget& budget, const std::vector<BacktestReport>& reports,
                   std::ostream& out);
json::Json BacktestJson(const resources::ErrorBudget& budget,
                        const std::vector<BacktestReport>& reports);

}  // namespace launchgate::app::cli
