// What the harness writes is evidence that the operator reads: a contract between
// two parts that do not know each other.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/evidence/verify.h"
#include "harness/k6_summary.h"
#include "harness/report.h"
#include "tests/unit/harness/steps.h"

namespace harness {
namespace {

using launchgate::base::Duration;
using launchgate::base::Time;
using launchgate::evidence::Document;
using launchgate::evidence::Finding;
using launchgate::evidence::FindingStatus;
using launchgate::resources::LatencyLimit;
using launchgate::resources::LoadTestSpec;
using launchgate::resources::ResilienceSpec;
using ::testing::HasSubstr;

const auto kWrittenAt = StepOf(Fault::kNone).started_at;
const Time kNow = std::chrono::floor<Duration>(kWrittenAt) + std::chrono::hours(1);

LatencyLimit Limit(int percentile, int milliseconds) {
  LatencyLimit limit;
  limit.percentile = percentile;
  limit.percentile_text = std::to_string(percentile);
  limit.threshold = Duration(milliseconds);
  return limit;
}

Finding Judge(const std::vector<StepResult>& steps) {
  ResilienceSpec spec;
  spec.from.url = "https://ci.example.com/resilience.json";
  spec.max_age = std::chrono::hours(24);
  spec.max_latency = Limit(99, 850);
  spec.max_recovery_time = std::chrono::seconds(5);
  const std::string report = WriteReport({.generated_at = kWrittenAt,
                                          .deadline = std::chrono::milliseconds(850),
                                          .service = "gift-cards",
                                          .notes = "on one machine"},
                                         steps);
  return VerifyResilience(spec, Document{report, std::nullopt}, kNow);
}

TEST(ResilienceEvidenceTest, ProvesTheMendedService) {
  const Finding finding = Judge(FixedSteps());

  EXPECT_EQ(finding.status, FindingStatus::kPass) << finding.reason << ": " << finding.message;
  EXPECT_EQ(finding.reason, "ResilienceProven");
}

TEST(ResilienceEvidenceTest, FailsTheServiceAsReviewedAndNamesWhatItDid) {
  const Finding finding = Judge(SeededSteps());

  EXPECT_EQ(finding.status, FindingStatus::kFail) << finding.reason << ": " << finding.message;
  EXPECT_EQ(finding.reason, "DeadlineExceeded");
  EXPECT_THAT(finding.message, HasSubstr("240 of 240 requests outlived the deadline"));
  EXPECT_THAT(finding.message, HasSubstr("breaker did not open"));
  EXPECT_THAT(finding.message, HasSubstr("recovering took"));
}

TEST(ResilienceEvidenceTest, FailsOnASingleLateAnswer) {
  std::vector<StepResult> steps = FixedSteps();
  steps[1].tally.over_deadline = 1;
  steps[1].latency.max = 851;

  EXPECT_EQ(Judge(steps).reason, "DeadlineExceeded");
}

Finding JudgeLoad(const std::vector<Outcome>& outcomes) {
  LoadTestSpec spec;
  spec.from.url = "https://ci.example.com/k6.json";
  spec.max_age = std::chrono::hours(24);
  spec.min_request_rate = 100;
  spec.max_latency = Limit(95, 250);
  spec.max_error_rate = 0.01;
  const std::string summary = WriteK6Summary(
      {.outcomes = outcomes, .took = std::chrono::seconds(10), .notes = "held"}, kWrittenAt);
  return VerifyLoadTest(spec, Document{summary, kNow}, kNow);
}

TEST(LoadTestEvidenceTest, ReadsTheHarnessSummaryAsOneOfK6) {
  const Finding finding =
      JudgeLoad(std::vector<Outcome>(1'000, Outcome{.latency_ms = 20, .status = 200}));

  EXPECT_EQ(finding.status, FindingStatus::kPass) << finding.reason << ": " << finding.message;
}

TEST(LoadTestEvidenceTest, SeesThresholdsThatFailed) {
  const Finding finding =
      JudgeLoad(std::vector<Outcome>(1'000, Outcome{.latency_ms = 300, .status = 200}));

  EXPECT_EQ(finding.status, FindingStatus::kFail);
  EXPECT_EQ(finding.reason, "ThresholdsFailed");
}

TEST(LoadTestEvidenceTest, SeesARateThatIsTooLow) {
  const Finding finding =
      JudgeLoad(std::vector<Outcome>(900, Outcome{.latency_ms = 20, .status = 200}));

  EXPECT_EQ(finding.reason, "RequestRateTooLow");
}

}  // namespace
}  // namespace harness
