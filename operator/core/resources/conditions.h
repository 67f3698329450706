// The conditions of a status, as every kind of ours writes them. Pure functions,
// safe from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "core/json/json.h"

namespace launchgate::resources {

inline constexpr std::size_t kMaxConditionMessage = 1024;  // Bytes.

enum class Truth { kFalse, kTrue, kUnknown };
constexpr Truth TruthOf(bool value) { return value ? Truth::kTrue : Truth::kFalse; }

struct Condition {
  std::string type;
  Truth status = Truth::kUnknown;
  std::string reason;   // Stable; never empty.
  std::string message;  // Made printable and cut when it is written.
};

// `conditions` of a status. One that is in `previous`, the status that stands (JSON
// of any shape), keeps its transition time while its status stays.
json::Json ConditionsJson(const std::vector<Condition>& conditions, std::int64_t generation,
                          const json::Json& previous, base::Time now);

// The condition of this type in a status of any shape; null where there is none.
const json::Json* FindCondition(const json::Json& status, std::string_view type);

}  // namespace launchgate::resources
