#include "core/resources/freeze_window.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/unit/core/resources/samples.h"

namespace launchgate::resources {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

json::Json Weekend() { return Sample("freezewindow.yaml"); }
json::Json Once() { return Sample("freezewindow-once.yaml"); }

FreezeWindow Parse(const json::Json& object) {
  std::vector<json::Problem> problems;
  FreezeWindow window = ParseFreezeWindow(object, problems);
  EXPECT_EQ(Lines(problems), "");
  return window;
}

TEST(FreezeWindowTest, ReadsACalendar) {
  const FreezeWindow window = Parse(Weekend());

  EXPECT_EQ(window.meta.Key(), "weekend");
  EXPECT_EQ(window.reason, "No launches over the weekend");
  EXPECT_EQ(window.team, "sre");
  EXPECT_EQ(window.contact, "#sre");
  const auto& calendar = std::get<CalendarFreeze>(window.when);
  EXPECT_EQ(calendar.cron.text(), "0 18 * * FRI");
  EXPECT_EQ(calendar.duration, std::chrono::hours(62));
  EXPECT_EQ(calendar.time_zone, "Europe/Zurich");
}

TEST(FreezeWindowTest, ReadsItsSelector) {
  const NamespaceSelector selector = Parse(Weekend()).namespace_selector;

  EXPECT_THAT(selector.match_labels, ElementsAre(Pair("tier", "shop")));
  ASSERT_THAT(selector.match_expressions, SizeIs(2));
  EXPECT_EQ(selector.match_expressions[0].key, "example.com/region");
  EXPECT_EQ(selector.match_expressions[0].op, LabelOperator::kIn);
  EXPECT_THAT(selector.match_expressions[0].values, ElementsAre("emea", "apac"));
  EXPECT_EQ(selector.match_expressions[1].op, LabelOperator::kDoesNotExist);
  EXPECT_THAT(selector.match_expressions[1].values, IsEmpty());
}

TEST(FreezeWindowTest, ReadsALabelWithoutAValue) {
  const NamespaceSelector selector =
      Parse(With(Weekend(), "/spec/namespaceSelector/matchExpressions/0/values", R"(["emea", ""])"))
          .namespace_selector;

  EXPECT_THAT(selector.match_expressions[0].values, ElementsAre("emea", ""));
}

TEST(FreezeWindowTest, ReadsAOneOff) {
  const FreezeWindow window = Parse(Once());

  const auto& once = std::get<OneOffFreeze>(window.when);
  EXPECT_EQ(base::FormatTime(once.start), "2026-11-26T23:00:00Z");
  EXPECT_EQ(base::FormatTime(once.end), "2026-11-28T07:00:00Z");
  EXPECT_THAT(window.namespace_selector.match_labels, IsEmpty());
  EXPECT_THAT(window.namespace_selector.match_expressions, IsEmpty());
}

TEST(FreezeWindowTest, NamesEveryOperator) {
  for (const char* word : {"In", "NotIn", "Exists", "DoesNotExist"}) {
    json::Json expression = {{"key", "tier"}, {"operator", word}};
    if (std::string(word).ends_with("In")) expression["values"] = {"a"};
    const json::Json object =
        With(Weekend(), "/spec/namespaceSelector/matchExpressions/0", expression.dump());

    EXPECT_EQ(ToString(Parse(object).namespace_selector.match_expressions[0].op), word);
  }
}

struct Change {
  std::string name;
  std::string pointer;
  std::string value;
  std::string problem;
};

class BadFreezeWindowTest : public ::testing::TestWithParam<Change> {};

TEST_P(BadFreezeWindowTest, IsRefusedWithThePathAndTheReason) {
  std::vector<json::Problem> problems;

  ParseFreezeWindow(With(Weekend(), GetParam().pointer, GetParam().value), problems);

  EXPECT_THAT(Lines(problems), HasSubstr(GetParam().problem));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, BadFreezeWindowTest,
    ::testing::Values(
        Change{"NoReason", "/spec/reason", "absent", "spec.reason: must be set"},
        Change{"NoOwner", "/spec/owner", "absent", "spec.owner: must be set"},
        Change{"NoContact", "/spec/owner/contact", "absent", "spec.owner.contact: must be set"},
        Change{"Neither", "/spec/schedule", "absent",
               "spec: must have either schedule, or start and end"},
        Change{"Both", "/spec/start", R"("2026-11-23T08:00:00Z")",
               "spec: must have either schedule, or start and end"},
        Change{"NoCron", "/spec/schedule/cron", "absent", "spec.schedule.cron: must be set"},
        Change{"BadCron", "/spec/schedule/cron", R"("0 25 * * *")",
               R"(spec.schedule.cron: must have a valid hour: write 0 to 23 instead of "25")"},
        Change{"TooOften", "/spec/schedule/cron", R"("*/15 * * * *")",
               "spec.schedule.cron: must begin at most 48 times a day, not 96"},
        Change{"NoDuration", "/spec/schedule/duration", "absent",
               "spec.schedule.duration: must be set"},
        Change{"TooShort", "/spec/schedule/duration", R"("59s")",
               "spec.schedule.duration: must be from 1m to 31d"},
        Change{"TooLong", "/spec/schedule/duration", R"("745h")",
               "spec.schedule.duration: must be from 1m to 31d"},
        Change{"NoZone", "/spec/schedule/timeZone", "absent",
               "spec.schedule.timeZone: must be set"},
        Change{"ZoneIsAPath", "/spec/schedule/timeZone", R"("../etc/passwd")",
               "spec.schedule.timeZone: must be the IANA name"},
        Change{"UnknownField", "/spec/schedule/until", "1",
               "spec.schedule.until: is not a known field"},
        Change{"StatusInSpec", "/spec/active", "true", "spec.active: is not a known field"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Selectors, BadFreezeWindowTest,
    ::testing::Values(
        Change{"UnknownMatch", "/spec/namespaceSelector/matchNames", "[]",
               "spec.namespaceSelector.matchNames: is not a known field"},
        Change{"LabelIsNoText", "/spec/namespaceSelector/matchLabels/tier", "5",
               "spec.namespaceSelector.matchLabels.tier: must be text"},
        Change{"BadValue", "/spec/namespaceSelector/matchLabels/tier", R"("a b")",
               "matchLabels.tier: must be the value of a label"},
        Change{"BadKey", "/spec/namespaceSelector/matchLabels", R"({"a/b/c": "x"})",
               "matchLabels.a/b/c: must be the key of a label"},
        Change{"BadPrefix", "/spec/namespaceSelector/matchLabels", R"({"A_b/c": "x"})",
               "must be the key of a label"},
        Change{"UnknownOperator", "/spec/namespaceSelector/matchExpressions/0/operator",
               R"("Like")", R"(operator: must be In, NotIn, Exists or DoesNotExist, not "Like")"},
        Change{"InNothing", "/spec/namespaceSelector/matchExpressions/0/values", "[]",
               "matchExpressions[0].values: must have at least one value for In"},
        Change{"ExistsWithValues", "/spec/namespaceSelector/matchExpressions/0/operator",
               R"("Exists")", "matchExpressions[0].values: must not be set for Exists"},
        Change{"ValuesAreText", "/spec/namespaceSelector/matchExpressions/1/values", R"("a")",
               "matchExpressions[1].values: must be a list of at most 32"},
        Change{"BadListedValue", "/spec/namespaceSelector/matchExpressions/0/values", R"(["a", 5])",
               "matchExpressions[0].values[1]: must be the value of a label"},
        Change{"NoKey", "/spec/namespaceSelector/matchExpressions/0/key", "absent",
               "matchExpressions[0].key: must be set"}),
    [](const auto& row) { return row.param.name; });

class BadOneOffTest : public ::testing::TestWithParam<Change> {};

TEST_P(BadOneOffTest, IsRefusedWithThePathAndTheReason) {
  std::vector<json::Problem> problems;

  const FreezeWindow window =
      ParseFreezeWindow(With(Once(), GetParam().pointer, GetParam().value), problems);

  EXPECT_THAT(Lines(problems), HasSubstr(GetParam().problem));
  EXPECT_TRUE(std::holds_alternative<std::monostate>(window.when));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, BadOneOffTest,
    ::testing::Values(Change{"NoStart", "/spec/start", "absent", "spec.start: must be set"},
                      Change{"NoEnd", "/spec/end", "absent", "spec.end: must be set"},
                      Change{"WithoutOffset", "/spec/end", R"("2026-11-28T08:00:00")",
                             "spec.end: must be an RFC 3339 time with an offset"},
                      Change{"EndsBeforeItStarts", "/spec/end", R"("2026-11-26T22:59:59Z")",
                             "spec.end: must be later than start"},
                      Change{"Empty", "/spec/end", R"("2026-11-26T23:00:00Z")",
                             "spec.end: must be later than start"},
                      Change{"TooLong", "/spec/end", R"("2027-11-27T23:00:01Z")",
                             "spec.end: must be at most 366d after start"}),
    [](const auto& row) { return row.param.name; });

TEST(FreezeWindowTest, SelectsMoreWhenPartOfItsSelectorIsWrong) {
  json::Json object = With(Weekend(), "/spec/namespaceSelector/matchLabels/tier", "5");
  object = With(object, "/spec/namespaceSelector/matchExpressions/0/operator", R"("Like")");
  std::vector<json::Problem> problems;

  const FreezeWindow window = ParseFreezeWindow(object, problems);

  EXPECT_THAT(problems, SizeIs(2));
  EXPECT_THAT(window.namespace_selector.match_labels, IsEmpty());
  EXPECT_THAT(window.namespace_selector.match_expressions, SizeIs(1));
}

TEST(FreezeWindowTest, KeepsItsBounds) {
  json::Json object = Weekend();
  json::Json& selector = object["spec"]["namespaceSelector"];
  for (int i = 0; i < 40; ++i) {
    selector["matchLabels"]["l" + std::to_string(i)] = "x";
    selector["matchExpressions"].push_back({{"key", "x"}, {"operator", "Exists"}});
  }
  std::vector<json::Problem> problems;

  const FreezeWindow window = ParseFreezeWindow(object, problems);

  EXPECT_THAT(Lines(problems), HasSubstr("matchLabels: must have at most 16 labels"));
  EXPECT_THAT(Lines(problems), HasSubstr("matchExpressions: must have at most 16 items"));
  EXPECT_THAT(window.namespace_selector.match_expressions, SizeIs(kMaxMatchExpressions));
}

TEST(FreezeWindowTest, SurvivesDocumentsOfAnotherShape) {
  for (
      const char* text :
      {"1", "[]", "{}", R"({"spec": 5})", R"({"spec": {"schedule": []}})",
       R"({"spec": {"start": 1, "end": []}})",
       R"({"spec": {"namespaceSelector": {"matchLabels": [], "matchExpressions": [1, null, {}]}}})"}) {
    std::vector<json::Problem> problems;

    ParseFreezeWindow(json::Json::parse(text), problems);

    EXPECT_FALSE(problems.empty()) << text;
  }
}

}  // namespace
}  // namespace launchgate::resources
