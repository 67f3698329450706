// What Prometheus is asked about an objective, and what its answers mean. Asking
// is done elsewhere.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "core/base/time.h"
#include "core/budget/arithmetic.h"
#include "core/budget/window.h"
#include "core/evidence/verify.h"
#include "core/resources/error_budget.h"

namespace launchgate::budget {

// Windows up to this length are evaluated from the budget's own expressions;
// longer ones from what the recording rules of rules.h have recorded.
inline constexpr base::Duration kLongestRawWindow = std::chrono::hours(6);
// A raw window is counted in so many tiles.
inline constexpr int kRawTiles = 12;

bool IsRecorded(const resources::BudgetWindow& window);
// How long the tiles are that the window is a sum of.
base::Duration TileOf(const resources::BudgetWindow& window);
// The instant to ask for: the last whole second, or the end of the last tile of
// a raw window, so that tiles do not shift from one evaluation to the next.
base::Time AskAt(const resources::BudgetWindow& window, base::Time now);

// How much of the window must have been recorded.
inline constexpr double kMinCoverage = 0.9;
// Its oldest part, of which something must be there: a server that keeps less
// than the window, or a service younger than it, would give a figure of something else.
inline constexpr double kOldestPart = 0.05;

struct Figures {
  EventCounts window;
  // By "1h", "6h", "1d" and "3d", as far as they fit into the window.
  std::map<std::string, EventCounts> recent;
  double coverage = 0;  // Share of the window that was recorded, up to 1.
};

// Why nothing can be said about an objective.
struct WhyUnknown {
  // The reasons of evidence::DataOf and SamplesBy, and RulesMissing, NoData,
  // HistoryTooShort, HistoryGap, ThresholdIsNoBucket, TimeZoneUnknown, NotAsked.
  std::string reason;
  std::string message;  // One sentence, with what to do.
};

// One instant query, to be asked at `span.end`; all figures are labelled in its answer.
std::string FiguresQuery(const resources::ErrorBudget& budget,
                         const resources::Objective& objective, const WindowSpan& span);
tl::expected<Figures, WhyUnknown> ReadFigures(const resources::ErrorBudget& budget,
                                              const resources::Objective& objective,
                                              const WindowSpan& span,
                                              const evidence::PrometheusAnswer& answer);

// The window in steps, for incidents and the burn-down: two range queries.
struct HistoryQueries {
  std::string total;
  std::string bad;
  base::Time start{};  // The end of the first step.
  base::Time end{};
  base::Duration step{};
};
inline constexpr int kMaxHistorySteps = 750;
inline constexpr base::Duration kShortestHistoryStep = std::chrono::hours(1);

HistoryQueries HistoryOf(const resources::ErrorBudget& budget,
                         const resources::Objective& objective, const WindowSpan& span);

// The events of one step.
struct Step {
  base::Time from{};
  base::Time until{};
  EventCounts counts;
};
// A step that was not recorded is left out.
tl::expected<std::vector<Step>, WhyUnknown> ReadHistory(const HistoryQueries& queries,
                                                        const evidence::PrometheusAnswer& total,
                                                        const evidence::PrometheusAnswer& bad);

}  // namespace launchgate::budget
