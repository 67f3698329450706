#include "app/cli/budget_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>

#include "app/cli/burn_down_chart.h"
#include "core/base/text.h"
#include "core/budget/budget_freezes.h"

namespace launchgate::app::cli {
namespace {

using json::Json;
using resources::BudgetState;
using resources::ErrorBudget;
using resources::Objective;
using resources::ObjectiveStatus;

constexpr std::string_view kGreen = "\x1B[32m";
constexpr std::string_view kRed = "\x1B[31m";
constexpr std::string_view kYellow = "\x1B[33m";
constexpr std::string_view kPlain = "\x1B[0m";
constexpr std::array kBurnWindows = {"1h", "6h", "1d", "3d"};

std::string Percent(const std::optional<double>& share, int digits) {
  return share ? base::FormatDecimal(100 * *share, digits) + " %" : "-";
}

std::string BurnRates(const ObjectiveStatus& status) {
  std::string text;
  for (const char* window : kBurnWindows) {
    const auto rate = status.burn_rates.find(window);
    text += (text.empty() ? "" : " ") +
            (rate == status.burn_rates.end() ? "-" : base::FormatDecimal(rate->second, 1));
  }
  return text;
}

std::string_view ColourOf(BudgetState state) {
  switch (state) {
    case BudgetState::kWithinBudget:
      return kGreen;
    case BudgetState::kSpent:
      return kRed;
    case BudgetState::kUnknown:
      break;
  }
  return kYellow;
}

ObjectiveStatus StatusOf(const ErrorBudget& budget, const Objective& objective) {
  const ObjectiveStatus* known = budget.status.Find(objective.name);
  if (known != nullptr) return *known;
  ObjectiveStatus unknown;
  unknown.name = objective.name;
  unknown.reason = "NotEvaluated";
  unknown.message = "the controller has not evaluated it yet";
  return unknown;
}

struct Widths {
  std::size_t budget = 6;
  std::size_t objective = 9;
};

void WriteObjective(const ErrorBudget& budget, const Objective& objective, const Widths& widths,
                    bool colour, std::ostream& out) {
  const ObjectiveStatus status = StatusOf(budget, objective);
  const std::string sli =
      status.sli ? base::FormatDecimal(*status.sli, 4) + " %" : std::string("-");
  const std::string state = fmt::format("{:<13}", resources::ToString(status.state));
  out << fmt::format("{:<{}}  {:<{}}  {:>8}  {:>10}  {:>9}  {:<32}  {:<19}  {}{}{}  {}\n",
                     budget.meta.name, widths.budget, objective.name, widths.objective,
                     objective.target_text + " %", sli, Percent(status.remaining, 1),
                     // Padding counts bytes, and a block character has three.
                     Sparkline(status.burn_down) +
                         std::string(32 - std::min<std::size_t>(32, status.burn_down.size()), ' '),
                     BurnRates(status), colour ? ColourOf(status.state) : "", state,
                     colour ? kPlain : "",
                     status.exhausted_at ? base::FormatTime(*status.exhausted_at) : "-");
}

Json ObjectiveJson(const ErrorBudget& budget, const Objective& objective) {
  const ObjectiveStatus status = StatusOf(budget, objective);
  Json json = {{"name", objective.name},
               {"target", objective.target_text},
               {"state", resources::ToString(status.state)},
               {"reason", status.reason},
               {"message", status.message},
               {"burnDown", status.burn_down},
               {"burnRates", status.burn_rates}};
  if (status.sli) json["sli"] = *status.sli;
  if (status.consumed) json["consumed"] = *status.consumed;
  if (status.remaining) json["remaining"] = *status.remaining;
  if (status.total_events) json["totalEvents"] = *status.total_events;
  if (status.bad_events) json["badEvents"] = *status.bad_events;
  if (status.exhausted_at) json["exhaustedAt"] = base::FormatTime(*status.exhausted_at);
  return json;
}

std::string DateOf(std::chrono::year_month_day date) {
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

void WriteReport(const BacktestReport& report, std::ostream& out) {
  std::vector<double> left;
  int frozen_days = 0;
  int unknown_days = 0;
  for (const budget::BacktestDay& day : report.result.days) {
    left.push_back(day.remaining.value_or(0));
    if (day.frozen > base::Duration(0)) ++frozen_days;
    if (!day.remaining) ++unknown_days;
  }
  out << fmt::format("\n{} ({} %): frozen on {} of {} days", report.objective, report.target,
                     frozen_days, report.result.days.size());
  if (unknown_days > 0) out << fmt::format(", {} days without enough data", unknown_days);
  out << "\n";
  if (report.result.days.empty()) return;
  out << fmt::format("  left  {}  {} to {}\n", Sparkline(left),
                     DateOf(report.result.days.front().date),
                     DateOf(report.result.days.back().date));
  for (const budget::BacktestFreeze& freeze : report.result.freezes) {
    out << fmt::format(
        "  frozen from {} to {}{} ({}), at worst {} of the budget was spent\n",
        base::FormatTime(freeze.from), base::FormatTime(freeze.until), freeze.over ? "" : " and on",
        base::FormatRoughly(freeze.until - freeze.from), Percent(freeze.worst_consumed, 0));
  }
}

Json ReportJson(const BacktestReport& report) {
  Json days = Json::array();
  for (const budget::BacktestDay& day : report.result.days) {
    Json json = {{"date", DateOf(day.date)},
                 {"frozen", base::FormatDuration(day.frozen)},
                 {"unknown", base::FormatDuration(day.unknown)}};
    if (day.remaining) json["remaining"] = *day.remaining;
    days.push_back(std::move(json));
  }
  Json freezes = Json::array();
  for (const budget::BacktestFreeze& freeze : report.result.freezes) {
    freezes.push_back({{"from", base::FormatTime(freeze.from)},
                       {"until", base::FormatTime(freeze.until)},
                       {"over", freeze.over},
                       {"worstConsumed", freeze.worst_consumed}});
  }
  return {{"objective", report.objective},
          {"target", report.target},
          {"days", std::move(days)},
          {"freezes", std::move(freezes)}};
}

}  // namespace

void WriteBudgets(const std::vector<const LoadedBudget*>& budgets, base::Time now, bool colour,
                  std::ostream& out) {
  Widths widths;
  for (const LoadedBudget* loaded : budgets) {
    widths.budget = std::max(widths.budget, loaded->object.meta.name.size());
    for (const Objective& objective : loaded->object.objectives) {
      widths.objective = std::max(widths.objective, objective.name.size());
    }
  }
  out << fmt::format("{:<{}}  {:<{}}  {:>8}  {:>10}  {:>9}  {:<32}  {:<19}  {:<13}  {}\n", "BUDGET",
                     widths.budget, "OBJECTIVE", widths.objective, "TARGET", "SLI", "LEFT",
                     "WINDOW", "BURN 1H 6H 1D 3D", "STATE", "EMPTY AT");
  for (const LoadedBudget* loaded : budgets) {
    for (const Objective& objective : loaded->object.objectives) {
      WriteObjective(loaded->object, objective, widths, colour, out);
    }
  }
  for (const LoadedBudget* loaded : budgets) {
    for (const budget::Freeze& freeze : budget::FreezesAt(loaded->object, loaded->problems, now)) {
      out << fmt::format("\nfrozen ({}): {}\n", budget::ToString(freeze.cause),
                         base::Printable(freeze.message, 1024));
    }
  }
}

Json BudgetsJson(const std::vector<const LoadedBudget*>& budgets, base::Time now) {
  Json list = Json::array();
  for (const LoadedBudget* loaded : budgets) {
    const ErrorBudget& budget = loaded->object;
    Json json = {{"namespace", budget.meta.ns},
                 {"name", budget.meta.name},
                 {"objectives", Json::array()},
                 {"freezes", Json::array()}};
    if (budget.status.evaluated_at) {
      json["evaluatedAt"] = base::FormatTime(*budget.status.evaluated_at);
    }
    for (const Objective& objective : budget.objectives) {
      json["objectives"].push_back(ObjectiveJson(budget, objective));
    }
    for (const budget::Freeze& freeze : budget::FreezesAt(loaded->object, loaded->problems, now)) {
      json["freezes"].push_back(
          {{"reason", budget::ToString(freeze.cause)}, {"message", freeze.message}});
    }
    list.push_back(std::move(json));
  }
  return list;
}

void WriteBacktest(const ErrorBudget& budget, const std::vector<BacktestReport>& reports,
                   std::ostream& out) {
  out << fmt::format("{}: what the policy would have done\n", budget.meta.Key());
  for (const BacktestReport& report : reports) WriteReport(report, out);
}

Json BacktestJson(const ErrorBudget& budget, const std::vector<BacktestReport>& reports) {
  Json objectives = Json::array();
  for (const BacktestReport& report : reports) objectives.push_back(ReportJson(report));
  return {{"budget", budget.meta.Key()}, {"objectives", std::move(objectives)}};
}

}  // namespace launchgate::app::cli
