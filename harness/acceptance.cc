#include "harness/acceptance.h"

#include <fmt/format.h>

#include <algorithm>

namespace harness {
namespace {

const StepResult* Find(const std::vector<StepResult>& steps, Fault fault, double value) {
  const auto found = std::ranges::find_if(steps, [&](const StepResult& step) {
    return step.plan.fault == fault && step.plan.value == value;
  });
  return found == steps.end() ? nullptr : &*found;
}

Check NoStep(const std::string& what) { return {false, "no step tried " + what}; }

Check AnswersInTime(const std::vector<StepResult>& steps, std::chrono::milliseconds deadline) {
  if (steps.empty()) return NoStep("anything");
  std::size_t requests = 0;
  std::size_t over = 0;
  const StepResult* slowest = &steps.front();
  for (const StepResult& step : steps) {
    requests += step.tally.requests;
    over += step.tally.over_deadline;
    if (step.latency.max > slowest->latency.max) slowest = &step;
  }
  return {
      over == 0 && requests > 0,
      fmt::format("fixed: every request is answered within {} ms: {} of {} were not, the "
                  "slowest took {:.1f} ms ({})",
                  deadline.count(), over, requests, slowest->latency.max, NameOf(slowest->plan))};
}

Check Recovers(const std::vector<StepResult>& steps) {
  std::chrono::milliseconds longest{0};
  bool all = true;
  bool any = false;
  for (const StepResult& step : steps) {
    if (!step.recovery) continue;
    any = true;
    all = all && step.recovery->recovered;
    longest = std::max(longest, step.recovery->took);
  }
  if (!any) return NoStep("a recovery");
  return {all && longest <= kRecoveryLimit,
          fmt::format("fixed: well again within {} s after every fault: it took at most {}{:.2f} s",
                      kRecoveryLimit.count() / 1'000, all ? "" : "more than ",
                      static_cast<double>(longest.count()) / 1e3)};
}

Check Spares(const std::vector<StepResult>& steps) {
  const StepResult* step = Find(steps, Fault::kErrors, 1);
  if (step == nullptr) return NoStep("a provider that always fails");
  const CallsWhileOpen& open = step->while_open;
  return {open.requests > 0 && open.Drop() >= kLeastDropWhileOpen,
          fmt::format("fixed: at FAIL_RATE=1.0 calls to payments drop by at least {:g} % while the "
                      "breaker is open: by {:.1f} %, {} calls for {} requests",
                      kLeastDropWhileOpen * 100, open.Drop() * 100, open.calls, open.requests)};
}

}  // namespace

std::vector<Check> CheckSeeded(const std::vector<StepResult>& steps) {
  const StepResult* step = Find(steps, Fault::kLatency, kSlowestProviderMs);
  if (step == nullptr) return {NoStep("the slowest provider on the seeded service")};
  return {
      {step->latency.p99 >= kSlowestProviderMs,
       fmt::format("seeded: at LATENCY_MS={:g} p99 is at least {:g} ms: {:.1f} ms",
                   kSlowestProviderMs, kSlowestProviderMs, step->latency.p99)},
      {step->Exhausted(),
       fmt::format("seeded: its workers are exhausted while /healthz says 200: {} of {} requests "
                   "were answered in time, {} of {} probes found it alive",
                   step->late_in_time, step->late_requests, step->looks_alive, step->looks)}};
}

std::vector<Check> CheckFixed(const std::vector<StepResult>& steps,
                              std::chrono::milliseconds deadline) {
  return {AnswersInTime(steps, deadline), Recovers(steps), Spares(steps)};
}

}  // namespace harness
