#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "core/base/text.h"
#include "core/evidence/judging.h"
#include "core/evidence/prometheus_answer.h"
#include "core/evidence/slo_history.h"
#include "core/evidence/sources.h"
#include "core/evidence/verify.h"

namespace launchgate::evidence {
namespace {

using internal::Shortfall;
using internal::Unknown;
using resources::Objective;

constexpr internal::Words kWords{"the history of the objectives", "was read", "ObjectivesHaveData",
                                 "read it again"};

// Objectives that a message tells about; the rest is only counted.
constexpr std::size_t kMaxNamedShortfalls = 4;

// What is known about all objectives together.
struct Tally {
  std::vector<Shortfall> shortfalls;
  std::optional<Finding> unknown;  // The first objective that nothing can be said about.
  int steps = 0;
  int covered = 0;
  std::optional<double> fewest_events;

  void AddUnknown(Finding finding) {
    if (!unknown) unknown = std::move(finding);
  }
};

std::vector<std::string> NamesOf(const resources::SloSpec& spec,
                                 const resources::ErrorBudget& budget) {
  if (!spec.objectives.empty()) return spec.objectives;
  std::vector<std::string> names;
  for (const Objective& objective : budget.objectives) names.push_back(objective.name);
  return names;
}

using Coverage = std::array<bool, kSloSteps>;

// Which steps have a sample. Prometheus answers exactly the instants that it was
// asked for; anything else is no sample of the step.
Coverage CoverageOf(const Series& series, const HistoryQuery& query) {
  Coverage covered{};
  for (const Sample& sample : series.samples) {
    const auto since = sample.at - query.start;
    if (since < base::Duration(0) || sample.at > query.end ||
        since % query.step != base::Duration(0)) {
      continue;
    }
    covered.at(static_cast<std::size_t>(since / query.step)) = true;
  }
  return covered;
}

base::Time StartOf(std::ptrdiff_t step, const HistoryQuery& query) {
  return query.start + query.step * (step - 1);
}

// Data that begins too late, or else the first hole in it.
std::optional<Shortfall> WhyUncovered(const std::string& name, const Coverage& covered,
                                      const HistoryQuery& query) {
  const auto first = std::ranges::find(covered, true);
  const auto gap = std::find(first, covered.end(), false);
  if (first != covered.begin()) {
    return Shortfall{"HistoryTooShort",
                     fmt::format("objective {} has data from {} on, needed is data from {} on",
                                 name, base::FormatTime(StartOf(first - covered.begin(), query)),
                                 base::FormatTime(StartOf(0, query)))};
  }
  if (gap == covered.end()) return std::nullopt;
  const auto end = std::find(gap, covered.end(), true);
  return Shortfall{"HistoryGap",
                   fmt::format("objective {} has no data from {} to {}", name,
                               base::FormatTime(StartOf(gap - covered.begin(), query)),
                               base::FormatTime(StartOf(end - covered.begin(), query)))};
}

void JudgeHistory(const Objective& objective, const HistoryQuery& query,
                  const PrometheusAnswer& answer, Tally& tally) {
  tally.steps += kSloSteps;
  const auto series = SingleSeries(answer);
  if (!series) {
    Finding finding = series.error();
    finding.message = fmt::format("objective {}: {}", objective.name, finding.message);
    return tally.AddUnknown(std::move(finding));
  }
  const Coverage covered = CoverageOf(*series, query);
  const auto steps = static_cast<int>(std::ranges::count(covered, true));
  tally.covered += steps;
  if (steps == 0) {
    return tally.AddUnknown(
        Unknown("Malformed",
                fmt::format("objective {}: the samples are not of the steps that were asked for",
                            objective.name)));
  }
  if (auto shortfall = WhyUncovered(objective.name, covered, query)) {
    tally.shortfalls.push_back(std::move(*shortfall));
  }
  double events = 0;
  for (const Sample& sample : series->samples) events += sample.value;
  if (!(events > 0) || !std::isfinite(events)) {
    return tally.AddUnknown(
        Unknown("NoEvents", fmt::format("objective {} counts no event in the whole window, so "
                                        "nothing shows that it is measured",
                                        objective.name)));
  }
  tally.fewest_events = std::min(tally.fewest_events.value_or(events), events);
}

void JudgeObjective(const std::string& name, const resources::ErrorBudget& budget,
                    const std::vector<ObjectiveHistory>& histories, base::Time asked_at,
                    Tally& tally) {
  const Objective* objective = budget.Find(name);
  if (objective == nullptr) {
    tally.shortfalls.push_back(
        {"ObjectiveUnknown", fmt::format("the ErrorBudget {} has no objective {}",
                                         base::Quote(budget.meta.name), base::Quote(name))});
    return;
  }
  if (!(objective->target > 0 && objective->target < 100)) {
    tally.shortfalls.push_back(
        {"TargetOutOfRange",
         fmt::format("the target of objective {} must be more than 0 and less than 100 %", name)});
    return;
  }
  // Of the expression as it is now: a budget may be edited while it is read.
  const auto history = std::ranges::find_if(histories, [&](const ObjectiveHistory& candidate) {
    return candidate.objective.name == name && candidate.objective.total == objective->total;
  });
  if (history == histories.end()) {
    return tally.AddUnknown(Unknown(
        "SourceMissing", fmt::format("the events of objective {} have not been asked for", name)));
  }
  JudgeHistory(*objective, TotalEventsQuery(*objective, budget.window, asked_at), history->total,
               tally);
}

}  // namespace

base::Duration HistoryLength(const resources::BudgetWindow& window) {
  return window.kind == resources::WindowKind::kRolling ? window.length : resources::kDefaultWindow;
}

HistoryQuery TotalEventsQuery(const Objective& objective, const resources::BudgetWindow& window,
                              base::Time asked_at) {
  HistoryQuery query;
  query.step = std::max(HistoryLength(window), resources::kShortestWindow) / kSloSteps;
  const TimeRange range = RangeOf({"", "", query.step, kSloSteps}, asked_at);
  query.start = range.start;
  query.end = range.end;
  query.expression = resources::WithWindow(objective.total, query.step);
  return query;
}

Finding VerifySlo(const resources::SloSpec& spec, const resources::ErrorBudget& budget,
                  const std::vector<ObjectiveHistory>& histories, base::Time asked_at,
                  base::Time now) {
  if (auto undated = internal::WhyUndated(asked_at, kWords, now)) return *undated;
  const std::vector<std::string> names = NamesOf(spec, budget);
  Tally tally;
  for (const std::string& name : names) JudgeObjective(name, budget, histories, asked_at, tally);
  if (names.empty()) {
    tally.shortfalls.push_back(
        {"ObjectiveUnknown",
         fmt::format("the ErrorBudget {} has no objective", base::Quote(budget.meta.name))});
  }

  Finding finding;
  // What is known to be wrong is said even where something else is not known.
  if (tally.shortfalls.empty() && tally.unknown) finding = std::move(*tally.unknown);
  finding.facts["objectives"] = std::to_string(names.size());
  finding.facts["window"] = base::FormatDuration(HistoryLength(budget.window));
  if (tally.steps > 0) {
    finding.facts["covered"] = base::FormatDecimal(100.0 * tally.covered / tally.steps, 1) + "%";
  }
  if (tally.fewest_events) {
    finding.facts["fewestEvents"] = base::FormatDecimal(*tally.fewest_events, 0);
  }
  if (!finding.reason.empty()) return finding;

  if (const std::size_t count = tally.shortfalls.size(); count > kMaxNamedShortfalls) {
    tally.shortfalls.resize(kMaxNamedShortfalls);
    tally.shortfalls.push_back(
        {"", fmt::format("{} more objectives fall short", count - kMaxNamedShortfalls)});
  }
  finding.observed_at = asked_at;
  internal::Conclude(tally.shortfalls, kWords, kQueryValidity * spec.recheck_every, now, finding);
  if (finding.status == FindingStatus::kPass) {
    finding.message = fmt::format("every objective ({}) has events in every part of the last {}",
                                  names.size(), finding.facts["window"]);
  }
  return finding;
}

}  // namespace launchgate::evidence
