// Names of steps, and what is made of what was seen.
#include "harness/step.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/harness/steps.h"

namespace harness {
namespace {

using std::chrono::milliseconds;

struct NameRow {
  std::string name;
  StepPlan plan;
  std::string expected;
};

class NameOfTest : public ::testing::TestWithParam<NameRow> {};

TEST_P(NameOfTest, SaysWhatIsDoneToPayments) {
  EXPECT_EQ(NameOf(GetParam().plan), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, NameOfTest,
    ::testing::Values(NameRow{"Healthy", PlanFor(Fault::kNone), "healthy"},
                      NameRow{"Recovery", {.measures_recovery = true}, "recovery"},
                      NameRow{"Latency", PlanFor(Fault::kLatency, 5'000), "latency 5000 ms"},
                      NameRow{"Errors", PlanFor(Fault::kErrors, 0.2), "errors 20 %"},
                      NameRow{"Hang", PlanFor(Fault::kHang, 1), "hang 100 %"}),
    [](const auto& test) { return test.param.name; });

Sample Look(int at_ms, bool alive, std::uint64_t calls) {
  return {.at = milliseconds(at_ms), .payments_calls = calls, .alive = alive};
}

TEST(SummarizeTest, LooksAtTheSecondHalfForWorkersThatAreLeft) {
  StepPlan plan = PlanFor(Fault::kLatency, 5'000);
  plan.duration = milliseconds(100);
  const std::vector<Outcome> outcomes = {
      {.due = milliseconds(0), .latency_ms = 10, .status = 200},
      {.due = milliseconds(49), .latency_ms = 5'000, .status = 200},
      {.due = milliseconds(50), .latency_ms = 851, .status = 200},
      {.due = milliseconds(75), .latency_ms = 6'000, .status = kNoAnswer}};

  const StepResult step =
      Summarize(plan, kDeadlineMs, outcomes, {Look(0, true, 3), Look(1, true, 5)});

  EXPECT_EQ(step.tally.requests, 4U);
  EXPECT_EQ(step.tally.over_deadline, 3U);
  EXPECT_EQ(step.late_requests, 2U);
  EXPECT_EQ(step.late_in_time, 0U);
  EXPECT_TRUE(step.Exhausted());
  EXPECT_EQ(step.payments_calls, 2U);
}

TEST(SummarizeTest, TakesAQuickRefusalForAnAnswerInTime) {
  StepPlan plan = PlanFor(Fault::kLatency, 5'000);
  plan.duration = milliseconds(100);
  const std::vector<Outcome> outcomes = {
      {.due = milliseconds(50), .latency_ms = 6'000, .status = kNoAnswer},
      {.due = milliseconds(60), .latency_ms = 1, .status = 503}};

  const StepResult step = Summarize(plan, kDeadlineMs, outcomes, {Look(0, true, 0)});

  EXPECT_EQ(step.late_in_time, 1U);
  EXPECT_FALSE(step.Exhausted());
}

TEST(SummarizeTest, DoesNotCallADeadServiceExhausted) {
  StepPlan plan = PlanFor(Fault::kLatency, 5'000);
  plan.duration = milliseconds(100);
  const std::vector<Outcome> outcomes = {
      {.due = milliseconds(50), .latency_ms = 6'000, .status = kNoAnswer}};

  const StepResult one_probe_failed =
      Summarize(plan, kDeadlineMs, outcomes, {Look(0, true, 0), Look(100, false, 0)});
  const StepResult nobody_looked = Summarize(plan, kDeadlineMs, outcomes, {});

  EXPECT_EQ(one_probe_failed.looks, 2U);
  EXPECT_EQ(one_probe_failed.looks_alive, 1U);
  EXPECT_FALSE(one_probe_failed.Exhausted());
  EXPECT_FALSE(nobody_looked.Exhausted());
}

}  // namespace
}  // namespace harness
