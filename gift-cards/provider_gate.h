// The circuit breaker as threads share it: with a lock, a clock, metrics and a
// log line per transition.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>

#include "gift-cards/clock.h"
#include "gift-cards/core/circuit_breaker.h"
#include "gift-cards/metrics.h"

namespace gift_cards {

// Thread-safe. Outlives its permits.
class ProviderGate {
 public:
  ProviderGate(const BreakerOptions& options, const Clock& clock, Metrics& metrics);
  ProviderGate(const ProviderGate&) = delete;
  ProviderGate& operator=(const ProviderGate&) = delete;

  // The right to one call. Reports "unknown" by itself when it is dropped
  // without a report, so that no way out of a caller can keep a probe's place.
  class Permit {
   public:
    Permit(ProviderGate& gate, CircuitBreaker::Permit permit) : gate_(&gate), permit_(permit) {}
    Permit(Permit&& other) noexcept;
    Permit& operator=(Permit&& other) noexcept;
    Permit(const Permit&) = delete;
    Permit& operator=(const Permit&) = delete;
    ~Permit() { Report(CallOutcome::kUnknown); }

    // The first report counts.
    void Report(CallOutcome outcome);

   private:
    ProviderGate* gate_;  // Null once reported or moved from.
    CircuitBreaker::Permit permit_;
  };

  [[nodiscard]] std::optional<Permit> Ask();

  // Also brings the metrics up to date with transitions that time alone makes.
  [[nodiscard]] BreakerState State();
  // How long Ask() will certainly give nothing; 0 unless open.
  [[nodiscard]] std::chrono::milliseconds RefusesFor();

 private:
  void Report(const CircuitBreaker::Permit& permit, CallOutcome outcome);
  void ShowTransitionsLocked();

  const Clock& clock_;
  Metrics& metrics_;
  std::mutex mutex_;  // Guards everything below.
  CircuitBreaker breaker_;
  std::array<std::uint64_t, kBreakerStates.size()> shown_{};  // Transitions told to metrics_.
};

}  // namespace gift_cards
