// What a record of a review says, before anybody renders it.
#include "app/cli/go_no_go.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/unit/app/cli/report_builder.h"

namespace launchgate::app::cli {
namespace {

using evidence::FindingStatus;
using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace test_support;  // NOLINT(google-build-using-namespace): its words are the tests'.

EarlierItem Failed() { return {FindingStatus::kFail, "LimitBroken", "p99 was 5021ms"}; }

// An earlier answer in which only `item` was as told.
Earlier EarlierWith(const std::string& item, const EarlierItem& said) {
  Earlier earlier{"shop", "gift-cards", {}};
  for (const char* id : {"load-test", "runbook", "dashboard"}) {
    earlier.items[id] = {FindingStatus::kPass, "Pass", "it was good"};
  }
  earlier.items[item] = said;
  return earlier;
}

std::vector<std::string> FixedIn(const GoNoGo& record) {
  std::vector<std::string> ids;
  for (const Fix& fix : FixesOf(record)) ids.push_back(fix.now->item.id);
  return ids;
}

TEST(AnswerTest, IsWhatTheGateDecides) {
  EXPECT_EQ(AnswerOf(ReportOf(ReadyReview())), "Go");
  EXPECT_EQ(AnswerOf(ReportOf(ReadyReview().Unsigned())), "No-Go");
  EXPECT_EQ(AnswerOf(ReportOf(ReadyReview().With("runbook", FindingStatus::kStale))), "No-Go");
  EXPECT_EQ(AnswerOf(ReportOf(ReadyReview().Signed(NoGoBy(kCarol)))), "No-Go");
  EXPECT_EQ(AnswerOf(ReportOf(ReadyReview(), kNow + 60 * kDay)), "No-Go");
}

TEST(SignedByTest, NamesTheLatestOfEachSignerAndTheBreakGlasses) {
  const Report report = ReportOf(
      ReadyReview().Signed(GoBy(kAlice).Sequence(2)).Signed(BreakGlassBy(kDave).Sequence(7)));

  std::vector<std::string> signers;
  for (const auto* verified : SignedBy(report)) {
    signers.push_back(verified->statement().identity + " " +
                      std::to_string(verified->statement().sequence));
  }

  EXPECT_THAT(signers,
              ElementsAre("alice@example.com 2", "bob@example.com 1", "dave@example.com 7"));
}

TEST(PromisesTest, TheSamePromiseToTwoSignersIsOne) {
  const Report report = ReportOf(
      ReadyReview()
          .Unsigned()
          .Signed(GoBy(kAlice).Promise("load-test", kNow + 2 * kDay).Promise("", kNow + kDay))
          .Signed(GoBy(kBob).Promise("load-test", kNow + 2 * kDay)));

  const std::vector<Promise> promises = PromisesOf(report);

  ASSERT_THAT(promises, SizeIs(2));
  EXPECT_EQ(promises[0].condition.item, "") << "what is due first comes first";
  EXPECT_THAT(promises[0].signers, ElementsAre("alice@example.com"));
  EXPECT_THAT(promises[1].signers, ElementsAre("alice@example.com", "bob@example.com"));
}

TEST(PromisesTest, IsOverdueFromItsDueDateOn) {
  const auto review = ReadyReview().Unsigned().Signed(GoBy(kAlice).Promise("load-test", kNow));

  EXPECT_FALSE(PromisesOf(ReportOf(review, kNow - kMillisecond)).front().overdue);
  EXPECT_TRUE(PromisesOf(ReportOf(review, kNow)).front().overdue);
}

TEST(WaivedUntilTest, OnlyWhileAGoThatCountsPromisesTheItem) {
  const auto review = ReadyReview()
                          .With("load-test", FindingStatus::kFail)
                          .Unsigned()
                          .Signed(GoBy(kAlice).Promise("load-test", kNow + kDay))
                          .Signed(GoBy(kBob));
  const Report report = ReportOf(review);
  const Report late = ReportOf(review, kNow + kDay);

  EXPECT_EQ(WaivedUntil(report, report.items[0]), kNow + kDay);
  EXPECT_EQ(WaivedUntil(report, report.items[1]), std::nullopt);
  EXPECT_EQ(WaivedUntil(late, late.items[0]), std::nullopt);
  EXPECT_TRUE(report.decision.allowed());
}

TEST(WaivedUntilTest, APassNeedsNoWaiver) {
  const Report report =
      ReportOf(ReadyReview().Unsigned().Signed(GoBy(kAlice).Promise("load-test", kNow + kDay)));

  EXPECT_EQ(WaivedUntil(report, report.items[0]), std::nullopt);
}

struct Change {
  std::string name;
  FindingStatus before;
  FindingStatus now;
  bool fixed;
};

class FixesTest : public ::testing::TestWithParam<Change> {};

TEST_P(FixesTest, IsAnItemThatDidNotPassAndPasses) {
  GoNoGo record = RecordOf(ReadyReview().With("load-test", GetParam().now));
  record.before = EarlierWith("load-test", {GetParam().before, "Word", ""});

  EXPECT_EQ(FixedIn(record),
            GetParam().fixed ? std::vector<std::string>{"load-test"} : std::vector<std::string>{});
}

INSTANTIATE_TEST_SUITE_P(
    Changes, FixesTest,
    ::testing::Values(Change{"FailToPass", FindingStatus::kFail, FindingStatus::kPass, true},
                      Change{"UnknownToPass", FindingStatus::kUnknown, FindingStatus::kPass, true},
                      Change{"StaleToPass", FindingStatus::kStale, FindingStatus::kPass, true},
                      Change{"PassToPass", FindingStatus::kPass, FindingStatus::kPass, false},
                      Change{"FailToFail", FindingStatus::kFail, FindingStatus::kFail, false},
                      Change{"FailToUnknown", FindingStatus::kFail, FindingStatus::kUnknown, false},
                      Change{"PassToFail", FindingStatus::kPass, FindingStatus::kFail, false}),
    [](const auto& row) { return row.param.name; });

TEST(FixesTest, AnItemThatIsNewIsNoFix) {
  GoNoGo record = RecordOf(ReadyReview());
  record.before = Earlier{"shop", "gift-cards", {}};

  EXPECT_THAT(FixesOf(record), IsEmpty());
}

TEST(FixesTest, APassThatWentStaleIsNoFix) {
  GoNoGo record = RecordOf(ReadyReview(), kNow + 8 * kDay);
  record.before = EarlierWith("load-test", Failed());

  EXPECT_THAT(FixesOf(record), IsEmpty());
}

TEST(EarlierTest, ReadsTheAnswerOfCheck) {
  const Report report = ReportOf(ReadyReview().With("load-test", FindingStatus::kFail));

  const auto earlier = ParseEarlier(ToJson(report).dump());

  ASSERT_TRUE(earlier) << earlier.error().message;
  ASSERT_THAT(*earlier, SizeIs(1));
  EXPECT_EQ(earlier->front().ns, "shop");
  EXPECT_EQ(earlier->front().review, "gift-cards");
  ASSERT_THAT(earlier->front().items, SizeIs(3));
  EXPECT_EQ(earlier->front().items.at("load-test").finding, FindingStatus::kFail);
  EXPECT_EQ(earlier->front().items.at("load-test").message,
            "p95 is 812ms, at most 250ms is allowed");
  EXPECT_EQ(earlier->front().items.at("runbook").finding, FindingStatus::kPass);
}

TEST(EarlierTest, ReadsAListAndARecordOfOurs) {
  const json record = ToJson(RecordOf(ReadyReview()));

  const auto earlier = ParseEarlier(json::array({record, record}).dump());

  ASSERT_TRUE(earlier) << earlier.error().message;
  EXPECT_THAT(*earlier, SizeIs(2));
}

struct BadAnswer {
  std::string name;
  std::string text;
  std::string why;
};

class BadEarlierTest : public ::testing::TestWithParam<BadAnswer> {};

TEST_P(BadEarlierTest, IsRefusedWithItsReason) {
  const auto earlier = ParseEarlier(GetParam().text);

  ASSERT_FALSE(earlier);
  EXPECT_THAT(earlier.error().message, HasSubstr(GetParam().why));
}

INSTANTIATE_TEST_SUITE_P(
    Texts, BadEarlierTest,
    ::testing::Values(
        BadAnswer{"Empty", "", ""}, BadAnswer{"NoJson", "ALLOW shop/gift-cards", ""},
        BadAnswer{"TrailingBytes", "{} {}", ""},
        BadAnswer{"Text", R"("Allow")", "is no answer of `launchgate check -o json`"},
        BadAnswer{"NoReview", R"({"items": []})", "reviews[0].review"},
        BadAnswer{"NoItems", R"({"review": "a"})", "reviews[0].items"},
        BadAnswer{"ItemsIsAnObject", R"({"review": "a", "items": {}})", "reviews[0].items"},
        BadAnswer{"ItemWithoutId",
                  R"({"review": "a", "items": [{"finding": "Pass", "reason": "b"}]})",
                  "reviews[0].items[0].id"},
        BadAnswer{"FindingIsANumber",
                  R"({"review": "a", "items": [{"id": "b", "finding": 1, "reason": "c"}]})",
                  "reviews[0].items[0].finding"}),
    [](const auto& row) { return row.param.name; });

TEST(EarlierTest, AFindingOfANewerVersionIsUnknown) {
  const auto earlier = ParseEarlier(
      R"({"review": "a", "items": [{"id": "b", "finding": "Perhaps", "reason": "c"}]})");

  ASSERT_TRUE(earlier) << earlier.error().message;
  EXPECT_EQ(earlier->front().items.at("b").finding, FindingStatus::kUnknown);
}

TEST(GoNoGoJsonTest, ExtendsTheAnswerOfCheck) {
  GoNoGo record = RecordOf(ReadyReview()
                               .With("dashboard", FindingStatus::kFail)
                               .Unsigned()
                               .Signed(GoBy(kAlice).Promise("dashboard", kNow + kDay))
                               .Signed(GoBy(kBob)));
  record.before = EarlierWith("load-test", Failed());

  json document = ToJson(record);

  EXPECT_EQ(document["answer"], "Go");
  EXPECT_EQ(document["asOf"], "2026-11-23T12:00:00Z");
  EXPECT_EQ(document["checklist"], "production-readiness");
  EXPECT_EQ(document["owner"],
            json::parse(R"({"team": "payments", "contact": "#payments-oncall"})"));
  EXPECT_EQ(document["items"][2]["waivedUntil"], "2026-11-24T12:00:00Z");
  EXPECT_FALSE(document["items"][0].contains("waivedUntil"));
  EXPECT_EQ(document["conditions"], json::parse(R"([{
    "text": "run it again", "item": "dashboard", "owner": "erin@example.com",
    "due": "2026-11-24T12:00:00Z", "overdue": false, "signers": ["alice@example.com"]}])"));
  EXPECT_EQ(document["fixes"], json::parse(R"([{
    "item": "load-test",
    "before": {"finding": "Fail", "reason": "LimitBroken", "message": "p99 was 5021ms"},
    "now": {"finding": "Pass", "reason": "Pass", "message": "", "facts": {}}}])"));
  const json check = ToJson(record.report);
  for (const auto& [name, value] : check.items()) {
    // Items say more in a record: who waives them.
    if (name == "items") continue;
    EXPECT_EQ(document[name], value) << name;
  }
}

TEST(GoNoGoJsonTest, SignersSayWhenAndWhy) {
  const json document =
      ToJson(RecordOf(ReadyReview().Unsigned().Signed(NoGoBy(kAlice)).Signed(BreakGlassBy(kDave))));

  const json& signer = document["verdict"]["signers"][0];
  EXPECT_EQ(signer["issuedAt"], "2026-11-22T12:00:00Z");
  EXPECT_EQ(signer["reason"], "the restore drill was never run");
  EXPECT_EQ(document["verdict"]["breakGlass"][0]["ticket"], "INC-4711");
}

TEST(GoNoGoJsonTest, SaysNothingAboutFixesWithoutAnEarlierAnswer) {
  EXPECT_FALSE(ToJson(RecordOf(ReadyReview())).contains("fixes"));
}

}  // namespace
}  // namespace launchgate::app::cli
