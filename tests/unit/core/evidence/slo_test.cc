// Do the objectives of an ErrorBudget have data: every reason and the edges.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "core/evidence/slo_history.h"
#include "core/evidence/verify.h"

namespace launchgate::evidence {
namespace {

using json::Json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr base::Duration kDay = std::chrono::hours(24);
constexpr base::Duration kRecheck = std::chrono::minutes(10);
// Ten hours into a day: the judged steps end at midnight.
constexpr base::Time kMidnight = std::chrono::sys_days(std::chrono::year(2026) / 11 / 23);
constexpr base::Time kAskedAt = kMidnight + std::chrono::hours(10);

constexpr auto kPass = FindingStatus::kPass;
constexpr auto kFail = FindingStatus::kFail;
constexpr auto kStale = FindingStatus::kStale;
constexpr auto kUnknown = FindingStatus::kUnknown;

resources::Objective AnObjective(const std::string& name) {
  resources::Objective objective;
  objective.name = name;
  objective.target = 99.9;
  objective.total = "sum(increase(" + name + "_total[$window]))";
  return objective;
}

// A budget of two objectives and a full history of both; a row changes some of it.
struct Case {
  resources::SloSpec spec;
  resources::ErrorBudget budget;
  std::vector<Json> samples;                // Of each objective: [[seconds, "10"], …], 28 days.
  std::vector<ObjectiveHistory> histories;  // Made from `samples` where empty.
  base::Time asked_at = kAskedAt;
  base::Time now = kAskedAt;

  Case() {
    spec.recheck_every = kRecheck;
    budget.meta.name = "gift-cards";
    budget.window = {resources::WindowKind::kRolling, 28 * kDay, ""};
    budget.objectives = {AnObjective("availability"), AnObjective("latency")};
    samples.resize(2, Json::array());
    for (Json& one : samples) {
      for (int i = 0; i < kSloSteps; ++i) one.push_back({Seconds(i), "10"});
    }
  }

  // When step `i` ends.
  static std::int64_t Seconds(int i) {
    return (kMidnight - (kSloSteps - 1 - i) * kDay).time_since_epoch() / std::chrono::seconds(1);
  }

