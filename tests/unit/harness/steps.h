// Steps of a fault injection to start from: healthy, and what a test states.
#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

#include "harness/step.h"

namespace harness {

inline constexpr double kDeadlineMs = 850;

inline StepPlan PlanFor(Fault fault, double value = 0) {
  return {.fault = fault,
          .value = value,
          .per_second = 80,
          .duration = std::chrono::seconds(3),
          .patience = std::chrono::seconds(6)};
}

// 240 requests, all answered well.
inline StepResult StepOf(Fault fault, double value = 0) {
  StepResult step;
  step.plan = PlanFor(fault, value);
  step.started_at = std::chrono::sys_days(std::chrono::year(2026) / 11 / 20) +
                    std::chrono::hours(3) + std::chrono::minutes(14) + std::chrono::seconds(10);
  step.latency = {.min = 2, .mean = 6, .p50 = 5, .p90 = 8, .p95 = 9.04, .p99 = 20, .max = 31};
  step.tally.requests = 240;
  step.late_requests = 120;
  step.late_in_time = 120;
  step.looks = 30;
  step.looks_alive = 30;
  step.payments_calls = 240;
  return step;
}

inline StepResult RecoveryStep(bool recovered, std::chrono::milliseconds took) {
  StepResult step = StepOf(Fault::kNone);
  step.plan.measures_recovery = true;
  step.recovery = Recovery{.recovered = recovered, .took = took};
  return step;
}

// The mended service: breaker and all.
inline std::vector<StepResult> FixedSteps() {
  StepResult slow = StepOf(Fault::kLatency, 5'000);
  slow.latency = {.min = 1, .mean = 300, .p50 = 2, .p90 = 801, .p95 = 802, .p99 = 806, .max = 811};
  slow.tally.errors = 240;
  slow.breaker = BreakerActivity{.opened = 1, .closed = 0, .at_end = BreakerState::kOpen};
  StepResult failing = slow;
  failing.plan = PlanFor(Fault::kErrors, 1);
  failing.while_open = {.requests = 200, .calls = 8};
  StepResult silent = slow;
  silent.plan = PlanFor(Fault::kHang, 1);
  StepResult well = RecoveryStep(true, std::chrono::milliseconds(2'400));
  well.breaker = BreakerActivity{.opened = 0, .closed = 1, .at_end = BreakerState::kClosed};
  StepResult healthy = StepOf(Fault::kNone);
  healthy.breaker = BreakerActivity{};
  return {healthy, slow, well, failing, well, silent, well};
}

// The service as reviewed: it waits as long as payments does.
inline std::vector<StepResult> SeededSteps() {
  StepResult slow = StepOf(Fault::kLatency, 5'000);
  slow.latency = {.min = 5'002,
                  .mean = 5'900,
                  .p50 = 6'000,
                  .p90 = 6'000,
                  .p95 = 6'000,
                  .p99 = 6'000,
                  .max = 6'000};
  slow.tally = {.requests = 240, .no_answer = 232, .over_deadline = 240, .errors = 232};
  slow.late_in_time = 0;
  StepResult failing = StepOf(Fault::kErrors, 1);
  failing.tally.errors = 240;
  return {StepOf(Fault::kNone), slow, RecoveryStep(false, std::chrono::milliseconds(6'000)),
          failing, RecoveryStep(true, std::chrono::milliseconds(260))};
}

}  // namespace harness
