// What must hold after a fault injection: that the service as reviewed hangs, and
// that the mended one does not. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "harness/step.h"

namespace harness {

inline constexpr double kSlowestProviderMs = 5'000;  // The latency step that shows the hang.
inline constexpr std::chrono::milliseconds kRecoveryLimit{5'000};
inline constexpr double kLeastDropWhileOpen = 0.9;  // Of the calls to payments.

struct Check {
  bool holds = false;
  std::string sentence = {};  // What was asked for, and the figure.
};

// The seeded service hangs when payments takes kSlowestProviderMs: p99 is at least
// that, and no request is answered in time while /healthz says 200. A check that
// has no step to look at does not hold.
std::vector<Check> CheckSeeded(const std::vector<StepResult>& steps);

// The fixed service answers every request within `deadline` in every step, is well
// again within kRecoveryLimit after every fault, and keeps kLeastDropWhileOpen of
// the requests away from payments while payments fails every time.
std::vector<Check> CheckFixed(const std::vector<StepResult>& steps,
                              std::chrono::milliseconds deadline);

}  // namespace harness
