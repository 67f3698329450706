#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "core/resources/launch_review.h"
#include "tests/unit/core/resources/samples.h"

namespace launchgate::resources {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

constexpr const char* kHash =
    "v1:sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

// The status of the sample with one change. A broken status is never a problem of the review.
LaunchReviewStatus StatusWith(std::string_view pointer, std::string_view value) {
  std::vector<json::Problem> problems;
  const LaunchReview review = ParseLaunchReview(With(ReviewSample(), pointer, value), problems);
  EXPECT_EQ(Lines(problems), "");
  return review.status;
}

TEST(LaunchReviewStatusTest, ReadsWhatTheControllerRecorded) {
  const LaunchReviewStatus status = StatusWith("/status/observedGeneration", "3");

  EXPECT_EQ(status.observed_generation, 3);
  EXPECT_EQ(status.template_hash, kHash);
  ASSERT_THAT(status.items, SizeIs(2));
  EXPECT_EQ(status.items[0].item, "load-test");
  EXPECT_EQ(status.items[0].finding, "Fail");
  EXPECT_EQ(status.items[0].reason, "LatencyTooHigh");
  EXPECT_EQ(base::FormatTime(status.items[0].valid_until.value()), "2026-12-20T02:00:00Z");
  EXPECT_THAT(status.items[0].facts,
              ElementsAre(Pair("p95", "312ms"), Pair("requestRate", "240/s")));
  EXPECT_EQ(status.items[1].valid_until, std::nullopt);
  ASSERT_THAT(status.approved_revisions, SizeIs(1));
  EXPECT_EQ(status.approved_revisions[0].reason, "Baseline");
  EXPECT_THAT(status.highest_sequences, ElementsAre(Pair("alice@example.com", 4)));
}

TEST(LaunchReviewStatusTest, IsEmptyWithoutStatus) {
  const LaunchReviewStatus status = StatusWith("/status", "absent");

  EXPECT_EQ(status.observed_generation, 0);
  EXPECT_EQ(status.template_hash, "");
  EXPECT_THAT(status.items, IsEmpty());
  EXPECT_THAT(status.approved_revisions, IsEmpty());
}

TEST(LaunchReviewStatusTest, GarbageIsAsGoodAsNothing) {
  for (const std::string garbage :
       {R"("x")", "[]", "7", R"({"items": "x", "approvedRevisions": {}, "observedGeneration": []})",
        R"({"items": [1, null, "x", []], "approvedRevisions": [1, {}], "verdict": []})",
        R"({"templateHash": 1, "verdict": {"highestSequences": [{"identity": 1}, 2]}})"}) {
    const LaunchReviewStatus status = StatusWith("/status", garbage);

    EXPECT_THAT(status.items, IsEmpty()) << garbage;
    EXPECT_THAT(status.approved_revisions, IsEmpty()) << garbage;
    EXPECT_THAT(status.highest_sequences, IsEmpty()) << garbage;
    EXPECT_EQ(status.template_hash, "") << garbage;
  }
}

struct Change {
  std::string name;
  std::string pointer;
  std::string value;
};

class LeftOutFindingTest : public ::testing::TestWithParam<Change> {};

TEST_P(LeftOutFindingTest, LeavesTheOthers) {
  const LaunchReviewStatus status = StatusWith(GetParam().pointer, GetParam().value);

  ASSERT_THAT(status.items, SizeIs(1));
  EXPECT_EQ(status.items[0].item, "runbook");
}

INSTANTIATE_TEST_SUITE_P(
    Findings, LeftOutFindingTest,
    ::testing::Values(Change{"WordNobodyKnows", "/status/items/0/finding", R"("Passed")"},
                      Change{"NoFinding", "/status/items/0/finding", "absent"},
                      Change{"NoItem", "/status/items/0/item", "absent"},
                      // Otherwise an unreadable end would keep a finding fresh for ever.
                      Change{"UnreadableEnd", "/status/items/0/validUntil", R"("tomorrow")"},
                      Change{"EndOfAWrongType", "/status/items/0/validUntil", "5"}),
    [](const auto& row) { return row.param.name; });

class LeftOutRevisionTest : public ::testing::TestWithParam<Change> {};

TEST_P(LeftOutRevisionTest, ApprovesNothing) {
  const LaunchReviewStatus status = StatusWith(GetParam().pointer, GetParam().value);

  EXPECT_THAT(status.approved_revisions, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Revisions, LeftOutRevisionTest,
    ::testing::Values(
        Change{"EmptyHash", "/status/approvedRevisions/0/templateHash", R"("")"},
        Change{"HashOfAnotherAlgorithm", "/status/approvedRevisions/0/templateHash",
               R"("v0:sha256:486ea46224d1bb4fb680f34f7c9ad96a8f24ec88be73ea8e5a6c65260e9cb8a7")"},
        Change{"HashInCapitals", "/status/approvedRevisions/0/templateHash",
               R"("v1:sha256:486EA46224d1bb4fb680f34f7c9ad96a8f24ec88be73ea8e5a6c65260e9cb8a7")"},
        Change{"ShortHash", "/status/approvedRevisions/0/templateHash", R"("v1:sha256:486ea4")"},
        Change{"UnknownReason", "/status/approvedRevisions/0/reason", R"("BecauseISaySo")"},
        Change{"NoTime", "/status/approvedRevisions/0/approvedAt", "absent"}),
    [](const auto& row) { return row.param.name; });

TEST(LaunchReviewStatusTest, BoundsWhatItKeeps) {
  json::Json revisions = json::Json::array();
  for (int i = 0; i < 50; ++i) {
    revisions.push_back(
        {{"templateHash", kHash}, {"approvedAt", "2026-10-01T12:00:00Z"}, {"reason", "Go"}});
  }
  json::Json facts = json::Json::object();
  for (int i = 0; i < 100; ++i) facts["f" + std::to_string(i)] = "x";

  EXPECT_THAT(StatusWith("/status/approvedRevisions", revisions.dump()).approved_revisions,
              SizeIs(kMaxApprovedRevisions));
  EXPECT_THAT(StatusWith("/status/items/0/facts", facts.dump()).items[0].facts, SizeIs(kMaxFacts));
}

TEST(LaunchReviewStatusTest, RemembersTheHighestOfRepeatedSequences) {
  const LaunchReviewStatus status = StatusWith("/status/verdict/highestSequences", R"([
      {"identity": "a", "sequence": 3}, {"identity": "a", "sequence": 9},
      {"identity": "a", "sequence": 5}, {"identity": "b", "sequence": -1}])");

  EXPECT_THAT(status.highest_sequences, ElementsAre(Pair("a", 9)));
}

}  // namespace
}  // namespace launchgate::resources
