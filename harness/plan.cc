#include "harness/plan.h"

namespace harness {
namespace {

using std::chrono::milliseconds;

void Add(std::vector<StepPlan>& plan, Fault fault, double value, milliseconds duration) {
  plan.push_back({.fault = fault,
                  .value = value,
                  .per_second = kSweepRate,
                  .duration = duration,
                  .patience = kPatience});
  if (fault == Fault::kNone) return;
  plan.push_back({.per_second = kSweepRate,
                  .duration = kRecoveryWait,
                  .patience = kRecoveryPatience,
                  .measures_recovery = true});
}

}  // namespace

std::vector<StepPlan> PlanOf(Depth depth) {
  std::vector<StepPlan> plan;
  switch (depth) {
    case Depth::kFull:
      Add(plan, Fault::kNone, 0, milliseconds(3'000));
      for (const double value : {200.0, 1'000.0, 5'000.0}) {
        Add(plan, Fault::kLatency, value, milliseconds(3'000));
      }
      for (const double value : {0.2, 0.5, 1.0}) {
        Add(plan, Fault::kErrors, value, milliseconds(4'000));
      }
      for (const double value : {0.1, 1.0}) Add(plan, Fault::kHang, value, milliseconds(3'000));
      break;
    case Depth::kQuick:
      Add(plan, Fault::kNone, 0, milliseconds(1'500));
      Add(plan, Fault::kLatency, 5'000, milliseconds(2'000));
      Add(plan, Fault::kErrors, 1, milliseconds(2'500));
      Add(plan, Fault::kHang, 1, milliseconds(2'000));
      break;
    case Depth::kHang:
      Add(plan, Fault::kNone, 0, milliseconds(1'000));
      Add(plan, Fault::kLatency, 5'000, milliseconds(1'500));
      break;
  }
  return plan;
}

}  // namespace harness
