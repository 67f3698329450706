// Every metric of gift-cards, with verbs. The names are what alerts, dashboards
// and the load report are written on.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "gift-cards/core/attempt.h"
#include "gift-cards/core/circuit_breaker.h"
#include "gift-cards/core/outcome.h"
#include "platform/metrics.h"

namespace gift_cards {

// Thread-safe and lock-free: every series is looked up at the start, so that
// all of them are there, at 0, before the first request.
class Metrics {
 public:
  Metrics();

  // gift_cards_redemptions_total{outcome}, and, unless the request was invalid,
  // gift_cards_redemption_duration_seconds{result}: ok is what IsServed().
  void CountRedemption(Outcome outcome, std::chrono::nanoseconds duration);

  // gift_cards_payments_calls_total{result}
  void CountCall(AttemptResult result);
  // gift_cards_payments_retries_total
  void CountRetry();

  // gift_cards_breaker_state{state}: 1 for this one, 0 for the others.
  void SetBreakerState(BreakerState state);
  // gift_cards_breaker_transitions_total{to}
  void CountTransitions(BreakerState to, std::uint64_t count);

  // gift_cards_concurrency_limit
  void SetConcurrencyLimit(std::size_t limit);
  // gift_cards_in_flight: redemptions that hold a worker.
  void AddInFlight(int difference);
  // gift_cards_pending_redemptions; the value stops at the bound of who counts.
  void SetPending(std::size_t count);
  // gift_cards_last_backup_timestamp_seconds; 0: never.
  void SetLastBackup(std::int64_t unix_ms);

  launchgate::platform::MetricsRegistry& registry() { return registry_; }

 private:
  using Counter = launchgate::platform::Counter;
  using Gauge = launchgate::platform::Gauge;
  using Histogram = launchgate::platform::Histogram;

  launchgate::platform::MetricsRegistry registry_;
  std::array<Counter*, kOutcomeTable.size()> redemptions_{};
  Histogram* served_duration_ = nullptr;
  Histogram* failed_duration_ = nullptr;
  std::array<Counter*, kAttemptTable.size()> calls_{};
  Counter& retries_;
  std::array<Gauge*, kBreakerStates.size()> breaker_state_{};
  std::array<Counter*, kBreakerStates.size()> transitions_{};
  Gauge& concurrency_limit_;
  Gauge& in_flight_;
  Gauge& pending_;
  Gauge& last_backup_;
};

}  // namespace gift_cards
