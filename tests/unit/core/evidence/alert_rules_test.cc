// Judging alerting rules: every reason about the rules themselves.
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
constexpr auto kUnknown = FindingStatus::kUnknown;

// Each row changes one thing about a review that passes.
struct Changed {
  const char* name;
  std::function<void(Review& review)> change;
  FindingStatus status;
  const char* reason;
};
void PrintTo(const Changed& changed, std::ostream* out) { *out << changed.name; }

class AlertRulesTest : public ::testing::TestWithParam<Changed> {};

TEST_P(AlertRulesTest, AreJudgedWithTheReason) {
  Review review = GoodReview();
  GetParam().change(review);

  const Finding finding = Judge(review);

  EXPECT_EQ(finding.status, GetParam().status) << finding.message;
  EXPECT_EQ(finding.reason, GetParam().reason) << finding.message;
  EXPECT_FALSE(finding.message.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Coverage, AlertRulesTest,
    ::testing::Values(
        Changed{"NothingChanged", [](Review&) {}, kPass, "AlertRulesCover"},
        Changed{"NoAlerts", [](Review& r) { r.rules = Json::array(); }, kFail, "NoAlerts"},
        Changed{"OnlyRecordings",
                [](Review& r) { r.rules = Json::array({Recording("a:b", "redeem_errors_total")}); },
                kFail, "NoAlerts"},
        Changed{"OnlyTickets",
                [](Review& r) {
                  r.Rule("AvailabilityBurn")["labels"]["severity"] = "ticket";
                  r.Rule("LatencyBurn")["labels"]["severity"] = "ticket";
                },
                kFail, "NoPagingRule"},
        Changed{"SeverityInAnotherLetterCaseDoesNotPage",
                [](Review& r) {
                  r.Rule("AvailabilityBurn")["labels"]["severity"] = "Page";
                  r.Rule("LatencyBurn")["labels"]["severity"] = "CRITICAL";
                },
                kFail, "NoPagingRule"},
        Changed{"OneObjectiveOnlyByTicket",
                [](Review& r) { r.Rule("LatencyBurn")["labels"]["severity"] = "ticket"; }, kFail,
                "ObjectiveNotWatched"},
        Changed{"AnotherServicesMetric",
                [](Review& r) { r.Rule("LatencyBurn")["expr"] = "checkout_errors_total > 1"; },
                kFail, "ObjectiveNotWatched"},
        Changed{
            "TheNumberOfAllEventsIsNotEnough",
            [](Review& r) { r.Rule("LatencyBurn")["expr"] = "rate(redeem_seconds_count[5m]) < 1"; },
            kFail, "ObjectiveNotWatched"},
        Changed{"AnUnnamedObjectiveNeedsNoPage",
                [](Review& r) {
                  r.spec.covers_objectives = {"availability"};
                  r.Rule("LatencyBurn")["labels"]["severity"] = "ticket";
                },
                kPass, "AlertRulesCover"},
        Changed{"NoObjectiveNamed",
                [](Review& r) {
                  r.spec.covers_objectives.clear();
                  r.objectives.clear();
                },
                kPass, "AlertRulesCover"},
        Changed{"ObjectiveOfNoBudget", [](Review& r) { r.objectives.clear(); }, kUnknown,
                "ObjectiveUnknown"},
        Changed{"ObjectiveOfAnotherName",
                [](Review& r) { r.spec.covers_objectives.emplace_back("freshness"); }, kUnknown,
                "ObjectiveUnknown"},
        Changed{"ObjectiveOverARecordingRule",
                [](Review& r) {
                  r.objectives[0].bad = "job:errors:rate5m";
                  r.Rule("AvailabilityBurn")["expr"] = "rate(redeem_errors_total[5m]) > 1";
                },
                kPass, "AlertRulesCover"},
        Changed{"RecordingRuleIsElsewhere",
                [](Review& r) {
                  r.Rule("job:errors:rate5m")["record"] = "job:other:rate5m",
                  r.Rule("job:errors:ratio_rate1h")["expr"] = "vector(1)";
                },
                kFail, "ObjectiveNotWatched"},
        Changed{"RecordingRulesInACircle",
                [](Review& r) {
                  r.Rule("job:errors:rate5m")["expr"] =
                      "job:errors:ratio_rate5m + rate(redeem_errors_total[5m])";
                },
                kPass, "AlertRulesCover"},
        Changed{"NamesMatchedByAList",
                [](Review& r) {
                  r.Rule("LatencyBurn")["expr"] =
                      "{__name__=~\"redeem_seconds_bucket|redeem_seconds_count\"} > 1";
                },
                kPass, "AlertRulesCover"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Causes, AlertRulesTest,
    ::testing::Values(
        Changed{"PageOnDisk",
                [](Review& r) { r.Rule("DiskAlmostFull")["labels"]["severity"] = "page"; }, kFail,
                "CauseBasedPage"},
        Changed{"AllowedPageOnDisk",
                [](Review& r) {
                  r.Rule("DiskAlmostFull")["labels"]["severity"] = "page";
                  r.spec.allowed_causes = {"DiskAlmostFull"};
                },
                kPass, "AlertRulesCover"},
        Changed{"AnotherAlertIsAllowed",
                [](Review& r) {
                  r.Rule("DiskAlmostFull")["labels"]["severity"] = "page";
                  r.spec.allowed_causes = {"DiskAlmostful", "diskalmostfull"};
                },
                kFail, "CauseBasedPage"},
        Changed{"CauseBehindARecordingRule",
                [](Review& r) {
                  r.rules.push_back(
                      Recording("shop:busy", "rate(container_cpu_usage_seconds_total[5m])"));
                  r.rules.push_back(Alert("Busy", "shop:busy > 0.9", "page"));
                },
                kFail, "CauseBasedPage"},
        Changed{"CauseBesideAnUnrelatedMetric",
                [](Review& r) {
                  r.rules.push_back(
                      Alert("Busy", "process_open_fds > 900 and on () shop_open == 1", "page"));
                },
                kFail, "CauseBasedPage"},
        Changed{"SymptomBesideACause",
                [](Review& r) {
                  r.rules.push_back(
                      Alert("Busy", "redeem_errors_total > 9 and on () node_load1 > 8", "page"));
                },
                kPass, "AlertRulesCover"},
        Changed{"NeitherCauseNorSymptom",
                [](Review& r) { r.rules.push_back(Alert("Down", "up == 0", "page")); }, kPass,
                "AlertRulesCover"},
        Changed{"ConfiguredCause",
                [](Review& r) {
                  r.causes = CauseCatalogue({{"shop_", "_backlog", "backlog"}});
                  r.rules.push_back(Alert("Backlog", "shop_orders_backlog > 9", "page"));
                },
                kFail, "CauseBasedPage"},
        Changed{"ConfiguredSymptom",
                [](Review& r) {
                  r.causes = CauseCatalogue({}, {"kafka_consumergroup_lag"});
                  r.rules.push_back(Alert("Lag", "kafka_consumergroup_lag > 9", "page"));
                },
                kPass, "AlertRulesCover"},
        Changed{"MetricsOfAnUnnamedObjectiveAreSymptoms",
                [](Review& r) {
                  r.objectives.push_back(ObjectiveOf("freshness", "kafka_consumergroup_lag", "",
                                                     "kafka_consumergroup_lag"));
                  r.rules.push_back(Alert("Lag", "kafka_consumergroup_lag > 9", "page"));
                },
                kPass, "AlertRulesCover"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Completeness, AlertRulesTest,
    ::testing::Values(
        Changed{"TicketWithoutSeverity",
                [](Review& r) { r.Rule("DiskAlmostFull").erase("labels"); }, kFail,
                "SeverityMissing"},
        Changed{"EmptySeverity",
                [](Review& r) { r.Rule("DiskAlmostFull")["labels"]["severity"] = " "; }, kFail,
                "SeverityMissing"},
        Changed{"SeverityIsATemplate",
                [](Review& r) { r.Rule("DiskAlmostFull")["labels"]["severity"] = "{{ $value }}"; },
                kFail, "SeverityMissing"},
        Changed{"NoFor", [](Review& r) { r.Rule("LatencyBurn").erase("for"); }, kFail,
                "ForMissing"},
        Changed{"ForOfNothing", [](Review& r) { r.Rule("LatencyBurn")["for"] = "0s"; }, kFail,
                "ForMissing"},
        Changed{"KeepFiringForInstead",
                [](Review& r) {
                  r.Rule("LatencyBurn").erase("for");
                  r.Rule("LatencyBurn")["keep_firing_for"] = "5m";
                },
                kPass, "AlertRulesCover"},
        Changed{"NoSummary",
                [](Review& r) { r.Rule("LatencyBurn")["annotations"].erase("summary"); }, kFail,
                "SummaryMissing"},
        Changed{"BlankSummary",
                [](Review& r) { r.Rule("LatencyBurn")["annotations"]["summary"] = " \n"; }, kFail,
                "SummaryMissing"},
        Changed{"NoAnnotations", [](Review& r) { r.Rule("LatencyBurn").erase("annotations"); },
                kFail, "SummaryMissing"},
        Changed{"NoRunbook",
                [](Review& r) { r.Rule("LatencyBurn")["annotations"].erase("runbook_url"); }, kFail,
                "RunbookUrlMissing"},
        Changed{"TicketsNeedNoneOfThem",
                [](Review& r) {
                  r.Rule("DiskAlmostFull").erase("annotations");
                  r.Rule("DiskAlmostFull").erase("for");
                },
                kPass, "AlertRulesCover"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Readability, AlertRulesTest,
    ::testing::Values(
        Changed{"PageByAPattern",
                [](Review& r) {
                  r.rules.push_back(Alert("Any", "{__name__=~\"shop_.*\"} > 1", "page"));
                },
                kUnknown, "ExpressionUnreadable"},
        Changed{"PageWithoutAName",
                [](Review& r) { r.rules.push_back(Alert("Any", "{job=\"shop\"} > 1", "page")); },
                kUnknown, "ExpressionUnreadable"},
        Changed{"CauseBesideAPattern",
                [](Review& r) {
                  r.rules.push_back(Alert("Any", "{job=\"shop\"} > 1 and node_load1 > 1", "page"));
                },
                kUnknown, "ExpressionUnreadable"},
        Changed{
            "PageOnOtherAlerts",
            [](Review& r) { r.rules.push_back(Alert("Any", "ALERTS{severity=\"x\"}", "page")); },
            kUnknown, "ExpressionUnreadable"},
        Changed{"PageThatIsNoExpression",
                [](Review& r) { r.rules.push_back(Alert("Any", "sum(up", "page")); }, kUnknown,
                "ExpressionUnreadable"},
        Changed{"AllowedPageThatIsNoExpression",
                [](Review& r) {
                  r.rules.push_back(Alert("Any", "sum(up", "page"));
                  r.spec.allowed_causes = {"Any"};
                },
                kUnknown, "ExpressionUnreadable"},
        Changed{"AllowedPageByAPattern",
                [](Review& r) {
                  r.rules.push_back(Alert("Any", "{__name__=~\"node_.*\"} > 1", "page"));
                  r.spec.allowed_causes = {"Any"};
                },
                kPass, "AlertRulesCover"},
        Changed{"SymptomBesideAPattern",
                [](Review& r) {
                  r.rules.push_back(
                      Alert("Any", "{job=\"x\"} > 1 and redeem_errors_total > 1", "page"));
                },
                kPass, "AlertRulesCover"},
        Changed{"TheOnlyWatchIsByAPattern",
                [](Review& r) {
                  r.Rule("LatencyBurn")["expr"] = "{__name__=~\"redeem_seconds_.+\"} > 1";
                },
                kUnknown, "ExpressionUnreadable"},
        Changed{"RecordingRuleThatIsNoExpression",
                [](Review& r) {
                  r.rules.push_back(Recording("shop:busy", "sum(("));
                  r.rules.push_back(Alert("Busy", "shop:busy > 1", "page"));
                },
                kUnknown, "ExpressionUnreadable"},
        Changed{"MoreRecordingRulesThanAreFollowed",
                [](Review& r) {
                  for (int i = 0; i < 1100; ++i) {
                    r.rules.push_back(
                        Recording("a:" + std::to_string(i), "a:" + std::to_string(i + 1)));
                  }
                  r.rules.push_back(Alert("Deep", "a:0 > 1", "page"));
                },
                kUnknown, "ExpressionUnreadable"},
        Changed{"ObjectiveByAPattern",
                [](Review& r) { r.objectives[1].good = "{__name__=~\"redeem_seconds_.+\"}"; },
                kUnknown, "ExpressionUnreadable"},
        Changed{"ObjectiveWithoutExpression", [](Review& r) { r.objectives[1].good = ""; },
                kUnknown, "ExpressionUnreadable"},
        Changed{"TicketsMayBeAnything",
                [](Review& r) { r.Rule("DiskAlmostFull")["expr"] = "{job=\"x\"} > 1"; }, kPass,
                "AlertRulesCover"},
        Changed{"WhatIsCertainComesFirst",
                [](Review& r) {
                  r.rules.push_back(Alert("Any", "{job=\"shop\"} > 1", "page"));
                  r.Rule("LatencyBurn").erase("for");
                },
                kFail, "ForMissing"},
        Changed{"MalformedRule", [](Review& r) { r.Rule("LatencyBurn").erase("expr"); }, kUnknown,
                "Malformed"}),
    [](const auto& row) { return row.param.name; });

struct UrlRow {
  const char* name;
  const char* url;
  bool accepted;
};
void PrintTo(const UrlRow& row, std::ostream* out) { *out << row.name; }

class RunbookUrlTest : public ::testing::TestWithParam<UrlRow> {};

TEST_P(RunbookUrlTest, MustBeAnHttpUrl) {
  Review review = GoodReview();
  review.Rule("LatencyBurn")["annotations"]["runbook_url"] = GetParam().url;

  const Finding finding = Judge(review);

  EXPECT_EQ(finding.reason, GetParam().accepted ? "AlertRulesCover" : "RunbookUrlMissing");
}

INSTANTIATE_TEST_SUITE_P(
    Urls, RunbookUrlTest,
    ::testing::Values(UrlRow{"Https", "https://runbooks.example.com/x", true},
                      UrlRow{"Http", "http://wiki/x", true},
                      UrlRow{"Port", "https://wiki:8443/x?y#z", true},
                      UrlRow{"OnlyAHost", "https://wiki", true},
                      UrlRow{"Address", "https://[2001:db8::1]/x", true},
                      UrlRow{"TemplateInThePath", "https://wiki/{{ $labels.alertname }}", true},
                      UrlRow{"TemplateAsHost", "https://{{ $externalURL }}/x", false},
                      UrlRow{"Empty", "", false}, UrlRow{"Word", "TODO", false},
                      UrlRow{"Path", "/runbooks/x", false}, UrlRow{"NoHost", "https:///x", false},
                      UrlRow{"OnlyAScheme", "https://", false},
                      UrlRow{"OtherScheme", "ftp://wiki/x", false},
                      UrlRow{"Script", "javascript:alert(1)", false},
                      UrlRow{"Credentials", "https://user:secret@wiki/x", false},
                      UrlRow{"Newline", "https://wiki/x\n", false}),
    [](const auto& row) { return row.param.name; });

TEST(AlertRulesSourceTest, APrometheusRuleIsJudgedLikeAFile) {
  Review review = GoodReview();
  review.spec.from = {};
  review.spec.from.prometheus_rule.emplace();

  EXPECT_EQ(JudgeBody(review, ObjectOf(review.rules).dump()).reason, "AlertRulesCover");
  EXPECT_EQ(JudgeBody(review, FileOf(review.rules).dump()).reason, "Malformed");
}

TEST(AlertRulesSourceTest, AFileInYamlIsJudged) {
  Review review = GoodReview();
  review.spec.covers_objectives = {"availability"};

  const Finding finding = JudgeBody(review, R"(
groups:
- name: gift-cards
  rules:
  - alert: AvailabilityBurn
    expr: |
      # errors that users see
      sum(rate(redeem_errors_total[5m])) / sum(rate(redeem_requests_total[5m])) > 0.0144
    for: 2m
    labels: {severity: page}
    annotations:
      summary: Users cannot redeem
      runbook_url: https://runbooks.example.com/gift-cards
)");

  EXPECT_EQ(finding.reason, "AlertRulesCover") << finding.message;
}

TEST(AlertRulesSourceTest, TextThatIsNoDocumentIsMalformed) {
  for (const char* body : {"", "not rules", "{", "groups: 1", "\xFF"}) {
    const Finding finding = JudgeBody(GoodReview(), body);

    EXPECT_EQ(finding.status, kUnknown) << body;
    EXPECT_EQ(finding.reason, "Malformed") << body;
  }
}

TEST(AlertRulesSourceTest, AFileIsValidForEver) {
  const Finding finding = Judge(GoodReview());

  EXPECT_EQ(finding.valid_until, base::kNever);
  EXPECT_EQ(finding.observed_at, std::nullopt);
}

TEST(AlertRulesFindingTest, RecordsTheFigures) {
  const Finding finding = Judge(GoodReview());

  EXPECT_EQ(finding.facts.at("alerts"), "3");
  EXPECT_EQ(finding.facts.at("pagingRules"), "2");
  EXPECT_EQ(finding.facts.at("recordingRules"), "3");
  EXPECT_EQ(finding.facts.at("objectives"), "2");
}

TEST(AlertRulesFindingTest, TellsEveryShortfall) {
  Review review = GoodReview();
  review.Rule("DiskAlmostFull")["labels"]["severity"] = "page";
  review.Rule("LatencyBurn")["expr"] = "up == 0";
  review.Rule("LatencyBurn").erase("for");
  review.Rule("AvailabilityBurn").erase("annotations");

  const Finding finding = Judge(review);

  EXPECT_EQ(finding.reason, "ObjectiveNotWatched");
  EXPECT_THAT(finding.message, HasSubstr("bad events of \"latency\""));
  EXPECT_THAT(finding.message,
              HasSubstr("\"DiskAlmostFull\" (node_filesystem_avail_bytes tells of disk)"));
  EXPECT_THAT(finding.message, HasSubstr("\"LatencyBurn\" has neither for nor keep_firing_for"));
  EXPECT_THAT(finding.message, HasSubstr("\"AvailabilityBurn\" has no annotation summary"));
}

// Names and errors are whatever the document and the server say. (THREATS T45, T69.)
TEST(AlertRulesFindingTest, TheMessageOfHostileNamesIsBoundedAndPrintable) {
  Review review = GoodReview();
  for (int i = 0; i < 100; ++i) {
    Json alert = Alert("\x1B[31m" + std::to_string(i) + std::string(2000, 'x'),
                       "{__name__=\"node_\x1B" + std::string(2000, 'x') + "\"}", "page");
    alert.erase("annotations");
    alert.erase("for");
    review.rules.push_back(std::move(alert));
  }

  const Finding finding = Judge(review);

  EXPECT_EQ(finding.status, kFail) << finding.message;
  EXPECT_EQ(finding.message.find('\x1B'), std::string::npos);
  EXPECT_LE(finding.message.size(), resources::kMaxFindingMessageLength);
}

}  // namespace
}  // namespace launchgate::evidence
