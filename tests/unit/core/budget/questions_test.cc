#include "core/budget/questions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/unit/core/budget/samples.h"

namespace launchgate::budget {
namespace {

using ::testing::DoubleNear;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr base::Duration kHour = std::chrono::hours(1);

resources::ErrorBudget ShortBudget(base::Duration window) {
  resources::ErrorBudget budget = ABudget();
  budget.window.length = window;
  return budget;
}

std::string QueryOf(const resources::ErrorBudget& budget) {
  return FiguresQuery(budget, budget.objectives[0], Rolling(budget.window.length));
}

TEST(QuestionsTest, ALongWindowIsASumOfWhatWasRecorded) {
  const std::string query = QueryOf(ABudget());

  EXPECT_THAT(query, HasSubstr("sum_over_time(launchgate:total_events:increase5m{"));
  // Exactly the tiles of 28 days, whether or not a range includes where it begins.
  EXPECT_THAT(query, HasSubstr("}[27d23h59m59s])"));
  EXPECT_THAT(query, Not(HasSubstr("requests_total")));
}

TEST(QuestionsTest, AShortWindowIsASumOfItsOwnExpressions) {
  const std::string query = QueryOf(ShortBudget(kHour));

  EXPECT_THAT(query, HasSubstr("sum_over_time((sum(increase(requests_total[5m])))[59m59s:5m])"));
  EXPECT_THAT(query, Not(HasSubstr("launchgate:")));
}

TEST(QuestionsTest, AsksForTheBurnRatesThatFitIntoTheWindow) {
  EXPECT_THAT(QueryOf(ABudget()), HasSubstr("\"bad:3d\""));
  EXPECT_THAT(QueryOf(ShortBudget(kDay)), HasSubstr("\"bad:1d\""));
  EXPECT_THAT(QueryOf(ShortBudget(kDay)), Not(HasSubstr("\"bad:3d\"")));
}

TEST(QuestionsTest, AsksForTheOldestPartOfTheWindow) {
  // A twentieth of 28 days, in whole tiles: 33h35m, 638h25m ago.
  EXPECT_THAT(QueryOf(ABudget()), HasSubstr("[1d9h34m59s] offset 26d14h25m)"));
}

TEST(QuestionsTest, AsksAtTheEndOfATileOfAShortWindow) {
  const base::Time now = kNow + std::chrono::milliseconds(123'456);

  EXPECT_EQ(AskAt(ABudget().window, now), kNow + std::chrono::seconds(123));
  EXPECT_EQ(AskAt(ShortBudget(kHour).window, now), kNow);
  EXPECT_EQ(TileOf(ShortBudget(std::chrono::minutes(1)).window), std::chrono::seconds(5));
}

// All figures of 28 days: 8064 tiles.
std::vector<Figure> Complete() {
  return {{"total", "1000000"}, {"bad", "250"},      {"tiles", "8064"},
          {"oldest", "403"},    {"total:1h", "100"}, {"bad:1h", "1"}};
}

std::vector<Figure> Without(const std::string& name) {
  auto figures = Complete();
  std::erase_if(figures, [&](const Figure& figure) { return figure.name == name; });
  return figures;
}

std::vector<Figure> With(const std::string& name, const std::string& value) {
  auto figures = Without(name);
  figures.push_back({name, value});
  return figures;
}

tl::expected<Figures, WhyUnknown> Read(const evidence::PrometheusAnswer& answer,
                                       const resources::ErrorBudget& budget = ABudget()) {
  return ReadFigures(budget, budget.objectives[0], Rolling(budget.window.length), answer);
}

TEST(FiguresTest, ReadsWhatWasAskedFor) {
  const auto figures = Read(Answer(Complete(), kNow));

  ASSERT_TRUE(figures) << figures.error().message;
  EXPECT_EQ(figures->window, (EventCounts{1'000'000, 250}));
  EXPECT_EQ(figures->recent.at("1h"), (EventCounts{100, 1}));
  EXPECT_THAT(figures->recent, SizeIs(1));
  EXPECT_EQ(figures->coverage, 1);
}

TEST(FiguresTest, BadEventsAreNeverMoreThanEvents) {
  EXPECT_EQ(Read(Answer(With("bad", "1000000.5"), kNow))->window,
            (EventCounts{1'000'000, 1'000'000}));
  EXPECT_EQ(Read(Answer(With("bad", "-0.5"), kNow))->window, (EventCounts{1'000'000, 0}));
}

struct Row {
  const char* name;
  evidence::PrometheusAnswer answer;
  const char* reason;
};

evidence::PrometheusAnswer Raw(int status, std::string body) { return {status, std::move(body)}; }

class UnknownTest : public ::testing::TestWithParam<Row> {};

INSTANTIATE_TEST_SUITE_P(
    Answers, UnknownTest,
    ::testing::Values(
        Row{"NothingRecorded", Answer({}, kNow), "RulesMissing"},
        Row{"NoTotal", Answer(Without("total"), kNow), "RulesMissing"},
        Row{"NoBad", Answer(Without("bad"), kNow), "RulesMissing"},
        Row{"OldestMissing", Answer(Without("oldest"), kNow), "HistoryTooShort"},
        Row{"AHole", Answer(With("tiles", "7257"), kNow), "HistoryGap"},
        Row{"NoTiles", Answer(Without("tiles"), kNow), "HistoryGap"},
        Row{"NaN", Answer(With("bad", "NaN"), kNow), "QueryNotFinite"},
        Row{"Infinite", Answer(With("total", "+Inf"), kNow), "QueryNotFinite"},
        Row{"Old", Answer(Complete(), kNow - std::chrono::minutes(6)), "SampleStale"},
        Row{"Future", Answer(Complete(), kNow + std::chrono::hours(1)), "TimeInFuture"},
        Row{"TwiceTheSame", Answer({{"total", "1"}, {"total", "2"}, {"bad", "0"}}, kNow),
            "QueryManySeries"},
        Row{"ServerError", Raw(503, ""), "ServerError"},
        Row{"QueryRefused", Raw(422, R"({"status":"error","errorType":"execution","error":"x"})"),
            "QueryFailed"},
        Row{"NotJson", Raw(200, "<html>"), "Malformed"},
        Row{"AMatrix",
            Raw(200, R"({"status":"success","data":{"resultType":"matrix","result":[]}})"),
            "Malformed"},
        Row{"Warnings",
            Raw(200,
                R"({"status":"success","warnings":["w"],"data":{"resultType":"vector","result":[]}})"),
            "QueryWarnings"}),
    [](const auto& row) { return row.param.name; });

TEST_P(UnknownTest, IsNeverANumber) {
  const auto figures = Read(GetParam().answer);

  ASSERT_FALSE(figures);
  EXPECT_EQ(figures.error().reason, GetParam().reason);
  EXPECT_NE(figures.error().message, "");
}

TEST(FiguresTest, AnHourWithoutRecordIsStillAFigure) {
  EXPECT_TRUE(Read(Answer(With("tiles", "8052"), kNow)));
  EXPECT_TRUE(Read(Answer(With("tiles", "7258"), kNow)));
}

TEST(FiguresTest, AThresholdThatIsNoBucketIsSaidSo) {
  resources::ErrorBudget budget = ABudget();
  budget.objectives[0].latency_threshold = std::chrono::milliseconds(300);

  const auto figures = Read(Answer(Without("bad"), kNow), budget);

  ASSERT_FALSE(figures);
  EXPECT_EQ(figures.error().reason, "ThresholdIsNoBucket");
  EXPECT_THAT(figures.error().message, HasSubstr("300ms"));
}

TEST(FiguresTest, AShortWindowWithoutDataIsNotAQuestionOfRules) {
  EXPECT_EQ(Read(Answer({}, kNow), ShortBudget(kHour)).error().reason, "NoData");
}

TEST(FiguresTest, AMonthThatHasJustBegunHasSpentNothing) {
  resources::ErrorBudget budget = ABudget();
  budget.window = {resources::WindowKind::kCalendarMonth, {}, "UTC"};
  const WindowSpan span{kNow - std::chrono::minutes(4), kNow, kNow + 30 * kDay};

  const auto figures = ReadFigures(budget, budget.objectives[0], span, Answer({}, kNow));

  ASSERT_TRUE(figures);
  EXPECT_EQ(figures->window, EventCounts{});
}

evidence::PrometheusAnswer Matrix(const std::string& values) {
  return {200,
          R"({"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":)" +
              values + "}]}}"};
}

TEST(HistoryTest, CutsTheWindowIntoHours) {
  const HistoryQueries queries = HistoryOf(ABudget(), Availability(), Rolling(28 * kDay));

  EXPECT_EQ(queries.step, kHour);
  EXPECT_EQ(queries.end, kNow);
  EXPECT_EQ(queries.start, kNow - 671 * kHour);
  EXPECT_THAT(queries.bad, HasSubstr("sum_over_time(launchgate:bad_events:increase5m{"));
  EXPECT_THAT(queries.bad, HasSubstr("}[59m59s])"));
}

TEST(HistoryTest, NeverAsksForMoreStepsThanItsBound) {
  const auto budget = ShortBudget(366 * kDay);
  const HistoryQueries queries = HistoryOf(budget, Availability(), Rolling(366 * kDay));

  EXPECT_LE((queries.end - queries.start) / queries.step, kMaxHistorySteps);
  EXPECT_EQ(queries.step % std::chrono::minutes(5), base::Duration(0));
}

TEST(HistoryTest, JoinsBothAnswersByTime) {
  HistoryQueries queries;
  queries.step = kHour;

  const auto steps = ReadHistory(queries, Matrix(R"([[3600,"10"],[7200,"20"],[10800,"30"]])"),
                                 Matrix(R"([[3600,"1"],[10800,"99"]])"));

  ASSERT_TRUE(steps);
  ASSERT_THAT(*steps, SizeIs(2));
  EXPECT_EQ((*steps)[0].until - (*steps)[0].from, kHour);
  EXPECT_EQ((*steps)[0].counts, (EventCounts{10, 1}));
  EXPECT_THAT((*steps)[1].counts.bad, DoubleNear(30, 0));
}

TEST(HistoryTest, SaysWhyThereIsNone) {
  EXPECT_EQ(ReadHistory({}, Raw(503, ""), Matrix("[]")).error().reason, "ServerError");
  EXPECT_EQ(ReadHistory({}, Matrix(R"([[1,"1"]])"), Raw(200, "x")).error().reason, "Malformed");
}

}  // namespace
}  // namespace launchgate::budget
