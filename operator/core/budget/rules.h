// The recording rules that make a long window cheap: events are counted once, in
// tiles of kTile, and a window is a sum of tiles. `launchgate budget rules`
// prints them; questions.h asks for what they record.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "core/json/json.h"
#include "core/resources/error_budget.h"

namespace launchgate::budget {

// How long a tile is, and how often the rules are evaluated: tiles join without
// a gap and without an overlap.
inline constexpr base::Duration kTile = std::chrono::minutes(5);

// Names of what is recorded, one series for each objective.
inline constexpr std::string_view kTotalRecord = "launchgate:total_events:increase5m";
inline constexpr std::string_view kBadRecord = "launchgate:bad_events:increase5m";

// PromQL for the bad events of an objective over `window`, from whichever of
// good, bad and a latency threshold it was given. Events that were never counted
// because none happened are no events: `bad` that gives nothing is 0 while
// `total` gives something. A missing bucket of a histogram is not: the result is
// then empty.
std::string BadEvents(const resources::Objective& objective, base::Duration window);
std::string TotalEvents(const resources::Objective& objective, base::Duration window);

// Labels of what is recorded for an objective: namespace, error_budget,
// objective, definition. The last one is a digest of the expressions, so that a
// budget whose expressions changed is not judged by figures of the old ones.
std::map<std::string, std::string> RecordLabels(const resources::ErrorBudget& budget,
                                                const resources::Objective& objective);

// {namespace="shop",error_budget="gift-cards",…}
std::string RecordSelector(const resources::ErrorBudget& budget,
                           const resources::Objective& objective);

// The rules of a budget as a file of Prometheus (`groups`), and as a
// PrometheusRule of the Prometheus Operator (monitoring.coreos.com/v1) in the
// budget's namespace.
json::Json RuleFile(const resources::ErrorBudget& budget);
json::Json PrometheusRuleObject(const resources::ErrorBudget& budget);

}  // namespace launchgate::budget
