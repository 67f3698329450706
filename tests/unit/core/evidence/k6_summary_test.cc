// The three formats of k6, as k6 2.2.0 wrote them (tests/testdata/k6) and as
// somebody might bend them.
#include "core/evidence/k6_summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

namespace launchgate::evidence {
namespace {

using json::Json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Json Recorded(const std::string& name) {
  std::ifstream file(std::string(LAUNCHGATE_SOURCE_DIR) + "/tests/testdata/k6/" + name + ".json");
  std::ostringstream text;
  text << file.rdbuf();
  const auto parsed = json::ParseStrict(text.str());
  EXPECT_TRUE(parsed) << name;
  return parsed ? *parsed : Json();
}

struct Sample {
  const char* name;
  const char* file;
  K6Format format;
  double requests;
  double request_rate;
  double error_rate;
  double p95;
  std::size_t thresholds;
  std::size_t failed;
};
void PrintTo(const Sample& sample, std::ostream* out) { *out << sample.name; }

class RecordedSummaryTest : public ::testing::TestWithParam<Sample> {};

TEST_P(RecordedSummaryTest, IsReadIntoTheNeutralForm) {
  const Sample& sample = GetParam();

  const auto summary = ParseK6Summary(Recorded(sample.file));

  ASSERT_TRUE(summary) << summary.error().message;
  EXPECT_EQ(summary->format, sample.format);
  EXPECT_DOUBLE_EQ(summary->requests, sample.requests);
  EXPECT_NEAR(summary->request_rate.value_or(-1), sample.request_rate, 0.01);
  EXPECT_NEAR(summary->error_rate.value_or(-1), sample.error_rate, 0.0001);
  EXPECT_NEAR(summary->latency.at("95"), sample.p95, 0.001);
  EXPECT_THAT(summary->thresholds, SizeIs(sample.thresholds));
  std::size_t failed = 0;
  for (const K6Threshold& threshold : summary->thresholds) failed += threshold.passed ? 0 : 1;
  EXPECT_EQ(failed, sample.failed);
  EXPECT_EQ(summary->recorded_at.has_value(), sample.format == K6Format::kMachineReadable);
}

INSTANTIATE_TEST_SUITE_P(
    Samples, RecordedSummaryTest,
    ::testing::Values(Sample{"PassHandleSummary", "pass.handle-summary", K6Format::kHandleSummary,
                             1600, 199.94, 0, 9.022, 4, 0},
                      Sample{"PassSummaryExport", "pass.summary-export", K6Format::kSummaryExport,
                             1600, 199.94, 0, 9.022, 4, 0},
                      Sample{"PassMachineReadable", "pass.machine-readable",
                             K6Format::kMachineReadable, 1601, 199.953, 0, 6.779, 0, 0},
                      Sample{"FailHandleSummary", "fail.handle-summary", K6Format::kHandleSummary,
                             1301, 156.71, 0.04919, 302.015, 4, 3},
                      Sample{"FailSummaryExport", "fail.summary-export", K6Format::kSummaryExport,
                             1301, 156.71, 0.04919, 302.015, 4, 3},
                      Sample{"FailMachineReadable", "fail.machine-readable",
                             K6Format::kMachineReadable, 1302, 156.81, 0.05990, 301.986, 0, 0}),
    [](const auto& row) { return row.param.name; });

TEST(K6SummaryTest, TrueMeansOppositeThingsInTheTwoOlderFormats) {
  Json handled = Recorded("pass.handle-summary");
  Json exported = Recorded("pass.summary-export");
  handled["metrics"]["checks"]["thresholds"] = {{"rate>0.99", {{"ok", true}}}};
  exported["metrics"]["checks"]["thresholds"] = {{"rate>0.99", true}};

  const auto from_handled = ParseK6Summary(handled);
  const auto from_exported = ParseK6Summary(exported);

  ASSERT_TRUE(from_handled && from_exported);
  EXPECT_TRUE(from_handled->thresholds.front().passed);
  EXPECT_FALSE(from_exported->thresholds.front().passed);
}

TEST(K6SummaryTest, TheMedianIsThe50thPercentileAndTheMeanIsNone) {
  const auto summary = ParseK6Summary(Recorded("pass.handle-summary"));

  ASSERT_TRUE(summary);
  EXPECT_NEAR(summary->latency.at("50"), 5.892, 0.001);
  EXPECT_THAT(summary->latency, SizeIs(4));  // 50, 90, 95, 99; not avg, min, max.
}

// Each row bends one recorded summary; none may be read.
struct Bent {
  const char* name;
  const char* file;
  const char* pointer;
  const char* value;  // JSON.
  const char* message;
};
void PrintTo(const Bent& bent, std::ostream* out) { *out << bent.name; }

class BentSummaryTest : public ::testing::TestWithParam<Bent> {};

TEST_P(BentSummaryTest, IsRefusedAndTheFieldIsNamed) {
  const Bent& bent = GetParam();
  Json document = Recorded(bent.file);
  document[Json::json_pointer(bent.pointer)] = Json::parse(bent.value);

  const auto summary = ParseK6Summary(document);

  ASSERT_FALSE(summary);
  EXPECT_EQ(summary.error().kind, base::ErrorKind::kInvalid);
  EXPECT_THAT(summary.error().message, HasSubstr(bent.message));
}

constexpr const char* kHandled = "pass.handle-summary";
constexpr const char* kExported = "pass.summary-export";
constexpr const char* kMachine = "pass.machine-readable";

INSTANTIATE_TEST_SUITE_P(
    Shapes, BentSummaryTest,
    ::testing::Values(
        Bent{"BothOldAndNew", kHandled, "/results", R"({"metrics": []})", "must be a k6 summary"},
        Bent{"NewAndOld", kMachine, "/metrics", "{}", "must be a k6 summary"},
        Bent{"MetricsIsAList", kHandled, "/metrics", "[]", "wrong type"},
        Bent{"MetricsIsText", kHandled, "/metrics", R"("x")", "wrong type"},
        Bent{"ResultsMetricsIsAnObject", kMachine, "/results/metrics", "{}", "wrong type"},
        Bent{"StateInAnExport", kExported, "/state", "{}", "form of handleSummary"},
        Bent{"StateNullInAnExport", kExported, "/state", "null", "form of handleSummary"},
        Bent{"ValuesInAnExport", kExported, "/metrics/http_reqs/values", "{}",
             "form of summary-export"},
        Bent{"MetricIsANumber", kExported, "/metrics/http_reqs", "7", "http_reqs"},
        Bent{"MetricIsNull", kHandled, "/metrics/http_reqs", "null", "http_reqs"},
        Bent{"ExportedBooleanInHandled", kHandled, "/metrics/checks/thresholds/rate>0.99", "true",
             "form of handleSummary"},
        Bent{"HandledObjectInExport", kExported, "/metrics/checks/thresholds/rate>0.99",
             R"({"ok": true})", "form of summary-export"},
        Bent{"ThresholdIsText", kHandled, "/metrics/checks/thresholds/rate>0.99",
             R"({"ok": "true"})", "form of handleSummary"},
        Bent{"ThresholdWithoutOk", kHandled, "/metrics/checks/thresholds/rate>0.99", "{}",
             "form of handleSummary"},
        Bent{"ThresholdIsNull", kExported, "/metrics/checks/thresholds/rate>0.99", "null",
             "form of summary-export"},
        Bent{"ThresholdIsOne", kExported, "/metrics/checks/thresholds/rate>0.99", "0",
             "form of summary-export"},
        Bent{"ThresholdsAreAList", kHandled, "/metrics/checks/thresholds", "[true]",
             "\"checks\".thresholds must be an object"},
        Bent{"ThresholdsAreTrue", kExported, "/metrics/checks/thresholds", "true",
             "\"checks\".thresholds must be an object"},
        Bent{"NegativeLatency", kHandled, "/metrics/http_req_duration/values/p(95)", "-1",
             "http_req_duration.p(95)"},
        Bent{"LatencyIsText", kHandled, "/metrics/http_req_duration/values/p(95)", R"("9.02")",
             "http_req_duration.p(95)"},
        Bent{"LatencyIsNull", kHandled, "/metrics/http_req_duration/values/p(95)", "null",
             "http_req_duration.p(95)"},
        Bent{"LatencyTwice", kHandled, "/metrics/http_req_duration/values/p95", "1", "p(95) twice"},
        Bent{"NegativeRate", kExported, "/metrics/http_reqs/rate", "-0.5", "http_reqs.rate"},
        Bent{"CountIsText", kExported, "/metrics/http_reqs/count", R"("1600")", "http_reqs.count"},
        Bent{"CountIsTrue", kMachine, "/results/metrics/1/values/count", "true", "http_reqs.count"},
        Bent{"MoreFailuresThanRequests", kExported, "/metrics/http_req_failed/value", "1.01",
             "at most 1"},
        Bent{"DurationIsNegative", kMachine, "/config/duration", "-8", "config.duration"},
        Bent{"DurationIsText", kMachine, "/config/duration", R"("8s")", "config.duration"},
        Bent{"GeneratedAtIsANumber", kMachine, "/metadata/generated_at", "1795420800",
             "metadata.generated_at"},
        Bent{"GeneratedAtWithoutOffset", kMachine, "/metadata/generated_at",
             R"("2026-11-23T08:15:37")", "metadata.generated_at"},
        Bent{"EntryWithoutName", kMachine, "/results/metrics/0", R"({"values": {}})",
             "list of {name, values}"},
        Bent{"EntryWithoutValues", kMachine, "/results/metrics/0", R"({"name": "x"})",
             "list of {name, values}"},
        Bent{"MetricTwice", kMachine, "/results/metrics/-",
             R"({"name": "http_reqs", "values": {"count": 99999}})", "\"http_reqs\" twice"}),
    [](const auto& row) { return row.param.name; });

TEST(K6SummaryTest, RefusesWhatIsNoSummaryAtAll) {
  for (const char* text : {"null", "true", "7", R"("metrics")", "[]", "{}", R"({"metrics": null})",
                           R"({"results": []})", R"({"results": {"metrics": null}})"}) {
    EXPECT_FALSE(ParseK6Summary(Json::parse(text))) << text;
  }
}

TEST(K6SummaryTest, BoundsTheNumberOfMetrics) {
  Json at_limit = {{"metrics", Json::object()}};
  for (std::size_t i = 0; i < kMaxK6Metrics; ++i) {
    at_limit["metrics"]["m" + std::to_string(i)] = Json::object();
  }
  Json over = at_limit;
  over["metrics"]["one-more"] = Json::object();

  EXPECT_TRUE(ParseK6Summary(at_limit));
  EXPECT_FALSE(ParseK6Summary(over));
}

TEST(K6SummaryTest, BoundsTheNumberOfThresholds) {
  Json at_limit = {{"metrics", {{"checks", {{"thresholds", Json::object()}}}}}};
  Json& thresholds = at_limit["metrics"]["checks"]["thresholds"];
  for (std::size_t i = 0; i < kMaxK6Thresholds; ++i)
    thresholds["rate>" + std::to_string(i)] = false;
  Json over = at_limit;
  over["metrics"]["checks"]["thresholds"]["rate>one-more"] = false;

  EXPECT_TRUE(ParseK6Summary(at_limit));
  EXPECT_FALSE(ParseK6Summary(over));
}

TEST(K6SummaryTest, AnEmptyObjectOfMetricsSaysNothing) {
  const auto summary = ParseK6Summary(Json::parse(R"({"metrics": {}})"));

  ASSERT_TRUE(summary);
  EXPECT_THAT(summary->thresholds, IsEmpty());
  EXPECT_EQ(summary->requests, 0);
  EXPECT_FALSE(summary->request_rate);
}

TEST(K6SummaryTest, ARunOfNoTimeHasNoRate) {
  Json document = Recorded(kMachine);
  document["config"]["duration"] = 0;

  const auto summary = ParseK6Summary(document);

  ASSERT_TRUE(summary);
  EXPECT_FALSE(summary->request_rate);
}

TEST(K6SummaryTest, NamesItsFormats) {
  EXPECT_EQ(ToString(K6Format::kHandleSummary), "handleSummary");
  EXPECT_EQ(ToString(K6Format::kSummaryExport), "summary-export");
  EXPECT_EQ(ToString(K6Format::kMachineReadable), "machine-readable");
}

}  // namespace
}  // namespace launchgate::evidence
