// When a service is well again after a fault: as soon as kAnswersInARow answers
// one after another were good and in time. Pure.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

#include "harness/latency.h"

namespace harness {

// One good answer may be luck; a breaker that tries the provider lets some through.
inline constexpr std::size_t kAnswersInARow = 20;

// How the wait for recovery ended. "Never" is an answer: the service was not well
// again when we stopped waiting.
struct Recovery {
  bool recovered = false;
  // From the end of the fault until the last of the answers in a row; how long
  // was waited, where they never came.
  std::chrono::milliseconds took{};
};

// Fed with outcomes in the order in which they ended; times count from the end
// of the fault, which is when the load began.
class RecoveryDetector {
 public:
  explicit RecoveryDetector(double deadline_ms, std::size_t in_a_row = kAnswersInARow)
      : deadline_ms_(deadline_ms), in_a_row_(in_a_row) {}

  void Add(const Outcome& outcome);

  // Once recovered, always recovered: what breaks later is another fault.
  [[nodiscard]] std::optional<std::chrono::nanoseconds> recovered_at() const {
    return recovered_at_;
  }

 private:
  double deadline_ms_;
  std::size_t in_a_row_;
  std::size_t good_ = 0;
  std::optional<std::chrono::nanoseconds> recovered_at_;
};

}  // namespace harness
