// The only place that asks what time it is.
#pragma once

#include <chrono>

#include "core/base/time.h"

namespace launchgate::clock {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  // Wall-clock time: what people sign and what expires. May be stepped by an administrator.
  virtual base::Time Now() const = 0;
  // Never goes back. For timeouts and leases.
  virtual std::chrono::steady_clock::time_point Monotonic() const = 0;
};

// The system's clocks.
class SystemClock final : public Clock {
 public:
  base::Time Now() const override;
  std::chrono::steady_clock::time_point Monotonic() const override;
};

}  // namespace launchgate::clock
