// Finishes what a crash, a timeout or a failing provider left pending: charges
// it again, under the same ref.
#pragma once

#include <chrono>
#include <cstddef>
#include <stop_token>

#include "gift-cards/redeemer.h"
#include "gift-cards/store/store.h"

namespace gift_cards {

struct RecoveryOptions {
  static constexpr std::size_t kMaxRowsPerRound = 1'000;

  // A younger row may still be in work. Longer than a redemption's deadline.
  std::chrono::milliseconds min_age{2'000};
  std::size_t rows_per_round = 50;  // 1..kMaxRowsPerRound.
  // So many calls may fail before the provider is left in peace. More than one,
  // or a single row that always fails would stand in the way of all others.
  int failures_per_round = 3;
  std::chrono::milliseconds attempt_timeout{800};  // No customer waits, but the round does.
};

// Not thread-safe: one round at a time. Works beside redemptions, one call at a
// time and one attempt per row, and only while the breaker is closed: a
// provider that is recovering belongs to the customers who wait.
class Recovery {
 public:
  Recovery(const RecoveryOptions& options, const RedeemerParts& parts)
      : options_(options), parts_(parts) {}

  // Takes the oldest pending rows. Ends early when `stop` is wished, the breaker
  // is not closed, the store fails or the provider fails too often. How many
  // rows are settled now.
  std::size_t Round(std::stop_token stop);

 private:
  enum class Step { kSettled, kSkipped, kFailed, kEndRound };

  [[nodiscard]] Step Recover(const Redemption& row);
  // Rows begun before this are old enough, in Unix milliseconds.
  [[nodiscard]] std::int64_t NewestBegin() const;
  // Whether the row is as it was listed. Asked with its code locked: a customer
  // may have finished it, or it may have begun anew with another amount.
  [[nodiscard]] bool IsStillPending(const Redemption& row);

  const RecoveryOptions options_;
  const RedeemerParts parts_;
};

}  // namespace gift_cards
