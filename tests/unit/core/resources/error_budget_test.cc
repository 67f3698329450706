#include "core/resources/error_budget.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/unit/core/resources/samples.h"

namespace launchgate::resources {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

ErrorBudget Parse(const json::Json& object) {
  std::vector<json::Problem> problems;
  ErrorBudget budget = ParseErrorBudget(object, problems);
  EXPECT_EQ(Lines(problems), "");
  return budget;
}

TEST(ErrorBudgetTest, ReadsServerWindowAndObjectives) {
  const ErrorBudget budget = Parse(BudgetSample());

  EXPECT_EQ(budget.meta.Key(), "shop/gift-cards");
  EXPECT_EQ(budget.prometheus, "shop");
  EXPECT_EQ(budget.window.kind, WindowKind::kRolling);
  EXPECT_EQ(budget.window.length, std::chrono::hours(24 * 28));
  ASSERT_THAT(budget.objectives, SizeIs(3));
  EXPECT_EQ(budget.objectives[0].name, "redeem-availability");
  EXPECT_EQ(budget.objectives[0].target, 99.9);
  EXPECT_EQ(budget.objectives[0].target_text, "99.9");
  EXPECT_THAT(budget.objectives[0].total, HasSubstr("[$window]"));
  EXPECT_THAT(budget.objectives[0].good, HasSubstr("code!~"));
  EXPECT_EQ(budget.objectives[0].bad, "");
  EXPECT_EQ(budget.objectives[1].bad, "sum(increase(payments_failed_total[$window]))");
}

TEST(ErrorBudgetTest, ReadsACalendarMonth) {
  const ErrorBudget budget = Parse(Sample("errorbudget-calendar.yaml"));

  EXPECT_EQ(budget.window.kind, WindowKind::kCalendarMonth);
  EXPECT_EQ(budget.window.time_zone, "Europe/Zurich");
}

TEST(ErrorBudgetTest, CountsTheLast28DaysWhenNothingElseIsSaid) {
  const ErrorBudget budget = Parse(With(BudgetSample(), "/spec/window", "absent"));

  EXPECT_EQ(budget.window.kind, WindowKind::kRolling);
  EXPECT_EQ(budget.window.length, kDefaultWindow);
}

TEST(ErrorBudgetTest, FindsObjectivesByName) {
  const ErrorBudget budget = Parse(BudgetSample());

  EXPECT_EQ(budget.Find("redeem-latency"), &budget.objectives[2]);
  EXPECT_EQ(budget.Find("redeem"), nullptr);
}

struct LatencyRow {
  std::string name;
  std::string latency;  // JSON.
  std::string good;
  std::string total;
};

class LatencyObjectiveTest : public ::testing::TestWithParam<LatencyRow> {};

TEST_P(LatencyObjectiveTest, IsRewrittenToEvents) {
  const ErrorBudget budget =
      Parse(With(BudgetSample(), "/spec/objectives/2/latency", GetParam().latency));

  EXPECT_EQ(budget.objectives[2].good, GetParam().good);
  EXPECT_EQ(budget.objectives[2].total, GetParam().total);
  EXPECT_EQ(budget.objectives[2].bad, "");
}

INSTANTIATE_TEST_SUITE_P(
    Rows, LatencyObjectiveTest,
    ::testing::Values(
        LatencyRow{"Milliseconds",
                   R"({"metric": "d", "matchers": "job=\"x\"", "threshold": "250ms"})",
                   R"(sum(increase(d_bucket{job="x",le="0.25"}[$window])))",
                   R"(sum(increase(d_count{job="x"}[$window])))"},
        LatencyRow{"NoMatchers", R"({"metric": "d", "threshold": "5ms"})",
                   R"(sum(increase(d_bucket{le="0.005"}[$window])))",
                   R"(sum(increase(d_count[$window])))"},
        LatencyRow{"WholeSecondsAreWrittenInTwoWays", R"({"metric": "d", "threshold": "1s"})",
                   R"(sum(increase(d_bucket{le=~"1|1[.]0"}[$window])))",
                   R"(sum(increase(d_count[$window])))"},
        LatencyRow{"Minutes", R"({"metric": "d", "threshold": "1m"})",
                   R"(sum(increase(d_bucket{le=~"60|60[.]0"}[$window])))",
                   R"(sum(increase(d_count[$window])))"},
        LatencyRow{"SecondsAndAHalf", R"({"metric": "job:d:sum", "threshold": "2500ms"})",
                   R"(sum(increase(job:d:sum_bucket{le="2.5"}[$window])))",
                   R"(sum(increase(job:d:sum_count[$window])))"},
        LatencyRow{
            "EveryOperatorAndEscape",
            R"({"metric": "d", "matchers": "a = \"x\" , b!=\"\\\"\",c=~\"y|\\\\d+\",d!~\"\\n\"", "threshold": "1ms"})",
            R"(sum(increase(d_bucket{a = "x" , b!="\"",c=~"y|\\d+",d!~"\n",le="0.001"}[$window])))",
            R"(sum(increase(d_count{a = "x" , b!="\"",c=~"y|\\d+",d!~"\n"}[$window])))"}),
    [](const auto& row) { return row.param.name; });

