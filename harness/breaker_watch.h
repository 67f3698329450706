// What a circuit breaker did while it was watched from outside, by samples of the
// service's and the provider's metrics. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "harness/latency.h"

namespace harness {

enum class BreakerState { kClosed, kHalfOpen, kOpen };
std::string_view ToString(BreakerState state);  // "closed", "half-open", "open"

// The breaker's own metrics at one instant.
struct BreakerReading {
  BreakerState state = BreakerState::kClosed;
  std::uint64_t opened = 0;  // Transitions to open since the service started,
  std::uint64_t closed = 0;  // and to closed.
};

// From a page of gift-cards' metrics; nothing where it has no breaker.
std::optional<BreakerReading> ReadBreaker(std::string_view metrics_page);

// One look at everything, `at` counted from the start of the load.
struct Sample {
  std::chrono::nanoseconds at{};
  std::optional<BreakerReading> breaker = {};
  std::optional<std::uint64_t> payments_calls = {};  // Since the provider started.
  bool alive = false;                                // /healthz answered 200.
};

// Transitions between the first and the last sample. Nothing unless both tell of
// a breaker; a transition between two samples is counted, since counters tell.
struct BreakerActivity {
  std::uint64_t opened = 0;
  std::uint64_t closed = 0;
  BreakerState at_end = BreakerState::kClosed;
};
std::optional<BreakerActivity> ActivityOf(std::span<const Sample> samples);

// How much of what clients asked reached the provider while the breaker was not
// closed. Half-open times count too, so trial calls and their retries are in it:
// the figure flatters nobody.
struct CallsWhileOpen {
  std::uint64_t requests = 0;  // That clients began.
  std::uint64_t calls = 0;     // That the provider got.

  // The share of requests that were kept from the provider; 0 without requests,
  // and where retries made more calls than there were requests.
  [[nodiscard]] double Drop() const;
};
// Sums over those times between two samples in which the breaker never closed.
CallsWhileOpen CallsWhileNotClosed(std::span<const Sample> samples,
                                   std::span<const Outcome> outcomes);

// Calls the provider got between the first and the last sample that know.
std::optional<std::uint64_t> CallsOf(std::span<const Sample> samples);

}  // namespace harness
