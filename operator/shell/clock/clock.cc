#include "shell/clock/clock.h"

namespace launchgate::clock {

base::Time SystemClock::Now() const {
  return std::chrono::time_point_cast<base::Duration>(std::chrono::system_clock::now());
}

std::chrono::steady_clock::time_point SystemClock::Monotonic() const {
  return std::chrono::steady_clock::now();
}

}  // namespace launchgate::clock
