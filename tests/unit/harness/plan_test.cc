// What is asked for in the issue is in the plans.
#include "harness/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "harness/acceptance.h"

namespace harness {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Faults(Depth depth) {
  std::vector<std::string> names;
  for (const StepPlan& step : PlanOf(depth)) {
    if (!step.measures_recovery) names.push_back(NameOf(step));
  }
  return names;
}

TEST(PlanTest, TriesEveryFaultInSeveralStrengths) {
  EXPECT_THAT(Faults(Depth::kFull),
              ElementsAre("healthy", "latency 200 ms", "latency 1000 ms", "latency 5000 ms",
                          "errors 20 %", "errors 50 %", "errors 100 %", "hang 10 %", "hang 100 %"));
}

TEST(PlanTest, TriesOneOfEachWhenThereIsLittleTime) {
  EXPECT_THAT(Faults(Depth::kQuick),
              ElementsAre("healthy", "latency 5000 ms", "errors 100 %", "hang 100 %"));
  EXPECT_THAT(Faults(Depth::kHang), ElementsAre("healthy", "latency 5000 ms"));
}

class EveryPlanTest : public ::testing::TestWithParam<Depth> {};

TEST_P(EveryPlanTest, MeasuresRecoveryAfterEachFaultAndNowhereElse) {
  const std::vector<StepPlan> plan = PlanOf(GetParam());

  for (std::size_t i = 0; i < plan.size(); ++i) {
    const bool after_fault = i > 0 && plan[i - 1].fault != Fault::kNone;
    EXPECT_EQ(plan[i].measures_recovery, after_fault) << i;
    if (after_fault) {
      EXPECT_EQ(plan[i].fault, Fault::kNone) << i;
    }
  }
  EXPECT_TRUE(plan.back().measures_recovery);
}

TEST_P(EveryPlanTest, HasPatienceForTheSlowestProviderAndForTheAllowedRecovery) {
  for (const StepPlan& step : PlanOf(GetParam())) {
    if (step.measures_recovery) {
      EXPECT_GT(step.duration, kRecoveryLimit);
    } else {
      EXPECT_GT(static_cast<double>(step.patience.count()), kSlowestProviderMs);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Depths, EveryPlanTest,
                         ::testing::Values(Depth::kFull, Depth::kQuick, Depth::kHang));

}  // namespace
}  // namespace harness
