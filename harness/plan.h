// What ./dev resilience does to the provider, in which order and for how long. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "harness/step.h"

namespace harness {

// How thorough a sweep is.
enum class Depth {
  kFull,   // Every fault in three strengths.
  kQuick,  // One of each kind: what the demonstration has time for.
  kHang,   // Healthy and one slow provider: enough to show a service that hangs.
};

// Customers per second, everywhere. Close to the expected peak of 100, and little
// enough for client, service and provider to share two processors.
inline constexpr double kSweepRate = 80;
// How long a customer waits: longer than the slowest provider of the sweep, so that
// who hangs is seen to hang for as long as the provider does.
inline constexpr std::chrono::milliseconds kPatience{6'000};
// While recovery is watched, customers give up sooner.
inline constexpr std::chrono::milliseconds kRecoveryPatience{2'000};
// How long recovery is waited for: more than the 5 s that are allowed.
inline constexpr std::chrono::milliseconds kRecoveryWait{6'000};

// Begins healthy; a recovery follows each fault.
std::vector<StepPlan> PlanOf(Depth depth);

}  // namespace harness
