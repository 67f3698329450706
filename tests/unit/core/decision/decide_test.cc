#include "core/decision/decide.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/support/builders.h"

namespace launchgate::decision {
namespace {

using budget::FreezeCause;
using evidence::FindingStatus;
using resources::Severity;
using test_support::AuthorityBuilder;
using test_support::BreakGlassBy;
using test_support::GoBy;
using test_support::Healthy;
using test_support::kAlice;
using test_support::kBob;
using test_support::kCarol;
using test_support::kDave;
using test_support::kDay;
using test_support::kMillisecond;
using test_support::kNow;
using test_support::NoGoBy;
using test_support::ReadyReview;
using test_support::ReadySubject;
using test_support::ReviewBuilder;
using test_support::Rollout;
using test_support::TemplateHash;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Decision DecideOn(const ReviewBuilder& review, const Change& change = Rollout(),
                  base::Time now = kNow) {
  const TargetFacts facts = review.Target();
  return Decide(Healthy(), GateMode::kEnforce, &facts, change, now);
}

// "EvidenceFailing[load-test]", "NoGo".
std::vector<std::string> ReasonsOf(const Decision& decision) {
  std::vector<std::string> reasons;
  for (const base::Objection& objection : decision.objections()) {
    reasons.push_back(std::string(objection.reason) +
                      (objection.item.empty() ? "" : "[" + objection.item + "]"));
  }
  return reasons;
}

std::string Answer(const Decision& decision) {
  return (decision.allowed() ? "Allow " : "Deny ") + std::string(decision.reason());
}

TEST(DecideTest, AllowsWhenEverythingStands) {
  const Decision decision = DecideOn(ReadyReview());

  EXPECT_EQ(Answer(decision), "Allow Go");
  EXPECT_THAT(decision.objections(), IsEmpty());
  EXPECT_THAT(decision.warnings(), IsEmpty());
}

// The decision table, row by row. Every row states one difference from a
// review that is allowed.
struct TableRow {
  const char* name;
  ReviewBuilder review;
  const char* answer;
};

class DecisionTableTest : public testing::TestWithParam<TableRow> {};

TEST_P(DecisionTableTest, Decides) {
  EXPECT_EQ(Answer(DecideOn(GetParam().review)), GetParam().answer);
}

verdict::Subject Edited() {
  verdict::Subject subject = ReadySubject();
  subject.review_digest[0] = subject.review_digest[0] == '0' ? '1' : '0';
  return subject;
}

verdict::Subject BoundToRevision() {
  verdict::Subject subject = ReadySubject();
  subject.binding = resources::Binding::kRevision;
  return subject;
}

ReviewBuilder SignedForRevision(const std::string& hash) {
  return ReadyReview()
      .Unsigned()
      .Expecting(BoundToRevision())
      .Signed(GoBy(kAlice).For(BoundToRevision()).Template(hash))
      .Signed(GoBy(kBob).For(BoundToRevision()).Template(hash));
}

INSTANTIATE_TEST_SUITE_P(
    Rows3And4, DecisionTableTest,
    testing::Values(
        TableRow{"AnApprovedRevision", ReadyReview().Approved(TemplateHash()), "Allow Rollback"},
        TableRow{"AnApprovedRevisionInAFreeze",
                 ReadyReview().Approved(TemplateHash()).Frozen(FreezeCause::kBudgetSpent),
                 "Allow Rollback"},
        TableRow{"AnApprovedRevisionOfABrokenReview",
                 ReadyReview().Unsigned().Approved(TemplateHash()).Problem("is broken"),
                 "Allow Rollback"},
        TableRow{"AnotherApprovedRevision", ReadyReview().Approved(TemplateHash("1.3.9")),
                 "Allow Go"},
        TableRow{"BreakGlass", ReadyReview().Unsigned().Signed(BreakGlassBy(kDave)),
                 "Allow BreakGlass"},
        TableRow{"BreakGlassInAFreeze",
                 ReadyReview().Frozen(FreezeCause::kBudgetSpent).Signed(BreakGlassBy(kDave)),
                 "Allow BreakGlass"},
        TableRow{"BreakGlassAgainstANoGo",
                 ReadyReview().Signed(NoGoBy(kCarol)).Signed(BreakGlassBy(kDave)),
                 "Allow BreakGlass"},
        TableRow{"BreakGlassThatWasNotNeeded", ReadyReview().Signed(BreakGlassBy(kDave)),
                 "Allow BreakGlass"},
        TableRow{
            "BreakGlassForAnotherTemplate",
            ReadyReview().Unsigned().Signed(BreakGlassBy(kDave).Template(TemplateHash("1.4.1"))),
            "Deny VerdictMissing"},
        TableRow{"BreakGlassThatHasEnded",
                 ReadyReview().Unsigned().Signed(BreakGlassBy(kDave).Until(kNow)),
                 "Deny VerdictMissing"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Rows5And6, DecisionTableTest,
    testing::Values(TableRow{"AnInvalidReview", ReadyReview().Problem("spec.target: must be set"),
                             "Deny ReviewInvalid"},
                    TableRow{"BudgetSpent", ReadyReview().Frozen(FreezeCause::kBudgetSpent),
                             "Deny BudgetSpent"},
                    TableRow{"BudgetUnknown", ReadyReview().Frozen(FreezeCause::kBudgetUnknown),
                             "Deny BudgetUnknown"},
                    TableRow{"ACalendarWindow",
                             ReadyReview().Frozen(FreezeCause::kFreezeWindow, kNow + kMillisecond),
                             "Deny FreezeWindow"},
                    TableRow{"AnOverdueBudgetReview",
                             ReadyReview().Frozen(FreezeCause::kBudgetReviewOverdue),
                             "Deny BudgetReviewOverdue"},
                    TableRow{"AWindowThatJustClosed",
                             ReadyReview().Frozen(FreezeCause::kFreezeWindow, kNow), "Allow Go"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Row7, DecisionTableTest,
    testing::Values(
        TableRow{"AFailingBlocker", ReadyReview().With("load-test", FindingStatus::kFail),
                 "Deny EvidenceFailing"},
        TableRow{"AStaleBlocker", ReadyReview().With("load-test", FindingStatus::kStale),
                 "Deny EvidenceStale"},
        TableRow{"AnUnknownBlocker", ReadyReview().With("load-test", FindingStatus::kUnknown),
                 "Deny EvidenceUnknown"},
        TableRow{"ABlockerWithoutEvidence", ReadyReview().Without("load-test"),
                 "Deny EvidenceMissing"},
        TableRow{"AFailingMinorItem", ReadyReview().With("dashboard", FindingStatus::kFail),
                 "Allow Go"},
        TableRow{"AMinorItemWithoutEvidence", ReadyReview().Without("dashboard"), "Allow Go"},
        TableRow{"AFailingMajorItem",
                 ReadyReview().Item("alerts", Severity::kMajor,
                                    test_support::WithStatus(FindingStatus::kFail)),
                 "Allow Go"},
        TableRow{"ASeverityOfANewerVersion",
                 ReadyReview().Item("alerts", Severity::kUnknown,
                                    test_support::WithStatus(FindingStatus::kFail)),
                 "Deny EvidenceFailing"},
        TableRow{"APassingItemOfANewerSeverity",
                 ReadyReview().Item("alerts", Severity::kUnknown, test_support::Passing()),
                 "Allow Go"},
        TableRow{"AWaivedItem",
                 ReadyReview()
                     .With("load-test", FindingStatus::kFail)
                     .Signed(GoBy(kCarol).Promise("load-test", kNow + kDay)),
                 "Allow Go"},
        TableRow{"AWaivedItemWithoutEvidence",
                 ReadyReview()
                     .Without("load-test")
                     .Signed(GoBy(kCarol).Promise("load-test", kNow + kDay)),
                 "Allow Go"},
        TableRow{"AnotherItemThanTheWaivedOne",
                 ReadyReview()
                     .With("runbook", FindingStatus::kFail)
                     .Signed(GoBy(kCarol).Promise("load-test", kNow + kDay)),
                 "Deny EvidenceFailing"},
        TableRow{"AWaiverThatIsDue",
                 ReadyReview()
                     .With("load-test", FindingStatus::kFail)
                     .Signed(GoBy(kCarol).Promise("load-test", kNow)),
                 "Deny EvidenceFailing"},
        TableRow{"AWaiverInAGoThatHasEnded",
                 ReadyReview()
                     .With("load-test", FindingStatus::kFail)
                     .Signed(GoBy(kCarol).Until(kNow).Promise("load-test", kNow + kDay)),
                 "Deny EvidenceFailing"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Row8, DecisionTableTest,
    testing::Values(
        TableRow{"NoVerdict", ReadyReview().Unsigned(), "Deny VerdictMissing"},
        TableRow{"HalfAQuorum", ReadyReview().Unsigned().Signed(GoBy(kAlice)), "Deny QuorumNotMet"},
        TableRow{"AStandingNoGo", ReadyReview().Signed(NoGoBy(kCarol)), "Deny NoGo"},
        TableRow{"AGoThatHasEnded",
                 ReadyReview().Unsigned().Signed(GoBy(kAlice).Until(kNow)).Signed(GoBy(kBob)),
                 "Deny VerdictExpired"},
        TableRow{"ARevokedKey", ReadyReview().Authority(AuthorityBuilder().Revoke(kBob)),
                 "Deny KeyRevoked"},
        TableRow{"AnEditedReview", ReadyReview().Expecting(Edited()), "Deny ReviewChanged"},
        TableRow{"TheSignedRevision", SignedForRevision(TemplateHash()), "Allow Go"},
        TableRow{"AnotherRevision", SignedForRevision(TemplateHash("1.3.9")), "Deny OtherRevision"},
        TableRow{"AnOverdueCondition", ReadyReview().Signed(GoBy(kCarol).Promise("", kNow)),
                 "Deny ConditionOverdue"}),
    [](const auto& row) { return row.param.name; });

TEST(DecideTest, AllowsEverythingInANamespaceThatDidNotOptIn) {
  const Decision decision = Decide(Health(), GateMode::kNotOptedIn, nullptr, Rollout(), kNow);

  EXPECT_EQ(Answer(decision), "Allow NotGated");
}

TEST(DecideTest, AllowsWhatIsNoLaunchEvenWhenNothingIsKnown) {
  Change scale = Rollout();
  scale.launch = false;

  for (const GateMode mode :
       {GateMode::kEnforce, GateMode::kStrict, GateMode::kAudit, GateMode::kUnknown}) {
    EXPECT_EQ(Answer(Decide(Health(), mode, nullptr, scale, kNow)), "Allow NoLaunchChange");
  }
}

TEST(DecideTest, DecidesAuditAndStrictLikeEnforce) {
  const TargetFacts ready = ReadyReview().Target();
  const TargetFacts unsigned_review = ReadyReview().Unsigned().Target();

  for (const GateMode mode : {GateMode::kStrict, GateMode::kAudit}) {
    EXPECT_EQ(Answer(Decide(Healthy(), mode, &ready, Rollout(), kNow)), "Allow Go");
    EXPECT_EQ(Answer(Decide(Healthy(), mode, &unsigned_review, Rollout(), kNow)),
              "Deny VerdictMissing");
  }
}

TEST(DecideTest, DeniesEverythingUntilTheCachesAreSynced) {
  const TargetFacts facts =
      ReadyReview().Approved(TemplateHash()).Signed(BreakGlassBy(kDave)).Target();
  Health health = Healthy();
  health.caches_synced = false;
  health.waiting_for = "launchverdicts";

  const Decision decision = Decide(health, GateMode::kEnforce, &facts, Rollout(), kNow);

  EXPECT_EQ(Answer(decision), "Deny NotReady");
  EXPECT_THAT(decision.objections().front().message, HasSubstr("waiting for launchverdicts"));
}

TEST(DecideTest, DeniesInANamespaceThatThisReplicaHasNotSeen) {
  const TargetFacts facts = ReadyReview().Approved(TemplateHash()).Target();

  const Decision decision = Decide(Healthy(), GateMode::kUnknown, &facts, Rollout(), kNow);

  EXPECT_EQ(Answer(decision), "Deny NotReady");
  EXPECT_THAT(decision.objections().front().message, HasSubstr("\"shop\""));
}

TEST(DecideTest, DeniesEverythingWhenTheClockIsNotTrusted) {
  const TargetFacts facts =
      ReadyReview().Approved(TemplateHash()).Signed(BreakGlassBy(kDave)).Target();
  Health health = Healthy();
  health.clock_trusted = false;

  EXPECT_EQ(Answer(Decide(health, GateMode::kEnforce, &facts, Rollout(), kNow)),
            "Deny ClockUntrusted");
}

TEST(DecideTest, TellsBothWhenNeitherCachesNorClockCanBeTrusted) {
  const Decision decision = Decide(Health(), GateMode::kEnforce, nullptr, Rollout(), kNow);

  EXPECT_THAT(ReasonsOf(decision), ElementsAre("NotReady", "ClockUntrusted"));
}

TEST(DecideTest, DeniesATargetThatNoReviewIsAbout) {
  const TargetFacts none;

  for (const TargetFacts* facts : {static_cast<const TargetFacts*>(nullptr), &none}) {
    const Decision decision = Decide(Healthy(), GateMode::kEnforce, facts, Rollout(), kNow);
    EXPECT_THAT(ReasonsOf(decision), ElementsAre("ReviewMissing"));
    EXPECT_THAT(decision.objections().front().message, HasSubstr("deployment/gift-cards"));
  }
}

TEST(DecideTest, TellsABarePodThatOnlyAnOwnerCanExplainIt) {
  Change pod = Rollout();
  pod.kind = "Pod";
  pod.target.reset();

  const Decision decision = Decide(Healthy(), GateMode::kStrict, nullptr, pod, kNow);

  EXPECT_THAT(ReasonsOf(decision), ElementsAre("ReviewMissing"));
  EXPECT_THAT(decision.objections().front().message, HasSubstr("strict mode"));
  EXPECT_THAT(decision.objections().front().message, HasSubstr("approved owner"));
}

TEST(DecideTest, DeniesWhenTwoReviewsAreAboutOneTarget) {
  const TargetFacts facts{{ReadyReview().Build(), ReadyReview().Named("gift-cards-2").Build()}};

  const Decision decision = Decide(Healthy(), GateMode::kEnforce, &facts, Rollout(), kNow);

  EXPECT_THAT(ReasonsOf(decision), ElementsAre("ReviewAmbiguous"));
  EXPECT_THAT(decision.objections().front().message, HasSubstr("gift-cards and gift-cards-2"));
}

TEST(DecideTest, AllowsRollbackAndBreakGlassOfEitherOfTwoReviews) {
  const TargetFacts approved{
      {ReadyReview().Build(), ReadyReview().Approved(TemplateHash()).Build()}};
  const TargetFacts broken_glass{
      {ReadyReview().Build(), ReadyReview().Signed(BreakGlassBy(kDave)).Build()}};

  EXPECT_EQ(Answer(Decide(Healthy(), GateMode::kEnforce, &approved, Rollout(), kNow)),
            "Allow Rollback");
  EXPECT_EQ(Answer(Decide(Healthy(), GateMode::kEnforce, &broken_glass, Rollout(), kNow)),
            "Allow BreakGlass");
}

TEST(DecideTest, CollectsEveryObjectionInTheOrderOfTheTable) {
  const ReviewBuilder review = ReadyReview()
                                   .Unsigned()
                                   .Signed(NoGoBy(kAlice))
                                   .Frozen(FreezeCause::kBudgetSpent)
                                   .Frozen(FreezeCause::kFreezeWindow, kNow + kDay)
                                   .With("load-test", FindingStatus::kFail)
                                   .Without("runbook");

  EXPECT_THAT(ReasonsOf(DecideOn(review)),
              ElementsAre("BudgetSpent", "FreezeWindow", "EvidenceFailing[load-test]",
                          "EvidenceMissing[runbook]", "NoGo", "VerdictMissing"));
}

TEST(DecideTest, DoesNotCompareVerdictsWithAReviewThatCannotBeRead) {
  const ReviewBuilder review = ReadyReview()
                                   .Unsigned()
                                   .Problem("checklist \"x\" does not exist")
                                   .With("load-test", FindingStatus::kFail)
                                   .Frozen(FreezeCause::kBudgetSpent);

  EXPECT_THAT(ReasonsOf(DecideOn(review)),
              ElementsAre("ReviewInvalid", "BudgetSpent", "EvidenceFailing[load-test]"));
}

TEST(DecideTest, TellsTheFirstProblemsOfAnInvalidReviewAndCountsTheRest) {
  ReviewBuilder review = ReadyReview();
  for (int i = 1; i <= 5; ++i) review.Problem("problem " + std::to_string(i));

  const std::string message = DecideOn(review).objections().front().message;

  EXPECT_THAT(message, HasSubstr("problem 1; problem 2; problem 3; and 2 more"));
}

TEST(DecideTest, TakesTheLiveTemplateWhereTheRequestCarriesNone) {
  const Change scale_from_zero = Rollout("");

  EXPECT_EQ(Answer(DecideOn(ReadyReview().Live(TemplateHash()).Approved(TemplateHash()),
                            scale_from_zero)),
            "Allow Rollback");
  EXPECT_EQ(Answer(DecideOn(ReadyReview().Live(TemplateHash()), scale_from_zero)), "Allow Go");
  EXPECT_EQ(Answer(DecideOn(SignedForRevision(TemplateHash()).Live(TemplateHash("1.3.9")),
                            scale_from_zero)),
            "Deny OtherRevision");
}

TEST(DecideTest, DeniesATemplateThatNobodyKnows) {
  // An empty text among the approved revisions must not stand for "not known".
  const ReviewBuilder review = ReadyReview().Approved("").Signed(BreakGlassBy(kDave));

  const Decision decision = DecideOn(review, Rollout(""));

  EXPECT_THAT(ReasonsOf(decision), ElementsAre("TemplateUnknown"));
}

TEST(DecideTest, DoesNotTakeTheLiveTemplateForOneThatIsElsewhere) {
  Change rollout = Rollout("");
  rollout.template_unresolved = true;

  const Decision decision =
      DecideOn(ReadyReview().Live(TemplateHash()).Approved(TemplateHash()), rollout);

  EXPECT_THAT(ReasonsOf(decision), ElementsAre("TemplateUnknown"));
  EXPECT_THAT(decision.objections().front().message, HasSubstr("cannot be found"));
}

struct InstantRow {
  const char* name;
  base::Duration from_end;
  const char* answer;
};

class EvidenceEndTest : public testing::TestWithParam<InstantRow> {};

TEST_P(EvidenceEndTest, IsOutsideOfWhatPasses) {
  evidence::Finding finding = test_support::Passing();
  finding.valid_until = kNow;

  const Decision decision =
      DecideOn(ReadyReview().With("load-test", finding), Rollout(), kNow + GetParam().from_end);

  EXPECT_EQ(Answer(decision), GetParam().answer);
}

INSTANTIATE_TEST_SUITE_P(Instants, EvidenceEndTest,
                         testing::Values(InstantRow{"JustBefore", -kMillisecond, "Allow Go"},
                                         InstantRow{"At", base::Duration(0), "Deny EvidenceStale"},
                                         InstantRow{"After", kMillisecond, "Deny EvidenceStale"}),
                         [](const auto& row) { return row.param.name; });

TEST(DecideTest, SaysSinceWhenEvidenceIsStale) {
  evidence::Finding finding = test_support::Passing();
  finding.valid_until = kNow - 2 * kDay;

  const Decision decision = DecideOn(ReadyReview().With("load-test", finding));

  EXPECT_THAT(decision.objections().front().message,
              HasSubstr("good until 2026-11-21T12:00:00Z (2d ago)"));
}

TEST(DecideTest, SaysWhenAFreezeOpens) {
  const Decision window = DecideOn(ReadyReview().Frozen(FreezeCause::kFreezeWindow, kNow + kDay));
  const Decision budget = DecideOn(ReadyReview().Frozen(FreezeCause::kBudgetSpent));

  EXPECT_THAT(window.objections().front().message,
              HasSubstr("opens at 2026-11-24T12:00:00Z (in 1d)"));
  EXPECT_THAT(budget.objections().front().message, HasSubstr("frozen until this is lifted"));
}

TEST(DecideTest, WarnsAboutItemsThatFailWithoutStopping) {
  const Decision decision = DecideOn(ReadyReview().With("dashboard", FindingStatus::kFail));

  EXPECT_THAT(decision.warnings(),
              ElementsAre(HasSubstr("dashboard (Minor) does not pass: p95 is 812ms")));
}

TEST(DecideTest, WarnsAboutWaivedItems) {
  const Decision decision = DecideOn(ReadyReview()
                                         .With("load-test", FindingStatus::kFail)
                                         .Signed(GoBy(kCarol).Promise("load-test", kNow + kDay)));

  EXPECT_THAT(decision.warnings(),
              testing::Contains(HasSubstr("load-test is waived until 2026-11-24T12:00:00Z (in 1d), "
                                          "erin@example.com has promised: run it again")));
}

TEST(DecideTest, WarnsThatTheGoEndsSoon) {
  const auto ends_in = [](base::Duration rest) {
    return ReadyReview().Unsigned().Signed(GoBy(kAlice).Until(kNow + rest)).Signed(GoBy(kBob));
  };

  EXPECT_THAT(DecideOn(ends_in(kEndsSoon)).warnings(), IsEmpty());
  EXPECT_THAT(DecideOn(ends_in(kEndsSoon - kMillisecond)).warnings(),
              ElementsAre(HasSubstr("the Go ends at 2026-11-26T11:59:59.999Z (in 2d23h)")));
}

TEST(DecideTest, BoundsItsWarnings) {
  ReviewBuilder review = ReadyReview();
  for (int i = 0; i < 100; ++i) {
    review.Item("item-" + std::to_string(i), Severity::kMinor, std::nullopt);
  }

  const Decision decision = DecideOn(review);

  ASSERT_EQ(decision.warnings().size(), kMaxWarnings);
  EXPECT_THAT(decision.warnings().back(), HasSubstr("more items do not pass"));
}

TEST(DecideTest, NamesTheBreakGlassThatWasUsed) {
  const Decision decision = DecideOn(ReadyReview().Unsigned().Signed(BreakGlassBy(kDave)));

  EXPECT_THAT(decision.warnings(),
              ElementsAre("BreakGlass (P0) by dave@example.com, ticket INC-4711, ends at "
                          "2026-11-24T10:00:00Z (in 22h)"));
}

TEST(DecideTest, SaysWhenABreakGlassWasNotNeeded) {
  const Decision decision = DecideOn(ReadyReview().Signed(BreakGlassBy(kDave)));

  EXPECT_THAT(decision.warnings(), ElementsAre(HasSubstr("INC-4711"), HasSubstr("not needed")));
}

TEST(DecideTest, ShowsNoControlCharactersOfOthers) {
  evidence::Finding finding = test_support::WithStatus(FindingStatus::kFail);
  finding.message = "\x1b[2Jall is well";

  const Decision decision = DecideOn(
      ReadyReview().With("load-test", finding).Signed(NoGoBy(kCarol).Reason("\x1b]0;no\x07")));

  for (const base::Objection& objection : decision.objections()) {
    EXPECT_THAT(objection.message, Not(HasSubstr("\x1b")));
  }
}

TEST(DecisionTest, ThatNobodyMadeIsADenial) {
  const Decision decision;

  EXPECT_EQ(Answer(decision), "Deny InternalError");
  EXPECT_THAT(ReasonsOf(decision), ElementsAre("InternalError"));
}

TEST(DecisionTest, DenialWithoutObjectionsIsAnInternalError) {
  EXPECT_EQ(Answer(Decision::Deny({})), "Deny InternalError");
}

TEST(DecisionTest, ThatWasMovedAwayIsADenial) {
  Decision first = DecideOn(ReadyReview());
  Decision second = std::move(first);
  Decision third;
  third = std::move(second);

  EXPECT_EQ(Answer(third), "Allow Go");
  EXPECT_EQ(Answer(first), "Deny InternalError");   // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(Answer(second), "Deny InternalError");  // NOLINT(bugprone-use-after-move)
}

TEST(DecisionTest, SurvivesBeingMovedToItself) {
  Decision decision = DecideOn(ReadyReview());
  Decision& same = decision;
  decision = std::move(same);

  EXPECT_EQ(Answer(decision), "Allow Go");
}

TEST(NextChangeTest, IsTheEarliestInstantOfFindingsFreezesAndVerdicts) {
  const auto finding = [](base::Duration rest) {
    evidence::Finding result = test_support::Passing();
    result.valid_until = kNow + rest;
    return result;
  };
  const auto review = ReadyReview()
                          .With("load-test", finding(3 * kDay))
                          .With("runbook", finding(10 * kDay))
                          .Frozen(FreezeCause::kFreezeWindow, kNow + 2 * kDay)
                          .Build();

  EXPECT_EQ(NextChange(*review, kNow), kNow + 2 * kDay);
  EXPECT_EQ(NextChange(*review, kNow + 2 * kDay), kNow + 3 * kDay);
  EXPECT_EQ(NextChange(*review, kNow + 3 * kDay), kNow + 7 * kDay);  // dashboard
  EXPECT_EQ(NextChange(*review, kNow + 7 * kDay), kNow + 10 * kDay);
  EXPECT_EQ(NextChange(*review, kNow + 10 * kDay), kNow + 29 * kDay);  // The Gos end.
  EXPECT_EQ(NextChange(*review, kNow + 29 * kDay), base::kNever);
}

TEST(NextChangeTest, IgnoresWhenSomethingThatDoesNotPassWouldEnd) {
  const auto review = ReadyReview()
                          .With("load-test", FindingStatus::kFail)
                          .With("runbook", FindingStatus::kUnknown)
                          .With("dashboard", FindingStatus::kStale)
                          .Unsigned()
                          .Build();

  EXPECT_EQ(NextChange(*review, kNow), base::kNever);
}

}  // namespace
}  // namespace launchgate::decision
