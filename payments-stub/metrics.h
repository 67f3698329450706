// Every metric of the provider, with verbs. The names are what the harness reads.
#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <string_view>

#include "payments-stub/knobs.h"
#include "platform/metrics.h"

namespace payments_stub {

// What a request to charge came to, decided when it arrives.
enum class Outcome {
  kCreated,
  kReplayed,
  kConflict,
  kInvalid,
  kFailed,  // An injected failure, too many answers waiting, or no room for more charges.
  kHung,
};

inline constexpr std::array<std::string_view, 6> kOutcomeWords = {"created", "replayed", "conflict",
                                                                  "invalid", "failed",   "hung"};

[[nodiscard]] constexpr std::string_view WordOf(Outcome outcome) {
  return kOutcomeWords[static_cast<std::size_t>(outcome)];
}

// Thread-safe. Every series is there, at 0, before the first request.
class Metrics {
 public:
  // `charges` and `in_flight` are asked at every scrape and must outlive the last one.
  Metrics(std::function<double()> charges, std::function<double()> in_flight);

  // payments_requests_total{outcome}
  void CountRequest(Outcome outcome);
  // payments_request_duration_seconds: from the request to its answer.
  void ObserveAnswer(std::chrono::nanoseconds duration);
  // payments_knob{knob}
  void ShowKnobs(const Knobs& knobs);

  [[nodiscard]] const launchgate::platform::MetricsRegistry& registry() const { return registry_; }

 private:
  launchgate::platform::MetricsRegistry registry_;
  std::array<launchgate::platform::Counter*, kOutcomeWords.size()> requests_{};
  launchgate::platform::Histogram& duration_;
  launchgate::platform::Family<launchgate::platform::Gauge>& knobs_;
};

}  // namespace payments_stub
