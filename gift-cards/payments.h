// What gift-cards needs from a payment provider: one verb.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "gift-cards/core/attempt.h"

namespace gift_cards {

struct Charge {
  std::string ref;  // Makes the charge idempotent: equal refs are charged once.
  std::int64_t amount_cents = 0;
};

struct ChargeAnswer {
  AttemptResult result = AttemptResult::kUnavailable;
  std::string charge_id;  // The provider's, 1..kMaxChargeIdLength of [A-Za-z0-9_-]; kCharged only.
  std::string detail;     // One sentence for the log, when not kCharged.
};

inline constexpr std::size_t kMaxChargeIdLength = 64;

// Thread-safe.
class Payments {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  virtual ~Payments() = default;
  // One attempt. Returns by `deadline` whatever the provider does.
  [[nodiscard]] virtual ChargeAnswer Try(const Charge& charge, TimePoint deadline) = 0;
};

}  // namespace gift_cards
