#include "gift-cards/provider_gate.h"

#include <cstddef>
#include <utility>

#include "platform/log.h"

namespace gift_cards {

namespace log = launchgate::platform::log;

ProviderGate::Permit::Permit(Permit&& other) noexcept
    : gate_(std::exchange(other.gate_, nullptr)), permit_(other.permit_) {}

ProviderGate::Permit& ProviderGate::Permit::operator=(Permit&& other) noexcept {
  if (this == &other) return *this;
  Report(CallOutcome::kUnknown);
  gate_ = std::exchange(other.gate_, nullptr);
  permit_ = other.permit_;
  return *this;
}

void ProviderGate::Permit::Report(CallOutcome outcome) {
  if (ProviderGate* gate = std::exchange(gate_, nullptr)) gate->Report(permit_, outcome);
}

ProviderGate::ProviderGate(const BreakerOptions& options, const Clock& clock, Metrics& metrics)
    : clock_(clock), metrics_(metrics), breaker_(options, clock.Now()) {}

std::optional<ProviderGate::Permit> ProviderGate::Ask() {
  const std::lock_guard lock(mutex_);
  const auto permit = breaker_.Ask(clock_.Now());
  ShowTransitionsLocked();
  if (!permit) return std::nullopt;
  return Permit(*this, *permit);
}

void ProviderGate::Report(const CircuitBreaker::Permit& permit, CallOutcome outcome) {
  const std::lock_guard lock(mutex_);
  breaker_.Report(permit, outcome, clock_.Now());
  ShowTransitionsLocked();
}

BreakerState ProviderGate::State() {
  const std::lock_guard lock(mutex_);
  const BreakerState state = breaker_.StateAt(clock_.Now());
  ShowTransitionsLocked();
  return state;
}

std::chrono::milliseconds ProviderGate::RefusesFor() {
  const std::lock_guard lock(mutex_);
  return breaker_.RefusesFor(clock_.Now());
}

// Under the lock, so that the gauge ends on the state that really is the last.
void ProviderGate::ShowTransitionsLocked() {
  metrics_.SetBreakerState(breaker_.StateAt(clock_.Now()));
  for (const BreakerState to : kBreakerStates) {
    std::uint64_t& shown = shown_[static_cast<std::size_t>(to)];
    const std::uint64_t made = breaker_.TransitionsTo(to);
    if (made == shown) continue;
    metrics_.CountTransitions(to, made - shown);
    log::Warning("circuit breaker changed state", {{"to", ToText(to)}});
    shown = made;
  }
}

}  // namespace gift_cards
