// What must hold after a fault injection, figure by figure.
#include "harness/acceptance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "tests/unit/harness/steps.h"

namespace harness {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

constexpr milliseconds kDeadline{850};

// In FixedSteps() and SeededSteps().
constexpr std::size_t kSlow = 1;
constexpr std::size_t kAfterSlow = 2;
constexpr std::size_t kErrors = 3;

bool AllHold(const std::vector<Check>& checks) {
  bool all = !checks.empty();
  for (const Check& check : checks) all = all && check.holds;
  return all;
}

TEST(AcceptanceTest, HoldsForServicesAsTheyShouldBe) {
  EXPECT_TRUE(AllHold(CheckSeeded(SeededSteps())));
  EXPECT_TRUE(AllHold(CheckFixed(FixedSteps(), kDeadline)));
}

struct BrokenRow {
  std::string name;
  bool seeded;
  std::function<void(std::vector<StepResult>&)> change;
  std::string says;
};

class BrokenTest : public ::testing::TestWithParam<BrokenRow> {};

TEST_P(BrokenTest, FailsOneCheckAndNamesTheFigure) {
  const BrokenRow& row = GetParam();
  std::vector<StepResult> steps = row.seeded ? SeededSteps() : FixedSteps();
  row.change(steps);

  const std::vector<Check> checks = row.seeded ? CheckSeeded(steps) : CheckFixed(steps, kDeadline);

  std::string failed;
  int failures = 0;
  for (const Check& check : checks) {
    if (check.holds) continue;
    failed += check.sentence;
    ++failures;
  }
  EXPECT_EQ(failures, 1) << failed;
  EXPECT_THAT(failed, HasSubstr(row.says));
}

using Steps = std::vector<StepResult>;

INSTANTIATE_TEST_SUITE_P(
    Rows, BrokenTest,
    ::testing::Values(
        BrokenRow{"SeededAnswersSooner", true,
                  [](Steps& steps) { steps[kSlow].latency.p99 = 4'999.9; }, "4999.9 ms"},
        BrokenRow{"SeededHasWorkersLeft", true, [](Steps& steps) { steps[kSlow].late_in_time = 3; },
                  "3 of 120 requests were answered in time"},
        BrokenRow{"SeededIsDead", true, [](Steps& steps) { steps[kSlow].looks_alive = 12; },
                  "12 of 30 probes"},
        BrokenRow{"SeededWasNotTried", true,
                  [](Steps& steps) { steps.erase(steps.begin() + kSlow); },
                  "no step tried the slowest provider"},
        BrokenRow{"FixedIsLateOnce", false,
                  [](Steps& steps) {
                    steps[kErrors].tally.over_deadline = 1;
                    steps[kErrors].latency.max = 870.4;
                  },
                  "1 of 1680 were not, the slowest took 870.4 ms (errors 100 %)"},
        // Whichever step it is, the healthy one too.
        BrokenRow{"FixedIsLateWhileAllIsWell", false,
                  [](Steps& steps) { steps[0].tally.over_deadline = 2; }, "2 of 1680"},
        BrokenRow{"FixedRecoversSlowly", false,
                  [](Steps& steps) { steps[kAfterSlow].recovery->took = milliseconds(5'001); },
                  "at most 5.00 s"},
        BrokenRow{"FixedNeverRecovers", false,
                  [](Steps& steps) { steps[kAfterSlow].recovery->recovered = false; },
                  "at most more than 2.40 s"},
        BrokenRow{"FixedCallsOn", false, [](Steps& steps) { steps[kErrors].while_open.calls = 21; },
                  "by 89.5 %, 21 calls for 200 requests"},
        BrokenRow{"FixedBreakerNeverOpened", false,
                  [](Steps& steps) { steps[kErrors].while_open = {}; }, "0 calls for 0 requests"},
        BrokenRow{"FixedWasNotTriedWithErrors", false,
                  [](Steps& steps) { steps[kErrors].plan.value = 0.5; },
                  "no step tried a provider that always fails"}),
    [](const auto& test) { return test.param.name; });

TEST(AcceptanceTest, DoesNotHoldForNothing) {
  for (const Check& check : CheckFixed({}, kDeadline)) EXPECT_FALSE(check.holds) << check.sentence;
  for (const Check& check : CheckSeeded({})) EXPECT_FALSE(check.holds) << check.sentence;
}

}  // namespace
}  // namespace harness
