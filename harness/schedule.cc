#include "harness/schedule.h"

#include <cmath>

namespace harness {

std::chrono::nanoseconds DueAt(std::uint64_t index, double per_second) {
  // From the index, not from the request before: rounding must not add up.
  return std::chrono::nanoseconds(std::llround(static_cast<double>(index) * (1e9 / per_second)));
}

std::uint64_t DueWithin(std::chrono::nanoseconds duration, double per_second) {
  if (duration.count() <= 0) return 0;
  auto count = static_cast<std::uint64_t>(static_cast<double>(duration.count()) * per_second / 1e9);
  // The division is not exact; the instants themselves decide.
  while (DueAt(count, per_second) < duration) ++count;
  while (count > 0 && DueAt(count - 1, per_second) >= duration) --count;
  return count;
}

}  // namespace harness
