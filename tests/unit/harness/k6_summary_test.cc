// The summary in k6's form. That the operator reads it is in evidence_test.cc.
#include "harness/k6_summary.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

#include "tests/unit/harness/steps.h"

namespace harness {
namespace {

using nlohmann::json;

const auto kNow = StepOf(Fault::kNone).started_at;

std::vector<Outcome> Outcomes(std::size_t good, std::size_t failed, double latency_ms) {
  std::vector<Outcome> outcomes(good, Outcome{.latency_ms = latency_ms, .status = 200});
  outcomes.insert(outcomes.end(), failed, Outcome{.latency_ms = latency_ms, .status = 503});
  return outcomes;
}

json Written(const std::vector<Outcome>& outcomes) {
  return json::parse(
      WriteK6Summary({.outcomes = outcomes, .took = std::chrono::seconds(10)}, kNow));
}

TEST(K6SummaryTest, SaysThatK6DidNotWriteIt) {
  const json summary = Written(Outcomes(1'000, 0, 20));

  EXPECT_EQ(summary["generator"]["name"], "launchgate harness");
  EXPECT_EQ(summary["generator"]["k6"], false);
  EXPECT_EQ(summary["generator"]["generatedAt"], "2026-11-20T03:14:10Z");
}

TEST(K6SummaryTest, WritesRateLatencyAndFailures) {
  const json summary = Written(Outcomes(996, 4, 20));

  EXPECT_EQ(summary["metrics"]["http_reqs"]["values"]["rate"], 100);
  EXPECT_EQ(summary["metrics"]["http_reqs"]["values"]["count"], 1'000);
  EXPECT_EQ(summary["metrics"]["http_req_duration"]["values"]["p(99)"], 20);
  EXPECT_EQ(summary["metrics"]["http_req_failed"]["values"]["rate"], 0.004);
  EXPECT_EQ(summary["metrics"]["http_req_failed"]["values"]["passes"], 4);
  EXPECT_EQ(summary["state"]["testRunDurationMs"], 10'000);
}

struct ThresholdRow {
  std::string name;
  std::size_t good;
  std::size_t failed;
  double latency_ms;
  bool latency_ok;
  bool failed_ok;
};

class ThresholdTest : public ::testing::TestWithParam<ThresholdRow> {};

TEST_P(ThresholdTest, PassesWhenTheFigureIsBelowTheLimit) {
  const ThresholdRow& row = GetParam();
  const std::vector<Outcome> outcomes = Outcomes(row.good, row.failed, row.latency_ms);

  const json metrics = Written(outcomes)["metrics"];

  EXPECT_EQ(metrics["http_req_duration"]["thresholds"]["p(95)<250"]["ok"], row.latency_ok);
  EXPECT_EQ(metrics["http_req_failed"]["thresholds"]["rate<0.01"]["ok"], row.failed_ok);
  EXPECT_EQ(ThresholdsPassed({.outcomes = outcomes}), row.latency_ok && row.failed_ok);
}

INSTANTIATE_TEST_SUITE_P(Rows, ThresholdTest,
                         ::testing::Values(ThresholdRow{"Good", 1'000, 0, 20, true, true},
                                           ThresholdRow{"AtTheLimit", 990, 10, 250, false, false},
                                           ThresholdRow{"JustBelow", 991, 9, 249.9, true, true},
                                           ThresholdRow{"NoRequests", 0, 0, 20, false, false}),
                         [](const auto& test) { return test.param.name; });

// Every field of ours stands where recorded output of k6 has it, of the same type.
TEST(K6SummaryTest, HasTheShapeOfRecordedOutput) {
  std::ifstream file(std::string(LAUNCHGATE_SOURCE_DIR) +
                     "/tests/testdata/k6/pass.handle-summary.json");
  ASSERT_TRUE(file);
  const json recorded = json::parse(file);

  const json ours = Written(Outcomes(1'000, 0, 20));

  for (const auto& [name, metric] : ours["metrics"].items()) {
    ASSERT_TRUE(recorded["metrics"].contains(name)) << name;
    const json& theirs = recorded["metrics"][name];
    EXPECT_EQ(metric["type"], theirs["type"]) << name;
    EXPECT_EQ(metric["contains"], theirs["contains"]) << name;
    for (const auto& [figure, value] : metric["values"].items()) {
      EXPECT_TRUE(theirs["values"].contains(figure)) << name << "." << figure;
    }
  }
}

}  // namespace
}  // namespace harness
