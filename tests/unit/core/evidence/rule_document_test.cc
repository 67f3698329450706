// Rules in their three shapes: what is read, what is refused, and the bounds.
#include "core/evidence/rule_document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "core/evidence/promql_names.h"
#include "core/json/json.h"

namespace launchgate::evidence {
namespace {

using json::Json;
using ::testing::HasSubstr;

constexpr const char* kFile = R"(
groups:
- name: gift-cards
  interval: 30s
  limit: 10
  rules:
  - record: job:errors:ratio_rate5m
    expr: sum(rate(errors_total[5m])) / sum(rate(requests_total[5m]))
  - alert: ErrorBudgetBurn
    expr: |
      job:errors:ratio_rate5m > 14.4 * 0.001
    for: 1m30s
    keep_firing_for: 5m
    labels: {severity: page, tier: 1}
    annotations:
      summary: "Users see errors"
      runbook_url: https://runbooks.example.com/gift-cards
- name: empty
)";

// As Prometheus 2.42 answered when it had loaded such a file, shortened.
constexpr const char* kAnswer = R"json({"status": "success", "data": {"groups": [
  {"name": "gift-cards", "file": "/r.yml", "interval": 30, "limit": 0, "rules": [
    {"name": "job:errors:ratio_rate5m", "query": "sum(rate(errors_total[5m]))",
     "health": "ok", "evaluationTime": 0.0004, "lastEvaluation": "2026-11-23T08:00:00Z",
     "type": "recording"},
    {"state": "inactive", "name": "ErrorBudgetBurn", "query": "job:errors:ratio_rate5m > 0.0144",
     "duration": 90, "keepFiringFor": 300, "labels": {"severity": "page"},
     "annotations": {"summary": "Users see errors"}, "alerts": [],
     "health": "err", "lastError": "out of memory", "evaluationTime": 0,
     "lastEvaluation": "2026-11-23T08:00:00Z", "type": "alerting"}]}]}})json";

TEST(RuleDocumentTest, ReadsARuleFile) {
  const auto document = ParseRuleFile(kFile);

  ASSERT_TRUE(document) << document.error().message;
  EXPECT_EQ(document->groups, 2U);
  ASSERT_EQ(document->recordings.size(), 1U);
  EXPECT_EQ(document->recordings[0].name, "job:errors:ratio_rate5m");
  ASSERT_EQ(document->alerts.size(), 1U);
  const AlertRule& alert = document->alerts[0];
  EXPECT_EQ(alert.name, "ErrorBudgetBurn");
  EXPECT_EQ(alert.expression, "job:errors:ratio_rate5m > 14.4 * 0.001\n");
  EXPECT_EQ(alert.hold, std::chrono::seconds(90));
  EXPECT_EQ(alert.keep_firing_for, std::chrono::minutes(5));
  EXPECT_EQ(alert.labels.at("tier"), "1");
  EXPECT_EQ(alert.annotations.at("summary"), "Users see errors");
  EXPECT_EQ(alert.health, "");
}

TEST(RuleDocumentTest, ReadsAnAnswer) {
  const auto document = ParseRulesAnswer(kAnswer);

  ASSERT_TRUE(document) << document.error().message;
  ASSERT_EQ(document->recordings.size(), 1U);
  EXPECT_EQ(document->recordings[0].health, "ok");
  ASSERT_EQ(document->alerts.size(), 1U);
  const AlertRule& alert = document->alerts[0];
  EXPECT_EQ(alert.expression, "job:errors:ratio_rate5m > 0.0144");
  EXPECT_EQ(alert.hold, std::chrono::seconds(90));
  EXPECT_EQ(alert.keep_firing_for, std::chrono::minutes(5));
  EXPECT_EQ(alert.labels.at("severity"), "page");
  EXPECT_EQ(alert.health, "err");
  EXPECT_EQ(alert.last_error, "out of memory");
}

Json Object() {
  return Json::parse(R"({"apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule",
    "metadata": {"name": "gift-cards"}, "spec": {"groups": [{"name": "a", "rules": [
      {"alert": "A", "expr": "up == 0", "for": "5m", "labels": {"severity": "page"}},
      {"record": "b", "expr": 1}]}]}})");
}

TEST(RuleDocumentTest, ReadsAPrometheusRule) {
  const auto document = ParsePrometheusRule(Object().dump());

  ASSERT_TRUE(document) << document.error().message;
  ASSERT_EQ(document->alerts.size(), 1U);
  EXPECT_EQ(document->alerts[0].hold, std::chrono::minutes(5));
  ASSERT_EQ(document->recordings.size(), 1U);
  EXPECT_EQ(document->recordings[0].expression, "1");
}

