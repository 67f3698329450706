#include "payments-stub/metrics.h"

#include <utility>

namespace payments_stub {
namespace {

// To a minute, since LATENCY_MS goes that far.
std::vector<double> DurationBounds() {
  std::vector<double> bounds = launchgate::platform::DefaultLatencyBoundsSeconds();
  bounds.insert(bounds.end(), {30, 60});
  return bounds;
}

}  // namespace

Metrics::Metrics(std::function<double()> charges, std::function<double()> in_flight)
    : duration_(registry_.AddHistogram("payments_request_duration_seconds",
                                       "From a request to charge to its answer.",
                                       DurationBounds())),
      knobs_(registry_.AddGaugeFamily(
          {.name = "payments_knob", .help = "How the provider is set.", .labels = {"knob"}})) {
  auto& requests = registry_.AddCounterFamily({.name = "payments_requests_total",
                                               .help = "Charges asked for, by outcome.",
                                               .labels = {"outcome"}});
  for (std::size_t i = 0; i < kOutcomeWords.size(); ++i) {
    requests_[i] = &requests.With({kOutcomeWords[i]});
  }
  registry_.AddGaugeCallback("payments_charges", "Charges that were made.", std::move(charges));
  registry_.AddGaugeCallback("payments_in_flight", "Requests whose answer is late or never comes.",
                             std::move(in_flight));
  ShowKnobs({});
}

void Metrics::CountRequest(Outcome outcome) {
  requests_[static_cast<std::size_t>(outcome)]->Increment();
}

void Metrics::ObserveAnswer(std::chrono::nanoseconds duration) {
  duration_.Observe(std::chrono::duration<double>(duration).count());
}

void Metrics::ShowKnobs(const Knobs& knobs) {
  knobs_.With({"LATENCY_MS"}).Set(static_cast<double>(knobs.latency_ms));
  knobs_.With({"JITTER_MS"}).Set(static_cast<double>(knobs.jitter_ms));
  knobs_.With({"FAIL_RATE"}).Set(knobs.fail_rate);
  knobs_.With({"HANG_RATE"}).Set(knobs.hang_rate);
}

}  // namespace payments_stub