struct WindowRow {
  std::string name;
  std::string expression;
  base::Duration window;
  std::string result;
};

class WithWindowTest : public ::testing::TestWithParam<WindowRow> {};

TEST_P(WithWindowTest, PutsThePromQlDurationEverywhere) {
  const WindowRow& row = GetParam();

  EXPECT_EQ(WithWindow(row.expression, row.window), row.result);
}

using std::chrono::hours;
using std::chrono::minutes;

INSTANTIATE_TEST_SUITE_P(
    Rows, WithWindowTest,
    ::testing::Values(WindowRow{"Days", "sum(x[$window])", hours(24 * 28), "sum(x[28d])"},
                      WindowRow{"Twice", "x[$window] + y[$window]", hours(1), "x[1h] + y[1h]"},
                      WindowRow{"SeveralUnits", "x[$window]", hours(25) + minutes(30),
                                "x[1d1h30m]"},
                      WindowRow{"Alone", "$window", hours(2), "2h"},
                      WindowRow{"NotThere", "up", hours(2), "up"},
                      WindowRow{"Nothing", "", hours(2), ""}),
    [](const auto& row) { return row.param.name; });

struct Change {
  std::string name;
  std::string pointer;
  std::string value;
  std::string problem;
};

class BadBudgetTest : public ::testing::TestWithParam<Change> {};

TEST_P(BadBudgetTest, IsRefusedWithThePathAndTheReason) {
  std::vector<json::Problem> problems;

  ParseErrorBudget(With(BudgetSample(), GetParam().pointer, GetParam().value), problems);

  EXPECT_THAT(Lines(problems), HasSubstr(GetParam().problem));
}

