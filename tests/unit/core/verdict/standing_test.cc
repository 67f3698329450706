#include "core/verdict/standing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "tests/support/builders.h"

namespace launchgate::verdict {
namespace {

using test_support::AuthorityBuilder;
using test_support::BreakGlassBy;
using test_support::FakeSignatures;
using test_support::GoBy;
using test_support::kAlice;
using test_support::kBob;
using test_support::kCarol;
using test_support::kDave;
using test_support::kDay;
using test_support::KeyOf;
using test_support::kMillisecond;
using test_support::kNow;
using test_support::NoGoBy;
using test_support::ReadySubject;
using test_support::Signer;
using test_support::StatementBuilder;
using test_support::TemplateHash;
using test_support::TrustedKeyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

using Statements = std::vector<StatementBuilder>;
using Sequences = std::map<std::string, std::int64_t>;

VerdictBook Book(const Statements& statements,
                 const AuthorityBuilder& authority = AuthorityBuilder(),
                 const Subject& expected = ReadySubject(), const Sequences& highest_seen = {},
                 Origin origin = Origin::kCluster) {
  std::vector<resources::LaunchVerdict> stored;
  for (const StatementBuilder& statement : statements) stored.push_back(statement.Stored());
  return BuildBook(stored, authority.Build(), expected, highest_seen, FakeSignatures(), origin);
}

std::vector<std::string> Reasons(const VerdictBook& book, base::Time now = kNow,
                                 std::string_view hash = "") {
  const std::string template_hash = hash.empty() ? TemplateHash() : std::string(hash);
  std::vector<std::string> reasons;
  for (const base::Objection& objection : CheckVerdicts(book, template_hash, now)) {
    reasons.emplace_back(objection.reason);
  }
  return reasons;
}

std::string FirstMessage(const VerdictBook& book) {
  return CheckVerdicts(book, TemplateHash(), kNow).at(0).message;
}

std::vector<std::string> Rejected(const VerdictBook& book) {
  std::vector<std::string> reasons;
  for (const Rejection& rejection : book.rejected) reasons.emplace_back(rejection.reason);
  return reasons;
}

Subject OtherDigest() {
  Subject subject = ReadySubject();
  subject.review_digest.assign(64, '0');
  return subject;
}

// Quorum.

TEST(QuorumTest, StandsWhenEveryRoleSaysGo) {
  EXPECT_THAT(Reasons(Book({GoBy(kAlice), GoBy(kBob)})), IsEmpty());
}

TEST(QuorumTest, NamesWhatEveryRoleMissesWhenNobodySigned) {
  const VerdictBook book = Book({}, AuthorityBuilder().Role("sre", 2));

  EXPECT_THAT(Reasons(book), ElementsAre("VerdictMissing"));
  EXPECT_EQ(FirstMessage(book), "needs 1 Go in the role product and 2 Go in the role sre");
}

TEST(QuorumTest, NamesWhatIsStillMissing) {
  const VerdictBook book = Book({GoBy(kAlice), GoBy(kBob)}, AuthorityBuilder().Role("sre", 2));

  EXPECT_THAT(Reasons(book), ElementsAre("QuorumNotMet"));
  EXPECT_EQ(FirstMessage(book), "needs 1 more Go in the role sre");
}

TEST(QuorumTest, IsMetByTwoPeopleOfOneRole) {
  EXPECT_THAT(
      Reasons(Book({GoBy(kAlice), GoBy(kBob), GoBy(kCarol)}, AuthorityBuilder().Role("sre", 2))),
      IsEmpty());
}

TEST(QuorumTest, CountsAPersonWithTwoKeysOnce) {
  AuthorityBuilder authority;
  authority.Role("sre", 2).Key(TrustedKeyOf(kAlice, "second"));

  const VerdictBook book = Book(
      {GoBy(kAlice), GoBy(kAlice).SignedWith({KeyOf(kAlice, "second")}), GoBy(kBob)}, authority);

  EXPECT_THAT(Reasons(book), ElementsAre("QuorumNotMet"));
}

TEST(QuorumTest, CountsAKeyWithTwoNamesOnce) {
  const Signer alias{"alicia@example.com", "sre"};
  AuthorityBuilder authority;
  TrustedKey same_key = TrustedKeyOf(alias);
  same_key.key = KeyOf(kAlice);
  authority.Role("sre", 2).Key(same_key);

  const VerdictBook book =
      Book({GoBy(kAlice), GoBy(alias).SignedWith({KeyOf(kAlice)}), GoBy(kBob)}, authority);

  EXPECT_EQ(book.latest.size(), 3U);
  EXPECT_THAT(Reasons(book), ElementsAre("QuorumNotMet"));
}

TEST(QuorumTest, DoesNotCountAPersonInTwoRoles) {
  const Signer alice_as_product{kAlice.identity, "product"};
  AuthorityBuilder authority;
  authority.Key(TrustedKeyOf(alice_as_product));

  const VerdictBook book = Book({GoBy(kAlice), GoBy(alice_as_product).Sequence(2)}, authority);

  EXPECT_THAT(Reasons(book), ElementsAre("QuorumNotMet"));
}

TEST(QuorumTest, TakesAThresholdBelowOneAsOne) {
  for (const int threshold : {0, -1}) {
    const VerdictBook book = Book({GoBy(kBob)}, AuthorityBuilder().Role("sre", threshold));
    EXPECT_THAT(Reasons(book), ElementsAre("QuorumNotMet"));
  }
}

TEST(QuorumTest, IsNeverMetWithoutARoleThatSaysGo) {
  EXPECT_THAT(Reasons(Book({}, AuthorityBuilder().WithoutRoles())), ElementsAre("QuorumNotMet"));
  EXPECT_THAT(Reasons(Book({}, AuthorityBuilder().WithoutRoles().Role("incident", 1, true))),
              ElementsAre("QuorumNotMet"));
}

TEST(QuorumTest, NeedsNobodyOfARoleForAttestations) {
  const AuthorityBuilder authority = AuthorityBuilder().AttestationRole("ci");

  EXPECT_THAT(Reasons(Book({GoBy(kAlice), GoBy(kBob)}, authority)), IsEmpty());
  EXPECT_THAT(Reasons(Book({}, AuthorityBuilder().WithoutRoles().AttestationRole("ci"))),
              ElementsAre("QuorumNotMet"));
}

TEST(QuorumTest, CountsTheSameVerdictStoredTwiceOnce) {
  const VerdictBook book =
      Book({GoBy(kAlice), GoBy(kAlice), GoBy(kBob)}, AuthorityBuilder().Role("sre", 2));

  EXPECT_EQ(book.latest.size(), 2U);
  EXPECT_THAT(book.conflicting, IsEmpty());
  EXPECT_THAT(Reasons(book), ElementsAre("QuorumNotMet"));
}

// Why a Go lapsed. Each row replaces Alice's Go or the world around it.

struct LapseRow {
  const char* name;
  StatementBuilder go;
  AuthorityBuilder authority;
  Subject expected;
  const char* reason;  // Empty: the Go counts.
};

class LapseTest : public testing::TestWithParam<LapseRow> {};

TEST_P(LapseTest, IsTold) {
  const LapseRow& row = GetParam();
  StatementBuilder bob = GoBy(kBob);
  bob.For(row.expected).Template(row.go.Build().template_hash);

  const VerdictBook book = Book({row.go, bob}, row.authority, row.expected);

  const auto reasons = Reasons(book);
  if (*row.reason == '\0') {
    EXPECT_THAT(reasons, IsEmpty());
  } else {
    EXPECT_THAT(reasons, ElementsAre(row.reason));
    EXPECT_THAT(FirstMessage(book), HasSubstr("alice@example.com (sre"));
  }
}

LapseRow Times(const char* name, base::Time issued, base::Time until, const char* reason) {
  return {name, GoBy(kAlice).Issued(issued).Until(until), AuthorityBuilder(), ReadySubject(),
          reason};
}

INSTANTIATE_TEST_SUITE_P(
    Times, LapseTest,
    testing::Values(Times("AMillisecondBeforeItsEnd", kNow - kDay, kNow + kMillisecond, ""),
                    Times("AtItsEnd", kNow - kDay, kNow, "VerdictExpired"),
                    Times("AMillisecondAfterItsEnd", kNow - kDay, kNow - kMillisecond,
                          "VerdictExpired"),
                    Times("IssuedNow", kNow, kNow + kDay, ""),
                    Times("IssuedWithinTheSkewOfClocks", kNow + kMaxIssuedAhead, kNow + kDay, ""),
                    Times("IssuedInTheFuture", kNow + kMaxIssuedAhead + kMillisecond, kNow + kDay,
                          "VerdictNotYetValid")),
    [](const auto& row) { return row.param.name; });

LapseRow KeyTimes(const char* name, base::Time not_before, base::Time not_after,
                  const char* reason) {
  return {name, GoBy(kAlice), AuthorityBuilder().KeyTimes(kAlice, not_before, not_after),
          ReadySubject(), reason};
}

INSTANTIATE_TEST_SUITE_P(
    Keys, LapseTest,
    testing::Values(KeyTimes("AKeyThatEndsLater", {}, kNow + kMillisecond, ""),
                    KeyTimes("AKeyThatHasEnded", {}, kNow, "KeyExpired"),
                    KeyTimes("AKeyTrustedSinceSigning", kNow - kDay, base::kNever, ""),
                    KeyTimes("AKeyTrustedOnlyAfterSigning", kNow - kDay + kMillisecond,
                             base::kNever, "VerdictNotYetValid"),
                    KeyTimes("AKeyTrustedFromTomorrow", kNow + kDay, base::kNever,
                             "VerdictNotYetValid"),
                    LapseRow{"ARevokedKey", GoBy(kAlice), AuthorityBuilder().Revoke(kAlice),
                             ReadySubject(), "KeyRevoked"}),
    [](const auto& row) { return row.param.name; });

LapseRow About(const char* name, void (*change)(Subject&), const char* reason) {
  Subject signed_subject = ReadySubject();
  change(signed_subject);
  return {name, GoBy(kAlice).For(signed_subject), AuthorityBuilder(), ReadySubject(), reason};
}

INSTANTIATE_TEST_SUITE_P(
    Subjects, LapseTest,
    testing::Values(
        About(
            "AnotherSpecOfTheReview", [](Subject& s) { s.review_digest.assign(64, '0'); },
            "ReviewChanged"),
        About(
            "AnotherSpecOfTheChecklist", [](Subject& s) { s.checklist_digest.assign(64, '0'); },
            "ReviewChanged"),
        About(
            "AnotherChecklist", [](Subject& s) { s.checklist = "other"; }, "ReviewChanged"),
        About(
            "AnotherTarget", [](Subject& s) { s.target.name = "other"; }, "ReviewChanged"),
        About(
            "AnotherKindOfTarget",
            [](Subject& s) { s.target.kind = resources::TargetKind::kStatefulSet; },
            "ReviewChanged")),
    [](const auto& row) { return row.param.name; });

Subject BoundToRevision() {
  Subject subject = ReadySubject();
  subject.binding = resources::Binding::kRevision;
  return subject;
}

TEST(RevisionTest, CountsForTheSignedTemplateOnly) {
  const VerdictBook book =
      Book({GoBy(kAlice).For(BoundToRevision()).Template(TemplateHash("signed")),
            GoBy(kBob).For(BoundToRevision()).Template(TemplateHash("signed"))},
           AuthorityBuilder(), BoundToRevision());

  EXPECT_THAT(Reasons(book, kNow, TemplateHash("signed")), IsEmpty());
  EXPECT_THAT(Reasons(book, kNow, TemplateHash("other")), ElementsAre("OtherRevision"));
  EXPECT_THAT(CheckVerdicts(book, "", kNow).front().reason, "OtherRevision");
}

TEST(RevisionTest, DoesNotTakeAGoForTheService) {
  const VerdictBook book = Book({GoBy(kAlice), GoBy(kBob)}, AuthorityBuilder(), BoundToRevision());

  EXPECT_THAT(Reasons(book), ElementsAre("ReviewChanged"));
}

TEST(LapseTest, IsNotToldWhereTheRoleHasEnoughWithoutIt) {
  const VerdictBook book = Book({GoBy(kAlice), GoBy(kBob), GoBy(kCarol).Until(kNow)});

  EXPECT_THAT(Reasons(book), IsEmpty());
}

TEST(LapseTest, NamesEverySignerOfOneReasonInOneSentence) {
  const VerdictBook book = Book({GoBy(kAlice), GoBy(kBob)}, AuthorityBuilder(), OtherDigest());

  EXPECT_THAT(Reasons(book), ElementsAre("ReviewChanged"));
  EXPECT_THAT(FirstMessage(book), HasSubstr("alice@example.com (sre) and bob@example.com "
                                            "(product): it needs to be signed again"));
}

TEST(LapseTest, SaysWhenAGoEnded) {
  const VerdictBook book = Book({GoBy(kAlice).Until(kNow), GoBy(kBob)});

  EXPECT_EQ(FirstMessage(book),
            "the Go of alice@example.com (sre, until 2026-11-23T12:00:00Z) has ended");
}

TEST(LapseTest, IsToldBesideWhatWasNeverSigned) {
  const VerdictBook book = Book({GoBy(kAlice).Until(kNow)});

  EXPECT_THAT(Reasons(book), ElementsAre("VerdictExpired", "QuorumNotMet"));
}

// Sequences.

TEST(SequenceTest, TheLatestWordOfASignerCounts) {
  EXPECT_THAT(Reasons(Book({GoBy(kAlice).Sequence(1), NoGoBy(kAlice).Sequence(2), GoBy(kBob)})),
              ElementsAre("NoGo", "QuorumNotMet"));
  EXPECT_THAT(Reasons(Book({GoBy(kAlice).Sequence(3), NoGoBy(kAlice).Sequence(2), GoBy(kBob)})),
              IsEmpty());
}

TEST(SequenceTest, DoesNotDependOnTheOrderInWhichVerdictsAreStored) {
  const Statements forward = {GoBy(kAlice).Sequence(1), NoGoBy(kAlice).Sequence(2), GoBy(kBob)};
  const Statements backward(forward.rbegin(), forward.rend());

  EXPECT_EQ(Reasons(Book(forward)), Reasons(Book(backward)));
}

TEST(SequenceTest, FollowsTheSequenceNotTheTime) {
  const VerdictBook book = Book({GoBy(kAlice).Sequence(2).Issued(kNow - 5 * kDay),
                                 NoGoBy(kAlice).Sequence(1).Issued(kNow - kDay), GoBy(kBob)});

  EXPECT_THAT(Reasons(book), IsEmpty());
}

TEST(SequenceTest, RejectsWhatIsSuperseded) {
  const VerdictBook book = Book({GoBy(kAlice).Sequence(1), GoBy(kAlice).Sequence(2), GoBy(kBob)});

  EXPECT_THAT(Rejected(book), ElementsAre("Superseded"));
  EXPECT_EQ(book.rejected.front().object_name, "gift-cards-alice-1");
}

TEST(SequenceTest, AVerdictDoesNotComeBackWhenTheNewerOneIsDeleted) {
  const VerdictBook book = Book({GoBy(kAlice).Sequence(1), GoBy(kBob)}, AuthorityBuilder(),
                                ReadySubject(), {{kAlice.identity, 2}});

  EXPECT_THAT(Rejected(book), ElementsAre("Superseded"));
  EXPECT_THAT(Reasons(book), ElementsAre("QuorumNotMet"));
}

TEST(SequenceTest, RemembersTheHighestOfEverySigner) {
  const VerdictBook book =
      Book({GoBy(kAlice).Sequence(4), NoGoBy(kBob).Sequence(2), BreakGlassBy(kDave).Sequence(9)},
           AuthorityBuilder(), ReadySubject(), {{kBob.identity, 7}, {"gone@example.com", 3}});

  EXPECT_THAT(book.highest_sequences,
              UnorderedElementsAre(Pair(kAlice.identity, 4), Pair(kBob.identity, 7),
                                   Pair("gone@example.com", 3)));
}

TEST(SequenceTest, TwoDifferentVerdictsUnderOneSequenceContradictEachOther) {
  const VerdictBook two_gos = Book({GoBy(kAlice), GoBy(kAlice).Until(kNow + 2 * kDay), GoBy(kBob)});
  const VerdictBook go_and_no = Book({GoBy(kAlice), NoGoBy(kAlice), GoBy(kBob)});

  EXPECT_THAT(two_gos.conflicting, ElementsAre(kAlice.identity));
  EXPECT_THAT(Reasons(two_gos), ElementsAre("VerdictConflict"));
  EXPECT_THAT(Reasons(go_and_no), ElementsAre("NoGo", "VerdictConflict"));
}

TEST(SequenceTest, AContradictionEndsWithTheNextVerdict) {
  const VerdictBook book =
      Book({GoBy(kAlice), NoGoBy(kAlice), GoBy(kAlice).Sequence(2), GoBy(kBob)});

  EXPECT_THAT(book.conflicting, IsEmpty());
  EXPECT_THAT(Reasons(book), IsEmpty());
}

// NoGo.

TEST(NoGoTest, OfAnybodyBlocksAFullQuorum) {
  const VerdictBook book = Book({GoBy(kAlice), GoBy(kBob), NoGoBy(kCarol)});

  EXPECT_THAT(Reasons(book), ElementsAre("NoGo"));
  EXPECT_EQ(FirstMessage(book),
            "carol@example.com (sre) says no until 2026-12-22T12:00:00Z: the restore drill was "
            "never run");
}

TEST(NoGoTest, OfABreakGlassRoleBlocksToo) {
  EXPECT_THAT(Reasons(Book({GoBy(kAlice), GoBy(kBob), NoGoBy(kDave)})), ElementsAre("NoGo"));
}

TEST(NoGoTest, EndsAtItsEnd) {
  const VerdictBook book = Book({GoBy(kAlice), GoBy(kBob), NoGoBy(kCarol).Until(kNow)});

  EXPECT_THAT(Reasons(book, kNow - kMillisecond), ElementsAre("NoGo"));
  EXPECT_THAT(Reasons(book, kNow), IsEmpty());
}

TEST(NoGoTest, StandsAlthoughTheReviewWasEdited) {
  const VerdictBook book =
      Book({GoBy(kAlice).For(OtherDigest()), GoBy(kBob).For(OtherDigest()), NoGoBy(kCarol)},
           AuthorityBuilder(), OtherDigest());

  EXPECT_THAT(Reasons(book), ElementsAre("NoGo"));
}

TEST(NoGoTest, StandsAlthoughItsKeyWasRevokedOrHasEnded) {
  const Statements statements = {GoBy(kAlice), GoBy(kBob), NoGoBy(kCarol)};

  EXPECT_THAT(Reasons(Book(statements, AuthorityBuilder().Revoke(kCarol))), ElementsAre("NoGo"));
  EXPECT_THAT(Reasons(Book(statements, AuthorityBuilder().KeyTimes(kCarol, {}, kNow))),
              ElementsAre("NoGo"));
}

TEST(NoGoTest, CannotBeTakenBackWithARevokedKey) {
  const Statements statements = {GoBy(kAlice), GoBy(kBob), NoGoBy(kCarol),
                                 GoBy(kCarol).Sequence(2)};

  EXPECT_THAT(Reasons(Book(statements)), IsEmpty());
  const VerdictBook revoked = Book(statements, AuthorityBuilder().Revoke(kCarol));
  EXPECT_THAT(Reasons(revoked), ElementsAre("NoGo"));
  EXPECT_EQ(revoked.highest_sequences.at(kCarol.identity), 1);
}

TEST(NoGoTest, OfARevokedKeyStillEndsAnOlderGo) {
  const Signer carol_again = kCarol;
  AuthorityBuilder authority;
  authority.Key(TrustedKeyOf(carol_again, "new")).Revoke(kCarol);

  const VerdictBook book = Book({GoBy(kCarol).SignedWith({KeyOf(kCarol, "new")}),
                                 NoGoBy(kCarol).Sequence(2).Until(kNow), GoBy(kBob)},
                                authority);

  EXPECT_THAT(Rejected(book), ElementsAre("Superseded"));
  EXPECT_THAT(Reasons(book), ElementsAre("QuorumNotMet"));
}

TEST(NoGoTest, OfAnotherReviewOrClusterDoesNotBlock) {
  Subject other_uid = ReadySubject();
  other_uid.review_uid = "the review before it was deleted";
  Subject other_cluster = ReadySubject();
  other_cluster.cluster_id = "staging";

  const VerdictBook book = Book(
      {GoBy(kAlice), GoBy(kBob), NoGoBy(kCarol).For(other_uid), NoGoBy(kDave).For(other_cluster)});

  EXPECT_THAT(Reasons(book), IsEmpty());
  EXPECT_THAT(Rejected(book), ElementsAre("OtherReview", "OtherCluster"));
}

// A verdict that is valid elsewhere must be worth nothing here. (THREATS T51, T54.)

struct ReplayRow {
  const char* name;
  void (*change)(Subject&);
  const char* rejection;
};

class ReplayTest : public testing::TestWithParam<ReplayRow> {};

TEST_P(ReplayTest, CountsForNothing) {
  Subject elsewhere = ReadySubject();
  GetParam().change(elsewhere);

  const VerdictBook book = Book(
      {GoBy(kAlice).For(elsewhere), GoBy(kBob).For(elsewhere), BreakGlassBy(kDave).For(elsewhere)});

  EXPECT_THAT(Rejected(book),
              ElementsAre(GetParam().rejection, GetParam().rejection, GetParam().rejection));
  EXPECT_THAT(Reasons(book), ElementsAre("VerdictMissing"));
  EXPECT_EQ(FindBreakGlass(book, TemplateHash(), kNow), nullptr);
  EXPECT_THAT(book.highest_sequences, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Contexts, ReplayTest,
    testing::Values(
        ReplayRow{"AnotherCluster", [](Subject& s) { s.cluster_id = "staging"; }, "OtherCluster"},
        ReplayRow{"AnotherReview", [](Subject& s) { s.review_name = "checkout"; }, "OtherReview"},
        ReplayRow{"ARecreatedReview", [](Subject& s) { s.review_uid = "before"; }, "OtherReview"},
        ReplayRow{"AnotherNamespace",
                  [](Subject& s) { s.review_ns = s.target.ns = "shop-staging"; }, "OtherReview"}),
    [](const auto& row) { return row.param.name; });

TEST(OriginTest, InAClusterAnUnknownIdentityMatchesNothing) {
  Subject unknown = ReadySubject();
  unknown.cluster_id.clear();

  EXPECT_THAT(Rejected(Book({GoBy(kAlice)}, AuthorityBuilder(), unknown)),
              ElementsAre("OtherCluster"));
}

TEST(OriginTest, FilesAreComparedInWhatTheySay) {
  Subject silent = ReadySubject();
  silent.cluster_id.clear();
  silent.review_uid.clear();
  Subject different = silent;
  different.review_uid = "another";

  EXPECT_THAT(
      Reasons(Book({GoBy(kAlice), GoBy(kBob)}, AuthorityBuilder(), silent, {}, Origin::kFiles)),
      IsEmpty());
  EXPECT_THAT(Rejected(Book({GoBy(kAlice)}, AuthorityBuilder(), different, {}, Origin::kFiles)),
              ElementsAre("OtherReview"));
}

TEST(BookTest, BoundsWhatItKeepsOfRejections) {
  const Signer mallory{"mallory@example.com", "sre"};
  Statements junk(kMaxRejections + 10, GoBy(mallory));
  junk.push_back(GoBy(kAlice));
  junk.push_back(GoBy(kBob));

  const VerdictBook book = Book(junk);

  EXPECT_EQ(book.rejected.size(), kMaxRejections);
  EXPECT_THAT(Reasons(book), IsEmpty());
}

TEST(BookTest, KeepsNoFindings) {
  EXPECT_THAT(Book({GoBy(kAlice)}).latest.front().statement().findings, IsEmpty());
}

// Conditions.

TEST(ConditionTest, EndsTheGoWhenItIsDue) {
  const VerdictBook book = Book({GoBy(kAlice).Promise("load-test", kNow), GoBy(kBob)});

  EXPECT_THAT(Reasons(book, kNow - kMillisecond), IsEmpty());
  EXPECT_THAT(Reasons(book, kNow), ElementsAre("ConditionOverdue"));
  EXPECT_THAT(Reasons(book, kNow + kMillisecond), ElementsAre("ConditionOverdue"));
  EXPECT_THAT(FirstMessage(book), HasSubstr("erin@example.com until 2026-11-23T12:00:00Z: run it "
                                            "again"));
}

TEST(ConditionTest, IsDroppedByALaterVerdictOfTheSameSigner) {
  const VerdictBook book =
      Book({GoBy(kAlice).Promise("load-test", kNow), GoBy(kAlice).Sequence(2), GoBy(kBob)});

  EXPECT_THAT(Reasons(book), IsEmpty());
}

TEST(ConditionTest, OverdueInOneGoIsNotOutvotedByAnother) {
  const VerdictBook book =
      Book({GoBy(kAlice).Promise("load-test", kNow), GoBy(kBob), GoBy(kCarol)});

  EXPECT_THAT(Reasons(book), ElementsAre("ConditionOverdue"));
}

TEST(ConditionTest, WaivesItsItemUntilItIsDue) {
  const VerdictBook book = Book({GoBy(kAlice).Promise("load-test", kNow), GoBy(kBob)});
  const auto waived = [&](std::string_view item, base::Time now) {
    return FindWaiver(book, item, TemplateHash(), now) != nullptr;
  };

  EXPECT_TRUE(waived("load-test", kNow - kMillisecond));
  EXPECT_FALSE(waived("load-test", kNow));
  EXPECT_FALSE(waived("runbook", kNow - kMillisecond));
  EXPECT_FALSE(waived("", kNow - kMillisecond));
}

TEST(ConditionTest, WithoutAnItemWaivesNothing) {
  const VerdictBook book = Book({GoBy(kAlice).Promise("", kNow + kDay), GoBy(kBob)});

  EXPECT_EQ(FindWaiver(book, "", TemplateHash(), kNow), nullptr);
  EXPECT_EQ(FindWaiver(book, "load-test", TemplateHash(), kNow), nullptr);
}

TEST(ConditionTest, WaivesNothingInAGoThatDoesNotCount) {
  const StatementBuilder promise = GoBy(kAlice).Promise("load-test", kNow + kDay);
  const auto waived = [](const VerdictBook& book) {
    return FindWaiver(book, "load-test", TemplateHash(), kNow) != nullptr;
  };

  EXPECT_TRUE(waived(Book({promise})));
  EXPECT_FALSE(waived(Book({promise}, AuthorityBuilder().Revoke(kAlice))));
  EXPECT_FALSE(waived(Book({promise}, AuthorityBuilder(), OtherDigest())));
  EXPECT_FALSE(waived(Book({promise, GoBy(kAlice)})));
}

// BreakGlass.

struct BreakGlassRow {
  const char* name;
  StatementBuilder statement;
  AuthorityBuilder authority;
  bool stands;
};

class BreakGlassTest : public testing::TestWithParam<BreakGlassRow> {};

TEST_P(BreakGlassTest, StandsOrNot) {
  const VerdictBook book = Book({GetParam().statement}, GetParam().authority);

  EXPECT_EQ(FindBreakGlass(book, TemplateHash(), kNow) != nullptr, GetParam().stands);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, BreakGlassTest,
    testing::Values(
        BreakGlassRow{"ForThisTemplate", BreakGlassBy(kDave), AuthorityBuilder(), true},
        BreakGlassRow{"ForAnother", BreakGlassBy(kDave).Template(TemplateHash("other")),
                      AuthorityBuilder(), false},
        BreakGlassRow{"JustBeforeItsEnd", BreakGlassBy(kDave).Until(kNow + kMillisecond),
                      AuthorityBuilder(), true},
        BreakGlassRow{"AtItsEnd", BreakGlassBy(kDave).Until(kNow), AuthorityBuilder(), false},
        BreakGlassRow{
            "IssuedInTheFuture",
            BreakGlassBy(kDave).Issued(kNow + kMaxIssuedAhead + kMillisecond).Until(kNow + kDay),
            AuthorityBuilder(), false},
        BreakGlassRow{"WithARevokedKey", BreakGlassBy(kDave), AuthorityBuilder().Revoke(kDave),
                      false},
        BreakGlassRow{"WithAKeyThatHasEnded", BreakGlassBy(kDave),
                      AuthorityBuilder().KeyTimes(kDave, {}, kNow), false},
        BreakGlassRow{"OneOfTwo", BreakGlassBy(kDave), AuthorityBuilder().Role("incident", 2, true),
                      false}),
    [](const auto& row) { return row.param.name; });

TEST(BreakGlassTest, NeedsAsManyPeopleAsItsRoleAsksFor) {
  const Signer erin{"erin@example.com", "incident"};
  AuthorityBuilder authority;
  authority.Role("incident", 2, true).Key(TrustedKeyOf(erin));

  EXPECT_NE(FindBreakGlass(Book({BreakGlassBy(kDave), BreakGlassBy(erin)}, authority),
                           TemplateHash(), kNow),
            nullptr);
  EXPECT_EQ(FindBreakGlass(Book({BreakGlassBy(kDave), BreakGlassBy(kDave).Sequence(2)}, authority),
                           TemplateHash(), kNow),
            nullptr);
}

TEST(BreakGlassTest, StandsAlthoughTheReviewWasEdited) {
  const VerdictBook book = Book({BreakGlassBy(kDave)}, AuthorityBuilder(), OtherDigest());

  EXPECT_NE(FindBreakGlass(book, TemplateHash(), kNow), nullptr);
}

TEST(BreakGlassTest, IsForItsTargetOnly) {
  Subject other_target = ReadySubject();
  other_target.target.name = "checkout";

  const VerdictBook book = Book({BreakGlassBy(kDave).For(other_target)});

  EXPECT_THAT(Rejected(book), ElementsAre("OtherReview"));
}

TEST(BreakGlassTest, NamesNoEmptyTemplate) {
  EXPECT_EQ(FindBreakGlass(Book({BreakGlassBy(kDave)}), "", kNow), nullptr);
}

TEST(BreakGlassTest, IsNeitherAGoNorTouchesTheSequencesOfOne) {
  const VerdictBook book =
      Book({GoBy(kAlice), GoBy(kBob), BreakGlassBy(kDave).Sequence(50), NoGoBy(kDave)});

  EXPECT_THAT(Reasons(book), ElementsAre("NoGo"));
  EXPECT_NE(FindBreakGlass(book, TemplateHash(), kNow), nullptr);
}

// Instants.

TEST(InstantTest, EveryEdgeIsForeseen) {
  const VerdictBook book = Book({GoBy(kAlice).Until(kNow + 9 * kDay).Promise("", kNow + 2 * kDay),
                                 GoBy(kBob).Issued(kNow + kDay).Until(kNow + 20 * kDay),
                                 BreakGlassBy(kDave).Until(kNow + kDay / 2)},
                                AuthorityBuilder().KeyTimes(kAlice, {}, kNow + 5 * kDay));

  std::vector<base::Duration> edges;
  for (base::Time now = kNow; (now = NextChange(book, now)) != base::kNever;) {
    edges.push_back(now - kNow);
  }

  EXPECT_THAT(edges, ElementsAre(kDay / 2, kDay - kMaxIssuedAhead, 2 * kDay, 5 * kDay, 9 * kDay,
                                 20 * kDay));
}

TEST(InstantTest, NothingIsForeseenWithoutVerdicts) {
  EXPECT_EQ(NextChange(Book({}), kNow), base::kNever);
}

TEST(GoUntilTest, IsNothingWhereNoGoStands) {
  EXPECT_FALSE(GoUntil(Book({GoBy(kAlice)}), TemplateHash(), kNow).has_value());
}

TEST(GoUntilTest, IsTheEndOfTheQuorumNotOfTheFirstGo) {
  const VerdictBook enough =
      Book({GoBy(kAlice).Until(kNow + kDay), GoBy(kCarol).Until(kNow + 3 * kDay),
            GoBy(kBob).Until(kNow + 5 * kDay)});

  EXPECT_EQ(GoUntil(enough, TemplateHash(), kNow), kNow + 3 * kDay);
}

TEST(GoUntilTest, IsWhenAConditionFallsDue) {
  const VerdictBook book = Book({GoBy(kAlice).Promise("", kNow + kDay), GoBy(kBob)});

  EXPECT_EQ(GoUntil(book, TemplateHash(), kNow), kNow + kDay);
}

}  // namespace
}  // namespace launchgate::verdict
