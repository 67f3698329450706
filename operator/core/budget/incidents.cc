#include "core/budget/incidents.h"

#include <algorithm>

namespace launchgate::budget {
namespace {

using resources::Incident;

// How many events may be bad in the whole window.
double BudgetOf(const std::vector<Step>& steps, double target) {
  double total = 0;
  for (const Step& step : steps) total += step.counts.total;
  return AllowedShare(target) * total;
}

}  // namespace

std::vector<Incident> IncidentsOf(const std::vector<Step>& steps, double target) {
  const double budget = BudgetOf(steps, target);
  std::vector<Incident> incidents;
  bool running = false;
  for (const Step& step : steps) {
    const bool burning = Consumed(target, step.counts) > 1;
    const bool goes_on = running && incidents.back().until == step.from;
    running = burning;
    if (!burning) continue;
    if (!goes_on) incidents.push_back({step.from, step.from, 0});
    incidents.back().until = step.until;
    incidents.back().share += step.counts.bad / budget;
  }
  std::ranges::stable_sort(incidents, std::greater<>(), &Incident::share);
  if (incidents.size() > resources::kMaxIncidents) incidents.resize(resources::kMaxIncidents);
  return incidents;
}

std::vector<double> BurnDown(const std::vector<Step>& steps, double target, base::Time start,
                             base::Time end, std::size_t points) {
  const double budget = BudgetOf(steps, target);
  std::vector<double> left;
  left.reserve(points);
  double bad = 0;
  auto next = steps.begin();
  for (std::size_t point = 1; point <= points; ++point) {
    const base::Time until = start + (end - start) * static_cast<base::Duration::rep>(point) /
                                         static_cast<base::Duration::rep>(points);
    for (; next != steps.end() && next->until <= until; ++next) bad += next->counts.bad;
    left.push_back(budget > 0 ? 1 - bad / budget : 1);
  }
  return left;
}

}  // namespace launchgate::budget
