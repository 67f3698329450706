// What stands in a review's status, and that it stands still.
#include "core/decision/review_status.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/builders.h"

namespace launchgate::decision {
namespace {

using json::Json;
using resources::ApprovedRevision;
using test_support::kNow;
using test_support::ReadyReview;
using test_support::ReviewBuilder;
using test_support::TemplateHash;

class ReviewStatusTest : public ::testing::Test {
 protected:
  ReviewStatusTest() { review_.meta.generation = 3; }

  StatusInputs Inputs(const ReviewBuilder& builder, base::Time now) {
    target_ = builder.Target();
    StatusInputs inputs;
    inputs.review = &review_;
    inputs.facts = target_.reviews.front().get();
    inputs.mode = mode_;
    inputs.live = live_;
    inputs.decision =
        Decide(test_support::Healthy(), GateMode::kEnforce, &target_,
               test_support::Rollout(live_ ? live_->template_hash : TemplateHash()), now);
    inputs.previous = previous_ ? &*previous_ : nullptr;
    return inputs;
  }
  Json Build(const ReviewBuilder& builder, base::Time now = kNow) {
    return BuildReviewStatus(Inputs(builder, now), now);
  }
  std::vector<ApprovedRevision> Approved(const ReviewBuilder& builder) {
    return ApprovedAfter(Inputs(builder, kNow), kNow);
  }
  static Json Condition(const Json& status, std::string_view type) {
    for (const Json& condition : status.at("conditions")) {
      if (condition.at("type") == type) return condition;
    }
    return {};
  }

  resources::LaunchReview review_;
  TargetFacts target_;
  GateMode mode_ = GateMode::kEnforce;
  std::optional<LiveTarget> live_ = LiveTarget{TemplateHash(), true};
  std::optional<Json> previous_;
};

TEST_F(ReviewStatusTest, StaysEqualWhileNothingChanges) {
  review_.status.observed_generation = 3;
  review_.status.approved_revisions = {{TemplateHash(), kNow, "Go"}};
  previous_ = Build(ReadyReview());

  const Json later = Build(ReadyReview(), kNow + test_support::kDay);

  EXPECT_EQ(later, *previous_);
}

TEST_F(ReviewStatusTest, OnlyAChangedConditionMovesItsTransitionTime) {
  previous_ = Build(ReadyReview());

  const Json later = Build(ReadyReview().Unsigned(), kNow + test_support::kDay);

  const std::string then = base::FormatTime(kNow);
  EXPECT_EQ(Condition(later, "Approved")["status"], "False");
  EXPECT_EQ(Condition(later, "Approved")["lastTransitionTime"],
            base::FormatTime(kNow + test_support::kDay));
  EXPECT_EQ(Condition(later, "EvidenceVerified")["lastTransitionTime"], then);
  EXPECT_EQ(Condition(later, "Frozen")["lastTransitionTime"], then);
}

TEST_F(ReviewStatusTest, ConditionsTellWhatStands) {
  const Json good = Build(ReadyReview());
  const Json failing = Build(ReadyReview().With("load-test", evidence::FindingStatus::kFail));
  const Json frozen = Build(ReadyReview().Frozen(budget::FreezeCause::kBudgetSpent));
  const Json broken = Build(ReadyReview().Problem("no such checklist"));

  EXPECT_EQ(Condition(good, "Ready")["reason"], "Go");
  EXPECT_EQ(Condition(good, "Approved")["status"], "True");
  EXPECT_EQ(Condition(good, "Enforced")["status"], "True");
  EXPECT_EQ(Condition(good, "Ready")["observedGeneration"], 3);
  EXPECT_EQ(Condition(failing, "EvidenceVerified")["reason"], "EvidenceFailing");
  EXPECT_EQ(Condition(failing, "Ready")["status"], "False");
  EXPECT_EQ(Condition(frozen, "Frozen")["status"], "True");
  EXPECT_EQ(Condition(frozen, "Frozen")["reason"], "BudgetSpent");
  EXPECT_EQ(Condition(broken, "Approved")["reason"], "ReviewInvalid");
  EXPECT_EQ(Condition(broken, "EvidenceVerified")["status"], "False");
}

TEST_F(ReviewStatusTest, ConditionsTellWhetherTheNamespaceIsGated) {
  const auto reason = [&](GateMode mode) {
    mode_ = mode;
    return Condition(Build(ReadyReview()), "Enforced")["reason"].get<std::string>();
  };

  EXPECT_EQ(reason(GateMode::kStrict), "NamespaceOptedIn");
  EXPECT_EQ(reason(GateMode::kAudit), "AuditOnly");
  EXPECT_EQ(reason(GateMode::kNotOptedIn), "NamespaceNotOptedIn");
}

TEST_F(ReviewStatusTest, ARunningTargetIsTheBaselineAtTheFirstLookOnly) {
  const auto denied = ReadyReview().Unsigned();

  ASSERT_EQ(Approved(denied).size(), 1U);
  EXPECT_EQ(Approved(denied).front().reason, "Baseline");
  review_.status.observed_generation = 1;
  EXPECT_TRUE(Approved(denied).empty());
  mode_ = GateMode::kAudit;
  EXPECT_EQ(Approved(denied).size(), 1U);
  mode_ = GateMode::kUnknown;

  EXPECT_TRUE(Approved(denied).empty());
}

TEST_F(ReviewStatusTest, WhatDoesNotRunIsNoBaseline) {
  live_->running = false;

  EXPECT_TRUE(Approved(ReadyReview().Unsigned()).empty());
}

TEST_F(ReviewStatusTest, GoAndBreakGlassApproveTheLiveTemplate) {
  review_.status.observed_generation = 1;

  const auto go = Approved(ReadyReview());
  const auto glass =
      Approved(ReadyReview().Unsigned().Signed(test_support::BreakGlassBy(test_support::kDave)));

  ASSERT_EQ(go.size(), 1U);
  EXPECT_EQ(go.front().reason, "Go");
  ASSERT_EQ(glass.size(), 1U);
  EXPECT_EQ(glass.front().reason, "BreakGlass");
}

TEST_F(ReviewStatusTest, KeepsTheNewestRevisionsUpToItsLimit) {
  review_.status.observed_generation = 1;
  for (std::size_t i = 0; i < resources::kMaxApprovedRevisions; ++i) {
    review_.status.approved_revisions.push_back({"v1:sha256:" + std::to_string(i), kNow, "Go"});
  }

  const auto approved = Approved(ReadyReview());

  EXPECT_EQ(approved.size(), resources::kMaxApprovedRevisions);
  EXPECT_EQ(approved.front().template_hash, TemplateHash());
  EXPECT_EQ(approved[1].template_hash, "v1:sha256:0");
}

TEST_F(ReviewStatusTest, SequencesNeverGoDownAndABreakGlassRaisesNone) {
  review_.status.highest_sequences = {{test_support::kAlice.identity, 9}};
  const auto builder =
      ReadyReview().Signed(test_support::BreakGlassBy(test_support::kDave).Sequence(100));

  const Json sequences = Build(builder)["verdict"]["highestSequences"];

  std::map<std::string, std::int64_t> read;
  for (const Json& entry : sequences) read[entry["identity"]] = entry["sequence"];
  EXPECT_EQ(read.at(test_support::kAlice.identity), 9);
  EXPECT_EQ(read.at(test_support::kBob.identity), 1);
  EXPECT_FALSE(read.contains(test_support::kDave.identity));
}

}  // namespace
}  // namespace launchgate::decision
