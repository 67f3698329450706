#include "payments-stub/charges.h"

namespace payments_stub {

ChargeBook::Result ChargeBook::Add(std::string_view ref, std::int64_t amount_cents) {
  const std::lock_guard lock(mutex_);
  const auto known = charges_.find(ref);
  if (known != charges_.end()) {
    const bool same = known->second.amount_cents == amount_cents;
    return {same ? ChargeOutcome::kReplayed : ChargeOutcome::kConflict, known->second};
  }
  if (charges_.size() >= max_charges_) return {};
  Charge charge{std::string(ref), amount_cents, "ch_" + std::to_string(charges_.size() + 1)};
  charges_.emplace(charge.ref, charge);
  return {ChargeOutcome::kCreated, std::move(charge)};
}

std::vector<Charge> ChargeBook::All() const {
  const std::lock_guard lock(mutex_);
  std::vector<Charge> all;
  all.reserve(charges_.size());
  for (const auto& [ref, charge] : charges_) all.push_back(charge);
  return all;
}

std::size_t ChargeBook::size() const {
  const std::lock_guard lock(mutex_);
  return charges_.size();
}

}  // namespace payments_stub
