#include "harness/breaker_watch.h"

#include <algorithm>
#include <array>

#include "harness/metrics_text.h"

namespace harness {
namespace {

constexpr std::array kStates = {BreakerState::kClosed, BreakerState::kHalfOpen,
                                BreakerState::kOpen};

std::uint64_t Transitions(std::string_view page, BreakerState to) {
  const auto count =
      SumOf(page, "gift_cards_breaker_transitions_total", {{"to", ToString(to)}}).value_or(0);
  return count > 0 ? static_cast<std::uint64_t>(count) : 0;
}

// The service restarted where a counter went back; then nothing is known.
std::uint64_t Difference(std::uint64_t before, std::uint64_t after) {
  return after > before ? after - before : 0;
}

bool StayedNotClosed(const Sample& from, const Sample& to) {
  return from.breaker && to.breaker && from.breaker->state != BreakerState::kClosed &&
         to.breaker->state != BreakerState::kClosed && from.breaker->closed == to.breaker->closed;
}

}  // namespace

std::string_view ToString(BreakerState state) {
  switch (state) {
    case BreakerState::kClosed:
      return "closed";
    case BreakerState::kHalfOpen:
      return "half-open";
    case BreakerState::kOpen:
      return "open";
  }
  return "unknown";
}

std::optional<BreakerReading> ReadBreaker(std::string_view metrics_page) {
  for (const BreakerState state : kStates) {
    const auto present =
        SumOf(metrics_page, "gift_cards_breaker_state", {{"state", ToString(state)}});
    if (!present || *present != 1) continue;
    return BreakerReading{.state = state,
                          .opened = Transitions(metrics_page, BreakerState::kOpen),
                          .closed = Transitions(metrics_page, BreakerState::kClosed)};
  }
  return std::nullopt;
}

std::optional<BreakerActivity> ActivityOf(std::span<const Sample> samples) {
  if (samples.empty() || !samples.front().breaker || !samples.back().breaker) return std::nullopt;
  const BreakerReading& first = *samples.front().breaker;
  const BreakerReading& last = *samples.back().breaker;
  return BreakerActivity{.opened = Difference(first.opened, last.opened),
                         .closed = Difference(first.closed, last.closed),
                         .at_end = last.state};
}

double CallsWhileOpen::Drop() const {
  if (requests == 0 || calls >= requests) return 0;
  return 1 - static_cast<double>(calls) / static_cast<double>(requests);
}

CallsWhileOpen CallsWhileNotClosed(std::span<const Sample> samples,
                                   std::span<const Outcome> outcomes) {
  CallsWhileOpen sum;
  for (std::size_t i = 1; i < samples.size(); ++i) {
    const Sample& from = samples[i - 1];
    const Sample& to = samples[i];
    if (!StayedNotClosed(from, to) || !from.payments_calls || !to.payments_calls) continue;
    sum.calls += Difference(*from.payments_calls, *to.payments_calls);
    sum.requests +=
        static_cast<std::uint64_t>(std::ranges::count_if(outcomes, [&](const Outcome& outcome) {
          return outcome.due >= from.at && outcome.due < to.at;
        }));
  }
  return sum;
}

std::optional<std::uint64_t> CallsOf(std::span<const Sample> samples) {
  const auto knows = [](const Sample& sample) { return sample.payments_calls.has_value(); };
  const auto first = std::ranges::find_if(samples, knows);
  if (first == samples.end()) return std::nullopt;
  const auto last = std::find_if(samples.rbegin(), samples.rend(), knows);
  return Difference(*first->payments_calls, *last->payments_calls);
}

}  // namespace harness
