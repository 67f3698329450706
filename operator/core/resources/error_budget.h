// ErrorBudget: the objectives of a service, the window over which what may go
// wrong is counted, and what follows when it is spent. Namespaced. Computed in
// core/budget; evidence reads the objectives as well.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "core/json/json.h"
#include "core/json/reader.h"
#include "core/resources/budget_policy.h"
#include "core/resources/error_budget_status.h"
#include "core/resources/meta.h"

namespace launchgate::resources {

// Where an expression says how far back it looks: increase(errors_total[$window]).
inline constexpr std::string_view kWindowPlaceholder = "$window";

// One objective: a share of events that must be good, event-based.
struct Objective {
  std::string name;   // DNS label, unique in the budget.
  double target = 0;  // Percent, in (0, 100): "99.9".
  std::string target_text;
  // PromQL with kWindowPlaceholder where a range is meant; `total` always, and
  // exactly one of `good` and `bad`. A latency objective (a classic histogram
  // and a threshold that is one of its bucket bounds) is rewritten to these.
  std::string total;
  std::string good;
  std::string bad;
  // Of a latency objective. Without a bucket that ends there nothing is counted:
  // interpolating between two others would be a guess.
  std::optional<base::Duration> latency_threshold;
};

enum class WindowKind { kRolling, kCalendarMonth };
struct BudgetWindow {
  WindowKind kind = WindowKind::kRolling;
  base::Duration length{};  // Of a rolling window.
  std::string time_zone;    // IANA name, of a calendar month.
};

struct ErrorBudget {
  Meta meta;
  std::string prometheus;  // Name of a server in the operator's configuration.
  BudgetWindow window;
  std::vector<Objective> objectives;
  FreezePolicy policy;
  std::optional<ReviewCadence> review;  // Nothing: no monthly review.
  ErrorBudgetStatus status;

  const Objective* Find(std::string_view objective) const;
};

inline constexpr std::size_t kMaxObjectives = 16;
inline constexpr std::size_t kMaxExpressionLength = 2048;  // Characters.
inline constexpr base::Duration kShortestWindow = std::chrono::minutes(1);
inline constexpr base::Duration kLongestWindow = std::chrono::hours(24 * 366);
inline constexpr base::Duration kDefaultWindow = std::chrono::hours(24 * 28);

// `expression` with every kWindowPlaceholder replaced by a PromQL duration.
std::string WithWindow(std::string_view expression, base::Duration window);

// Everything wrong with the spec is added to `problems`; the result then holds
// what could be read and must not be used to allow anything.
ErrorBudget ParseErrorBudget(const json::Json& object, std::vector<json::Problem>& problems);

}  // namespace launchgate::resources
