// Which metrics tell of a cause (CPU, memory, disk, restarts, queue depth) and
// not of a symptom that users feel. People should be paged for symptoms; see
// "Symptom-based alerts" in docs/evidence.md for the catalogue and its sources.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace launchgate::evidence {

// Metrics whose name begins with `prefix` and ends with `suffix` tell of `cause`.
// At least one of the two is not empty.
struct CausePattern {
  std::string prefix;
  std::string suffix;
  std::string cause;  // A word for people: "CPU", "memory", "queue depth".
};

// An immutable value; const access is thread-safe.
class CauseCatalogue {
 public:
  // `added` by the operator's configuration come before the built-in patterns;
  // metrics named in `symptoms` are never causes, whatever the patterns say.
  explicit CauseCatalogue(std::vector<CausePattern> added = {},
                          std::vector<std::string> symptoms = {});

  // The cause that a metric tells of; nothing for any other metric.
  std::optional<std::string_view> CauseOf(std::string_view metric) const;

 private:
  std::vector<CausePattern> patterns_;
  std::vector<std::string> symptoms_;
};

}  // namespace launchgate::evidence
