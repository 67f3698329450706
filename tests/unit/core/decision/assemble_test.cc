#include "core/decision/assemble.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "core/decision/decide.h"
#include "tests/support/builders.h"

namespace launchgate::decision {
namespace {

using evidence::Finding;
using evidence::FindingStatus;
using resources::EvidenceKind;
using resources::Severity;
using test_support::FakeSignatures;
using test_support::GoBy;
using test_support::kAlice;
using test_support::kBob;
using test_support::kDave;
using test_support::kDay;
using test_support::kNow;
using test_support::ReadySubject;
using test_support::Rollout;
using test_support::TemplateHash;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// The objects behind ReadyReview(): allowed as they are.
class AssembleTest : public testing::Test {
 protected:
  AssembleTest() {
    const verdict::Subject subject = ReadySubject();
    review_.meta.ns = subject.review_ns;
    review_.meta.name = subject.review_name;
    review_.meta.uid = subject.review_uid;
    review_.meta.generation = 3;
    review_.target = subject.target;
    review_.checklist = subject.checklist;
    review_.authority = "platform";
    review_.team = "payments";
    review_.contact = "#payments-oncall";
    review_.spec_digest = subject.review_digest;
    AddEvidence("load-test", EvidenceKind::kLoadTest, "loadTest");
    AddEvidence("runbook", EvidenceKind::kRunbook, "runbook");
    review_.status.observed_generation = 3;
    review_.status.template_hash = TemplateHash();

    checklist_.meta.name = subject.checklist;
    checklist_.spec_digest = subject.checklist_digest;
    AddItem("load-test", EvidenceKind::kLoadTest, "loadTest");
    AddItem("runbook", EvidenceKind::kRunbook, "runbook");

    inputs_.review = &review_;
    inputs_.checklist = &checklist_;
    inputs_.authority = &authority_;
    inputs_.authority_serves_namespace = true;
    inputs_.verdicts = {GoBy(kAlice).Stored(), GoBy(kBob).Stored()};
    inputs_.cluster_id = subject.cluster_id;
    inputs_.findings = {{"load-test", test_support::Passing()},
                        {"runbook", test_support::Passing()}};
  }

  void AddEvidence(std::string item, EvidenceKind kind, std::string word) {
    review_.evidence.push_back({std::move(item), kind, std::move(word), {}});
  }

  void AddItem(std::string id, EvidenceKind kind, std::string word) {
    resources::ChecklistItem item;
    item.id = std::move(id);
    item.severity = Severity::kBlocker;
    item.evidence = kind;
    item.evidence_word = std::move(word);
    checklist_.items.push_back(std::move(item));
  }

  std::shared_ptr<const ReviewFacts> Facts() { return Assemble(inputs_, FakeSignatures()); }

  Decision Decided(const Change& change = Rollout()) {
    const TargetFacts facts{{Facts()}};
    return Decide(test_support::Healthy(), GateMode::kEnforce, &facts, change, kNow);
  }

