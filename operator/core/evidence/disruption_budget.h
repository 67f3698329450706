// Which PodDisruptionBudgets protect which pods. Internal to this module.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "core/base/result.h"
#include "core/json/json.h"

namespace launchgate::evidence::internal {

using Labels = std::map<std::string, std::string>;

inline constexpr std::size_t kMaxSelectorExpressions = 100;

// Whether a label selector of the Kubernetes API (matchLabels and
// matchExpressions) selects pods with these labels. `empty_selects_all`: what a
// selector without requirements means. kInvalid when it cannot be read.
base::Result<bool> Selects(const json::Json& selector, const Labels& labels,
                           bool empty_selects_all);

// Whether this object (policy/v1 or policy/v1beta1) keeps some pods of a
// workload with these labels alive when a node is drained: it selects them, and
// minAvailable is more than 0, or maxUnavailable less than all. An empty selector
// selects every pod in policy/v1 and none in v1beta1; an absent one selects none.
// `replicas`: how many pods there are meant to be. kInvalid when it cannot be read.
base::Result<bool> Protects(const json::Json& budget, const Labels& labels, std::int64_t replicas);

}  // namespace launchgate::evidence::internal
