// What the controller writes into LaunchReview.status against the schema that a
// server holds it to, and against what is read back from it.
#include "core/decision/review_status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "core/resources/launch_review.h"
#include "tests/contract/crds.h"
#include "tests/support/builders.h"
#include "tests/support/structural_schema.h"

namespace launchgate::contract {
namespace {

using decision::GateMode;
using evidence::FindingStatus;
using json::Json;
using test_support::kNow;
using test_support::ReviewBuilder;
using test_support::TemplateHash;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// The sample review and checklist, judged by the facts of a builder.
class ReviewStatusTest : public ::testing::Test {
 protected:
  ReviewStatusTest()
      : object_(ReadYaml("tests/testdata/resources/launchreview.yaml")),
        checklist_(resources::ParseReadinessChecklist(
            ReadYaml("tests/testdata/resources/readinesschecklist.yaml"), problems_)) {}

  Json StatusOf(const ReviewBuilder& builder, std::optional<decision::LiveTarget> live) {
    const resources::LaunchReview review = resources::ParseLaunchReview(object_, problems_);
    const decision::TargetFacts target = builder.Target();
    decision::StatusInputs inputs;
    inputs.review = &review;
    inputs.facts = target.reviews.front().get();
    inputs.checklist = with_checklist_ ? &checklist_ : nullptr;
    inputs.findings = findings_;
    inputs.mode = mode_;
    inputs.live = std::move(live);
    inputs.decision = decision::Decide(
        test_support::Healthy(), GateMode::kEnforce, &target,
        test_support::Rollout(inputs.live ? inputs.live->template_hash : TemplateHash()), kNow);
    inputs.cluster_id = "7d7f0a5e-7e0d-4c39-9d2c-0f2a1f8c6b11";
    return decision::BuildReviewStatus(inputs, kNow);
  }

  std::vector<std::string> ViolationsOf(const Json& status) {
    const Json schema = SchemaOf(Kinds().front()).at("properties").at("status");
    return testing::Violations(schema, status);
  }

  resources::LaunchReviewStatus ReadBack(const Json& status) {
    Json object = object_;
    object["status"] = status;
    return resources::ParseLaunchReview(object, problems_).status;
  }

  Json object_;
  std::vector<json::Problem> problems_;
  resources::ReadinessChecklist checklist_;
  std::map<std::string, evidence::Finding> findings_;
  GateMode mode_ = GateMode::kEnforce;
  bool with_checklist_ = true;
};

TEST_F(ReviewStatusTest, OfAnApprovedReviewFitsTheSchema) {
  findings_["load-test"] = test_support::Passing();
  findings_["load-test"].facts = {{"p95", "212ms"}, {"requestRate", "240/s"}};

  const Json status =
      StatusOf(test_support::ReadyReview(), decision::LiveTarget{TemplateHash(), true});

  EXPECT_THAT(ViolationsOf(status), IsEmpty());
  EXPECT_EQ(status["decision"]["decision"], "Allow");
}

TEST_F(ReviewStatusTest, OfADeniedReviewFitsTheSchema) {
  findings_["load-test"] = test_support::WithStatus(FindingStatus::kFail);
  findings_["runbook"] = test_support::WithStatus(FindingStatus::kStale);
  findings_["runbook"].message = std::string(5000, 'x') + "\x1B[31m";

  const Json status =
      StatusOf(test_support::ReadyReview()
                   .Unsigned()
                   .Signed(test_support::NoGoBy(test_support::kAlice))
                   .With("load-test", FindingStatus::kFail)
                   .With("runbook", FindingStatus::kStale)
                   .Frozen(budget::FreezeCause::kBudgetSpent, kNow + test_support::kDay),
               decision::LiveTarget{TemplateHash("other"), true});

  EXPECT_THAT(ViolationsOf(status), IsEmpty());
  EXPECT_EQ(status["decision"]["decision"], "Deny");
  EXPECT_THAT(status["verdict"]["signers"], SizeIs(1));
}

TEST_F(ReviewStatusTest, OfABrokenReviewFitsTheSchema) {
  with_checklist_ = false;
  mode_ = GateMode::kNotOptedIn;

  const Json status = StatusOf(
      test_support::ReadyReview().Unsigned().Problem(std::string(5000, 'x')), std::nullopt);

  EXPECT_THAT(ViolationsOf(status), IsEmpty());
  EXPECT_FALSE(status.contains("templateHash"));
}

TEST_F(ReviewStatusTest, OfATargetWithoutAKnownTemplateFitsTheSchema) {
  const Json status = StatusOf(test_support::ReadyReview(), decision::LiveTarget{"", false});

  EXPECT_THAT(ViolationsOf(status), IsEmpty());
}

TEST_F(ReviewStatusTest, IsReadBackAsItWasWritten) {
  findings_["load-test"] = test_support::Passing();
  findings_["runbook"] = test_support::WithStatus(FindingStatus::kUnknown);
  const Json written =
      StatusOf(test_support::ReadyReview(), decision::LiveTarget{TemplateHash(), true});

  const resources::LaunchReviewStatus read = ReadBack(written);

  EXPECT_EQ(read.template_hash, TemplateHash());
  ASSERT_THAT(read.items, SizeIs(checklist_.items.size()));
  for (std::size_t i = 0; i < read.items.size(); ++i) {
    EXPECT_EQ(read.items[i].item, written["items"][i]["item"]);
    EXPECT_EQ(read.items[i].finding, written["items"][i]["finding"]);
    EXPECT_EQ(read.items[i].message, written["items"][i]["message"]);
  }
  EXPECT_THAT(read.approved_revisions, SizeIs(written["approvedRevisions"].size()));
  EXPECT_EQ(read.approved_revisions.front().template_hash, TemplateHash());
  EXPECT_THAT(read.highest_sequences, SizeIs(written["verdict"]["highestSequences"].size()));
  EXPECT_EQ(read.highest_sequences.at(test_support::kAlice.identity), 4);  // As it was before.
}

}  // namespace
}  // namespace launchgate::contract
