// Time that stands still until a test moves it.
#pragma once

#include <chrono>
#include <mutex>

#include "shell/clock/clock.h"

namespace launchgate::test_support {

// 2026-11-23T08:00:00Z: an instant with nothing special about it.
inline constexpr base::Time kTestNow{std::chrono::milliseconds(1'795'420'800'000)};

// Thread-safe.
class FakeClock final : public clock::Clock {
 public:
  explicit FakeClock(base::Time now = kTestNow) : now_(now) {}

  base::Time Now() const override {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  std::chrono::steady_clock::time_point Monotonic() const override {
    const std::lock_guard lock(mutex_);
    return monotonic_;
  }

  // Time passes: both clocks move.
  void Advance(std::chrono::milliseconds duration) {
    const std::lock_guard lock(mutex_);
    now_ += duration;
    monotonic_ += duration;
  }
  // An administrator sets the wall clock; the monotonic clock does not notice.
  void StepWallClock(std::chrono::milliseconds by) {
    const std::lock_guard lock(mutex_);
    now_ += by;
  }

 private:
  mutable std::mutex mutex_;
  base::Time now_;
  // Not zero: code that takes the epoch for "never" must be found out.
  std::chrono::steady_clock::time_point monotonic_{std::chrono::hours(100)};
};

}  // namespace launchgate::test_support