INSTANTIATE_TEST_SUITE_P(
    Windows, BadBudgetTest,
    ::testing::Values(
        Change{"NoPrometheus", "/spec/prometheus", "absent", "spec.prometheus: must be set"},
        Change{"ServerIsAnAddress", "/spec/prometheus/server", R"("http://prometheus:9090")",
               "spec.prometheus.server: must be an RFC 1123 label"},
        Change{"EmptyWindow", "/spec/window", "{}", "window: must have exactly one of rolling"},
        Change{"BothWindows", "/spec/window/calendar", R"("month")",
               "spec.window: must have exactly one of rolling and calendar"},
        Change{"RollingInATimeZone", "/spec/window/timeZone", R"("UTC")",
               "spec.window.timeZone: must not be set for a rolling window"},
        Change{"WindowTooShort", "/spec/window/rolling", R"("59s")",
               "spec.window.rolling: must be from 1m to 366d"},
        Change{"WindowTooLong", "/spec/window/rolling", R"("367d")",
               "spec.window.rolling: must be from 1m to 366d"},
        Change{"WindowIsPromQl", "/spec/window/rolling", R"("28d])) or up")",
               "spec.window.rolling: must be a duration"},
        Change{"MonthWithoutTimeZone", "/spec/window", R"({"calendar": "month"})",
               "spec.window.timeZone: must be set"},
        Change{"UnknownCalendar", "/spec/window", R"({"calendar": "week", "timeZone": "UTC"})",
               "spec.window.calendar: must be month, not \"week\""},
        Change{"TimeZoneClimbsOut", "/spec/window",
               R"({"calendar": "month", "timeZone": "Europe/../../passwd"})",
               "spec.window.timeZone: must be the IANA name"},
        Change{"TimeZoneFromTheRoot", "/spec/window",
               R"({"calendar": "month", "timeZone": "/etc/localtime"})",
               "spec.window.timeZone: must be the IANA name"},
        Change{"TimeZoneWithNul", "/spec/window",
               R"({"calendar": "month", "timeZone": "UTC\u0000"})",
               "spec.window.timeZone: must be the IANA name"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Objectives, BadBudgetTest,
    ::testing::Values(
        Change{"NoObjectives", "/spec/objectives", "[]", "objectives: must have at least one"},
        Change{"NoObjectivesAtAll", "/spec/objectives", "absent", "must have at least one"},
        Change{"SameNameTwice", "/spec/objectives/1/name", R"("redeem-availability")",
               "spec.objectives[1].name: must be unique"},
        Change{"NameIsNoLabel", "/spec/objectives/0/name", R"("Redeem!")",
               "spec.objectives[0].name: must be an RFC 1123 label"},
        Change{"NoTarget", "/spec/objectives/0/target", "absent",
               "spec.objectives[0].target: must be set"},
        Change{"TargetOfZero", "/spec/objectives/0/target", R"("0")",
               "spec.objectives[0].target: must be more than 0 and less than 100"},
        Change{"TargetOfAll", "/spec/objectives/0/target", R"("100.0")",
               "spec.objectives[0].target: must be more than 0 and less than 100"},
        Change{"TargetIsNoNumber", "/spec/objectives/0/target", R"("nan")",
               "spec.objectives[0].target: must be a decimal number in quotes"},
        Change{"TargetIsAFloat", "/spec/objectives/0/target", "99.9",
               "spec.objectives[0].target: must be a decimal number in quotes"},
        Change{"EventsAndLatency", "/spec/objectives/0/latency",
               R"({"metric": "d", "threshold": "1s"})",
               "spec.objectives[0]: must have exactly one of events and latency"},
        Change{"NeitherEventsNorLatency", "/spec/objectives/0/events", "absent",
               "spec.objectives[0]: must have exactly one of events and latency"},
        Change{"NoTotal", "/spec/objectives/0/events/total", "absent", "events.total: must be set"},
        Change{"GoodAndBad", "/spec/objectives/0/events/bad", R"("x[$window]")",
               "spec.objectives[0].events: must have exactly one of good and bad"},
        Change{"NeitherGoodNorBad", "/spec/objectives/0/events/good", "absent",
               "spec.objectives[0].events: must have exactly one of good and bad"},
        Change{"RangeWithoutPlaceholder", "/spec/objectives/1/events/bad", R"("x[28d]")",
               "spec.objectives[1].events.bad: must contain $window"},
        Change{"MisspeltField", "/spec/objective", "[]", "spec.objective: is not a known field"}),
    [](const auto& row) { return row.param.name; });

