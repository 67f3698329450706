// One phase of a fault injection: what is done to the provider, and what the
// clients of the service saw meanwhile.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/breaker_watch.h"
#include "harness/latency.h"
#include "harness/recovery.h"

namespace harness {

enum class Fault {
  kNone,     // The provider is healthy.
  kLatency,  // Every answer is late by `value` milliseconds.
  kErrors,   // The share `value` of its answers is a 503.
  kHang,     // The share `value` of requests is never answered.
};
std::string_view ToString(Fault fault);  // "none", "latency", "errors", "hang"

struct StepPlan {
  Fault fault = Fault::kNone;
  double value = 0;  // Milliseconds or a share, by fault; 0 for kNone.
  double per_second = 0;
  std::chrono::milliseconds duration{0};
  std::chrono::milliseconds patience{0};  // Of each client.
  // The fault has just ended: the load runs until the service is well again, at
  // least a second and at most `duration`. For kNone only.
  bool measures_recovery = false;
};

// "healthy", "latency 200 ms", "errors 50 %", "hang 10 %", "recovery"
std::string NameOf(const StepPlan& plan);

struct StepResult {
  StepPlan plan;
  std::chrono::system_clock::time_point started_at;
  LatencyFigures latency;
  Tally tally;
  // Requests due in the second half, and those of them answered in time, whatever
  // the answer. None of many: whoever should answer is busy with something else.
  std::size_t late_requests = 0;
  std::size_t late_in_time = 0;
  std::size_t looks = 0;        // At /healthz,
  std::size_t looks_alive = 0;  // and those that found 200.
  std::optional<BreakerActivity> breaker;
  CallsWhileOpen while_open;
  std::optional<std::uint64_t> payments_calls;
  std::optional<Recovery> recovery;  // With measures_recovery.

  // No request of the second half got an answer in time, and yet all was well to
  // a liveness probe.
  [[nodiscard]] bool Exhausted() const {
    return late_requests > 0 && late_in_time == 0 && looks > 0 && looks == looks_alive;
  }
};

// What came of a plan, from what was seen. `deadline_ms`: see SweepOptions. Pure.
StepResult Summarize(const StepPlan& plan, double deadline_ms, const std::vector<Outcome>& outcomes,
                     const std::vector<Sample>& samples);

}  // namespace harness
