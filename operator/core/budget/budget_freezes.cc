#include "core/budget/budget_freezes.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/budget/assessment.h"

namespace launchgate::budget {
namespace {

using resources::BudgetState;
using resources::ErrorBudget;
using resources::ObjectiveStatus;
using resources::PastFreeze;

std::string SourceOf(const std::string& ns, const std::string& name) {
  return fmt::format("ErrorBudget {}/{}", ns, name);
}

Freeze SpentFreeze(const ErrorBudget& budget) {
  Freeze freeze{FreezeCause::kBudgetSpent, SourceOf(budget.meta.ns, budget.meta.name), "",
                *budget.status.frozen_since, base::kNever};
  for (const ObjectiveStatus& objective : budget.status.objectives) {
    if (!objective.frozen_since) continue;
    freeze.message += fmt::format("{}{}: {}", freeze.message.empty() ? "" : "; ", objective.name,
                                  objective.message);
  }
  if (freeze.message.empty()) freeze.message = "the budget is spent";
  return freeze;
}

std::string WhyUnknownText(const ErrorBudget& budget) {
  for (const ObjectiveStatus& objective : budget.status.objectives) {
    if (objective.state == BudgetState::kUnknown) {
      return fmt::format("{}: {}", objective.name, objective.message);
    }
  }
  return "nobody has evaluated it lately: ask the platform team whether launchgate's controller "
         "and its Prometheus work";
}

}  // namespace

std::vector<Freeze> FreezesOf(const ErrorBudget& budget,
                              const std::vector<json::Problem>& problems) {
  const std::string source = SourceOf(budget.meta.ns, budget.meta.name);
  if (!problems.empty()) {
    return {{FreezeCause::kBudgetUnknown, source, "cannot be used: " + json::Summarize(problems),
             base::Time::min(), base::kNever}};
  }
  std::vector<Freeze> freezes;
  if (budget.status.frozen_since) freezes.push_back(SpentFreeze(budget));
  const base::Time known_at = budget.status.known_at.value_or(budget.meta.created);
  freezes.push_back({FreezeCause::kBudgetUnknown, source,
                     fmt::format("what is left is not known since {}; {}",
                                 base::FormatTime(known_at), WhyUnknownText(budget)),
                     UnknownFreezesFrom(budget, budget.status), base::kNever});
  return freezes;
}

std::vector<Freeze> FreezesAt(const ErrorBudget& budget, const std::vector<json::Problem>& problems,
                              base::Time now) {
  auto freezes = FreezesOf(budget, problems);
  std::erase_if(freezes, [now](const Freeze& freeze) { return !InForce(freeze, now); });
  return freezes;
}

std::vector<Freeze> PastFreezesOf(const ErrorBudget& budget) {
  std::vector<Freeze> freezes;
  for (const PastFreeze& past : budget.status.past_freezes) {
    const auto cause =
        past.cause == BudgetState::kSpent ? FreezeCause::kBudgetSpent : FreezeCause::kBudgetUnknown;
    freezes.push_back(
        {cause, SourceOf(budget.meta.ns, budget.meta.name), past.message, past.from, past.until});
  }
  return freezes;
}

std::vector<PastFreeze> PastFreezesAfter(const ErrorBudget& budget,
                                         const resources::ErrorBudgetStatus& next, base::Time now) {
  ErrorBudget after = budget;
  after.status = next;
  const auto still = FreezesAt(after, {}, now);
  std::vector<PastFreeze> past = budget.status.past_freezes;
  for (const Freeze& freeze : FreezesAt(budget, {}, now)) {
    if (std::ranges::find(still, freeze.cause, &Freeze::cause) != still.end()) continue;
    const auto cause =
        freeze.cause == FreezeCause::kBudgetSpent ? BudgetState::kSpent : BudgetState::kUnknown;
    past.push_back({cause, freeze.message, freeze.from, now});
  }
  if (past.size() > resources::kMaxPastFreezes) {
    past.erase(past.begin(), past.end() - static_cast<std::ptrdiff_t>(resources::kMaxPastFreezes));
  }
  return past;
}

Freeze MissingBudget(const std::string& ns, const std::string& name) {
  return {FreezeCause::kBudgetUnknown, SourceOf(ns, name),
          "does not exist, and the LaunchReview names it", base::Time::min(), base::kNever};
}

}  // namespace launchgate::budget
