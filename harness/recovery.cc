#include "harness/recovery.h"

namespace harness {

void RecoveryDetector::Add(const Outcome& outcome) {
  if (recovered_at_) return;
  const bool good = outcome.succeeded() && outcome.latency_ms <= deadline_ms_;
  good_ = good ? good_ + 1 : 0;
  if (good_ >= in_a_row_) recovered_at_ = outcome.finished();
}

}  // namespace harness
