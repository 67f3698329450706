// FreezeWindow: times in which no launch change is admitted, again and again by
// the calendar or once, for some namespaces or all. Cluster-scoped. When exactly
// a window freezes is computed in core/budget/calendar.h.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/time.h"
#include "core/json/json.h"
#include "core/json/reader.h"
#include "core/resources/cron.h"
#include "core/resources/meta.h"

namespace launchgate::resources {

enum class LabelOperator { kIn, kNotIn, kExists, kDoesNotExist };
std::string_view ToString(LabelOperator op);

// As in Kubernetes. NotIn also holds for objects without the label.
struct LabelRequirement {
  std::string key;
  LabelOperator op = LabelOperator::kIn;
  std::vector<std::string> values;  // Of In and NotIn, at least one; else empty.
};

// All of it must hold, so an empty selector selects every namespace.
struct NamespaceSelector {
  std::map<std::string, std::string> match_labels;
  std::vector<LabelRequirement> match_expressions;
};

// Freezes for `duration` from each of the times of `cron` on, which are those of
// a clock on the wall of `time_zone`.
struct CalendarFreeze {
  CronSchedule cron;
  base::Duration duration{};
  std::string time_zone;  // IANA name. Whether it exists is known where the database is.
};

// Freezes once, in [start, end).
struct OneOffFreeze {
  base::Time start{};
  base::Time end{};
};

struct FreezeWindow {
  Meta meta;
  std::string reason;  // For the engineer whose rollout is stopped.
  std::string team;
  std::string contact;
  // std::monostate: could not be read; there is then a problem.
  std::variant<std::monostate, CalendarFreeze, OneOffFreeze> when;
  NamespaceSelector namespace_selector;
};

inline constexpr base::Duration kShortestFreeze = std::chrono::minutes(1);  // By the calendar.
inline constexpr base::Duration kLongestFreeze = std::chrono::hours(24 * 31);
inline constexpr base::Duration kLongestOneOffFreeze = std::chrono::hours(24 * 366);
// A calendar that begins to freeze more often on one day is a mistake, and would
// make looking a year ahead expensive.
inline constexpr std::size_t kMaxFreezesPerDay = 48;
inline constexpr std::size_t kMaxMatchLabels = 16;
inline constexpr std::size_t kMaxMatchExpressions = 16;
inline constexpr std::size_t kMaxLabelValues = 32;  // Of one expression.

// Everything wrong with the spec is added to `problems`; the result then holds
// what could be read and must not be used to allow anything. What cannot be read
// of the selector is left out of it, so that it selects more and never less. The
// status is not read: it is the controller's, and nothing is decided from it.
FreezeWindow ParseFreezeWindow(const json::Json& object, std::vector<json::Problem>& problems);

}  // namespace launchgate::resources
