#include "core/json/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace launchgate::json {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ReaderTest : public ::testing::Test {
 protected:
  Reader Over(Json value) {
    value_ = std::move(value);
    return Reader(value_, "spec", problems_);
  }
  // "path: message" of the only problem.
  std::string OnlyProblem() const {
    return problems_.size() == 1 ? problems_[0].ToString()
                                 : std::to_string(problems_.size()) + " problems";
  }

  Json value_;
  std::vector<Problem> problems_;
};

TEST_F(ReaderTest, ReadsFieldsOfEveryType) {
  Reader reader = Over({{"text", "t"},
                        {"integer", -7},
                        {"boolean", true},
                        {"time", "2026-11-23T10:15:37+02:00"},
                        {"duration", "1h30m"},
                        {"decimal", "99.9"},
                        {"texts", {"a", "b"}}});

  EXPECT_EQ(reader.Text("text"), "t");
  EXPECT_EQ(reader.RequiredText("text"), "t");
  EXPECT_EQ(reader.Integer("integer", 0), -7);
  EXPECT_TRUE(reader.Boolean("boolean", false));
  EXPECT_EQ(base::FormatTime(reader.OptionalTime("time").value()), "2026-11-23T08:15:37Z");
  EXPECT_EQ(reader.OptionalDuration("duration"), std::chrono::minutes(90));
  EXPECT_EQ(reader.OptionalDecimal("decimal"), 99.9);
  EXPECT_THAT(reader.TextList("texts", 2), ElementsAre("a", "b"));
  EXPECT_THAT(problems_, IsEmpty());
}

TEST_F(ReaderTest, GivesDefaultsForAbsentAndNullFields) {
  Reader reader = Over({{"null", nullptr}});

  for (const char* field : {"absent", "null"}) {
    EXPECT_FALSE(reader.Has(field));
    EXPECT_EQ(reader.Text(field, "d"), "d");
    EXPECT_EQ(reader.Integer(field, 3), 3);
    EXPECT_TRUE(reader.Boolean(field, true));
    EXPECT_EQ(reader.OptionalTime(field), std::nullopt);
    EXPECT_EQ(reader.OptionalDuration(field), std::nullopt);
    EXPECT_EQ(reader.OptionalDecimal(field), std::nullopt);
    EXPECT_THAT(reader.TextList(field, 1), IsEmpty());
    EXPECT_THAT(reader.ObjectList(field, 1), IsEmpty());
    EXPECT_FALSE(reader.Object(field).Has("x"));
  }
  EXPECT_THAT(problems_, IsEmpty());
}

TEST_F(ReaderTest, ComplainsAboutEveryFieldOfAWrongType) {
  Reader reader = Over({{"text", 1},
                        {"integer", "1"},
                        {"fraction", 1.5},
                        {"boolean", "yes"},
                        {"time", "yesterday"},
                        {"duration", 30},
                        {"decimal", 99.9},
                        {"texts", "a"},
                        {"object", {1}},
                        {"objects", Json::object()}});

  EXPECT_EQ(reader.Text("text", "d"), "d");
  EXPECT_EQ(reader.Integer("integer", 5), 5);
  EXPECT_EQ(reader.Integer("fraction", 5), 5);
  EXPECT_FALSE(reader.Boolean("boolean", false));
  EXPECT_EQ(reader.OptionalTime("time"), std::nullopt);
  EXPECT_EQ(reader.OptionalDuration("duration"), std::nullopt);
  EXPECT_EQ(reader.OptionalDecimal("decimal"), std::nullopt);
  EXPECT_THAT(reader.TextList("texts", 9), IsEmpty());
  EXPECT_FALSE(reader.Object("object").Has("x"));
  EXPECT_THAT(reader.ObjectList("objects", 9), IsEmpty());

  std::vector<std::string> paths;
  for (const Problem& problem : problems_) paths.push_back(problem.path);
  EXPECT_THAT(paths, ElementsAre("spec.text", "spec.integer", "spec.fraction", "spec.boolean",
                                 "spec.time", "spec.duration", "spec.decimal", "spec.texts",
                                 "spec.object", "spec.objects"));
}

TEST_F(ReaderTest, TellsMissingFromEmpty) {
  Reader reader = Over({{"empty", ""}});

  reader.RequiredText("absent");
  reader.RequiredText("empty");
  reader.Object("object", true);

  EXPECT_THAT(problems_, ElementsAre(Problem{"spec.absent", "must be set"},
                                     Problem{"spec.empty", "must not be empty"},
                                     Problem{"spec.object", "must be set"}));
}

