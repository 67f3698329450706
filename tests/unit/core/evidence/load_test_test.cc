// Judging load tests: the recorded runs, every reason, and the edges.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "core/base/text.h"
#include "core/evidence/verify.h"

namespace launchgate::evidence {
namespace {

using json::Json;
using resources::LatencyLimit;
using resources::LoadTestSpec;
using ::testing::HasSubstr;

constexpr base::Duration kMillisecond{1};
constexpr base::Duration kMaxAge = std::chrono::hours(24);
// When the runs took place that carry no time of their own.
constexpr base::Time kRanAt =
    std::chrono::sys_days(std::chrono::year(2026) / 11 / 23) + std::chrono::hours(8);
constexpr base::Time kNow = kRanAt + std::chrono::hours(1);

std::string Recorded(const std::string& name) {
  std::ifstream file(std::string(LAUNCHGATE_SOURCE_DIR) + "/tests/testdata/k6/" + name + ".json");
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_FALSE(text.str().empty()) << name;
  return text.str();
}

LatencyLimit P95(int milliseconds) {
  LatencyLimit limit;
  limit.percentile = 95;
  limit.percentile_text = "95";
  limit.threshold = base::Duration(milliseconds);
  return limit;
}

// What the recorded good runs satisfy.
LoadTestSpec Spec() {
  LoadTestSpec spec;
  spec.max_age = kMaxAge;
  spec.min_request_rate = 180;
  spec.max_latency = P95(250);
  spec.max_error_rate = 0.01;
  return spec;
}

LoadTestSpec SpecWithoutLimits() {
  LoadTestSpec spec;
  spec.max_age = kMaxAge;
  return spec;
}

Finding Judge(const LoadTestSpec& spec, std::string body, base::Time now = kNow) {
  return VerifyLoadTest(spec, Document{std::move(body), kRanAt}, now);
}

struct Sample {
  const char* name;
  const char* file;
  bool limits;
  FindingStatus status;
  const char* reason;
};
void PrintTo(const Sample& sample, std::ostream* out) { *out << sample.name; }

class RecordedRunTest : public ::testing::TestWithParam<Sample> {};

TEST_P(RecordedRunTest, IsJudgedAsItWent) {
  const Sample& sample = GetParam();

  const Finding finding =
      Judge(sample.limits ? Spec() : SpecWithoutLimits(), Recorded(sample.file));

  EXPECT_EQ(finding.status, sample.status) << finding.message;
  EXPECT_EQ(finding.reason, sample.reason) << finding.message;
}

constexpr auto kPass = FindingStatus::kPass;
constexpr auto kFail = FindingStatus::kFail;
constexpr auto kStale = FindingStatus::kStale;
constexpr auto kUnknown = FindingStatus::kUnknown;

INSTANTIATE_TEST_SUITE_P(
    Samples, RecordedRunTest,
    ::testing::Values(
        Sample{"PassHandleSummary", "pass.handle-summary", true, kPass, "LoadTestPassed"},
        Sample{"PassSummaryExport", "pass.summary-export", true, kPass, "LoadTestPassed"},
        Sample{"PassMachineReadable", "pass.machine-readable", true, kPass, "LoadTestPassed"},
        Sample{"PassHandleSummaryByThresholds", "pass.handle-summary", false, kPass,
               "LoadTestPassed"},
        Sample{"PassSummaryExportByThresholds", "pass.summary-export", false, kPass,
               "LoadTestPassed"},
        Sample{"MachineReadableWithoutAnyYardstick", "pass.machine-readable", false, kUnknown,
               "NoThresholds"},
        Sample{"FailHandleSummary", "fail.handle-summary", true, kFail, "ThresholdsFailed"},
        Sample{"FailSummaryExport", "fail.summary-export", true, kFail, "ThresholdsFailed"},
        Sample{"FailMachineReadable", "fail.machine-readable", true, kFail, "RequestRateTooLow"},
        Sample{"FailHandleSummaryByThresholds", "fail.handle-summary", false, kFail,
               "ThresholdsFailed"},
        Sample{"FailSummaryExportByThresholds", "fail.summary-export", false, kFail,
               "ThresholdsFailed"}),
    [](const auto& row) { return row.param.name; });

// Each row changes one thing about the good run of --summary-export.
struct Changed {
  const char* name;
  std::function<void(LoadTestSpec& spec, Json& document)> change;
  FindingStatus status;
  const char* reason;
};
void PrintTo(const Changed& changed, std::ostream* out) { *out << changed.name; }

class ChangedRunTest : public ::testing::TestWithParam<Changed> {};

TEST_P(ChangedRunTest, IsJudgedWithTheReason) {
  LoadTestSpec spec = Spec();
  Json document = Json::parse(Recorded("pass.summary-export"));
  GetParam().change(spec, document);

  const Finding finding = Judge(spec, document.dump());

  EXPECT_EQ(finding.status, GetParam().status) << finding.message;
  EXPECT_EQ(finding.reason, GetParam().reason) << finding.message;
  EXPECT_FALSE(finding.message.empty());
}

Json& Metric(Json& document, const char* name) { return document["metrics"][name]; }

INSTANTIATE_TEST_SUITE_P(
    Reasons, ChangedRunTest,
    ::testing::Values(
        Changed{"NothingChanged", [](auto&, auto&) {}, kPass, "LoadTestPassed"},
        Changed{"NotASummary", [](auto&, Json& d) { d = Json::array(); }, kUnknown, "Malformed"},
        Changed{"NoThresholds",
                [](auto&, Json& d) {
                  for (auto& metric : d["metrics"]) metric.erase("thresholds");
                },
                kUnknown, "NoThresholds"},
        Changed{"EmptyThresholds",
                [](auto&, Json& d) {
                  for (auto& metric : d["metrics"]) metric.erase("thresholds");
                  Metric(d, "checks")["thresholds"] = Json::object();
                },
                kUnknown, "NoThresholds"},
        Changed{"OneThresholdFailed",
                [](auto&, Json& d) { Metric(d, "checks")["thresholds"]["rate>0.99"] = true; },
                kFail, "ThresholdsFailed"},
        Changed{"NoRequests", [](auto&, Json& d) { Metric(d, "http_reqs")["count"] = 0; }, kUnknown,
                "NoRequests"},
        Changed{"NoRequestMetric", [](auto&, Json& d) { d["metrics"].erase("http_reqs"); },
                kUnknown, "NoRequests"},
        Changed{"RateMissing", [](auto&, Json& d) { Metric(d, "http_reqs").erase("rate"); },
                kUnknown, "FigureMissing"},
        Changed{"ErrorsMissing", [](auto&, Json& d) { d["metrics"].erase("http_req_failed"); },
                kUnknown, "FigureMissing"},
        Changed{"PercentileMissing",
                [](auto&, Json& d) { Metric(d, "http_req_duration").erase("p(95)"); }, kUnknown,
                "FigureMissing"},
        Changed{"AMissingFigureNobodyAskedFor",
                [](LoadTestSpec& s, Json& d) {
                  s.max_latency.reset();
                  Metric(d, "http_req_duration").erase("p(95)");
                },
                kPass, "LoadTestPassed"},
        Changed{"RateExactlyEnough",
                [](LoadTestSpec& s, Json& d) {
                  s.min_request_rate = 200;
                  Metric(d, "http_reqs")["rate"] = 200;
                },
                kPass, "LoadTestPassed"},
        Changed{"RateJustTooLow",
                [](LoadTestSpec& s, Json& d) {
                  s.min_request_rate = 200;
                  Metric(d, "http_reqs")["rate"] = 199.999;
                },
                kFail, "RequestRateTooLow"},
        Changed{"LatencyExactlyAllowed",
                [](auto&, Json& d) { Metric(d, "http_req_duration")["p(95)"] = 250; }, kPass,
                "LoadTestPassed"},
        Changed{"LatencyJustTooHigh",
                [](auto&, Json& d) { Metric(d, "http_req_duration")["p(95)"] = 250.001; }, kFail,
                "LatencyTooHigh"},
        Changed{"ErrorsExactlyAllowed",
                [](auto&, Json& d) { Metric(d, "http_req_failed")["value"] = 0.01; }, kPass,
                "LoadTestPassed"},
        Changed{"ErrorsJustTooMany",
                [](auto&, Json& d) { Metric(d, "http_req_failed")["value"] = 0.010001; }, kFail,
                "ErrorRateTooHigh"},
        Changed{"NoErrorAllowed", [](LoadTestSpec& s, auto&) { s.max_error_rate = 0; }, kPass,
                "LoadTestPassed"},
        Changed{"ThresholdIsText",
                [](auto&, Json& d) { Metric(d, "checks")["thresholds"]["rate>0.99"] = "false"; },
                kUnknown, "Malformed"},
        Changed{"NegativeLatency",
                [](auto&, Json& d) { Metric(d, "http_req_duration")["p(95)"] = -1; }, kUnknown,
                "Malformed"},
        Changed{"OtherFormatMixedIn", [](auto&, Json& d) { d["state"] = Json::object(); }, kUnknown,
                "Malformed"}),
    [](const auto& row) { return row.param.name; });

TEST(LoadTestTest, TextThatIsNotJsonIsMalformed) {
  for (const char* body : {"", " ", "not json", "{", R"({"metrics": NaN})", R"({"metrics": {}} x)",
                           R"({"metrics": {}, "metrics": {}})", "\xEF\xBB\xBF{}",
                           R"({"metrics": {"http_reqs": {"count": 1e999}}})"}) {
    const Finding finding = Judge(Spec(), body);

    EXPECT_EQ(finding.status, kUnknown) << body;
    EXPECT_EQ(finding.reason, "Malformed") << body;
  }
}

TEST(LoadTestTest, ADocumentThatIsTooLargeIsMalformed) {
  const Finding finding = Judge(Spec(), "{" + std::string(2U << 20U, ' ') + "}");

  EXPECT_EQ(finding.reason, "Malformed");
}

TEST(LoadTestTest, WithoutAnyTimeItIsUnknown) {
  const Finding finding =
      VerifyLoadTest(Spec(), Document{Recorded("pass.summary-export"), std::nullopt}, kNow);

  EXPECT_EQ(finding.status, kUnknown);
  EXPECT_EQ(finding.reason, "NoTimestamp");
  EXPECT_THAT(finding.message, HasSubstr("launchgate.dev/recorded-at"));
}

TEST(LoadTestTest, TheTimeOfTheDocumentWinsOverThatOfItsSource) {
  const Finding finding = Judge(Spec(), Recorded("pass.machine-readable"));

  ASSERT_TRUE(finding.observed_at);
  EXPECT_EQ(base::FormatTime(*finding.observed_at), "2026-11-23T08:15:37.806Z");
}

struct Age {
  const char* name;
  base::Duration age;
  FindingStatus status;
  const char* reason;
};
void PrintTo(const Age& age, std::ostream* out) { *out << age.name; }

class AgeTest : public ::testing::TestWithParam<Age> {};

TEST_P(AgeTest, IsJudgedToTheMillisecond) {
  const Finding finding = Judge(Spec(), Recorded("pass.handle-summary"), kRanAt + GetParam().age);

  EXPECT_EQ(finding.status, GetParam().status) << finding.message;
  EXPECT_EQ(finding.reason, GetParam().reason);
}

INSTANTIATE_TEST_SUITE_P(
    Edges, AgeTest,
    ::testing::Values(Age{"JustNow", base::Duration(0), kPass, "LoadTestPassed"},
                      Age{"OneMillisecondLeft", kMaxAge - kMillisecond, kPass, "LoadTestPassed"},
                      Age{"ExactlyMaxAge", kMaxAge, kStale, "TooOld"},
                      Age{"OneMillisecondOver", kMaxAge + kMillisecond, kStale, "TooOld"},
                      Age{"YearsAgo", std::chrono::hours(24 * 365 * 5), kStale, "TooOld"},
                      Age{"ClockSkewIsForgiven", -kMaxClockSkew, kPass, "LoadTestPassed"},
                      Age{"MoreThanClockSkewIsNot", -kMaxClockSkew - kMillisecond, kUnknown,
                          "TimeInFuture"}),
    [](const auto& row) { return row.param.name; });

TEST(LoadTestTest, APassEndsExactlyWhenItGetsTooOld) {
  const Finding finding = Judge(Spec(), Recorded("pass.handle-summary"));

  EXPECT_EQ(finding.valid_until, kRanAt + kMaxAge);
  EXPECT_EQ(finding.observed_at, kRanAt);
  EXPECT_EQ(StatusAt(finding, kRanAt + kMaxAge - kMillisecond), kPass);
  EXPECT_EQ(StatusAt(finding, kRanAt + kMaxAge), kStale);
}

TEST(LoadTestTest, AnOldFailureIsStillAFailure) {
  const Finding finding =
      Judge(Spec(), Recorded("fail.handle-summary"), kRanAt + std::chrono::hours(24 * 365));

  EXPECT_EQ(finding.status, kFail);
}

TEST(LoadTestTest, TellsEveryShortfallWithItsFigures) {
  const Finding finding = Judge(Spec(), Recorded("fail.summary-export"));

  EXPECT_THAT(finding.message, HasSubstr("3 of 4 k6 thresholds failed"));
  EXPECT_THAT(finding.message, HasSubstr("156.7 requests/s were achieved, at least 180"));
  EXPECT_THAT(finding.message, HasSubstr("p95 was 302 ms, at most 250 ms"));
  EXPECT_THAT(finding.message, HasSubstr("4.92 % of the requests failed, at most 1 %"));
}

TEST(LoadTestTest, RecordsTheFiguresWithUnits) {
  const Finding finding = Judge(Spec(), Recorded("pass.handle-summary"));

  EXPECT_EQ(finding.facts.at("format"), "handleSummary");
  EXPECT_EQ(finding.facts.at("requests"), "1600");
  EXPECT_EQ(finding.facts.at("requestRate"), "199.9/s");
  EXPECT_EQ(finding.facts.at("errorRate"), "0%");
  EXPECT_EQ(finding.facts.at("p95"), "9.02ms");
  EXPECT_EQ(finding.facts.at("thresholds"), "4/4 passed");
}

TEST(LoadTestTest, KeepsTheFiguresWhenItCannotJudge) {
  const Finding finding =
      VerifyLoadTest(Spec(), Document{Recorded("pass.summary-export"), std::nullopt}, kNow);

  EXPECT_EQ(finding.facts.at("requests"), "1600");
}

TEST(LoadTestTest, SaysTheSameAtAnyLaterTime) {
  const std::string body = Recorded("pass.handle-summary");

  const Finding sooner = Judge(Spec(), body, kNow);
  const Finding later = Judge(Spec(), body, kNow + std::chrono::hours(5));

  EXPECT_EQ(sooner, later);
}

// The names of thresholds are whatever the document says. (THREATS T45, T69.)
TEST(LoadTestTest, TheMessageOfHostileThresholdNamesIsBoundedAndPrintable) {
  Json document = Json::parse(Recorded("pass.summary-export"));
  Json& thresholds = document["metrics"]["checks"]["thresholds"];
  thresholds = Json::object();
  for (int i = 0; i < 400; ++i) {
    thresholds["\x1B[31m" + std::to_string(i) + std::string(2000, 'x')] = true;
  }

  const Finding finding = Judge(Spec(), document.dump());

  EXPECT_EQ(finding.reason, "ThresholdsFailed");
  EXPECT_EQ(finding.message.find('\x1B'), std::string::npos);
  EXPECT_LE(finding.message.size(), 1024U);
}

TEST(LoadTestTest, TheMessageOfAHostileMetricNameIsBoundedAndPrintable) {
  Json document = Json::parse(Recorded("pass.summary-export"));
  document["metrics"]["\x1B[31m" + std::string(5000, 'x')]["thresholds"] = true;

  const Finding finding = Judge(Spec(), document.dump());

  EXPECT_EQ(finding.reason, "Malformed");
  EXPECT_EQ(finding.message.find('\x1B'), std::string::npos);
  EXPECT_LE(finding.message.size(), 1024U);
}

}  // namespace
}  // namespace launchgate::evidence
