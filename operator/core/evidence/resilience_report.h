// The report of a fault injection, launchgate.dev/resilience-report/v1: what a
// service did while a dependency of it was healthy, slow, failing or silent.
// docs/evidence.md describes the format for those who write it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/json/json.h"

namespace launchgate::evidence {

inline constexpr std::string_view kResilienceFormat = "launchgate.dev/resilience-report/v1";

enum class Fault {
  kNone,     // The dependency is healthy: before, between and after faults.
  kLatency,  // Every answer of the dependency is late by `value` milliseconds.
  kErrors,   // The share `value` of its answers is an error.
  kHang,     // It takes requests and never answers.
};
std::string_view ToString(Fault fault);  // "none", "latency", "errors", "hang"

enum class BreakerState { kClosed, kHalfOpen, kOpen };

// What the circuit breaker in front of the dependency did during a step.
struct BreakerActivity {
  std::uint64_t opened = 0;  // Transitions to open,
  std::uint64_t closed = 0;  // and to closed.
  std::optional<BreakerState>
      at_end;  // When the step ended; a step without transitions may not tell.
};

// One phase with one fault. Figures are those of the service's own answers to
// its clients, not of the dependency's.
struct ResilienceStep {
  Fault fault = Fault::kNone;
  std::optional<double> value;  // Set for kLatency (ms, > 0) and kErrors (share, > 0), only.
  std::uint64_t requests = 0;
  std::uint64_t over_deadline = 0;   // Requests that took longer than the deadline.
  double error_share = 0;            // 0 to 1.
  std::map<double, double> latency;  // By percentile, in ms.
  double max_latency = 0;            // ms
  std::optional<BreakerActivity> breaker;
  // From the end of the fault until answers were normal again.
  std::optional<base::Duration> recovery_time;

  bool slow() const { return fault == Fault::kLatency || fault == Fault::kHang; }
};

struct ResilienceReport {
  std::optional<base::Time> generated_at;
  base::Duration deadline{};          // > 0; no request may take longer, whatever happens.
  std::vector<ResilienceStep> steps;  // In the order in which they happened; at least one.
};

inline constexpr std::size_t kMaxResilienceSteps = 64;
inline constexpr std::size_t kMaxBreakerTransitions = 1000;  // Of one step.
inline constexpr std::size_t kMaxStepPercentiles = 32;

// kUnsupported when `format` is not kResilienceFormat; kInvalid when a field is
// missing, unknown, of the wrong type, or contradicts another one. The message
// names the fields.
base::Result<ResilienceReport> ParseResilienceReport(const json::Json& document);

}  // namespace launchgate::evidence
