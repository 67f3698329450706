#include "harness/step.h"

#include <fmt/format.h>

namespace harness {

std::string_view ToString(Fault fault) {
  switch (fault) {
    case Fault::kNone:
      return "none";
    case Fault::kLatency:
      return "latency";
    case Fault::kErrors:
      return "errors";
    case Fault::kHang:
      return "hang";
  }
  return "unknown";
}

std::string NameOf(const StepPlan& plan) {
  switch (plan.fault) {
    case Fault::kNone:
      return plan.measures_recovery ? "recovery" : "healthy";
    case Fault::kLatency:
      return fmt::format("latency {:g} ms", plan.value);
    case Fault::kErrors:
    case Fault::kHang:
      return fmt::format("{} {:g} %", ToString(plan.fault), plan.value * 100);
  }
  return "unknown";
}

StepResult Summarize(const StepPlan& plan, double deadline_ms, const std::vector<Outcome>& outcomes,
                     const std::vector<Sample>& samples) {
  StepResult result;
  result.plan = plan;
  result.latency = LatenciesOf(outcomes);
  result.tally = TallyOf(outcomes, deadline_ms);
  for (const Outcome& outcome : outcomes) {
    if (outcome.due < plan.duration / 2) continue;
    ++result.late_requests;
    result.late_in_time += outcome.answered() && outcome.latency_ms <= deadline_ms ? 1U : 0U;
  }
  for (const Sample& sample : samples) {
    ++result.looks;
    result.looks_alive += sample.alive ? 1U : 0U;
  }
  result.breaker = ActivityOf(samples);
  result.while_open = CallsWhileNotClosed(samples, outcomes);
  result.payments_calls = CallsOf(samples);
  return result;
}

}  // namespace harness