TEST_F(ReaderTest, SaysWrongTypeOnlyOnce) {
  Over({{"name", 5}}).RequiredText("name");

  EXPECT_EQ(OnlyProblem(), "spec.name: must be text");
}

TEST_F(ReaderTest, PutsTheIndexIntoThePath) {
  Reader reader = Over({{"list", {{{"a", 1}}, {{"a", "x"}}}}});

  for (Reader& item : reader.ObjectList("list", 5)) item.Text("a");

  EXPECT_EQ(OnlyProblem(), "spec.list[0].a: must be text");
}

TEST_F(ReaderTest, StopsReadingListsAtTheirBound) {
  Reader reader = Over({{"texts", {"a", "b", "c"}}, {"objects", {Json::object(), Json::object()}}});

  EXPECT_THAT(reader.TextList("texts", 2), SizeIs(2));
  EXPECT_THAT(reader.ObjectList("objects", 1), SizeIs(1));
  EXPECT_THAT(problems_, ElementsAre(Problem{"spec.texts", "must have at most 2 items"},
                                     Problem{"spec.objects", "must have at most 1 items"}));
}

TEST_F(ReaderTest, ComplainsAboutSingleItems) {
  Reader reader = Over({{"texts", {"a", "", 3}}, {"objects", {1}}});

  EXPECT_THAT(reader.TextList("texts", 9), ElementsAre("a"));
  EXPECT_THAT(reader.ObjectList("objects", 9), SizeIs(1));
  EXPECT_THAT(problems_, ElementsAre(Problem{"spec.texts[1]", "must be text and not empty"},
                                     Problem{"spec.texts[2]", "must be text and not empty"},
                                     Problem{"spec.objects[0]", "must be an object"}));
}

TEST_F(ReaderTest, RefusesIntegersThatDoNotFit) {
  Over({{"n", 18446744073709551615ULL}}).Integer("n", 0);

  EXPECT_EQ(OnlyProblem(), "spec.n: must fit a signed 64-bit integer");
}

TEST_F(ReaderTest, NamesUnknownFieldsAndTheKnownOnes) {
  Over({{"known", 1}, {"knwon", 2}}).RefuseUnknownFields({"known", "other"});

  EXPECT_EQ(OnlyProblem(), "spec.knwon: is not a known field; known are known and other");
}

TEST_F(ReaderTest, ShowsHostileFieldNamesEscapedAndCut) {
  Over({{std::string("\x1B[31m") + std::string(500, 'x'), 1}}).RefuseUnknownFields({"known"});

  ASSERT_THAT(problems_, SizeIs(1));
  EXPECT_THAT(problems_[0].path, HasSubstr("spec.\\x1B[31m"));
  EXPECT_LT(problems_[0].path.size(), 80U);
}

TEST_F(ReaderTest, KeepsABoundedNumberOfProblems) {
  Reader reader = Over(Json::object());

  for (int i = 0; i < 1000; ++i) reader.RequiredText("x");

  EXPECT_THAT(problems_, SizeIs(kMaxProblems));
}

TEST_F(ReaderTest, TreatsWhatIsNoObjectAsEmpty) {
  Reader reader = Over(Json::array({1}));

  EXPECT_FALSE(reader.Has("x"));
  EXPECT_EQ(OnlyProblem(), "spec: must be an object");
}

TEST_F(ReaderTest, AnEmptyRootPathLeavesNoPoint) {
  const Json object = Json::object();

  Reader(object, "", problems_).RequiredText("kind");

  EXPECT_EQ(OnlyProblem(), "kind: must be set");
}

TEST(SummarizeTest, JoinsAllProblemsInOneLine) {
  EXPECT_EQ(Summarize({{"a", "must be set"}, {"b", "must be text"}}),
            "a: must be set; b: must be text");
  EXPECT_EQ(Summarize({}), "");
}

TEST(SummarizeTest, SaysHowManyDidNotFit) {
  const std::vector<Problem> problems(20, Problem{"path", std::string(100, 'x')});

  const std::string summary = Summarize(problems);

  EXPECT_LE(summary.size(), kMaxSummaryBytes);
  EXPECT_THAT(summary, HasSubstr("; and 11 more"));
}

}  // namespace
}  // namespace launchgate::json