TEST(RuleDocumentTest, LabelsOfAGroupAreThoseOfItsRulesUnlessTheyHaveTheirOwn) {
  Json object = Object();
  object["spec"]["groups"][0]["labels"] = {{"severity", "ticket"}, {"team", "payments"}};

  const auto document = ParsePrometheusRule(object.dump());

  ASSERT_TRUE(document) << document.error().message;
  EXPECT_EQ(document->alerts[0].labels.at("severity"), "page");
  EXPECT_EQ(document->alerts[0].labels.at("team"), "payments");
}

TEST(RuleDocumentTest, ARuleFileCannotClaimToBeHealthy) {
  Json file = Object()["spec"];
  file["groups"][0]["rules"][0]["health"] = "ok";

  const auto document = ParseRuleFile(file.dump());

  ASSERT_TRUE(document) << document.error().message;
  EXPECT_EQ(document->alerts[0].health, "");
}

// Each row changes one thing about the object.
struct Change {
  const char* name;
  std::function<void(Json& object, Json& alert)> change;
  const char* message;
};
void PrintTo(const Change& change, std::ostream* out) { *out << change.name; }

class RefusedObjectTest : public ::testing::TestWithParam<Change> {};

TEST_P(RefusedObjectTest, NamesTheField) {
  Json object = Object();
  GetParam().change(object, object["spec"]["groups"][0]["rules"][0]);

  const auto document = ParsePrometheusRule(object.dump());

  ASSERT_FALSE(document);
  EXPECT_THAT(document.error().message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Fields, RefusedObjectTest,
    ::testing::Values(
        Change{"OtherKind", [](Json& o, auto&) { o["kind"] = "ConfigMap"; }, "no PrometheusRule"},
        Change{"NoKind", [](Json& o, auto&) { o.erase("kind"); }, "no PrometheusRule"},
        Change{"NotAnObject", [](Json& o, auto&) { o = Json::array(); }, "no PrometheusRule"},
        Change{"NoSpec", [](Json& o, auto&) { o.erase("spec"); }, "spec.groups is not a list"},
        Change{"GroupsAreNoList", [](Json& o, auto&) { o["spec"]["groups"] = "x"; },
               "spec.groups is not a list"},
        Change{"GroupIsText", [](Json& o, auto&) { o["spec"]["groups"][0] = "x"; },
               "spec.groups[0] is not a group"},
        Change{"RulesAreNoList", [](Json& o, auto&) { o["spec"]["groups"][0]["rules"] = 1; },
               "rules that are no list"},
        Change{"GroupLabelsAreNoMap",
               [](Json& o, auto&) { o["spec"]["groups"][0]["labels"] = "x"; },
               "labels that are no map"},
        Change{"RuleIsText", [](auto&, Json& a) { a = "x"; }, "rules[0] is not a rule"},
        Change{"NeitherAlertNorRecord", [](auto&, Json& a) { a.erase("alert"); },
               "one of alert and record"},
        Change{"AlertAndRecord", [](auto&, Json& a) { a["record"] = "x"; },
               "one of alert and record"},
        Change{"EmptyName", [](auto&, Json& a) { a["alert"] = ""; }, "no name"},
        Change{"NameIsAList", [](auto&, Json& a) { a["alert"] = Json::array(); }, "no text"},
        Change{"NoExpression", [](auto&, Json& a) { a.erase("expr"); }, "no expression"},
        Change{"EmptyExpression", [](auto&, Json& a) { a["expr"] = ""; }, "no expression"},
        Change{"ExpressionIsAMap", [](auto&, Json& a) { a["expr"] = Json::object(); }, "no text"},
        Change{"LongExpression",
               [](auto&, Json& a) { a["expr"] = std::string(kMaxPromqlBytes + 1, 'x'); },
               "bytes in an expression"},
        Change{"ForIsNoDuration", [](auto&, Json& a) { a["for"] = "soon"; },
               "for that is no duration"},
        Change{"ForIsANumber", [](auto&, Json& a) { a["for"] = 300; }, "for that is no duration"},
        Change{"ForIsAList", [](auto&, Json& a) { a["for"] = Json::array(); },
               "for that is no duration"},
        Change{"LabelsAreNoMap", [](auto&, Json& a) { a["labels"] = "x"; }, "labels that are no map"},
        Change{"LabelIsAList", [](auto&, Json& a) { a["labels"]["x"] = Json::array(); },
               "value in labels"},
        Change{"TooManyAnnotations",
               [](auto&, Json& a) {
                 for (std::size_t i = 0; i <= kMaxRuleLabels; ++i) {
                   a["annotations"]["a" + std::to_string(i)] = "";
                 }
               },
               "annotations at one place"},
        Change{"TooManyRules",
               [](Json& o, auto&) {
                 o["spec"]["groups"][0]["rules"] =
                     Json(kMaxRules + 1, Json{{"record", "x"}, {"expr", "1"}});
               },
               "rules"},
        Change{"TooManyGroups",
               [](Json& o, auto&) {
                 o["spec"]["groups"] = Json(kMaxRuleGroups + 1, Json::object());
               },
               "groups"}),
    [](const auto& row) { return row.param.name; });

TEST(RuleDocumentTest, TextThatIsNoRuleFileIsRefused) {
  for (const char* text :
       {"", "# nothing", "groups", "[]", "{}", "groups: {}", "groups: []\n---\na: 1",
        "groups:\n- name: a\n  name: b", "groups: [", "\xFF"}) {
    EXPECT_FALSE(ParseRuleFile(text)) << text;
  }
}

TEST(RuleDocumentTest, AFileThatIsTooLargeIsRefused) {
  const auto document = ParseRuleFile("groups: []" + std::string(kMaxRuleFileBytes, ' '));

  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().kind, base::ErrorKind::kExhausted);
}

