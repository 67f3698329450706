// What one call to the payment provider came to, and what each result means for
// the breaker, for trying again and for the metric. One table, read as one.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "gift-cards/core/circuit_breaker.h"

namespace gift_cards {

enum class AttemptResult {
  kCharged,      // Now, or before under the same ref.
  kRefused,      // For good: the same charge will be refused again.
  kConflict,     // The ref is charged already, with another amount.
  kUnavailable,  // No connection, or 5xx. The charge may have been recorded.
  kTimedOut,     // No whole answer in time. The charge may have been recorded.
  kUnusable,     // An answer that says neither yes nor no: 1xx, 3xx, 401, 404, 429, no JSON.
};

struct AttemptTraits {
  AttemptResult result;
  std::string_view metric;  // gift_cards_payments_calls_total{result}
  CallOutcome breaker;
  // Worth the same call once more. Safe only because a charge is idempotent by
  // its ref: a provider that recorded the first answers the second with it.
  bool retryable;
};

inline constexpr std::array<AttemptTraits, 6> kAttemptTable = {{
    {AttemptResult::kCharged, "ok", CallOutcome::kSuccess, false},
    {AttemptResult::kRefused, "refused", CallOutcome::kSuccess, false},
    {AttemptResult::kConflict, "refused", CallOutcome::kSuccess, false},
    {AttemptResult::kUnavailable, "error", CallOutcome::kFailure, true},
    {AttemptResult::kTimedOut, "timeout", CallOutcome::kFailure, true},
    {AttemptResult::kUnusable, "error", CallOutcome::kFailure, false},
}};

[[nodiscard]] constexpr const AttemptTraits& TraitsOf(AttemptResult result) {
  return kAttemptTable[static_cast<std::size_t>(result)];
}

}  // namespace gift_cards
