#include "core/verdict/sign_off_standing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <variant>
#include <vector>

#include "tests/support/sign_off_builder.h"

namespace launchgate::verdict {
namespace {

using resources::SignedDocument;
using test_support::AuthorityBuilder;
using test_support::FakeEnvelope;
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
using test_support::OctoberSubject;
using test_support::SignOffBy;
using test_support::TrustedKeyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

SignOffStanding Judge(const std::vector<SignedDocument>& documents,
                      const AuthorityBuilder& authority = AuthorityBuilder(),
                      const SignOffSubject& expected = OctoberSubject(),
                      Origin origin = Origin::kCluster) {
  return JudgeSignOffs(documents, authority.Build(), expected, FakeSignatures(), origin, kNow);
}

// Reasons of the rejections, in their order.
std::vector<std::string> Reasons(const SignOffStanding& standing) {
  std::vector<std::string> reasons;
  for (const RejectedSignOff& rejected : standing.rejected) {
    reasons.emplace_back(rejected.why.reason);
  }
  return reasons;
}

// The reason why a sign-off of Alice beside Bob's is rejected.
std::string WhyNot(const SignedDocument& of_alice,
                   const AuthorityBuilder& authority = AuthorityBuilder()) {
  const SignOffStanding standing = Judge({SignOffBy(kBob).Stored(), of_alice}, authority);
  EXPECT_FALSE(standing.signed_off);
  EXPECT_THAT(standing.missing, ElementsAre("1 sign-off in the role sre"));
  return standing.rejected.size() == 1 ? std::string(standing.rejected[0].why.reason) : "nothing";
}

TEST(SignOffStandingTest, IsSignedOffWhenEveryRoleThatSaysGoSigned) {
  const SignOffStanding standing = Judge({SignOffBy(kAlice).Stored(), SignOffBy(kBob).Stored()});

  EXPECT_TRUE(standing.signed_off);
  EXPECT_THAT(standing.missing, IsEmpty());
  ASSERT_THAT(standing.counted, SizeIs(2));
  EXPECT_EQ(standing.counted[0].sign_off(), SignOffBy(kAlice).Build());
  EXPECT_EQ(standing.counted[0].fingerprint(), KeyOf(kAlice).fingerprint);
  EXPECT_EQ(standing.counted[0].key().public_key, "");
}

TEST(SignOffStandingTest, SaysWhoIsMissing) {
  const AuthorityBuilder two = AuthorityBuilder().Role("sre", 2);

  EXPECT_THAT(Judge({}).missing,
              ElementsAre("1 sign-off in the role sre", "1 sign-off in the role product"));
  EXPECT_THAT(Judge({SignOffBy(kAlice).Stored(), SignOffBy(kBob).Stored()}, two).missing,
              ElementsAre("1 more sign-off in the role sre"));
  EXPECT_TRUE(
      Judge({SignOffBy(kAlice).Stored(), SignOffBy(kBob).Stored(), SignOffBy(kCarol).Stored()}, two)
          .signed_off);
}

TEST(SignOffStandingTest, AnAuthorityWithoutSignersSignsNothingOff) {
  const SignOffStanding standing = Judge({}, AuthorityBuilder().WithoutRoles());

  EXPECT_FALSE(standing.signed_off);
  EXPECT_THAT(standing.missing, ElementsAre(HasSubstr("a role that signs")));
}

TEST(SignOffStandingTest, OnePersonCountsOnceHoweverManyKeysTheyHave) {
  AuthorityBuilder authority;
  authority.Role("sre", 2).Key(TrustedKeyOf(kAlice, "second"));

  const SignOffStanding standing = Judge(
      {SignOffBy(kAlice).Stored(), SignOffBy(kAlice).SignedWith({KeyOf(kAlice, "second")}).Stored(),
       SignOffBy(kBob).Stored()},
      authority);

  EXPECT_FALSE(standing.signed_off);
  EXPECT_THAT(Reasons(standing), ElementsAre("Superseded"));
}

TEST(SignOffStandingTest, TheLatestSignOffOfAPersonCounts) {
  const auto earlier = SignOffBy(kAlice).Action("wait", "erin@example.com", kNow + kDay);
  const auto later = SignOffBy(kAlice)
                         .Issued(kNow - std::chrono::hours(1))
                         .Action("act", "erin@example.com", kNow + kDay);

  for (const auto& documents :
       {std::vector{earlier.Stored(), later.Stored()}, {later.Stored(), earlier.Stored()}}) {
    const SignOffStanding standing = Judge(documents);
    ASSERT_THAT(standing.counted, SizeIs(1));
    EXPECT_EQ(standing.counted[0].sign_off().actions[0].text, "act");
    EXPECT_THAT(Reasons(standing), ElementsAre("Superseded"));
  }
}

TEST(SignOffStandingTest, RejectsWhatIsAboutSomethingElse) {
  const auto with = [](std::string SignOffSubject::*field, const std::string& value) {
    SignOffSubject subject = OctoberSubject();
    subject.*field = value;
    return SignOffBy(kAlice).For(subject).Stored();
  };

  EXPECT_EQ(WhyNot(with(&SignOffSubject::cluster_id, "another")), "OtherCluster");
  EXPECT_EQ(WhyNot(with(&SignOffSubject::ns, "other")), "OtherBudget");
  EXPECT_EQ(WhyNot(with(&SignOffSubject::budget, "payments")), "OtherBudget");
  EXPECT_EQ(WhyNot(with(&SignOffSubject::budget_uid, "of-a-budget-before")), "OtherBudget");
  EXPECT_EQ(WhyNot(with(&SignOffSubject::month, "2026-09")), "OtherMonth");
  EXPECT_EQ(WhyNot(with(&SignOffSubject::agenda_digest, std::string(64, '0'))), "OtherAgenda");
}

TEST(SignOffStandingTest, NothingCountsBeforeThereIsAnAgenda) {
  SignOffSubject expected = OctoberSubject();
  expected.agenda_digest.clear();

  const SignOffStanding standing =
      Judge({SignOffBy(kAlice).Stored(), SignOffBy(kBob).Stored()}, AuthorityBuilder(), expected);

  EXPECT_FALSE(standing.signed_off);
  EXPECT_THAT(Reasons(standing), ElementsAre("OtherAgenda", "OtherAgenda"));
}

TEST(SignOffStandingTest, FilesNeedNotSayClusterAndUidButMustAgree) {
  SignOffSubject unknown = OctoberSubject();
  unknown.cluster_id.clear();
  unknown.budget_uid.clear();
  const std::vector both = {SignOffBy(kAlice).Stored(), SignOffBy(kBob).Stored()};

  EXPECT_TRUE(Judge(both, AuthorityBuilder(), unknown, Origin::kFiles).signed_off);
  EXPECT_FALSE(Judge(both, AuthorityBuilder(), unknown, Origin::kCluster).signed_off);
  unknown.budget_uid = "another";
  EXPECT_FALSE(Judge(both, AuthorityBuilder(), unknown, Origin::kFiles).signed_off);
}

TEST(SignOffStandingTest, RejectsWhoMayNotSignReviewsOff) {
  const AuthorityBuilder robots = AuthorityBuilder().AttestationRole("ci");
  const test_support::Signer robot{"ci@example.com", "ci"};
  AuthorityBuilder authority = robots;
  authority.Key(TrustedKeyOf(robot));

  EXPECT_EQ(WhyNot(SignOffBy(kDave).Stored()), "RoleInvalid");
  EXPECT_EQ(Reasons(Judge({SignOffBy(robot).Stored()}, authority)),
            std::vector<std::string>{"RoleInvalid"});
  EXPECT_EQ(WhyNot(SignOffBy({"mallory@example.com", "sre"}).Stored()), "UnknownSigner");
  EXPECT_EQ(WhyNot(SignOffBy(kAlice).SignedWith({KeyOf(kCarol)}).Stored()), "SignerMismatch");
}

TEST(SignOffStandingTest, AVerdictIsNoSignOff) {
  SignedDocument verdict = GoBy(kAlice).Stored();

  EXPECT_EQ(WhyNot(verdict), "StatementInvalid");
}

TEST(SignOffStandingTest, RejectsChangedBytes) {
  nlohmann::json envelope = nlohmann::json::parse(SignOffBy(kAlice).Stored().envelope);
  const std::string payload = envelope["payload"];
  SignedDocument changed;
  int believed = 0;
  for (std::size_t i = 0; i < payload.size(); i += 7) {
    std::string text = payload;
    text[i] = static_cast<char>(text[i] ^ (1 << (i % 7)));
    envelope["payload"] = text;
    changed.envelope = envelope.dump();
    if (!Judge({changed}).counted.empty()) ++believed;
  }

  EXPECT_EQ(believed, 0);
}

TEST(SignOffStandingTest, RejectsAnotherPayloadTypeEvenWhenItIsSigned) {
  SignedDocument document;
  document.envelope =
      FakeEnvelope("application/json", Serialize(SignOffBy(kAlice).Build()), {KeyOf(kAlice)});

  EXPECT_EQ(WhyNot(document), "PayloadTypeInvalid");
}

TEST(SignOffStandingTest, ARevokedKeySignsNothingOffWheneverItSigned) {
  EXPECT_EQ(WhyNot(SignOffBy(kAlice).Stored(), AuthorityBuilder().Revoke(kAlice)), "KeyRevoked");
}

TEST(SignOffStandingTest, ASecondKeyOfTheSamePersonSpeaksWhenTheFirstIsRevoked) {
  AuthorityBuilder authority;
  authority.Revoke(kAlice).Key(TrustedKeyOf(kAlice, "second"));

  const SignOffStanding standing = Judge(
      {SignOffBy(kAlice).SignedWith({KeyOf(kAlice), KeyOf(kAlice, "second")}).Stored()}, authority);

  ASSERT_THAT(standing.counted, SizeIs(1));
  EXPECT_EQ(standing.counted[0].fingerprint(), KeyOf(kAlice, "second").fingerprint);
}

struct TimeRow {
  const char* name;
  base::Time issued;
  const char* reason;  // Empty: it counts.
};

class SignOffTimeTest : public ::testing::TestWithParam<TimeRow> {};

// Alice's key was valid from three days to one hour before kNow.
TEST_P(SignOffTimeTest, TheKeyCountsAsItWasWhenItSigned) {
  const auto authority =
      AuthorityBuilder().KeyTimes(kAlice, kNow - 3 * kDay, kNow - std::chrono::hours(1));

  const SignOffStanding standing =
      Judge({SignOffBy(kAlice).Issued(GetParam().issued).Stored()}, authority);

  EXPECT_EQ(standing.counted.size(), *GetParam().reason == '\0' ? 1U : 0U);
  EXPECT_EQ(standing.rejected.empty() ? "" : std::string(standing.rejected[0].why.reason),
            GetParam().reason);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, SignOffTimeTest,
    ::testing::Values(TimeRow{"JustBeforeTheKey", kNow - 3 * kDay - kMillisecond, "NotYetValid"},
                      TimeRow{"WithTheKey", kNow - 3 * kDay, ""},
                      TimeRow{"JustBeforeTheKeyEnds", kNow - std::chrono::hours(1) - kMillisecond,
                              ""},
                      TimeRow{"WhenTheKeyEnds", kNow - std::chrono::hours(1), "KeyExpired"}),
    [](const auto& row) { return row.param.name; });

TEST(SignOffStandingTest, DoesNotBelieveTheFuture) {
  EXPECT_THAT(Judge({SignOffBy(kAlice).Issued(kNow + kMaxIssuedAhead).Stored()}).counted,
              SizeIs(1));
  EXPECT_EQ(WhyNot(SignOffBy(kAlice).Issued(kNow + kMaxIssuedAhead + kMillisecond).Stored()),
            "NotYetValid");
}

TEST(SignOffStandingTest, SaysWhenOneThatIsDatedAheadBeginsToCount) {
  const auto soon = SignOffBy(kBob).Issued(kNow + kDay).Stored();
  const auto later = SignOffBy(kCarol).Issued(kNow + 2 * kDay).Stored();
  const auto after_the_key = SignOffBy(kAlice).Issued(kNow + std::chrono::hours(1)).Stored();
  const auto authority =
      AuthorityBuilder().KeyTimes(kAlice, kNow - 3 * kDay, kNow + std::chrono::hours(1));

  const SignOffStanding standing = Judge({later, soon, after_the_key}, authority);

  EXPECT_EQ(standing.next_change, kNow + kDay - kMaxIssuedAhead);
  EXPECT_EQ(Judge({SignOffBy(kBob).Stored()}).next_change, base::kNever);
}

TEST(SignOffStandingTest, SaysWhichEntryWasRejected) {
  const SignOffStanding standing =
      Judge({SignOffBy(kBob).Stored(), SignedDocument(), SignOffBy(kAlice).Stored()});

  EXPECT_TRUE(standing.signed_off);
  ASSERT_THAT(standing.rejected, SizeIs(1));
  EXPECT_EQ(standing.rejected[0].index, 1U);
  EXPECT_EQ(standing.rejected[0].why.reason, rejection::kEnvelopeInvalid);
}

TEST(SignOffStandingTest, ActionsAreThoseOfWhoCountsEachOnceByDueDate) {
  const auto alice = SignOffBy(kAlice)
                         .Action("later", "erin@example.com", kNow + 5 * kDay)
                         .Action("sooner", "erin@example.com", kNow + 2 * kDay);
  const auto bob = SignOffBy(kBob).Action("later", "erin@example.com", kNow + 5 * kDay);
  const auto dave = SignOffBy(kDave).Action("never", "dave@example.com", kNow + kDay);

  const auto actions = ActionsOf(Judge({alice.Stored(), bob.Stored(), dave.Stored()}));

  ASSERT_THAT(actions, SizeIs(2));
  EXPECT_EQ(actions[0].text, "sooner");
  EXPECT_EQ(actions[1].text, "later");
}

}  // namespace
}  // namespace launchgate::verdict
