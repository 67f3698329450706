// Whether to call again, and when. Pure: chance and time are arguments.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "gift-cards/core/attempt.h"

namespace gift_cards {

struct RetryOptions {
  static constexpr int kMaxRetries = 2;

  int max_retries = kMaxRetries;       // 0..kMaxRetries, beyond the first attempt.
  std::chrono::milliseconds base{25};  // Longest wait before the first retry; > 0.
  std::chrono::milliseconds cap{100};  // No wait is longer; >= base.
  // A retry with less time left than this would only be cut short; > 0.
  std::chrono::milliseconds min_attempt{50};
};

// What is wrong with the options, as one sentence; nothing when they are usable.
[[nodiscard]] std::optional<std::string> ProblemOf(const RetryOptions& options);

struct AttemptReport {
  int attempt = 1;  // The first is 1.
  AttemptResult result = AttemptResult::kCharged;
  std::chrono::milliseconds remaining{0};  // Until the deadline of the whole; may be < 0.
};

// How long to wait before the next attempt; nothing: give up. The wait is
// uniform * min(cap, base * 2^(attempt - 1)), "full jitter" of Marc Brooker,
// "Exponential Backoff And Jitter", AWS Architecture Blog, 2015: callers that
// failed together do not come back together. `uniform` is in [0, 1).
[[nodiscard]] std::optional<std::chrono::microseconds> NextWait(const RetryOptions& options,
                                                                const AttemptReport& report,
                                                                double uniform);

}  // namespace gift_cards
