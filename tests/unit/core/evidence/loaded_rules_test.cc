// Judging alerting rules by what a Prometheus server says about them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "core/evidence/verify.h"
#include "tests/unit/core/evidence/alert_rules_fixture.h"

namespace launchgate::evidence {
namespace {

using ::testing::HasSubstr;

constexpr auto kPass = FindingStatus::kPass;
constexpr auto kFail = FindingStatus::kFail;
constexpr auto kStale = FindingStatus::kStale;
constexpr auto kUnknown = FindingStatus::kUnknown;
constexpr base::Duration kMillisecond{1};

// The rules as the server itself tells them.
struct Served {
  const char* name;
  std::function<void(Json& answer, Json& rules)> change;
  FindingStatus status;
  const char* reason;
};
void PrintTo(const Served& served, std::ostream* out) { *out << served.name; }

class ServedRulesTest : public ::testing::TestWithParam<Served> {};

TEST_P(ServedRulesTest, AreJudgedWithTheReason) {
  Review review = GoodReview();
  review.spec.from = {};
  review.spec.from.prometheus.emplace();
  Json answer = AnswerOf(review.rules);
  GetParam().change(answer, answer["data"]["groups"][0]["rules"]);

  const Finding finding = JudgeBody(review, answer.dump());

  EXPECT_EQ(finding.status, GetParam().status) << finding.message;
  EXPECT_EQ(finding.reason, GetParam().reason) << finding.message;
}

INSTANTIATE_TEST_SUITE_P(
    Answers, ServedRulesTest,
    ::testing::Values(
        Served{"Unchanged", [](auto&, auto&) {}, kPass, "AlertRulesCover"},
        Served{"Unhealthy", [](auto&, Json& r) { r[3]["health"] = "err"; }, kFail,
               "RulesUnhealthy"},
        Served{"UnhealthyRecording", [](auto&, Json& r) { r[0]["health"] = "err"; }, kFail,
               "RulesUnhealthy"},
        Served{"NeverEvaluated", [](auto&, Json& r) { r[3]["health"] = "unknown"; }, kUnknown,
               "RulesNotEvaluated"},
        Served{"HealthNotTold", [](auto&, Json& r) { r[3].erase("health"); }, kUnknown,
               "RulesNotEvaluated"},
        Served{"Error", [](Json& a, auto&) { a["status"] = "error"; }, kUnknown, "Malformed"},
        Served{"NoRules", [](auto&, Json& r) { r = Json::array(); }, kFail, "NoAlerts"}),
    [](const auto& row) { return row.param.name; });

// A file, and what a server says that should have loaded it.
struct Loaded {
  const char* name;
  std::function<void(PrometheusAnswer& answer, Json& rules)> change;
  FindingStatus status;
  const char* reason;
};
void PrintTo(const Loaded& loaded, std::ostream* out) { *out << loaded.name; }

class LoadedRulesTest : public ::testing::TestWithParam<Loaded> {};

TEST_P(LoadedRulesTest, MustBeThoseOfTheDocument) {
  Review review = GoodReview();
  review.spec.loaded_in = "main";
  PrometheusAnswer answer{200, ""};
  Json body = AnswerOf(review.rules);
  GetParam().change(answer, body["data"]["groups"][0]["rules"]);
  if (answer.body.empty()) answer.body = body.dump();

  const Finding finding = JudgeBody(review, FileOf(review.rules).dump(), answer);

  EXPECT_EQ(finding.status, GetParam().status) << finding.message;
  EXPECT_EQ(finding.reason, GetParam().reason) << finding.message;
}

INSTANTIATE_TEST_SUITE_P(
    Answers, LoadedRulesTest,
    ::testing::Values(
        Loaded{"AllOfThem", [](auto&, auto&) {}, kPass, "AlertRulesCover"},
        Loaded{"MoreThanThose",
               [](auto&, Json& r) {
                 r.push_back(r[5]);
                 r.back()["name"] = "OfAnotherTeam";
                 r.back()["health"] = "err";
               },
               kPass, "AlertRulesCover"},
        Loaded{
            "WrittenAnew",
            [](auto&, Json& r) { r[5]["query"] = "node_filesystem_avail_bytes\n  < 1000000000"; },
            kPass, "AlertRulesCover"},
        Loaded{"AlertMissing", [](auto&, Json& r) { r.erase(4); }, kFail, "RulesNotLoaded"},
        Loaded{"TicketMissing", [](auto&, Json& r) { r.erase(5); }, kFail, "RulesNotLoaded"},
        Loaded{"RecordingMissing", [](auto&, Json& r) { r.erase(0); }, kFail, "RulesNotLoaded"},
        Loaded{"NothingLoaded", [](auto&, Json& r) { r = Json::array(); }, kFail, "RulesNotLoaded"},
        Loaded{"OtherMetrics", [](auto&, Json& r) { r[4]["query"] = "vector(0)"; }, kFail,
               "RulesNotLoaded"},
        Loaded{"OtherSeverity", [](auto&, Json& r) { r[4]["labels"]["severity"] = "ticket"; },
               kFail, "RulesNotLoaded"},
        Loaded{"OtherFor", [](auto&, Json& r) { r[4]["duration"] = 600; }, kFail, "RulesNotLoaded"},
        Loaded{"Unhealthy", [](auto&, Json& r) { r[4]["health"] = "err"; }, kFail,
               "RulesUnhealthy"},
        Loaded{"OneOfTwoAlikeIsUnhealthy",
               [](auto&, Json& r) {
                 r.push_back(r[4]);
                 r.back()["health"] = "err";
               },
               kFail, "RulesUnhealthy"},
        Loaded{"NeverEvaluated", [](auto&, Json& r) { r[4]["health"] = "unknown"; }, kUnknown,
               "RulesNotEvaluated"},
        Loaded{"ServerError",
               [](PrometheusAnswer& a, auto&) {
                 a = {503, "busy"};
               },
               kUnknown, "ServerError"},
        Loaded{"TooManyRequests",
               [](PrometheusAnswer& a, auto&) {
                 a = {429, "busy"};
               },
               kUnknown, "ServerError"},
        Loaded{"NoAnswerAtAll",
               [](PrometheusAnswer& a, auto&) {
                 a = {0, "x"};
               },
               kUnknown, "ServerError"},
        Loaded{"NotFound",
               [](PrometheusAnswer& a, auto&) {
                 a = {404, "none"};
               },
               kUnknown, "QueryFailed"},
        Loaded{"Redirect",
               [](PrometheusAnswer& a, auto&) {
                 a = {302, "login"};
               },
               kUnknown, "QueryFailed"},
        Loaded{"NotJson", [](PrometheusAnswer& a, auto&) { a.body = "<html>"; }, kUnknown,
               "Malformed"}),
    [](const auto& row) { return row.param.name; });

TEST(LoadedRulesTest, TwoAlikeMustBothBeLoaded) {
  Review review = GoodReview();
  review.spec.loaded_in = "main";
  const PrometheusAnswer answer{200, AnswerOf(review.rules).dump()};
  review.rules.push_back(review.Rule("LatencyBurn"));

  const Finding finding = JudgeBody(review, FileOf(review.rules).dump(), answer);

  EXPECT_EQ(finding.reason, "RulesNotLoaded");
}

TEST(LoadedRulesTest, AServerThatWasNotAskedIsNoPass) {
  Review review = GoodReview();
  review.spec.loaded_in = "main";

  EXPECT_EQ(Judge(review).status, kUnknown);
  EXPECT_EQ(Judge(review).reason, "SourceUnavailable");
}

TEST(LoadedRulesTest, RecordingRulesOfTheServerAreFollowed) {
  Review review = GoodReview();
  review.spec.loaded_in = "main";
  const PrometheusAnswer answer{200, AnswerOf(review.rules).dump()};
  review.rules.erase(review.rules.begin(), review.rules.begin() + 3);

  const Finding finding = JudgeBody(review, FileOf(review.rules).dump(), answer);

  EXPECT_EQ(finding.reason, "AlertRulesCover") << finding.message;
}

TEST(LoadedRulesTest, RecordingRulesOfTheDocumentWinOverThoseOfTheServer) {
  Review review = GoodReview();
  review.spec.loaded_in = "main";
  const PrometheusAnswer answer{200, AnswerOf(review.rules).dump()};
  review.Rule("job:errors:rate5m")["expr"] = "vector(1)";
  review.Rule("job:errors:ratio_rate1h")["expr"] = "vector(1)";

  const Finding finding = JudgeBody(review, FileOf(review.rules).dump(), answer);

  EXPECT_EQ(finding.reason, "ObjectiveNotWatched") << finding.message;
}

struct Age {
  const char* name;
  base::Duration age;
  FindingStatus status;
  const char* reason;
};
void PrintTo(const Age& age, std::ostream* out) { *out << age.name; }

class AskedTest : public ::testing::TestWithParam<Age> {};

TEST_P(AskedTest, IsJudgedToTheMillisecond) {
  Review review = GoodReview();
  review.spec.loaded_in = "main";
  const PrometheusAnswer answer{200, AnswerOf(review.rules).dump()};

  const Finding finding =
      JudgeBody(review, FileOf(review.rules).dump(), answer, kAskedAt + GetParam().age);

  EXPECT_EQ(finding.status, GetParam().status) << finding.message;
  EXPECT_EQ(finding.reason, GetParam().reason);
}

INSTANTIATE_TEST_SUITE_P(
    Edges, AskedTest,
    ::testing::Values(Age{"JustNow", base::Duration(0), kPass, "AlertRulesCover"},
                      Age{"OneMillisecondLeft", kQueryValidity* kRecheck - kMillisecond, kPass,
                          "AlertRulesCover"},
                      Age{"Over", kQueryValidity* kRecheck, kStale, "TooOld"},
                      Age{"ClockSkewIsForgiven", -kMaxClockSkew, kPass, "AlertRulesCover"},
                      Age{"MoreThanClockSkewIsNot", -kMaxClockSkew - kMillisecond, kUnknown,
                          "TimeInFuture"}),
    [](const auto& row) { return row.param.name; });

TEST(AlertRulesFindingTest, APassOfAServerEndsAfterThreeRechecks) {
  Review review = GoodReview();
  review.spec.from = {};
  review.spec.from.prometheus.emplace();

  const Finding finding = JudgeBody(review, AnswerOf(review.rules).dump());

  EXPECT_EQ(finding.observed_at, kAskedAt);
  EXPECT_EQ(finding.valid_until, kAskedAt + kQueryValidity * kRecheck);
}

TEST(AlertRulesFindingTest, TheServersErrorIsBoundedAndPrintable) {
  Review review = GoodReview();
  review.spec.from = {};
  review.spec.from.prometheus.emplace();
  Json answer = AnswerOf(review.rules);
  Json& rule = answer["data"]["groups"][0]["rules"][4];
  rule["health"] = "err";
  rule["lastError"] = "no \x1B[31m" + std::string(5000, 'x');

  const Finding finding = JudgeBody(review, answer.dump());

  EXPECT_EQ(finding.reason, "RulesUnhealthy");
  EXPECT_THAT(finding.message, HasSubstr("\"LatencyBurn\": no "));
  EXPECT_EQ(finding.message.find('\x1B'), std::string::npos);
  EXPECT_LE(finding.message.size(), 512U);
}

}  // namespace
}  // namespace launchgate::evidence
