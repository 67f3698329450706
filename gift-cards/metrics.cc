#include "gift-cards/metrics.h"

#include <string>
#include <utility>
#include <vector>

namespace gift_cards {
namespace {

namespace platform = launchgate::platform;

// Fine around the latency objective (250 ms) and around the deadline (800 ms,
// and the 50 ms in which the answer must be out).
const std::vector<double> kDurationBounds = {0.005, 0.01, 0.025, 0.05, 0.1,  0.15, 0.2, 0.25,
                                             0.3,   0.4,  0.5,   0.8,  0.85, 1,    2.5, 5};
constexpr double kMillisPerSecond = 1'000;

platform::MetricOptions Options(std::string name, std::string help, std::string label) {
  platform::MetricOptions options;
  options.name = std::move(name);
  options.help = std::move(help);
  options.labels = {std::move(label)};
  return options;
}

platform::HistogramOptions DurationOptions() {
  platform::HistogramOptions options;
  options.metric = Options("gift_cards_redemption_duration_seconds",
                           "Time from a valid request read to its answer, by whether the customer "
                           "got what was asked for.",
                           "result");
  options.bounds = kDurationBounds;
  return options;
}

}  // namespace

Metrics::Metrics()
    : retries_(registry_.AddCounter("gift_cards_payments_retries_total",
                                    "Calls to the provider after the first of a redemption.")),
      concurrency_limit_(registry_.AddGauge("gift_cards_concurrency_limit",
                                            "Redemptions that can be in flight at once.")),
      in_flight_(registry_.AddGauge("gift_cards_in_flight", "Redemptions in flight.")),
      pending_(registry_.AddGauge("gift_cards_pending_redemptions",
                                  "Redemptions begun of which it is not known yet whether the "
                                  "provider charged them.")),
      last_backup_(
          registry_.AddGauge("gift_cards_last_backup_timestamp_seconds",
                             "When the newest backup was taken, in Unix time; 0: never.")) {
  auto& redemptions = registry_.AddCounterFamily(
      Options("gift_cards_redemptions_total", "Redemptions answered, by outcome.", "outcome"));
  for (const OutcomeTraits& row : kOutcomeTable) {
    redemptions_[static_cast<std::size_t>(row.outcome)] = &redemptions.With({row.word});
  }
  auto& duration = registry_.AddHistogramFamily(DurationOptions());
  served_duration_ = &duration.With({"ok"});
  failed_duration_ = &duration.With({"error"});
  auto& calls = registry_.AddCounterFamily(
      Options("gift_cards_payments_calls_total", "Calls to the provider, by result.", "result"));
  for (const AttemptTraits& row : kAttemptTable) {
    calls_[static_cast<std::size_t>(row.result)] = &calls.With({row.metric});
  }
  auto& state = registry_.AddGaugeFamily(
      Options("gift_cards_breaker_state", "1 for the state the breaker is in.", "state"));
  auto& transitions =
      registry_.AddCounterFamily(Options("gift_cards_breaker_transitions_total",
                                         "Changes of the breaker's state, by new state.", "to"));
  for (const BreakerState each : kBreakerStates) {
    breaker_state_[static_cast<std::size_t>(each)] = &state.With({ToText(each)});
    transitions_[static_cast<std::size_t>(each)] = &transitions.With({ToText(each)});
  }
  SetBreakerState(BreakerState::kClosed);
}

void Metrics::CountRedemption(Outcome outcome, std::chrono::nanoseconds duration) {
  redemptions_[static_cast<std::size_t>(outcome)]->Increment();
  if (outcome == Outcome::kInvalid) return;
  const double seconds = std::chrono::duration<double>(duration).count();
  (IsServed(outcome) ? served_duration_ : failed_duration_)->Observe(seconds);
}

void Metrics::CountCall(AttemptResult result) {
  calls_[static_cast<std::size_t>(result)]->Increment();
}

void Metrics::CountRetry() { retries_.Increment(); }

void Metrics::SetBreakerState(BreakerState state) {
  for (const BreakerState each : kBreakerStates) {
    breaker_state_[static_cast<std::size_t>(each)]->Set(each == state ? 1 : 0);
  }
}

void Metrics::CountTransitions(BreakerState to, std::uint64_t count) {
  transitions_[static_cast<std::size_t>(to)]->Increment(count);
}

void Metrics::SetConcurrencyLimit(std::size_t limit) {
  concurrency_limit_.Set(static_cast<double>(limit));
}

void Metrics::AddInFlight(int difference) { in_flight_.Add(difference); }

void Metrics::SetPending(std::size_t count) { pending_.Set(static_cast<double>(count)); }

void Metrics::SetLastBackup(std::int64_t unix_ms) {
  last_backup_.Set(static_cast<double>(unix_ms) / kMillisPerSecond);
}

}  // namespace gift_cards
