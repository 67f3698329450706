// One redemption from end to end, on the thread that calls:
//
//   lock the code ─▶ breaker ─▶ Begin() ─▶ attempts under one deadline ─▶ Complete()
//
// The row is on the disk before the provider is asked, and complete on the disk
// before anybody is told "redeemed". In between a crash leaves a pending row,
// which Recovery charges again under the same ref.
//
// The breaker is asked first: while it is open a request writes nothing and leaves no
// row behind, so "breaker_open" always means that nothing was charged by it. A
// redemption of before is read and replayed all the same.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "gift-cards/clock.h"
#include "gift-cards/code_locks.h"
#include "gift-cards/core/outcome.h"
#include "gift-cards/core/request.h"
#include "gift-cards/core/retry_policy.h"
#include "gift-cards/metrics.h"
#include "gift-cards/payments.h"
#include "gift-cards/provider_gate.h"
#include "gift-cards/store/store.h"

namespace gift_cards {

struct RedeemerOptions {
  static constexpr std::chrono::milliseconds kMaxDeadline{60'000};

  // From the request read to the last moment at which the provider is listened
  // to; at most kMaxDeadline.
  std::chrono::milliseconds deadline{800};
  // One attempt may take this much of it, so that after a provider that went
  // silent there is time to ask once more; at most the deadline.
  std::chrono::milliseconds attempt_timeout{500};
  RetryOptions retry = {};
};

// What is wrong with the options, as one sentence; nothing when they are usable.
[[nodiscard]] std::optional<std::string> ProblemOf(const RedeemerOptions& options);

struct RedeemCommand {
  CodeIdentity code;
  std::int64_t amount_cents = 0;
  std::chrono::steady_clock::time_point received_at;
};

struct RedeemResult {
  Outcome outcome = Outcome::kStoreError;
  std::string charge_id;  // When IsServed(outcome).
  int attempts = 0;       // Calls to the provider.
  std::string detail;     // For the log, not for the customer; empty when all went well.
};

// What Redeemer and Recovery work with; all outlive both.
struct RedeemerParts {
  Store& store;
  Payments& payments;
  ProviderGate& gate;
  CodeLocks& locks;
  Metrics& metrics;
  Clock& clock;
  Chance& chance;
};

// Thread-safe.
class Redeemer {
 public:
  Redeemer(const RedeemerOptions& options, const RedeemerParts& parts)
      : options_(options), parts_(parts) {}

  // Blocks for at most the deadline, and in addition while the store blocks.
  [[nodiscard]] RedeemResult Redeem(const RedeemCommand& command);

 private:
  using TimePoint = std::chrono::steady_clock::time_point;

  // What can be answered without the provider.
  [[nodiscard]] RedeemResult WhileOpen(const RedeemCommand& command);
  // Begin() and what a row from before means.
  [[nodiscard]] RedeemResult Begun(const RedeemCommand& command, ProviderGate::Permit permit);
  // Attempts until one decides, the policy gives up or the breaker refuses.
  [[nodiscard]] ChargeAnswer Attempt(const Charge& charge, TimePoint deadline,
                                     ProviderGate::Permit permit, int& attempts);

  const RedeemerOptions options_;
  const RedeemerParts parts_;
};

// Writes what the provider decided about a pending row: complete, or given up.
// The outcome that may now be told. `code_digest` is locked by the caller.
[[nodiscard]] RedeemResult Settle(const RedeemerParts& parts, std::string_view code_digest,
                                  const ChargeAnswer& answer);

}  // namespace gift_cards