  Finding Judge() {
    for (std::size_t i = histories.size(); i < samples.size(); ++i) {
      Json body{{"status", "success"}};
      body["data"] = {
          {"resultType", "matrix"},
          {"result", Json::array({Json{{"metric", Json::object()}, {"values", samples[i]}}})}};
      histories.push_back({AnObjective(i == 0 ? "availability" : "latency"), {200, body.dump()}});
    }
    return VerifySlo(spec, budget, histories, asked_at, now);
  }
};

struct Row {
  std::string name;
  std::function<void(Case&)> change;
  FindingStatus status;
  std::string reason;
  std::string message;
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

class SloTest : public ::testing::TestWithParam<Row> {};

TEST_P(SloTest, IsJudgedWithTheReason) {
  Case changed;
  GetParam().change(changed);

  const Finding finding = changed.Judge();

  EXPECT_EQ(finding.status, GetParam().status) << finding.message;
  EXPECT_EQ(finding.reason, GetParam().reason) << finding.message;
  EXPECT_THAT(finding.message, HasSubstr(GetParam().message));
}

// The history of "latency" becomes an answer with this status and body.
std::function<void(Case&)> Answer(int status, std::string body) {
  return [=](Case& c) {
    const Json full = c.samples[0];
    c.Judge();
    c.histories[1].total = {status, body};
  };
}

std::function<void(Case&)> Erase(int first, int last) {
  return [=](Case& c) {
    c.samples[1].erase(c.samples[1].begin() + first, c.samples[1].begin() + last);
  };
}

INSTANTIATE_TEST_SUITE_P(
    Judged, SloTest,
    ::testing::Values(
        Row{"FullHistory", [](Case&) {}, kPass, "ObjectivesHaveData", "every objective (2)"},
        Row{"OnlyTheNamedObjective",
            [](Case& c) {
              c.spec.objectives = {"availability"};
              Erase(0, 20)(c);
            },
            kPass, "ObjectivesHaveData", "every objective (1)"},
        Row{"OneStepWithoutEvents", [](Case& c) { c.samples[1][5][1] = "0"; }, kPass,
            "ObjectivesHaveData", ""},
        Row{"CalendarMonth",
            [](Case& c) {
              c.budget.window = {resources::WindowKind::kCalendarMonth, base::Duration(0), "UTC"};
            },
            kPass, "ObjectivesHaveData", "the last 28d"},
        Row{"NamedObjectiveIsNotThere", [](Case& c) { c.spec.objectives = {"redeem"}; }, kFail,
            "ObjectiveUnknown", "\"gift-cards\" has no objective \"redeem\""},
        Row{"NoObjectives", [](Case& c) { c.budget.objectives.clear(); }, kFail, "ObjectiveUnknown",
            "has no objective"},
        Row{"TargetOfAHundred", [](Case& c) { c.budget.objectives[0].target = 100; }, kFail,
            "TargetOutOfRange", "availability"},
        Row{"TargetOfNothing", [](Case& c) { c.budget.objectives[0].target = 0; }, kFail,
            "TargetOutOfRange", "availability"},
        Row{"BeganTenDaysLate", Erase(0, 10), kFail, "HistoryTooShort",
            "latency has data from 2026-11-05T00:00:00Z on, needed is data from "
            "2026-10-26T00:00:00Z on"},
        Row{"BeganOneStepLate", Erase(0, 1), kFail, "HistoryTooShort", "latency"},
        Row{"OneStepMissing", Erase(5, 6), kFail, "HistoryGap",
            "latency has no data from 2026-10-31T00:00:00Z to 2026-11-01T00:00:00Z"},
        Row{"EndedEarly", Erase(26, 28), kFail, "HistoryGap",
            "latency has no data from 2026-11-21T00:00:00Z to 2026-11-23T00:00:00Z"},
        Row{"LateAndWithAGap",
            [](Case& c) {
              Erase(20, 21)(c);
              Erase(0, 2)(c);
            },
            kFail, "HistoryTooShort", "latency"},
        Row{"AFailStaysAFail",
            [](Case& c) {
              Erase(5, 6)(c);
              c.now = kAskedAt + 9 * kRecheck;
            },
            kFail, "HistoryGap", ""},
        Row{"NotAskedForThreeIntervals", [](Case& c) { c.now = kAskedAt + 3 * kRecheck; }, kStale,
            "TooOld", "2026-11-23T10:00:00Z"},
        Row{"JustFreshEnough", [](Case& c) { c.now = kAskedAt + 3 * kRecheck - base::Duration(1); },
            kPass, "ObjectivesHaveData", ""}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Unknowns, SloTest,
    ::testing::Values(
        Row{"NoEventsAtAll",
            [](Case& c) {
              for (Json& sample : c.samples[1]) sample[1] = "0";
            },
            kUnknown, "NoEvents", "latency"},
        Row{"NegativeEvents",
            [](Case& c) {
              for (Json& sample : c.samples[1]) sample[1] = "-1";
            },
            kUnknown, "NoEvents", "latency"},
        Row{"SumIsInfinite",
            [](Case& c) {
              for (Json& sample : c.samples[1]) sample[1] = "1e308";
            },
            kUnknown, "NoEvents", "latency"},
        Row{"AStepIsNaN", [](Case& c) { c.samples[1][3][1] = "NaN"; }, kUnknown, "QueryNotFinite",
            "objective latency: "},
        Row{"NoHistoryOfOne", [](Case& c) { c.samples.pop_back(); }, kUnknown, "SourceMissing",
            "latency"},
        Row{"HistoryOfAnOlderExpression",
            [](Case& c) { c.budget.objectives[1].total = "sum(increase(other[$window]))"; },
            kUnknown, "SourceMissing", "latency"},
        Row{"StepsOfAnotherGrid",
            [](Case& c) {
              for (Json& sample : c.samples[1]) sample[0] = sample[0].get<std::int64_t>() + 1;
            },
            kUnknown, "Malformed", "not of the steps"},
        Row{"StepsOutsideTheWindow",
            [](Case& c) {
              for (Json& sample : c.samples[1]) {
                sample[0] = sample[0].get<std::int64_t>() - 28 * 86'400;
              }
            },
            kUnknown, "Malformed", "not of the steps"},
        Row{"Empty",
            Answer(200, R"({"status":"success","data":{"resultType":"matrix","result":[]}})"),
            kUnknown, "QueryEmpty", "objective latency: "},
        Row{"ManySeries",
            Answer(
                200,
                R"({"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[]},{"metric":{},"values":[]}]}})"),
            kUnknown, "QueryManySeries", "objective latency: "},
        Row{"Warnings", Answer(200, R"({"status":"success","warnings":["w"],"data":{}})"), kUnknown,
            "QueryWarnings", "objective latency: "},
        Row{"Refused", Answer(400, ""), kUnknown, "QueryFailed", "objective latency: "},
        Row{"Down", Answer(503, ""), kUnknown, "ServerError", "objective latency: "},
        Row{"NotTheApi", Answer(200, "<html>"), kUnknown, "Malformed", "objective latency: "},
        Row{"AskedInTheFuture", [](Case& c) { c.now = kAskedAt - std::chrono::minutes(2); },
            kUnknown, "TimeInFuture", ""}),
    [](const auto& row) { return row.param.name; });

