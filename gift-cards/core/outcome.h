// What a redemption can come to: the word that metrics, logs and answers use,
// and the status that goes with it. docs and alerts are written on these words.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "gift-cards/core/attempt.h"

namespace gift_cards {

enum class Outcome {
  kRedeemed,
  kReplayed,       // Redeemed by an earlier request; the same answer again.
  kInvalid,        // The request breaks the contract.
  kConflict,       // The code belongs to another amount.
  kRejected,       // The provider refused the charge for good.
  kShed,           // No worker free, or shutting down. Nothing was sent.
  kBreakerOpen,    // The provider is not called at present. Nothing was sent.
  kDeadline,       // No answer in time; whether it was charged is not known yet.
  kProviderError,  // Answered with errors; whether it was charged is not known yet.
  kStoreError,     // Our own disk; whether it was charged is not known yet.
};

struct OutcomeTraits {
  Outcome outcome;
  std::string_view word;  // The label of gift_cards_redemptions_total and "error" of the body.
  int status;
  bool retry_after;          // The same request may succeed later; repeating it is safe.
  std::string_view message;  // For the customer; empty: made from the request.
};

inline constexpr std::array<OutcomeTraits, 10> kOutcomeTable = {{
    {Outcome::kRedeemed, "redeemed", 200, false, ""},
    {Outcome::kReplayed, "replayed", 200, false, ""},
    {Outcome::kInvalid, "invalid", 400, false, ""},
    {Outcome::kConflict, "conflict", 409, false,
     "this code was redeemed, or is being redeemed, with another amount"},
    {Outcome::kRejected, "rejected", 502, false,
     "the payment provider refused this charge; repeating it will not help"},
    {Outcome::kShed, "shed", 503, true,
     "too busy to take this request; nothing was charged by it, try again later"},
    {Outcome::kBreakerOpen, "breaker_open", 503, true,
     "the payment provider does not answer at present; nothing was charged by this request, "
     "try again later"},
    {Outcome::kDeadline, "deadline", 504, true,
     "no answer in time; the redemption may still be completed, repeating the same request is "
     "safe"},
    {Outcome::kProviderError, "provider_error", 503, true,
     "the payment provider failed; the redemption may still be completed, repeating the same "
     "request is safe"},
    {Outcome::kStoreError, "store_error", 500, false,
     "the redemption could not be recorded; repeating the same request is safe"},
}};

[[nodiscard]] constexpr const OutcomeTraits& TraitsOf(Outcome outcome) {
  return kOutcomeTable[static_cast<std::size_t>(outcome)];
}

// Whether the customer has what was asked for: result="ok" of the histogram.
[[nodiscard]] constexpr bool IsServed(Outcome outcome) {
  return outcome == Outcome::kRedeemed || outcome == Outcome::kReplayed;
}

// What the last attempt at the provider makes of the redemption. kCharged is
// only a redemption once the store has it.
[[nodiscard]] constexpr Outcome OutcomeOf(AttemptResult last) {
  switch (last) {
    case AttemptResult::kCharged:
      return Outcome::kRedeemed;
    case AttemptResult::kRefused:
      return Outcome::kRejected;
    case AttemptResult::kConflict:
      return Outcome::kConflict;
    case AttemptResult::kTimedOut:
      return Outcome::kDeadline;
    case AttemptResult::kUnavailable:
    case AttemptResult::kUnusable:
      return Outcome::kProviderError;
  }
  return Outcome::kProviderError;
}

}  // namespace gift_cards