TEST(RuleDocumentTest, AnAnswerThatDidNotSucceedIsRefused) {
  for (const char* text : {"", "null", "[]", "<html>", R"({"status": "error", "error": "no"})",
                           R"({"data": {"groups": []}})", R"({"status": "success"})",
                           R"({"status": "success", "data": {"groups": null}})",
                           R"({"status": 1, "data": {"groups": []}})"}) {
    EXPECT_FALSE(ParseRulesAnswer(text)) << text;
  }
}

struct AnswerChange {
  const char* name;
  std::function<void(Json& alert)> change;
  bool accepted;
};
void PrintTo(const AnswerChange& change, std::ostream* out) { *out << change.name; }

class AnswerTest : public ::testing::TestWithParam<AnswerChange> {};

TEST_P(AnswerTest, IsReadOrRefused) {
  Json answer = Json::parse(kAnswer);
  GetParam().change(answer["data"]["groups"][0]["rules"][1]);

  EXPECT_EQ(ParseRulesAnswer(answer.dump()).has_value(), GetParam().accepted);
}

INSTANTIATE_TEST_SUITE_P(
    Fields, AnswerTest,
    ::testing::Values(
        AnswerChange{"Unchanged", [](auto&) {}, true},
        AnswerChange{"FractionOfASecond", [](Json& a) { a["duration"] = 0.5; }, true},
        AnswerChange{"NoDuration", [](Json& a) { a.erase("duration"); }, true},
        AnswerChange{"OlderServer", [](Json& a) { a.erase("keepFiringFor"); }, true},
        AnswerChange{"NegativeDuration", [](Json& a) { a["duration"] = -1; }, false},
        AnswerChange{"EndlessDuration", [](Json& a) { a["duration"] = 1e300; }, false},
        AnswerChange{"DurationAsText", [](Json& a) { a["duration"] = "90s"; }, false},
        AnswerChange{"UnknownType", [](Json& a) { a["type"] = "other"; }, false},
        AnswerChange{"NoType", [](Json& a) { a.erase("type"); }, false},
        AnswerChange{"NoName", [](Json& a) { a.erase("name"); }, false},
        AnswerChange{"NoQuery", [](Json& a) { a.erase("query"); }, false},
        AnswerChange{"HealthIsAMap", [](Json& a) { a["health"] = Json::object(); }, false}),
    [](const auto& row) { return row.param.name; });

struct DurationRow {
  const char* text;
  std::int64_t milliseconds;  // -1: refused.
};
void PrintTo(const DurationRow& row, std::ostream* out) { *out << row.text; }

class PrometheusDurationTest : public ::testing::TestWithParam<DurationRow> {};

TEST_P(PrometheusDurationTest, IsReadAsPrometheusDoes) {
  const auto duration = ParsePrometheusDuration(GetParam().text);

  EXPECT_EQ(duration ? duration->count() : -1, GetParam().milliseconds);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, PrometheusDurationTest,
    ::testing::Values(DurationRow{"0", 0}, DurationRow{"0s", 0}, DurationRow{"90s", 90'000},
                      DurationRow{"5ms", 5}, DurationRow{"1m5ms", 60'005},
                      DurationRow{"1h30m", 5'400'000}, DurationRow{"1d", 86'400'000},
                      DurationRow{"2w", 1'209'600'000}, DurationRow{"1y", 31'536'000'000},
                      DurationRow{"", -1}, DurationRow{"5", -1}, DurationRow{"m", -1},
                      DurationRow{"1.5h", -1}, DurationRow{"-1s", -1}, DurationRow{" 1s", -1},
                      DurationRow{"1s1m", -1}, DurationRow{"1s1s", -1}, DurationRow{"1S", -1},
                      DurationRow{"101y", -1}, DurationRow{"999999999999y", -1},
                      DurationRow{"9999999999999ms", -1}, DurationRow{"1s ", -1}),
    [](const auto& row) { return "Row" + std::to_string(row.index); });

}  // namespace
}  // namespace launchgate::evidence
