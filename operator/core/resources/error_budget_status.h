// What the controller found about an ErrorBudget, as its status says it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "core/json/json.h"

namespace launchgate::resources {

// A stretch of time in which more went wrong than the objective allows.
struct Incident {
  base::Time from{};
  base::Time until{};
  double share = 0;  // Of the budget of the whole window.
  friend bool operator==(const Incident&, const Incident&) = default;
};

enum class BudgetState { kWithinBudget, kSpent, kUnknown };

// One objective. Figures are those of the last evaluation that gave some: while
// the state is kUnknown they are old, or missing.
struct ObjectiveStatus {
  std::string name;
  BudgetState state = BudgetState::kUnknown;
  // Since when it freezes launches: from kSpent on, until enough is left again.
  std::optional<base::Time> frozen_since;
  std::string reason;  // Stable: "WithinBudget", "BudgetSpent", "LowTraffic", or why it is unknown.
  std::string message;  // One sentence.
  std::optional<double> total_events;
  std::optional<double> bad_events;
  std::optional<double> sli;  // Percent of events that were good; nothing without events.
  std::optional<double> consumed;
  std::optional<double> remaining;           // 1 - consumed; negative when overspent.
  std::map<std::string, double> burn_rates;  // By "1h", "6h", "1d", "3d".
  std::optional<base::Time> exhausted_at;    // At the present rate; nothing: not within a window.
  std::vector<Incident> incidents;           // The largest of the window, largest first.
  std::vector<double> burn_down;             // Share left at the end of equal parts of the window.
};

// A freeze by the budget that has ended; the monthly review looks at it.
struct PastFreeze {
  BudgetState cause = BudgetState::kUnknown;  // kSpent or kUnknown.
  std::string message;                        // Why, as it was last said.
  base::Time from{};
  base::Time until{};
  friend bool operator==(const PastFreeze&, const PastFreeze&) = default;
};

struct ErrorBudgetStatus {
  std::int64_t observed_generation = 0;
  std::optional<base::Time> evaluated_at;
  // When the figures of every objective were last known.
  std::optional<base::Time> known_at;
  std::optional<base::Time> frozen_since;  // Of the objective that froze first.
  std::optional<base::Time> window_start;
  std::vector<ObjectiveStatus> objectives;
  std::vector<PastFreeze> past_freezes;  // The latest, oldest first.

  const ObjectiveStatus* Find(std::string_view objective) const;
};

inline constexpr std::size_t kMaxIncidents = 5;
inline constexpr std::size_t kMaxBurnDownPoints = 32;
inline constexpr std::size_t kMaxPastFreezes = 16;
inline constexpr std::size_t kMaxPastFreezeMessage = 512;  // In characters.

// "WithinBudget", "BudgetSpent", "BudgetUnknown".
std::string_view ToString(BudgetState state);
// The state of that name; a word that is none is kUnknown.
BudgetState ParseBudgetState(std::string_view word);

namespace internal {

// `budget` is the whole object. Never fails: what does not make sense is left
// out. A freeze is never left out: see frozen_since.
ErrorBudgetStatus ReadErrorBudgetStatus(const json::Json& budget);

}  // namespace internal
}  // namespace launchgate::resources
