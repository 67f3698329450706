// The fields of a written report. That the operator accepts it is in evidence_test.cc.
#include "harness/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/unit/harness/steps.h"

namespace harness {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;

const auto kTime = StepOf(Fault::kNone).started_at;

json Written(const std::vector<StepResult>& steps) {
  return json::parse(WriteReport({.generated_at = kTime,
                                  .deadline = milliseconds(850),
                                  .service = "fixed",
                                  .notes = "on one machine"},
                                 steps));
}

TEST(ReportTest, SaysWhatWasMeasuredAndWhen) {
  const json report = Written({StepOf(Fault::kNone)});

  EXPECT_EQ(report["format"], "launchgate.dev/resilience-report/v1");
  EXPECT_EQ(report["generatedAt"], "2026-11-20T03:14:10Z");
  EXPECT_EQ(report["deadline"], "850ms");
  EXPECT_EQ(report["service"], "fixed");
  EXPECT_EQ(report["dependency"], "payments");
  EXPECT_EQ(report["notes"], "on one machine");
}

TEST(ReportTest, WritesTheFiguresOfAStep) {
  StepResult step = StepOf(Fault::kErrors, 0.5);
  step.tally = {.requests = 240, .no_answer = 0, .over_deadline = 3, .errors = 60};
  step.breaker = BreakerActivity{.opened = 2, .closed = 1, .at_end = BreakerState::kHalfOpen};

  const json written = Written({step})["steps"][0];

  EXPECT_EQ(written["fault"], "errors");
  EXPECT_EQ(written["value"], 0.5);
  EXPECT_EQ(written["requests"], 240);
  EXPECT_EQ(written["overDeadline"], 3);
  EXPECT_EQ(written["errorShare"], 0.25);
  EXPECT_EQ(written["latency"]["95"], 9.0);
  EXPECT_EQ(written["latency"]["max"], 31);
  EXPECT_EQ(written["breaker"], json({{"opened", 2}, {"closed", 1}, {"state", "half-open"}}));
  EXPECT_THAT(written["notes"].get<std::string>(), HasSubstr("payments was called 240 times"));
}

TEST(ReportTest, GivesAValueToLatencyAndErrorsOnly) {
  const json steps = Written(
      {StepOf(Fault::kNone), StepOf(Fault::kLatency, 200), StepOf(Fault::kHang, 0.1)})["steps"];

  EXPECT_FALSE(steps[0].contains("value"));
  EXPECT_EQ(steps[1]["value"], 200);
  EXPECT_FALSE(steps[2].contains("value"));
  EXPECT_THAT(steps[2]["notes"].get<std::string>(), HasSubstr("10 % of the calls"));
}

TEST(ReportTest, SaysOfAServiceWithoutABreakerThatNothingOpened) {
  const json steps = Written({StepOf(Fault::kErrors, 1), StepOf(Fault::kLatency, 200)})["steps"];

  EXPECT_EQ(steps[0]["breaker"], json::array());
  EXPECT_FALSE(steps[1].contains("breaker"));
}

TEST(ReportTest, TellsARecoveryFromAWaitThatEnded) {
  const json steps = Written(
      {RecoveryStep(true, milliseconds(2'400)), RecoveryStep(false, milliseconds(6'000))})["steps"];

  EXPECT_EQ(steps[0]["recoveryTime"], "2400ms");
  EXPECT_THAT(steps[0]["notes"].get<std::string>(), Not(HasSubstr("lower bound")));
  EXPECT_EQ(steps[1]["recoveryTime"], "6000ms");
  EXPECT_THAT(steps[1]["notes"].get<std::string>(), HasSubstr("lower bound"));
}

TEST(ReportTest, NamesRequestsWithoutAnswerAndExhaustedWorkers) {
  const json steps = Written(SeededSteps())["steps"];

  const auto notes = steps[1]["notes"].get<std::string>();
  EXPECT_THAT(notes, HasSubstr("232 requests got no answer within 6000ms"));
  EXPECT_THAT(notes, HasSubstr("while /healthz said 200"));
  EXPECT_THAT(steps[0]["notes"].get<std::string>(), Not(HasSubstr("healthz")));
}

TEST(Rfc3339Test, CutsPartsOfASecond) {
  EXPECT_EQ(Rfc3339(kTime + milliseconds(999)), "2026-11-20T03:14:10Z");
}

}  // namespace
}  // namespace harness