// What a tenant writes is put between our own parentheses and braces.
INSTANTIATE_TEST_SUITE_P(
    Injections, BadBudgetTest,
    ::testing::Values(
        Change{"MetricEndsTheSelector", "/spec/objectives/2/latency/metric",
               R"("d}[1h])) or vector(1) #")", "latency.metric: must be the name of a metric"},
        Change{"MetricStartsWithADigit", "/spec/objectives/2/latency/metric", R"("5xx")",
               "latency.metric: must be the name of a metric"},
        Change{"MetricWithUnicode", "/spec/objectives/2/latency/metric", R"("dür")",
               "latency.metric: must be the name of a metric"},
        Change{"MetricOfBuckets", "/spec/objectives/2/latency/metric", R"("d_bucket")",
               "latency.metric: must be the base name of a histogram, without _bucket"},
        Change{"BraceAfterAValue", "/spec/objectives/2/latency/matchers",
               R"("a=\"b\"}[1h])) or vector(1) #")",
               "latency.matchers: must have nothing but a comma between"},
        Change{"BraceInAValue", "/spec/objectives/2/latency/matchers", R"("a=\"}\"")",
               "latency.matchers: must be matchers such as"},
        Change{"OpenQuote", "/spec/objectives/2/latency/matchers", R"("a=\"b")",
               "latency.matchers: must be matchers such as"},
        Change{"QuoteOpenedByAnEscape", "/spec/objectives/2/latency/matchers", R"("a=\"b\\\"")",
               "latency.matchers: must be matchers such as"},
        Change{"UnknownEscape", "/spec/objectives/2/latency/matchers", R"("a=\"\\x7d\"")",
               "latency.matchers: must be matchers such as"},
        Change{"SingleQuotes", "/spec/objectives/2/latency/matchers", R"("a='b'")",
               "latency.matchers: must be matchers such as"},
        Change{"Backquotes", "/spec/objectives/2/latency/matchers", R"("a=`b`")",
               "latency.matchers: must be matchers such as"},
        Change{"LineBreak", "/spec/objectives/2/latency/matchers", R"("a=\"b\n\"")",
               "latency.matchers: must be matchers such as"},
        Change{"TrailingComma", "/spec/objectives/2/latency/matchers", R"("a=\"b\",")",
               "latency.matchers: must be matchers such as"},
        Change{"Comment", "/spec/objectives/2/latency/matchers", R"("a=\"b\"#")",
               "latency.matchers: must have nothing but a comma"},
        Change{"OnlySpace", "/spec/objectives/2/latency/matchers", R"(" ")",
               "latency.matchers: must be matchers such as"},
        Change{"AnotherBucket", "/spec/objectives/2/latency/matchers", R"("le=\"+Inf\"")",
               "latency.matchers: must not match le"},
        Change{"AnotherMetric", "/spec/objectives/2/latency/matchers", R"("__name__=\"up\"")",
               "latency.matchers: must not match __name__"},
        Change{"ThresholdOfZero", "/spec/objectives/2/latency/threshold", R"("0s")",
               "latency.threshold: must be from 1ms to 1h"},
        Change{"NoThreshold", "/spec/objectives/2/latency/threshold", "absent",
               "latency.threshold: must be set"}),
    [](const auto& row) { return row.param.name; });

TEST(ErrorBudgetTest, SurvivesDocumentsOfAnotherShape) {
  for (
      const char* text :
      {"1", "[]", "{}", R"({"spec": 5})", R"({"spec": {"objectives": {}, "window": []}})",
       R"({"spec": {"prometheus": "x", "objectives": [null, 1, {"events": 2}, {"latency": []}]}})"}) {
    std::vector<json::Problem> problems;

    ParseErrorBudget(json::Json::parse(text), problems);

    EXPECT_FALSE(problems.empty()) << text;
  }
}

TEST(ErrorBudgetTest, ReadsAtMostSixteenObjectives) {
  json::Json sample = BudgetSample();
  for (int i = 0; i < 20; ++i) {
    json::Json objective = sample["spec"]["objectives"][0];
    objective["name"] = "objective-" + std::to_string(i);
    sample["spec"]["objectives"].push_back(objective);
  }
  std::vector<json::Problem> problems;

  const ErrorBudget budget = ParseErrorBudget(sample, problems);

  EXPECT_THAT(budget.objectives, SizeIs(kMaxObjectives));
  EXPECT_THAT(Lines(problems), HasSubstr("spec.objectives: must have at most 16 items"));
}

}  // namespace
}  // namespace launchgate::resources
