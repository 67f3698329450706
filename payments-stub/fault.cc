#include "payments-stub/fault.h"

#include <cmath>

namespace payments_stub {

Fate Decide(const Knobs& knobs, const Chances& chances) {
  Fate fate;
  fate.delay = std::chrono::milliseconds(
      knobs.latency_ms + std::llround(chances.jitter * static_cast<double>(knobs.jitter_ms)));
  if (chances.hang < knobs.hang_rate) {
    fate.hangs = true;
  } else if (chances.fail < knobs.fail_rate) {
    fate.failure = chances.side < 0.5 ? Failure::kBeforeCharge : Failure::kAfterCharge;
  }
  return fate;
}

}  // namespace payments_stub
