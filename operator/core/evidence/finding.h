// What verifying one piece of evidence gave.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/time.h"

namespace launchgate::evidence {

enum class FindingStatus {
  kPass,
  kFail,     // The evidence is there and says no.
  kStale,    // The evidence said yes, but too long ago.
  kUnknown,  // Could not find out; never counts as a pass.
};
std::string_view ToString(FindingStatus status);
// Anything that is not one of the four names is kUnknown.
FindingStatus ParseFindingStatus(std::string_view text);

struct Finding {
  FindingStatus status = FindingStatus::kUnknown;
  std::string reason;   // PascalCase and stable; documented in docs/evidence.md.
  std::string message;  // One sentence with the figures; never the body of the evidence.
  std::optional<base::Time> observed_at;     // When the proven thing happened.
  base::Time valid_until = base::kNever;     // A pass goes stale at this instant.
  std::map<std::string, std::string> facts;  // Figures with units: {"p95", "6.78ms"}.
  friend bool operator==(const Finding&, const Finding&) = default;
};

// What the finding counts as at `now`: a pass is kStale from valid_until on.
FindingStatus StatusAt(const Finding& finding, base::Time now);

}  // namespace launchgate::evidence