TEST(SloTest, TellsWhatFallsShortEvenWhereSomethingElseIsUnknown) {
  Case both;
  both.samples.pop_back();
  both.samples[0].erase(both.samples[0].begin());

  const Finding finding = both.Judge();

  EXPECT_EQ(finding.status, kFail);
  EXPECT_EQ(finding.reason, "HistoryTooShort");
}

TEST(SloTest, TellsTheFiguresAndHowLongTheyHold) {
  Case full;
  full.samples[1].erase(full.samples[1].begin());

  const Finding finding = full.Judge();

  EXPECT_EQ(finding.facts.at("objectives"), "2");
  EXPECT_EQ(finding.facts.at("window"), "28d");
  EXPECT_EQ(finding.facts.at("covered"), "98.2%");
  EXPECT_EQ(finding.facts.at("fewestEvents"), "270");
  EXPECT_EQ(finding.observed_at, kAskedAt);
  EXPECT_EQ(finding.valid_until, kAskedAt + 3 * kRecheck);
}

TEST(SloTest, CountsObjectivesThatItDoesNotName) {
  Case many;
  for (int i = 0; i < 16; ++i) many.spec.objectives.push_back("missing-" + std::to_string(i));

  const Finding finding = many.Judge();

  EXPECT_THAT(finding.message, HasSubstr("\"missing-3\"; 12 more objectives fall short"));
  EXPECT_THAT(finding.message, Not(HasSubstr("missing-4")));
}

TEST(SloTest, SaysTheSameUntilTheNextStepIsComplete) {
  Case early;
  Case late;
  late.asked_at = late.now = kMidnight + kDay - base::Duration(1);
  for (Case* one : {&early, &late}) one->samples[1].erase(one->samples[1].begin());

  EXPECT_EQ(early.Judge().message, late.Judge().message);
}

TEST(TotalEventsQueryTest, AsksForTwentyEightWholeSteps) {
  const HistoryQuery query = TotalEventsQuery(
      AnObjective("a"), {resources::WindowKind::kRolling, 28 * kDay, ""}, kAskedAt);

  EXPECT_EQ(query.expression, "sum(increase(a_total[1d]))");
  EXPECT_EQ(query.end, kMidnight);
  EXPECT_EQ(query.start, kMidnight - 27 * kDay);
  EXPECT_EQ(query.step, kDay);
}

TEST(TotalEventsQueryTest, SplitsTheShortestWindowIntoMilliseconds) {
  const HistoryQuery query =
      TotalEventsQuery(AnObjective("a"),
                       {resources::WindowKind::kRolling, resources::kShortestWindow, ""}, kAskedAt);

  EXPECT_EQ(query.expression, "sum(increase(a_total[2s142ms]))");
  EXPECT_EQ(query.end - query.start, 27 * query.step);
  EXPECT_LE(query.end, kAskedAt);
}

}  // namespace
}  // namespace launchgate::evidence
