// Judging fault-injection reports: every reason, and the edges.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "core/evidence/verify.h"

namespace launchgate::evidence {
namespace {

using json::Json;
using resources::LatencyLimit;
using resources::ResilienceSpec;
using ::testing::HasSubstr;

constexpr auto kPass = FindingStatus::kPass;
constexpr auto kFail = FindingStatus::kFail;
constexpr auto kStale = FindingStatus::kStale;
constexpr auto kUnknown = FindingStatus::kUnknown;

constexpr base::Duration kMillisecond{1};
constexpr base::Duration kMaxAge = std::chrono::hours(24 * 30);
constexpr base::Time kGeneratedAt = std::chrono::sys_days(std::chrono::year(2026) / 11 / 20) +
                                    std::chrono::hours(3) + std::chrono::minutes(14) +
                                    std::chrono::seconds(10);
constexpr base::Time kNow = kGeneratedAt + std::chrono::hours(24);

// The steps of the sample.
constexpr int kBaseline = 0;
constexpr int kSlow = 1;
constexpr int kErrors = 3;
constexpr int kAfterErrors = 4;
constexpr int kHang = 5;

Json Report() {
  std::ifstream file(std::string(LAUNCHGATE_SOURCE_DIR) +
                     "/tests/testdata/evidence/resilience-report.json");
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_FALSE(text.str().empty());
  return Json::parse(text.str());
}

LatencyLimit P99(int milliseconds) {
  LatencyLimit limit;
  limit.percentile = 99;
  limit.percentile_text = "99";
  limit.threshold = base::Duration(milliseconds);
  return limit;
}

// What the sample satisfies.
ResilienceSpec Spec() {
  ResilienceSpec spec;
  spec.from.url = "https://ci.example.com/resilience.json";
  spec.max_age = kMaxAge;
  spec.max_latency = P99(600);
  spec.max_recovery_time = std::chrono::seconds(10);
  return spec;
}

Finding Judge(const ResilienceSpec& spec, const Json& report, base::Time now = kNow) {
  return VerifyResilience(spec, Document{report.dump(), std::nullopt}, now);
}

Json& Step(Json& report, int index) { return report["steps"][static_cast<std::size_t>(index)]; }

void Remove(Json& report, int index) { report["steps"].erase(static_cast<std::size_t>(index)); }

// Each row changes one thing about the report that passes.
struct Changed {
  const char* name;
  std::function<void(ResilienceSpec& spec, Json& report)> change;
  FindingStatus status;
  const char* reason;
};
void PrintTo(const Changed& changed, std::ostream* out) { *out << changed.name; }

class ResilienceReportTest : public ::testing::TestWithParam<Changed> {};

TEST_P(ResilienceReportTest, IsJudgedWithTheReason) {
  ResilienceSpec spec = Spec();
  Json report = Report();
  GetParam().change(spec, report);

  const Finding finding = Judge(spec, report);

  EXPECT_EQ(finding.status, GetParam().status) << finding.message;
  EXPECT_EQ(finding.reason, GetParam().reason) << finding.message;
  EXPECT_FALSE(finding.message.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Figures, ResilienceReportTest,
    ::testing::Values(
        Changed{"NothingChanged", [](auto&, auto&) {}, kPass, "ResilienceProven"},
        Changed{"OneRequestOutlivedTheDeadline",
                [](auto&, Json& r) { Step(r, kSlow)["overDeadline"] = 1; }, kFail,
                "DeadlineExceeded"},
        Changed{"OneOutlivedItWhileHanging",
                [](auto&, Json& r) { Step(r, kHang)["overDeadline"] = 1; }, kFail,
                "DeadlineExceeded"},
        Changed{"TheSlowestTookExactlyTheDeadline",
                [](auto&, Json& r) { Step(r, kSlow)["latency"]["max"] = 800; }, kPass,
                "ResilienceProven"},
        Changed{"TheSlowestTookJustLonger",
                [](auto&, Json& r) { Step(r, kSlow)["latency"]["max"] = 800.001; }, kFail,
                "DeadlineExceeded"},
        Changed{"LateWithoutAFault", [](auto&, Json& r) { Step(r, kBaseline)["overDeadline"] = 1; },
                kPass, "ResilienceProven"},
        Changed{"LatencyExactlyAllowed",
                [](auto&, Json& r) { Step(r, kSlow)["latency"]["99"] = 600; }, kPass,
                "ResilienceProven"},
        Changed{"LatencyJustTooHigh",
                [](auto&, Json& r) { Step(r, kSlow)["latency"]["99"] = 600.1; }, kFail,
                "LatencyTooHigh"},
        Changed{"LatencyTooHighWithErrors",
                [](auto&, Json& r) {
                  Step(r, kErrors)["latency"] = {{"99", 601}, {"max", 601}};
                },
                kFail, "LatencyTooHigh"},
        Changed{"LatencyWithoutAFaultIsNotLimited",
                [](auto&, Json& r) {
                  Step(r, kBaseline)["latency"] = {{"99", 700}, {"max", 700}};
                },
                kPass, "ResilienceProven"},
        Changed{"AnotherSpellingOfThePercentile",
                [](auto&, Json& r) {
                  for (Json& step : r["steps"]) step["latency"] = {{"99.0", 30}, {"max", 30}};
                },
                kPass, "ResilienceProven"},
        Changed{"PercentileMissing", [](auto&, Json& r) { Step(r, kSlow)["latency"].erase("99"); },
                kUnknown, "FigureMissing"},
        Changed{"PercentileThatNobodyAskedFor",
                [](ResilienceSpec& s, Json& r) {
                  s.max_latency.reset();
                  Step(r, kSlow)["latency"].erase("99");
                },
                kPass, "ResilienceProven"},
        Changed{"RecoveryExactlyQuickEnough",
                [](auto&, Json& r) { Step(r, kAfterErrors)["recoveryTime"] = "10s"; }, kPass,
                "ResilienceProven"},
        Changed{"RecoveryTooSlow",
                [](auto&, Json& r) { Step(r, kAfterErrors)["recoveryTime"] = "10.001s"; }, kFail,
                "RecoveryTooSlow"},
        Changed{"RecoveryMissing",
                [](auto&, Json& r) { Step(r, kAfterErrors).erase("recoveryTime"); }, kUnknown,
                "FigureMissing"},
        Changed{"RecoveryOfTheLastStepMissing",
                [](auto&, Json& r) { Step(r, kHang).erase("recoveryTime"); }, kUnknown,
                "FigureMissing"},
        Changed{"RecoveryThatNobodyAskedFor",
                [](ResilienceSpec& s, Json& r) {
                  s.max_recovery_time.reset();
                  Step(r, kHang).erase("recoveryTime");
                },
                kPass, "ResilienceProven"},
        Changed{"OneRecoveryAfterARowOfFaults",
                [](auto&, Json& r) {
                  Remove(r, kSlow + 1);
                  Step(r, kSlow).erase("recoveryTime");
                },
                kPass, "ResilienceProven"}),
    [](const auto& row) { return row.param.name; });

Json Counts(int opened, int closed, const char* state) {
  return {{"opened", opened}, {"closed", closed}, {"state", state}};
}

INSTANTIATE_TEST_SUITE_P(
    Breaker, ResilienceReportTest,
    ::testing::Values(
        Changed{"DidNotOpen", [](auto&, Json& r) { Step(r, kErrors)["breaker"] = Json::array(); },
                kFail, "BreakerDidNotOpen"},
        Changed{"DidNotOpenByCounts",
                [](auto&, Json& r) { Step(r, kErrors)["breaker"] = Counts(0, 0, "closed"); }, kFail,
                "BreakerDidNotOpen"},
        Changed{"OpenedOnlyWhileSlow",
                [](auto&, Json& r) {
                  std::swap(Step(r, kSlow)["breaker"], Step(r, kErrors)["breaker"]);
                  Step(r, kErrors)["breaker"] = Json::array();
                },
                kFail, "BreakerDidNotOpen"},
        Changed{"StayedOpen", [](auto&, Json& r) { Step(r, kAfterErrors).erase("breaker"); }, kFail,
                "BreakerStayedOpen"},
        Changed{"StayedHalfOpen", [](auto&, Json& r) { Step(r, kAfterErrors)["breaker"].erase(1); },
                kFail, "BreakerStayedOpen"},
        Changed{"OpenedAgainAfterwards",
                [](auto&, Json& r) { Step(r, kHang)["breaker"] = Counts(1, 0, "open"); }, kFail,
                "BreakerStayedOpen"},
        Changed{"OpenedAndClosedInOneStep",
                [](auto&, Json& r) {
                  Step(r, kErrors)["breaker"] = Counts(2, 1, "closed");
                  Step(r, kAfterErrors).erase("breaker");
                },
                kPass, "ResilienceProven"},
        Changed{"ClosedWithoutAClosing",
                [](auto&, Json& r) {
                  Step(r, kErrors)["breaker"] = Counts(1, 0, "closed");
                  Step(r, kAfterErrors).erase("breaker");
                },
                kFail, "BreakerStayedOpen"},
        Changed{"ByCounts",
                [](auto&, Json& r) {
                  Step(r, kErrors)["breaker"] = Counts(1, 0, "open");
                  Step(r, kAfterErrors)["breaker"] = Counts(0, 1, "closed");
                },
                kPass, "ResilienceProven"},
        Changed{"NobodyWatchedIt", [](auto&, Json& r) { Step(r, kErrors).erase("breaker"); },
                kUnknown, "FigureMissing"},
        Changed{"TransitionsWithAGap",
                [](auto&, Json& r) { Step(r, kAfterErrors)["breaker"][1]["from"] = "open"; },
                kUnknown, "Malformed"},
        Changed{"TransitionsOutOfOrder",
                [](auto&, Json& r) { Step(r, kAfterErrors)["breaker"][1]["at"] = "1s"; }, kUnknown,
                "Malformed"},
        Changed{"TransitionsWithTimes",
                [](auto&, Json& r) {
                  Step(r, kAfterErrors)["breaker"][0]["at"] = "2026-11-20T03:14:01Z";
                  Step(r, kAfterErrors)["breaker"][1]["at"] = "2026-11-20T03:14:02Z";
                },
                kPass, "ResilienceProven"},
        Changed{"TransitionsWithTimesAndOffsets",
                [](auto&, Json& r) {
                  Step(r, kAfterErrors)["breaker"][1]["at"] = "2026-11-20T03:14:02Z";
                },
                kUnknown, "Malformed"},
        Changed{"ATransitionToTheSameState",
                [](auto&, Json& r) { Step(r, kErrors)["breaker"][0]["from"] = "open"; }, kUnknown,
                "Malformed"},
        Changed{"AnUnknownState",
                [](auto&, Json& r) { Step(r, kErrors)["breaker"][0]["to"] = "OPEN"; }, kUnknown,
                "Malformed"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Proof, ResilienceReportTest,
    ::testing::Values(
        Changed{"NoSlowStep",
                [](auto&, Json& r) {
                  Remove(r, kHang);
                  Remove(r, kSlow);
                },
                kUnknown, "NoSlowStep"},
        Changed{"HangingAloneIsSlow", [](auto&, Json& r) { Remove(r, kSlow); }, kPass,
                "ResilienceProven"},
        Changed{"NoErrorStep", [](auto&, Json& r) { Remove(r, kErrors); }, kUnknown, "NoErrorStep"},
        Changed{"WhatOutlivedTheDeadlineCountsWithoutAnErrorStep",
                [](auto&, Json& r) {
                  Step(r, kSlow)["overDeadline"] = 7;
                  Step(r, kSlow)["latency"]["max"] = 1200;
                  Remove(r, kErrors);
                },
                kFail, "DeadlineExceeded"},
        Changed{"SlowerThanTheDeadlineIsNeeded",
                [](auto&, Json& r) {
                  Remove(r, kHang);
                  Step(r, kSlow)["value"] = 799;
                },
                kUnknown, "FaultTooMild"},
        Changed{"AsSlowAsTheDeadlineIsEnough",
                [](auto&, Json& r) {
                  Remove(r, kHang);
                  Step(r, kSlow)["value"] = 800;
                },
                kPass, "ResilienceProven"},
        Changed{"NoRequests", [](auto&, Json& r) { Step(r, kErrors)["requests"] = 0; }, kUnknown,
                "NoRequests"},
        Changed{"BrokenBeforeAnyFault",
                [](auto&, Json& r) { Step(r, kBaseline)["errorShare"] = 0.06; }, kUnknown,
                "BaselineFailing"},
        Changed{"ErrorsWhileRecovering",
                [](auto&, Json& r) { Step(r, kAfterErrors)["errorShare"] = 0.6; }, kPass,
                "ResilienceProven"},
        Changed{"NoTime", [](auto&, Json& r) { r.erase("generatedAt"); }, kUnknown, "NoTimestamp"},
        Changed{"InTheFuture", [](auto&, Json& r) { r["generatedAt"] = "2026-11-21T03:15:11Z"; },
                kUnknown, "TimeInFuture"},
        Changed{"TooOld", [](auto&, Json& r) { r["generatedAt"] = "2026-10-20T03:15:11Z"; }, kStale,
                "TooOld"},
        Changed{"AnotherFormat",
                [](auto&, Json& r) { r["format"] = "launchgate.dev/resilience-report/v2"; },
                kUnknown, "OtherFormat"},
        Changed{"NoFormat", [](auto&, Json& r) { r.erase("format"); }, kUnknown, "OtherFormat"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Malformed, ResilienceReportTest,
    ::testing::Values(
        Changed{"NotAnObject", [](auto&, Json& r) { r = Json::array(); }, kUnknown, "Malformed"},
        Changed{"NoSteps", [](auto&, Json& r) { r["steps"] = Json::array(); }, kUnknown,
                "Malformed"},
        Changed{"TooManySteps",
                [](auto&, Json& r) {
                  for (int i = 0; i < 64; ++i) r["steps"].push_back(Step(r, kBaseline));
                },
                kUnknown, "Malformed"},
        Changed{"NoDeadline", [](auto&, Json& r) { r.erase("deadline"); }, kUnknown, "Malformed"},
        Changed{"DeadlineOfNothing", [](auto&, Json& r) { r["deadline"] = "0s"; }, kUnknown,
                "Malformed"},
        Changed{"AFieldNobodyKnows", [](auto&, Json& r) { Step(r, kSlow)["timeouts"] = 4; },
                kUnknown, "Malformed"},
        Changed{"AnUnknownFault", [](auto&, Json& r) { Step(r, kSlow)["fault"] = "slow"; },
                kUnknown, "Malformed"},
        Changed{"LatencyOfNothing", [](auto&, Json& r) { Step(r, kSlow)["value"] = 0; }, kUnknown,
                "Malformed"},
        Changed{"ErrorsWithoutAShare", [](auto&, Json& r) { Step(r, kErrors).erase("value"); },
                kUnknown, "Malformed"},
        Changed{"MoreThanAllErrors", [](auto&, Json& r) { Step(r, kErrors)["value"] = 1.1; },
                kUnknown, "Malformed"},
        Changed{"AValueWithoutAFault", [](auto&, Json& r) { Step(r, kBaseline)["value"] = 1; },
                kUnknown, "Malformed"},
        Changed{"NoCountOverDeadline", [](auto&, Json& r) { Step(r, kSlow).erase("overDeadline"); },
                kUnknown, "Malformed"},
        Changed{"MoreOverDeadlineThanRequests",
                [](auto&, Json& r) { Step(r, kSlow)["overDeadline"] = 601; }, kUnknown,
                "Malformed"},
        Changed{"NegativeRequests", [](auto&, Json& r) { Step(r, kSlow)["requests"] = -1; },
                kUnknown, "Malformed"},
        Changed{"NoMaximum", [](auto&, Json& r) { Step(r, kSlow)["latency"].erase("max"); },
                kUnknown, "Malformed"},
        Changed{"APercentileOverTheMaximum",
                [](auto&, Json& r) { Step(r, kSlow)["latency"]["99"] = 612; }, kUnknown,
                "Malformed"},
        Changed{"APercentileThatIsNone",
                [](auto&, Json& r) { Step(r, kSlow)["latency"]["p99"] = 2; }, kUnknown,
                "Malformed"},
        Changed{"APercentileTwice", [](auto&, Json& r) { Step(r, kSlow)["latency"]["99.0"] = 2; },
                kUnknown, "Malformed"},
        Changed{"ErrorShareOverOne", [](auto&, Json& r) { Step(r, kSlow)["errorShare"] = 97; },
                kUnknown, "Malformed"},
        Changed{"ErrorShareIsText", [](auto&, Json& r) { Step(r, kSlow)["errorShare"] = "0"; },
                kUnknown, "Malformed"}),
    [](const auto& row) { return row.param.name; });

TEST(ResilienceTest, TheSourceTellsTheTimeOfAReportWithoutOne) {
  Json report = Report();
  report.erase("generatedAt");

  const Finding finding = VerifyResilience(Spec(), Document{report.dump(), kGeneratedAt}, kNow);

  EXPECT_EQ(finding.reason, "ResilienceProven") << finding.message;
  EXPECT_EQ(finding.observed_at, kGeneratedAt);
}

TEST(ResilienceTest, APassEndsExactlyWhenItGetsTooOld) {
  const Finding before = Judge(Spec(), Report(), kGeneratedAt + kMaxAge - kMillisecond);
  const Finding at = Judge(Spec(), Report(), kGeneratedAt + kMaxAge);

  EXPECT_EQ(before.status, kPass);
  EXPECT_EQ(before.valid_until, kGeneratedAt + kMaxAge);
  EXPECT_EQ(at.status, kStale);
}

TEST(ResilienceTest, TellsEveryShortfallWithItsFigures) {
  Json report = Report();
  Step(report, kSlow)["overDeadline"] = 7;
  Step(report, kSlow)["latency"] = {{"99", 950}, {"max", 1200.4}};
  Step(report, kHang)["overDeadline"] = 1;
  Step(report, kAfterErrors).erase("breaker");
  Step(report, kAfterErrors)["recoveryTime"] = "1m";

  const Finding finding = Judge(Spec(), report);

  EXPECT_EQ(finding.reason, "DeadlineExceeded");
  EXPECT_THAT(finding.message, HasSubstr("in step 2 (latency, 2000 ms) 7 of 600 requests outlived "
                                         "the deadline of 800ms, the slowest took 1200.4 ms, and "
                                         "so in 1 more"));
  EXPECT_THAT(finding.message, HasSubstr("did not close again"));
  EXPECT_THAT(finding.message, HasSubstr("p99 was 950 ms, at most 600 ms"));
  EXPECT_THAT(finding.message, HasSubstr("in step 5 (none) recovering took 1m, at most 10s"));
}

TEST(ResilienceTest, RecordsTheFiguresWithUnits) {
  const Finding finding = Judge(Spec(), Report());

  EXPECT_EQ(finding.facts.at("steps"), "6");
  EXPECT_EQ(finding.facts.at("deadline"), "800ms");
  EXPECT_EQ(finding.facts.at("requestsUnderFault"), "1500");
  EXPECT_EQ(finding.facts.at("slowest"), "650ms");
  EXPECT_EQ(finding.facts.at("p99"), "540ms");
  EXPECT_EQ(finding.facts.at("recoveryTime"), "4s100ms");
}

TEST(ResilienceTest, SaysTheSameAtAnyLaterTime) {
  EXPECT_EQ(Judge(Spec(), Report(), kNow), Judge(Spec(), Report(), kNow + std::chrono::hours(9)));
}

TEST(ResilienceTest, TextThatIsNotJsonIsMalformed) {
  for (const char* body : {"", "not json", "{", R"({"format": 1, "format": 2})"}) {
    const Finding finding = VerifyResilience(Spec(), Document{body, kGeneratedAt}, kNow);

    EXPECT_EQ(finding.reason, "Malformed") << body;
  }
}

TEST(ResilienceTest, WhatAReportSaysIsBoundedAndPrintable) {
  Json report = Report();
  for (int i = 0; i < 40; ++i) {
    Step(report, kSlow)["latency"]["\x1B[31m" + std::to_string(i) + std::string(3000, 'x')] = 1;
  }

  const Finding finding = Judge(Spec(), report);

  EXPECT_EQ(finding.reason, "Malformed");
  EXPECT_EQ(finding.message.find('\x1B'), std::string::npos);
  EXPECT_LE(finding.message.size(), 1024U);
}

}  // namespace
}  // namespace launchgate::evidence
