#include "core/verdict/open.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <variant>
#include <vector>

#include "core/verdict/dsse.h"
#include "tests/support/builders.h"

namespace launchgate::verdict {
namespace {

using test_support::AuthorityBuilder;
using test_support::BreakGlassBy;
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
using test_support::NoGoBy;
using test_support::Signer;
using test_support::StatementBuilder;
using test_support::TrustedKeyOf;
using testing::HasSubstr;

using Opened = std::variant<std::vector<VerifiedStatement>, Rejection>;

Opened OpenIt(const resources::LaunchVerdict& verdict,
              const AuthorityBuilder& authority = AuthorityBuilder()) {
  return Open(verdict, authority.Build(), FakeSignatures());
}

// "1 believed", or the reason of the rejection.
std::string Outcome(const Opened& opened) {
  if (const auto* no = std::get_if<Rejection>(&opened)) return std::string(no->reason);
  return std::to_string(std::get<std::vector<VerifiedStatement>>(opened).size()) + " believed";
}

resources::LaunchVerdict WithEnvelope(std::string envelope) {
  resources::LaunchVerdict verdict = GoBy(kAlice).Stored();
  verdict.envelope = std::move(envelope);
  return verdict;
}

TEST(OpenTest, BelievesAStatementThatATrustedKeySigned) {
  const Opened opened = OpenIt(GoBy(kAlice).Stored());

  ASSERT_EQ(Outcome(opened), "1 believed");
  const VerifiedStatement& verified = std::get<0>(opened).front();
  EXPECT_EQ(verified.statement(), GoBy(kAlice).Build());
  EXPECT_EQ(verified.key().identity, "alice@example.com");
  EXPECT_EQ(verified.fingerprint(), KeyOf(kAlice).fingerprint);
  EXPECT_EQ(verified.object_name(), "gift-cards-alice-1");
  EXPECT_FALSE(verified.key().revoked);
}

TEST(OpenTest, KeepsNoKeyTextAndForgetsFindingsOnDemand) {
  auto opened = OpenIt(GoBy(kAlice).Stored());
  VerifiedStatement& verified = std::get<0>(opened).front();

  EXPECT_TRUE(verified.key().public_key.empty());
  EXPECT_FALSE(verified.statement().findings.empty());
  verified.ForgetFindings();
  EXPECT_TRUE(verified.statement().findings.empty());
}

TEST(OpenTest, RejectsEverySingleFlippedBitOfAnEnvelope) {
  const resources::LaunchVerdict good = GoBy(kAlice).Stored();
  const auto envelope = nlohmann::json::parse(good.envelope);
  const std::string payload = envelope["payload"];
  int opened = 0;
  // One bit of every character of the payload; a flip that leaves the alphabet
  // of base64 is refused earlier, one that stays within it changes the bytes.
  for (std::size_t i = 0; i < payload.size(); i += 7) {
    auto changed = envelope;
    std::string text = payload;
    text[i] = static_cast<char>(text[i] ^ (1 << (i % 7)));
    changed["payload"] = text;
    // A control character would not be valid JSON text as it is; dump() escapes it.
    if (Outcome(OpenIt(WithEnvelope(changed.dump()))) == "1 believed") ++opened;
  }
  EXPECT_EQ(opened, 0);
}

TEST(OpenTest, RejectsASignatureOfAStranger) {
  const Signer mallory{"mallory@example.com", "sre"};

  const Opened opened = OpenIt(GoBy(kAlice).SignedWith({KeyOf(mallory)}).Stored());

  ASSERT_EQ(Outcome(opened), "UnknownSigner");
  EXPECT_EQ(std::get<Rejection>(opened).object_name, "gift-cards-alice-1");
  EXPECT_THAT(std::get<Rejection>(opened).message, HasSubstr("\"platform\""));
}

TEST(OpenTest, TellsABrokenSignatureOfAKnownKey) {
  const std::string payload = Serialize(GoBy(kAlice).Build());
  auto envelope = nlohmann::json::parse(FakeEnvelope(kInTotoPayloadType, payload, {KeyOf(kAlice)}));
  envelope["signatures"][0]["sig"] = "AAAA";

  EXPECT_EQ(Outcome(OpenIt(WithEnvelope(envelope.dump()))), "SignatureInvalid");
}

TEST(OpenTest, DoesNotAskTheKeyIdWhichKeySigned) {
  const std::string payload = Serialize(GoBy(kAlice).Build());
  auto envelope = nlohmann::json::parse(FakeEnvelope(kInTotoPayloadType, payload, {KeyOf(kAlice)}));

  for (const std::string& keyid : {std::string(), KeyOf(kBob).fingerprint, std::string("alice")}) {
    envelope["signatures"][0]["keyid"] = keyid;
    const Opened opened = OpenIt(WithEnvelope(envelope.dump()));
    ASSERT_EQ(Outcome(opened), "1 believed") << keyid;
    EXPECT_EQ(std::get<0>(opened).front().key().identity, "alice@example.com");
  }
}

TEST(OpenTest, RejectsAnotherPayloadTypeEvenWhenItIsSigned) {
  const std::string payload = Serialize(GoBy(kAlice).Build());

  for (const char* type : {"application/json", "application/vnd.in-toto+JSON", "text/plain"}) {
    EXPECT_EQ(Outcome(OpenIt(WithEnvelope(FakeEnvelope(type, payload, {KeyOf(kAlice)})))),
              "PayloadTypeInvalid");
  }
}

TEST(OpenTest, RejectsTheRightTypeThatWasSignedAsAnother) {
  const std::string payload = Serialize(GoBy(kAlice).Build());
  auto envelope = nlohmann::json::parse(FakeEnvelope("text/plain", payload, {KeyOf(kAlice)}));
  envelope["payloadType"] = kInTotoPayloadType;

  EXPECT_EQ(Outcome(OpenIt(WithEnvelope(envelope.dump()))), "SignatureInvalid");
}

TEST(OpenTest, RejectsASignedDocumentThatIsNoVerdict) {
  for (const char* payload :
       {"", "{}", "hello", R"({"_type":"https://in-toto.io/Statement/v1"})"}) {
    EXPECT_EQ(
        Outcome(OpenIt(WithEnvelope(FakeEnvelope(kInTotoPayloadType, payload, {KeyOf(kAlice)})))),
        "StatementInvalid");
  }
}

TEST(OpenTest, RejectsWhatIsNoEnvelope) {
  for (const char* text :
       {"{", "[]", "null", R"({"payloadType":"x","payload":"","signatures":[]})"}) {
    EXPECT_EQ(Outcome(OpenIt(WithEnvelope(text))), "EnvelopeInvalid") << text;
  }
}

TEST(OpenTest, RejectsAVerdictThatCarriesBothOrNeitherForm) {
  resources::LaunchVerdict both = GoBy(kAlice).Stored();
  both.statement = Serialize(GoBy(kAlice).Build());
  resources::LaunchVerdict half;
  half.statement = both.statement;

  EXPECT_EQ(Outcome(OpenIt(both)), "EnvelopeInvalid");
  EXPECT_EQ(Outcome(OpenIt(resources::LaunchVerdict())), "EnvelopeInvalid");
  EXPECT_EQ(Outcome(OpenIt(half)), "EnvelopeInvalid");
}

TEST(OpenTest, RejectsAStatementSignedByAnotherPersonThanItSays) {
  const Opened opened = OpenIt(GoBy(kAlice).SignedWith({KeyOf(kCarol)}).Stored());

  ASSERT_EQ(Outcome(opened), "SignerMismatch");
  EXPECT_THAT(std::get<Rejection>(opened).message, HasSubstr("carol@example.com"));
}

TEST(OpenTest, RejectsARoleThatIsNotTheKeys) {
  const Signer alice_as_product{kAlice.identity, "product"};

  EXPECT_EQ(Outcome(OpenIt(GoBy(alice_as_product).SignedWith({KeyOf(kAlice)}).Stored())),
            "SignerMismatch");
}

TEST(OpenTest, BelievesOncePerKeyHoweverOftenItSigned) {
  EXPECT_EQ(Outcome(OpenIt(
                GoBy(kAlice).SignedWith({KeyOf(kAlice), KeyOf(kAlice), KeyOf(kAlice)}).Stored())),
            "1 believed");
}

TEST(OpenTest, DoesNotCountACoSignerForSomebodyElsesStatement) {
  const Opened opened = OpenIt(GoBy(kAlice).SignedWith({KeyOf(kBob), KeyOf(kAlice)}).Stored());

  ASSERT_EQ(Outcome(opened), "1 believed");
  EXPECT_EQ(std::get<0>(opened).front().key().identity, "alice@example.com");
}

TEST(OpenTest, BelievesEachOfTwoKeysOfOnePerson) {
  AuthorityBuilder authority;
  authority.Key(TrustedKeyOf(kAlice, "second"));

  EXPECT_EQ(
      Outcome(OpenIt(GoBy(kAlice).SignedWith({KeyOf(kAlice), KeyOf(kAlice, "second")}).Stored(),
                     authority)),
      "2 believed");
}

TEST(OpenTest, MarksAStatementOfARevokedKey) {
  const Opened opened = OpenIt(GoBy(kAlice).Stored(), AuthorityBuilder().Revoke(kAlice));

  ASSERT_EQ(Outcome(opened), "1 believed");
  EXPECT_TRUE(std::get<0>(opened).front().key().revoked);
}

TEST(OpenTest, TakesAKeyAsRevokedWhenAnyOfItsRecordsIs) {
  AuthorityBuilder authority;
  TrustedKey again = TrustedKeyOf(kAlice);
  again.record.id = "an old record of the same key";
  again.record.identity = "someone@example.com";
  again.record.revoked = true;
  authority.Key(again);

  const Opened opened = OpenIt(GoBy(kAlice).Stored(), authority);

  ASSERT_EQ(Outcome(opened), "1 believed");
  EXPECT_TRUE(std::get<0>(opened).front().key().revoked);
}

struct RightsRow {
  const char* name;
  Answer answer;
  Signer signer;
  const char* outcome;
};

class OpenRightsTest : public testing::TestWithParam<RightsRow> {};

TEST_P(OpenRightsTest, FollowTheRole) {
  EXPECT_EQ(Outcome(OpenIt(StatementBuilder(GetParam().answer, GetParam().signer).Stored())),
            GetParam().outcome);
}

INSTANTIATE_TEST_SUITE_P(
    Roles, OpenRightsTest,
    testing::Values(RightsRow{"AGoInAnOrdinaryRole", Answer::kGo, kAlice, "1 believed"},
                    RightsRow{"AGoInABreakGlassRole", Answer::kGo, kDave, "RoleInvalid"},
                    RightsRow{"ABreakGlassInItsRole", Answer::kBreakGlass, kDave, "1 believed"},
                    RightsRow{"ABreakGlassInAnOrdinaryRole", Answer::kBreakGlass, kAlice,
                              "RoleInvalid"},
                    RightsRow{"ANoGoInAnOrdinaryRole", Answer::kNoGo, kAlice, "1 believed"},
                    RightsRow{"ANoGoInABreakGlassRole", Answer::kNoGo, kDave, "1 believed"}),
    [](const auto& row) { return row.param.name; });

TEST(OpenTest, BelievesNoVerdictOfARoleForAttestations) {
  const Signer robot{"ci@example.com", "ci"};
  AuthorityBuilder authority;
  authority.AttestationRole("ci").Key(TrustedKeyOf(robot));

  for (const Answer answer : {Answer::kGo, Answer::kNoGo, Answer::kBreakGlass}) {
    EXPECT_EQ(Outcome(OpenIt(StatementBuilder(answer, robot).Stored(), authority)), "RoleInvalid");
  }
}

TEST(OpenTest, RejectsARoleThatTheAuthorityDoesNotHave) {
  const Signer erin{"erin@example.com", "intern"};
  AuthorityBuilder authority;
  authority.Key(TrustedKeyOf(erin));

  EXPECT_EQ(Outcome(OpenIt(GoBy(erin).Stored(), authority)), "RoleInvalid");
}

struct LifetimeRow {
  const char* name;
  Answer answer;
  base::Duration lifetime;
  base::Duration cap;
  const char* outcome;
};

class OpenLifetimeTest : public testing::TestWithParam<LifetimeRow> {};

TEST_P(OpenLifetimeTest, IsCappedByTheAuthority) {
  const LifetimeRow& row = GetParam();
  const Signer& signer = row.answer == Answer::kBreakGlass ? kDave : kAlice;
  const auto statement =
      StatementBuilder(row.answer, signer).Issued(kNow).Until(kNow + row.lifetime);

  EXPECT_EQ(Outcome(OpenIt(statement.Stored(), AuthorityBuilder().MaxLifetime(row.cap))),
            row.outcome);
}

INSTANTIATE_TEST_SUITE_P(
    Caps, OpenLifetimeTest,
    testing::Values(
        LifetimeRow{"ExactlyTheCap", Answer::kGo, 30 * kDay, 30 * kDay, "1 believed"},
        LifetimeRow{"AMillisecondMore", Answer::kGo, 30 * kDay + kMillisecond, 30 * kDay,
                    "LifetimeTooLong"},
        LifetimeRow{"ANoGoAsWell", Answer::kNoGo, 31 * kDay, 30 * kDay, "LifetimeTooLong"},
        LifetimeRow{"ABreakGlassUnderAShortCap", Answer::kBreakGlass, kDay, kDay / 2,
                    "LifetimeTooLong"},
        LifetimeRow{"ABreakGlassOfADay", Answer::kBreakGlass, kDay, 30 * kDay, "1 believed"},
        LifetimeRow{"ABreakGlassOfMore", Answer::kBreakGlass, kDay + kMillisecond, 30 * kDay,
                    "StatementInvalid"},
        LifetimeRow{"WithoutACapNothing", Answer::kGo, kMillisecond, base::Duration(0),
                    "LifetimeTooLong"}),
    [](const auto& row) { return row.param.name; });

TEST(OpenTest, BelievesNothingWhenTheVerifierCannotAnswer) {
  class Broken : public SignatureVerifier {
   public:
    base::Result<bool> Verify(const PublicKey&, std::string_view, std::string_view) const override {
      return base::Fail(base::ErrorKind::kInternal, "out of memory");
    }
  };

  EXPECT_EQ(Outcome(Open(GoBy(kAlice).Stored(), AuthorityBuilder().Build(), Broken())),
            "SignatureInvalid");
}

TEST(OpenTest, BelievesNothingUnderAnAuthorityWithoutKeys) {
  const TrustedAuthority nobody;

  EXPECT_EQ(Outcome(Open(GoBy(kAlice).Stored(), nobody, FakeSignatures())), "UnknownSigner");
}

}  // namespace
}  // namespace launchgate::verdict
