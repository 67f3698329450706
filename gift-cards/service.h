// The whole service: which parts there are, who knows whom, and how it ends.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "gift-cards/clock.h"
#include "gift-cards/core/circuit_breaker.h"
#include "gift-cards/metrics.h"
#include "gift-cards/payments.h"
#include "gift-cards/recovery.h"
#include "gift-cards/redeemer.h"
#include "gift-cards/store/store.h"

namespace gift_cards {

struct ServiceOptions {
  std::string address = "127.0.0.1";  // Numeric.
  std::uint16_t port = 0;             // 0: any free one.
  std::size_t io_threads = 2;
  std::size_t max_concurrent = 64;  // Redemptions at once; 1..Bulkhead::kMaxWorkers.
  RedeemerOptions redeemer = {};
  BreakerOptions breaker = {};
  RecoveryOptions recovery = {};
  std::chrono::milliseconds recovery_interval{5'000};  // > 0. Between rounds.
  std::chrono::milliseconds watch_interval{1'000};     // > 0. Between questions to the store.
};

// What is wrong with the options, as one sentence; nothing when they are usable.
[[nodiscard]] std::optional<std::string> ProblemOf(const ServiceOptions& options);

// What the service does not make itself; all outlive it.
struct ServiceParts {
  Store& store;
  Payments& payments;
  Clock& clock;
  Chance& chance;
};

// Serves from Start() on: POST /giftcards/redeem, GET /healthz, /readyz and
// /metrics. Thread-safe.
class Service {
 public:
  // The error is one sentence.
  [[nodiscard]] static tl::expected<std::unique_ptr<Service>, std::string> Start(
      const ServiceOptions& options, const ServiceParts& parts);

  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;
  ~Service();

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] Metrics& metrics();

  // Not ready any more, refuses what is new, lets what is in flight end within
  // its deadline, stops recovery and closes the sockets. Whether all in flight
  // were answered. Once.
  bool Drain();

 private:
  class Impl;
  explicit Service(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace gift_cards
