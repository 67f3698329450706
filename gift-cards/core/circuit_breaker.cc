#include "gift-cards/core/circuit_breaker.h"

#include <algorithm>

namespace gift_cards {

using std::chrono::milliseconds;

std::string_view ToText(BreakerState state) {
  switch (state) {
    case BreakerState::kClosed:
      return "closed";
    case BreakerState::kOpen:
      return "open";
    case BreakerState::kHalfOpen:
      return "half-open";
  }
  return "closed";
}

std::optional<std::string> ProblemOf(const BreakerOptions& options) {
  if (options.buckets < 1 || options.buckets > BreakerOptions::kMaxBuckets) {
    return "the breaker's buckets must be 1 to 100";
  }
  if (options.window <= milliseconds(0) || options.window > BreakerOptions::kMaxWindow ||
      options.window % options.buckets != milliseconds(0)) {
    return "the breaker's window must be at most 10 minutes and a multiple of its buckets";
  }
  // Written so that NaN is refused too.
  if (!(options.failure_rate > 0 && options.failure_rate <= 1)) {
    return "the breaker's failure rate must be above 0 and at most 1";
  }
  if (options.min_calls < 1) return "the breaker's smallest number of calls must be at least 1";
  if (options.open_for <= milliseconds(0) || options.open_for > BreakerOptions::kMaxOpenFor) {
    return "the breaker must stay open for more than 0 and at most 10 minutes";
  }
  if (options.half_open_probes < 1 || options.half_open_probes > BreakerOptions::kMaxProbes) {
    return "the breaker's probes must be 1 to 100";
  }
  if (options.probe_lease <= milliseconds(0)) {
    return "the breaker's probe lease must be longer than 0";
  }
  return std::nullopt;
}

CircuitBreaker::CircuitBreaker(const BreakerOptions& options, TimePoint now)
    : options_(options),
      start_(now),
      latest_(now),
      buckets_(static_cast<std::size_t>(options.buckets)),
      opened_at_(now) {}

std::optional<CircuitBreaker::Permit> CircuitBreaker::Ask(TimePoint now) {
  Advance(now);
  if (state_ == BreakerState::kClosed) return Permit{generation_, 0};
  if (state_ == BreakerState::kOpen) return std::nullopt;
  // Places are not given back by success: half_open_probes calls decide.
  const int taken = static_cast<int>(probes_.size()) + probes_succeeded_;
  if (taken >= options_.half_open_probes) return std::nullopt;
  probes_.push_back({++last_probe_, latest_});
  return Permit{generation_, last_probe_};
}

void CircuitBreaker::Report(const Permit& permit, CallOutcome outcome, TimePoint now) {
  Advance(now);
  if (permit.generation != generation_) return;
  if (permit.probe != 0) return ReportProbe(permit.probe, outcome);
  Count(outcome);
}

void CircuitBreaker::Count(CallOutcome outcome) {
  if (outcome == CallOutcome::kUnknown) return;
  const std::int64_t number = BucketNumber();
  Bucket& bucket = buckets_[static_cast<std::size_t>(number % options_.buckets)];
  if (bucket.number != number) bucket = {number, {}};
  ++bucket.counts.calls;
  if (outcome == CallOutcome::kFailure) ++bucket.counts.failures;
  const Counts sum = SumWindow();
  if (sum.calls >= options_.min_calls &&
      static_cast<double>(sum.failures) >= options_.failure_rate * static_cast<double>(sum.calls)) {
    GoTo(BreakerState::kOpen);
  }
}

void CircuitBreaker::ReportProbe(std::uint64_t id, CallOutcome outcome) {
  const auto found = std::find_if(probes_.begin(), probes_.end(),
                                  [id](const Probe& probe) { return probe.id == id; });
  if (found == probes_.end()) return;  // Its lease has ended, or it has reported.
  probes_.erase(found);
  if (outcome == CallOutcome::kUnknown) return;
  if (outcome == CallOutcome::kFailure) return GoTo(BreakerState::kOpen);
  if (++probes_succeeded_ >= options_.half_open_probes) GoTo(BreakerState::kClosed);
}

BreakerState CircuitBreaker::StateAt(TimePoint now) {
  Advance(now);
  return state_;
}

milliseconds CircuitBreaker::RefusesFor(TimePoint now) {
  Advance(now);
  if (state_ != BreakerState::kOpen) return milliseconds(0);
  return std::chrono::ceil<milliseconds>(opened_at_ + options_.open_for - latest_);
}

std::uint64_t CircuitBreaker::TransitionsTo(BreakerState state) const {
  return transitions_[static_cast<std::size_t>(state)];
}

CircuitBreaker::Counts CircuitBreaker::WindowAt(TimePoint now) {
  Advance(now);
  return SumWindow();
}

void CircuitBreaker::Advance(TimePoint now) {
  latest_ = std::max(latest_, now);
  if (state_ == BreakerState::kOpen && latest_ - opened_at_ >= options_.open_for) {
    GoTo(BreakerState::kHalfOpen);
  }
  std::erase_if(probes_, [this](const Probe& probe) {
    return latest_ - probe.begun >= options_.probe_lease;
  });
}

// Every state begins with nothing known: what was counted and permitted before
// belongs to the generation before.
void CircuitBreaker::GoTo(BreakerState state) {
  state_ = state;
  ++generation_;
  ++transitions_[static_cast<std::size_t>(state)];
  buckets_.assign(buckets_.size(), Bucket());
  probes_.clear();
  probes_succeeded_ = 0;
  if (state == BreakerState::kOpen) opened_at_ = latest_;
}

std::int64_t CircuitBreaker::BucketNumber() const {
  return (latest_ - start_) / (options_.window / options_.buckets);
}

CircuitBreaker::Counts CircuitBreaker::SumWindow() const {
  const std::int64_t oldest = BucketNumber() - options_.buckets + 1;
  Counts sum;
  for (const Bucket& bucket : buckets_) {
    if (bucket.number < 0 || bucket.number < oldest) continue;
    sum.calls += bucket.counts.calls;
    sum.failures += bucket.counts.failures;
  }
  return sum;
}

}  // namespace gift_cards