  resources::LaunchReview review_;
  resources::ReadinessChecklist checklist_;
  verdict::TrustedAuthority authority_ = test_support::AuthorityBuilder().Build();
  ReviewInputs inputs_;
};

TEST_F(AssembleTest, MakesFactsThatAllowWhenEverythingStands) {
  const auto facts = Facts();

  EXPECT_EQ(Decided().reason(), reason::kGo);
  EXPECT_EQ(facts->ns, "shop");
  EXPECT_EQ(facts->name, "gift-cards");
  EXPECT_EQ(facts->team, "payments");
  EXPECT_EQ(facts->contact, "#payments-oncall");
  EXPECT_EQ(facts->live_template_hash, TemplateHash());
  EXPECT_THAT(facts->problems, IsEmpty());
}

TEST_F(AssembleTest, TakesProblemsOfTheReviewOver) {
  inputs_.review_problems = {{"spec.target.kind", "must be set"}};

  EXPECT_THAT(Facts()->problems, ElementsAre("spec.target.kind: must be set"));
  EXPECT_EQ(Decided().reason(), reason::kReviewInvalid);
}

TEST_F(AssembleTest, MissesAChecklistThatDoesNotExist) {
  inputs_.checklist = nullptr;

  EXPECT_THAT(Facts()->problems, ElementsAre("checklist \"production-readiness\" does not exist"));
  EXPECT_EQ(Decided().reason(), reason::kReviewInvalid);
}

TEST_F(AssembleTest, RefusesAChecklistWithoutItems) {
  checklist_.items.clear();

  EXPECT_THAT(Facts()->problems, ElementsAre(HasSubstr("has no items")));
  EXPECT_EQ(Decided().reason(), reason::kReviewInvalid);
}

TEST_F(AssembleTest, RefusesAChecklistWithProblems) {
  inputs_.checklist_problems = {{"spec.sections[0].items[1].id", "must be unique"}};

  EXPECT_THAT(Facts()->problems,
              ElementsAre("checklist \"production-readiness\": spec.sections[0].items[1].id: must "
                          "be unique"));
}

TEST_F(AssembleTest, MissesAnAuthorityThatDoesNotExist) {
  inputs_.authority = nullptr;

  EXPECT_THAT(Facts()->problems, ElementsAre("authority \"platform\" does not exist"));
  EXPECT_EQ(Decided().reason(), reason::kReviewInvalid);
}

TEST_F(AssembleTest, RefusesAnAuthorityThatDoesNotServeTheNamespace) {
  inputs_.authority_serves_namespace = false;

  EXPECT_THAT(Facts()->problems,
              ElementsAre("authority \"platform\" may not be used from namespace \"shop\""));
}

TEST_F(AssembleTest, TakesNoBreakGlassOfAnAuthorityThatDoesNotServeTheNamespace) {
  inputs_.authority_serves_namespace = false;
  inputs_.verdicts.push_back(test_support::BreakGlassBy(kDave).Stored());

  EXPECT_EQ(Decided().reason(), reason::kReviewInvalid);
}

TEST_F(AssembleTest, RefusesAnAuthorityWithProblems) {
  inputs_.authority_problems = {"key \"bob\": is not PEM"};

  EXPECT_THAT(Facts()->problems, ElementsAre("authority \"platform\": key \"bob\": is not PEM"));
}

TEST_F(AssembleTest, TellsEveryProblemAtOnce) {
  inputs_.review_problems = {{"spec.owner", "must be set"}};
  inputs_.checklist = nullptr;
  inputs_.authority = nullptr;

  EXPECT_EQ(Facts()->problems.size(), 3U);
}

TEST_F(AssembleTest, MissesEvidenceThatTheReviewDoesNotName) {
  AddItem("restore-drill", EvidenceKind::kBackupDrill, "backupDrill");
  // A finding that was recorded for evidence which is no longer in the spec.
  inputs_.findings["restore-drill"] = test_support::Passing();

  EXPECT_FALSE(Facts()->items.back().finding.has_value());
  EXPECT_EQ(Decided().reason(), reason::kEvidenceMissing);
}

TEST_F(AssembleTest, WaitsForEvidenceThatNobodyVerifiedYet) {
  inputs_.findings.erase("runbook");

  EXPECT_EQ(Facts()->items.back().finding->reason, kNotVerifiedYet);
  EXPECT_EQ(Decided().reason(), reason::kEvidenceUnknown);
}

TEST_F(AssembleTest, RefusesEvidenceOfAnotherKindThanTheChecklistAsksFor) {
  review_.evidence[0].kind = EvidenceKind::kRunbook;
  review_.evidence[0].kind_word = "runbook";

  const Finding finding = *Facts()->items.front().finding;

  EXPECT_EQ(finding.reason, kEvidenceKindMismatch);
  EXPECT_THAT(finding.message, HasSubstr("\"loadTest\""));
  EXPECT_EQ(Decided().reason(), reason::kEvidenceUnknown);
}

TEST_F(AssembleTest, ComparesKindsOfANewerVersionByTheirWord) {
  checklist_.items[0].evidence = EvidenceKind::kUnknown;
  checklist_.items[0].evidence_word = "chaosDay";
  review_.evidence[0].kind = EvidenceKind::kUnknown;
  review_.evidence[0].kind_word = "gameDay";

  EXPECT_EQ(Facts()->items.front().finding->reason, kEvidenceKindMismatch);

  review_.evidence[0].kind_word = "chaosDay";
  EXPECT_NE(Facts()->items.front().finding->reason, kEvidenceKindMismatch);
}

TEST_F(AssembleTest, KeepsOfAFindingOnlyWhatTheDecisionNeeds) {
  inputs_.findings["load-test"].facts = {{"p95", "12ms"}};
  inputs_.findings["load-test"].message = "everything held";
  inputs_.findings["runbook"] = test_support::WithStatus(FindingStatus::kFail);

  const auto facts = Facts();

  EXPECT_THAT(facts->items[0].finding->facts, IsEmpty());
  EXPECT_THAT(facts->items[0].finding->message, IsEmpty());
  EXPECT_EQ(facts->items[0].finding->valid_until, test_support::Passing().valid_until);
  EXPECT_EQ(facts->items[1].finding->message, "p95 is 812ms, at most 250ms is allowed");
}

TEST_F(AssembleTest, SortsApprovedRevisionsAndLeavesOutWhatIsNoHash) {
  review_.status.approved_revisions = {{TemplateHash("old"), kNow - 2 * kDay, "Baseline"},
                                       {"", kNow, "Go"},
                                       {"latest", kNow, "Go"},
                                       {TemplateHash("new"), kNow - kDay, "Go"}};

  EXPECT_THAT(Facts()->approved_revisions, ElementsAre(TemplateHash("new"), TemplateHash("old")));
}

TEST_F(AssembleTest, AllowsARollbackToARecordedRevision) {
  review_.status.approved_revisions = {{TemplateHash("1.3.9"), kNow - kDay, "Go"}};
  inputs_.verdicts.clear();

  EXPECT_EQ(Decided(Rollout(TemplateHash("1.3.9"))).reason(), reason::kRollback);
  EXPECT_EQ(Decided().reason(), verdict::reason::kVerdictMissing);
}

TEST_F(AssembleTest, RemembersSequencesOfVerdictsThatWereDeleted) {
  review_.status.highest_sequences = {{"alice@example.com", 2}};

  const auto facts = Facts();

  EXPECT_EQ(Decided().reason(), verdict::reason::kQuorumNotMet);
  ASSERT_EQ(facts->verdicts.rejected.size(), 1U);
  EXPECT_EQ(facts->verdicts.rejected.front().reason, verdict::rejection::kSuperseded);
}

TEST_F(AssembleTest, PassesFreezesOn) {
  inputs_.freezes = {
      {budget::FreezeCause::kFreezeWindow, "holidays", "no launches", kNow - kDay, kNow + kDay}};

  EXPECT_EQ(Decided().reason(), "FreezeWindow");
}

// What a verdict binds; each row changes one thing on the side of the cluster.
struct BindingRow {
  const char* name;
  void (*change)(resources::LaunchReview&, resources::ReadinessChecklist&, ReviewInputs&);
  std::string_view reason;
};

class AssembleBindingTest : public AssembleTest, public testing::WithParamInterface<BindingRow> {};

TEST_P(AssembleBindingTest, DeniesWhatWasNotSigned) {
  GetParam().change(review_, checklist_, inputs_);

  EXPECT_EQ(Decided().reason(), GetParam().reason);
}

INSTANTIATE_TEST_SUITE_P(
    Bindings, AssembleBindingTest,
    testing::Values(
        BindingRow{"AnotherCluster", [](auto&, auto&, ReviewInputs& i) { i.cluster_id = "other"; },
                   verdict::reason::kVerdictMissing},
        BindingRow{"AnUnknownCluster", [](auto&, auto&, ReviewInputs& i) { i.cluster_id.clear(); },
                   verdict::reason::kVerdictMissing},
        BindingRow{"ARecreatedReview",
                   [](resources::LaunchReview& r, auto&, auto&) { r.meta.uid = "other"; },
                   verdict::reason::kVerdictMissing},
        BindingRow{"ARenamedReview",
                   [](resources::LaunchReview& r, auto&, auto&) { r.meta.name = "other"; },
                   verdict::reason::kVerdictMissing},
        BindingRow{"AnotherNamespace",
                   [](resources::LaunchReview& r, auto&, auto&) { r.meta.ns = "other"; },
                   verdict::reason::kVerdictMissing},
        BindingRow{"AnEditedReview",
                   [](resources::LaunchReview& r, auto&, auto&) { r.spec_digest[0] ^= 1; },
                   verdict::reason::kReviewChanged},
        BindingRow{"AnEditedChecklist",
                   [](auto&, resources::ReadinessChecklist& c, auto&) { c.spec_digest[0] ^= 1; },
                   verdict::reason::kReviewChanged},
        BindingRow{"AnotherTarget",
                   [](resources::LaunchReview& r, auto&, auto&) { r.target.name = "other"; },
                   verdict::reason::kReviewChanged}),
    [](const auto& row) { return row.param.name; });

TEST_F(AssembleTest, JudgesFilesThatDoNotSayWhereTheyAreFrom) {
  inputs_.cluster_id.clear();
  review_.meta.uid.clear();
  inputs_.origin = verdict::Origin::kFiles;

  EXPECT_EQ(Decided().reason(), reason::kGo);

  review_.meta.uid = "another UID, which a file does say";
  EXPECT_EQ(Decided().reason(), verdict::reason::kVerdictMissing);
}

TEST(RecordedFindingsTest, ReadBackWhatTheControllerWrote) {
  resources::LaunchReview review;
  review.meta.generation = review.status.observed_generation = 2;
  review.status.items = {{"load-test", "Pass", "Held", "p95 12ms", kNow, kNow + kDay, {{"a", "b"}}},
                         {"runbook", "Sometimes", "", "", {}, {}, {}}};

  const std::map<std::string, Finding> findings = RecordedFindings(review);

  const Finding expected{FindingStatus::kPass, "Held", "p95 12ms", kNow, kNow + kDay, {{"a", "b"}}};
  EXPECT_EQ(findings.at("load-test"), expected);
  EXPECT_EQ(findings.at("runbook").status, FindingStatus::kUnknown);
  EXPECT_EQ(findings.at("runbook").valid_until, base::kNever);
}

TEST(RecordedFindingsTest, OfAnotherGenerationDoNotCount) {
  resources::LaunchReview review;
  review.meta.generation = 3;
  review.status.observed_generation = 2;
  review.status.items = {{"load-test", "Pass", "Held", "", kNow, kNow + kDay, {}}};

  EXPECT_THAT(RecordedFindings(review), IsEmpty());
}

}  // namespace
}  // namespace launchgate::decision
