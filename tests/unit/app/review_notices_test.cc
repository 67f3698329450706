#include "app/reconcile/review_notices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace launchgate::app {
namespace {

using json::Json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string kTarget = "deployment/gift-cards";

Json Status(const std::string& finding, const std::string& answer, const std::string& reason) {
  return {{"items",
           {{{"item", "load-test"},
             {"finding", finding},
             {"message", "p95 was 9 ms"},
             {"reason", "R"}}}},
          {"decision",
           {{"decision", answer},
            {"reason", reason},
            {"objections", {{{"message", "nobody signed"}}}}}},
          {"approvedRevisions", Json::array()}};
}

std::vector<std::string> Reasons(const Json& before, const Json& after) {
  std::vector<std::string> reasons;
  for (const Notice& notice : NoticesOf(before, after, kTarget)) reasons.push_back(notice.reason);
  return reasons;
}

TEST(ReviewNoticesTest, NothingIsSaidWhereNothingChanged) {
  const Json status = Status("Pass", "Deny", "VerdictMissing");

  EXPECT_THAT(Reasons(status, status), IsEmpty());
}

TEST(ReviewNoticesTest, AFindingThatChangesIsOneNoticeOnTheReviewOnly) {
  const auto notices = NoticesOf(Status("Pass", "Deny", "VerdictMissing"),
                                 Status("Fail", "Deny", "EvidenceFailing"), kTarget);

  EXPECT_THAT(notices,
              ElementsAre(Notice{false, "EvidenceFail", "load-test: p95 was 9 ms (R)", false}));
}

TEST(ReviewNoticesTest, AMendedFindingIsGoodNews) {
  const auto notices = NoticesOf(Status("Unknown", "Deny", "VerdictMissing"),
                                 Status("Pass", "Deny", "VerdictMissing"), kTarget);

  ASSERT_EQ(notices.size(), 1U);
  EXPECT_TRUE(notices.front().good);
  EXPECT_EQ(notices.front().reason, "EvidencePass");
}

TEST(ReviewNoticesTest, AFirstFindingIsNoChange) {
  EXPECT_THAT(Reasons(Json(), Status("Fail", "Deny", "EvidenceFailing")),
              ElementsAre("LaunchDenied"));
}

TEST(ReviewNoticesTest, TheAnswerIsToldWhenItChanges) {
  const Json denied = Status("Pass", "Deny", "VerdictMissing");
  const Json allowed = Status("Pass", "Allow", "Go");

  EXPECT_THAT(NoticesOf(denied, allowed, kTarget),
              ElementsAre(Notice{true, "LaunchAllowed", "deployment/gift-cards may roll out: Go"}));
  EXPECT_THAT(NoticesOf(allowed, denied, kTarget),
              ElementsAre(Notice{false, "LaunchDenied", "nobody signed"}));
}

TEST(ReviewNoticesTest, BreakGlassIsSaidEveryTime) {
  const Json status = Status("Pass", "Allow", "BreakGlass");

  EXPECT_THAT(Reasons(status, status), ElementsAre("BreakGlassUsed"));
}

TEST(ReviewNoticesTest, ANewApprovedRevisionIsTold) {
  Json after = Status("Pass", "Allow", "Rollback");
  after["approvedRevisions"] = {{{"templateHash", "v1:sha256:ab"}, {"reason", "Baseline"}}};

  EXPECT_THAT(Reasons(Status("Pass", "Allow", "Rollback"), after), ElementsAre("RevisionApproved"));
  EXPECT_THAT(Reasons(after, after), IsEmpty());
}

TEST(ReviewNoticesTest, AStatusThatMakesNoSenseIsAsGoodAsNone) {
  const Json after = Status("Pass", "Deny", "VerdictMissing");
  for (const Json& before : {Json(), Json("x"), Json::array(), Json{{"items", 7}},
                             Json{{"items", {1, "x"}}, {"decision", Json::array()}}}) {
    EXPECT_THAT(Reasons(before, after), ElementsAre("LaunchDenied")) << before;
  }
}

}  // namespace
}  // namespace launchgate::app
