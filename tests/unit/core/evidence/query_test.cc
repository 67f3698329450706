// Judging a number from Prometheus: every comparison, every reason, the edges.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "core/base/text.h"
#include "core/evidence/verify.h"

namespace launchgate::evidence {
namespace {

using resources::Comparison;
using ::testing::HasSubstr;

constexpr base::Time kAskedAt =
    std::chrono::sys_days(std::chrono::year(2026) / 11 / 23) + std::chrono::hours(0);
constexpr base::Duration kRecheck = std::chrono::minutes(10);

constexpr auto kPass = FindingStatus::kPass;
constexpr auto kFail = FindingStatus::kFail;
constexpr auto kStale = FindingStatus::kStale;
constexpr auto kUnknown = FindingStatus::kUnknown;

resources::QuerySpec Spec(Comparison comparison, double value) {
  resources::QuerySpec spec;
  spec.comparison = comparison;
  spec.value = value;
  spec.recheck_every = kRecheck;
  return spec;
}

std::string Number(const std::string& value, const std::string& at = "1795392000") {
  return R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[)" +
         at + ",\"" + value + "\"]}]}}";
}

struct Row {
  std::string name;
  Comparison comparison;
  double wanted;
  PrometheusAnswer answer;
  base::Duration age;  // Between the question and now.
  FindingStatus status;
  std::string reason;
};

class QueryTest : public ::testing::TestWithParam<Row> {};

TEST_P(QueryTest, IsJudgedWithTheReason) {
  const Row& row = GetParam();

  const Finding finding =
      VerifyQuery(Spec(row.comparison, row.wanted), row.answer, kAskedAt, kAskedAt + row.age);

  EXPECT_EQ(finding.status, row.status) << finding.message;
  EXPECT_EQ(finding.reason, row.reason) << finding.message;
  EXPECT_FALSE(finding.message.empty());
}

constexpr base::Duration kAtOnce{0};
constexpr auto kAtMost = Comparison::kAtMost;

INSTANTIATE_TEST_SUITE_P(
    Comparisons, QueryTest,
    ::testing::Values(
        Row{"Less", Comparison::kLess, 1, {200, Number("0.9")}, kAtOnce, kPass, "ComparisonHolds"},
        Row{"NotLess", Comparison::kLess, 1, {200, Number("1")}, kAtOnce, kFail, "ComparisonFails"},
        Row{"AtMost", kAtMost, 1, {200, Number("1")}, kAtOnce, kPass, "ComparisonHolds"},
        Row{"JustMore",
            kAtMost,
            1,
            {200, Number("1.0000000000000002")},
            kAtOnce,
            kFail,
            "ComparisonFails"},
        Row{"Equal", Comparison::kEqual, 0, {200, Number("-0")}, kAtOnce, kPass, "ComparisonHolds"},
        Row{"NotEqualButIs",
            Comparison::kNotEqual,
            0,
            {200, Number("0")},
            kAtOnce,
            kFail,
            "ComparisonFails"},
        Row{"NotEqual",
            Comparison::kNotEqual,
            0,
            {200, Number("5e-324")},
            kAtOnce,
            kPass,
            "ComparisonHolds"},
        Row{"AtLeast",
            Comparison::kAtLeast,
            99.9,
            {200, Number("99.9")},
            kAtOnce,
            kPass,
            "ComparisonHolds"},
        Row{"NotGreater",
            Comparison::kGreater,
            99.9,
            {200, Number("99.9")},
            kAtOnce,
            kFail,
            "ComparisonFails"}),
    [](const auto& row) { return row.param.name; });

const PrometheusAnswer& NoSeries() {
  static const PrometheusAnswer answer{
      200, R"({"status":"success","data":{"resultType":"vector","result":[]}})"};
  return answer;
}

INSTANTIATE_TEST_SUITE_P(
    Reasons, QueryTest,
    ::testing::Values(
        Row{"NoSeries", kAtMost, 1, NoSeries(), kAtOnce, kUnknown, "QueryEmpty"},
        Row{"NaNIsNeverEnough",
            Comparison::kNotEqual,
            1,
            {200, Number("NaN")},
            kAtOnce,
            kUnknown,
            "QueryNotFinite"},
        Row{"InfinityIsNeverEnough",
            Comparison::kAtLeast,
            1,
            {200, Number("+Inf")},
            kAtOnce,
            kUnknown,
            "QueryNotFinite"},
        Row{"MinusInfinityIsNeverLittle",
            kAtMost,
            1,
            {200, Number("-Inf")},
            kAtOnce,
            kUnknown,
            "QueryNotFinite"},
        Row{"ManySeries",
            kAtMost,
            1,
            {200,
             R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1795392000,"0"]},{"metric":{"a":"b"},"value":[1795392000,"0"]}]}})"},
            kAtOnce,
            kUnknown,
            "QueryManySeries"},
        Row{"Warnings",
            kAtMost,
            1,
            {200,
             R"({"status":"success","warnings":["w"],"data":{"resultType":"scalar","result":[1795392000,"0"]}})"},
            kAtOnce,
            kUnknown,
            "QueryWarnings"},
        Row{"Refused", kAtMost, 1, {400, ""}, kAtOnce, kUnknown, "QueryFailed"},
        Row{"Down", kAtMost, 1, {503, ""}, kAtOnce, kUnknown, "ServerError"},
        Row{"NotTheApi", kAtMost, 1, {200, "<html>"}, kAtOnce, kUnknown, "Malformed"},
        Row{"OldSample",
            kAtMost,
            1,
            {200, Number("0", "1795391699")},
            kAtOnce,
            kUnknown,
            "SampleStale"},
        Row{"SampleFromTheFuture",
            kAtMost,
            1,
            {200, Number("0", "1795392061")},
            kAtOnce,
            kUnknown,
            "TimeInFuture"},
        Row{"AskedInTheFuture",
            kAtMost,
            1,
            {200, Number("0")},
            -std::chrono::minutes(2),
            kUnknown,
            "TimeInFuture"},
        Row{"ThirtyMinutesAgo", kAtMost, 1, {200, Number("0")}, 3 * kRecheck, kStale, "TooOld"},
        Row{"JustFreshEnough",
            kAtMost,
            1,
            {200, Number("0")},
            3 * kRecheck - base::Duration(1),
            kPass,
            "ComparisonHolds"},
        Row{"AFailStaysAFail",
            kAtMost,
            1,
            {200, Number("2")},
            9 * kRecheck,
            kFail,
            "ComparisonFails"}),
    [](const auto& row) { return row.param.name; });

TEST(QueryTest, TellsTheFiguresAndHowLongTheyHold) {
  const Finding finding =
      VerifyQuery(Spec(kAtMost, 0.1), {200, Number("0.100000001")}, kAskedAt, kAskedAt);

  EXPECT_EQ(finding.message, "the query gives 0.100000001, wanted is <= 0.1");
  EXPECT_EQ(finding.facts.at("value"), "0.100000001");
  EXPECT_EQ(finding.facts.at("wanted"), "<= 0.1");
  EXPECT_EQ(finding.observed_at, kAskedAt);
  EXPECT_EQ(finding.valid_until, kAskedAt + 3 * kRecheck);
}

}  // namespace
}  // namespace launchgate::evidence
