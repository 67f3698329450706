// What clients of a service saw, as figures: percentiles, requests that outlived
// a deadline, and the share that failed. Pure.
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <vector>

namespace harness {

inline constexpr int kNoAnswer = 0;  // In place of an HTTP status.

// One request from the side of the client. `latency_ms` counts from the instant
// at which the request was due, not from when it could be sent: a service that
// stalls must not slow down who measures it. (Gil Tene, "How NOT to Measure
// Latency": coordinated omission; wrk2 measures the same way.)
struct Outcome {
  std::chrono::nanoseconds due{};  // Since the load began.
  double latency_ms = 0;           // The client's whole patience where there was no answer.
  int status = kNoAnswer;

  [[nodiscard]] bool answered() const { return status != kNoAnswer; }
  [[nodiscard]] bool succeeded() const { return status >= 200 && status < 300; }
  // Since the load began.
  [[nodiscard]] std::chrono::nanoseconds finished() const;
};

// Milliseconds. All 0 where there was no request.
struct LatencyFigures {
  double min = 0;
  double mean = 0;
  double p50 = 0;
  double p90 = 0;
  double p95 = 0;
  double p99 = 0;
  double max = 0;
};

struct Tally {
  std::size_t requests = 0;
  std::size_t no_answer = 0;      // Within the client's patience.
  std::size_t over_deadline = 0;  // Answered later than the deadline, or not at all.
  std::size_t errors = 0;         // Every status but 2xx, and no answer.

  [[nodiscard]] double ErrorShare() const;  // 0 to 1; 0 without requests.
};

// The nearest-rank percentile: the smallest value that at least `percent` % of
// all are not above. `ascending` is sorted; 0 < percent <= 100. 0 for no values.
double Percentile(std::span<const double> ascending, double percent);

LatencyFigures LatenciesOf(std::span<const Outcome> outcomes);

Tally TallyOf(std::span<const Outcome> outcomes, double deadline_ms);

// The share of all requests that succeeded within `limit_ms`; 0 without requests.
double ShareServedWithin(std::span<const Outcome> outcomes, double limit_ms);

}  // namespace harness
