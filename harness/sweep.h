// Injects faults into the provider, step by step, while customers redeem gift
// cards at a constant rate, and watches what the service makes of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "harness/result.h"
#include "harness/step.h"

namespace harness {

struct SweepOptions {
  std::string service_url = {};   // "http://127.0.0.1:8080"
  std::string payments_url = {};  // The stub, whose knobs are turned.
  // What a customer may wait at most, in the figures: the service's own deadline
  // and what an answer needs to reach the customer.
  std::chrono::milliseconds deadline{0};
  std::uint64_t seed = 0;  // Of the codes; a store must not have seen it before.
  std::function<void(const std::string& line)> progress = nullptr;
};

// Blocks for the length of the plan. The provider is healthy when it returns, also
// after an error, which is that the knobs could not be turned or this machine
// cannot make the load; what the service does is never an error.
[[nodiscard]] Result<std::vector<StepResult>> RunSweep(const SweepOptions& options,
                                                       const std::vector<StepPlan>& plan);

// PUT /knobs for the fault of a step; all other knobs become 0.
[[nodiscard]] Status TurnKnobs(const std::string& payments_url, Fault fault, double value);

// Cents of every redemption.
inline constexpr int kAmountCents = 2'500;

// "/giftcards/redeem?code=...&amount=2500"
std::string RedeemTarget(const std::string& code);

}  // namespace harness
