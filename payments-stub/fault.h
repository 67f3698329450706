// What happens to one request, decided before it is looked at.
#pragma once

#include <chrono>

#include "payments-stub/knobs.h"

namespace payments_stub {

enum class Failure {
  kNone,
  kBeforeCharge,  // 503, and nothing was charged.
  kAfterCharge,   // 503, although the charge was made: the caller cannot tell which.
};

struct Fate {
  bool hangs = false;  // Charged, and never answered. Then `failure` is kNone.
  Failure failure = Failure::kNone;
  std::chrono::milliseconds delay{0};  // Of the answer; the charge is made at once.
};

// Four independent uniform numbers in [0, 1).
struct Chances {
  double hang = 0;
  double fail = 0;
  double side = 0;  // Which of the two failures: half and half.
  double jitter = 0;
};

// A rate of 0 never happens, a rate of 1 always does. Pure.
Fate Decide(const Knobs& knobs, const Chances& chances);

}  // namespace payments_stub
