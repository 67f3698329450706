// Believing signed statements of others: every reason, and what must never be
// believed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "core/evidence/verify.h"
#include "core/verdict/dsse.h"
#include "shell/crypto/keys.h"
#include "tests/support/builders.h"

namespace launchgate::evidence {
namespace {

using json::Json;
using resources::AttestationSpec;
using test_support::AuthorityBuilder;
using test_support::FakeEnvelope;
using test_support::FakeSignatures;
using test_support::kAlice;
using test_support::kBob;
using test_support::kCarol;
using test_support::kDay;
using test_support::KeyOf;
using test_support::kMillisecond;
using test_support::kNow;
using test_support::Signer;
using test_support::TrustedKeyOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr auto kPass = FindingStatus::kPass;
constexpr auto kFail = FindingStatus::kFail;
constexpr auto kStale = FindingStatus::kStale;
constexpr auto kUnknown = FindingStatus::kUnknown;

constexpr base::Duration kMaxAge = 30 * kDay;
constexpr base::Time kRecordedAt = kNow - kDay;
constexpr const char* kSlsa = "https://slsa.dev/provenance/v1";

Json TestResult() {
  std::ifstream file(std::string(LAUNCHGATE_SOURCE_DIR) +
                     "/tests/testdata/evidence/attestation-test-result.json");
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_FALSE(text.str().empty());
  return Json::parse(text.str());
}

// A stored attestation, what a review asks of it, and who is trusted.
struct Scene {
  AttestationSpec spec;
  AuthorityBuilder authority;
  Json statement = TestResult();
  std::string payload;  // Instead of the statement, when not empty.
  std::string payload_type{verdict::kInTotoPayloadType};
  std::vector<verdict::PublicKey> keys{KeyOf(kAlice)};
  std::optional<base::Time> recorded_at = kRecordedAt;
  std::string body;  // Instead of an envelope, when not empty.
};

// The test result, signed by Alice as sre, which is a role for attestations here.
Scene Signed() {
  Scene scene;
  scene.spec.from.url = "https://ci.example.com/attestation.json";
  scene.spec.role = "sre";
  scene.authority.AttestationRole("sre");
  scene.spec.predicate_type = "https://in-toto.io/attestation/test-result/v0.1";
  scene.spec.subject = "registry.example.com/gift-cards";
  scene.spec.subject_sha256 = std::string(64, '3');
  scene.spec.max_age = kMaxAge;
  return scene;
}

std::string BodyOf(const Scene& scene) {
  if (!scene.body.empty()) return scene.body;
  const std::string payload = scene.payload.empty() ? scene.statement.dump() : scene.payload;
  return FakeEnvelope(scene.payload_type, payload, scene.keys);
}

Finding Judge(const Scene& scene, base::Time now = kNow) {
  return VerifyAttestation(scene.spec, scene.authority.Build(), FakeSignatures(),
                           Document{BodyOf(scene), scene.recorded_at}, now);
}

// Each row changes one thing about the attestation that passes.
struct Changed {
  const char* name;
  std::function<void(Scene& scene)> change;
  FindingStatus status;
  const char* reason;
};
void PrintTo(const Changed& changed, std::ostream* out) { *out << changed.name; }

class AttestationTest : public ::testing::TestWithParam<Changed> {};

TEST_P(AttestationTest, IsJudgedWithTheReason) {
  Scene scene = Signed();
  GetParam().change(scene);

  const Finding finding = Judge(scene);

  EXPECT_EQ(finding.status, GetParam().status) << finding.message;
  EXPECT_EQ(finding.reason, GetParam().reason) << finding.message;
  EXPECT_FALSE(finding.message.empty());
}

const Signer kMallory{"mallory@example.com", "sre"};

INSTANTIATE_TEST_SUITE_P(
    Signers, AttestationTest,
    ::testing::Values(
        Changed{"NothingChanged", [](Scene&) {}, kPass, "AttestationVerified"},
        Changed{"AnotherKeyOfTheRole", [](Scene& s) { s.keys = {KeyOf(kCarol)}; }, kPass,
                "AttestationVerified"},
        Changed{"AStrangerAndAKeyOfTheRole",
                [](Scene& s) {
                  s.keys = {KeyOf(kMallory), KeyOf(kAlice)};
                },
                kPass, "AttestationVerified"},
        Changed{"AStranger", [](Scene& s) { s.keys = {KeyOf(kMallory)}; }, kFail,
                "SignatureInvalid"},
        Changed{"ABrokenSignature",
                [](Scene& s) {
                  Json envelope = Json::parse(BodyOf(s));
                  envelope["signatures"][0]["sig"] = "AAAA";
                  s.body = envelope.dump();
                },
                kFail, "SignatureInvalid"},
        Changed{"AKeyOfAnotherRole", [](Scene& s) { s.keys = {KeyOf(kBob)}; }, kFail,
                "SignerNotInRole"},
        Changed{"RoleThatSignsVerdicts", [](Scene& scene) { scene.authority.Role("sre", 1); },
                kUnknown, "RoleNotForAttestations"},
        Changed{"ARoleThatNobodyHas", [](Scene& s) { s.spec.role = "auditor"; }, kUnknown,
                "RoleUnknown"},
        Changed{"ARevokedKey", [](Scene& s) { s.authority.Revoke(kAlice); }, kFail, "KeyRevoked"},
        Changed{"AKeyThatIsRevokedInAnotherRecord",
                [](Scene& s) {
                  verdict::TrustedKey again = TrustedKeyOf(kAlice);
                  again.record.role = "product";
                  again.record.revoked = true;
                  s.authority.Key(again);
                },
                kFail, "KeyRevoked"},
        Changed{"ARevokedKeyAndAGoodOne",
                [](Scene& s) {
                  s.authority.Revoke(kAlice);
                  s.keys = {KeyOf(kAlice), KeyOf(kCarol)};
                },
                kPass, "AttestationVerified"},
        Changed{"AnExpiredKey", [](Scene& s) { s.authority.KeyTimes(kAlice, base::Time{}, kNow); },
                kFail, "KeyExpired"},
        Changed{"AKeyThatIsNotValidYet",
                [](Scene& s) { s.authority.KeyTimes(kAlice, kNow + kMillisecond, base::kNever); },
                kFail, "KeyExpired"},
        Changed{"AKeyOnItsLastMillisecond",
                [](Scene& s) { s.authority.KeyTimes(kAlice, kNow, kNow + kMillisecond); }, kPass,
                "AttestationVerified"},
        Changed{"NoEnvelope", [](Scene& s) { s.body = s.statement.dump(); }, kUnknown, "Malformed"},
        Changed{"NotJson", [](Scene& s) { s.body = "not json"; }, kUnknown, "Malformed"},
        Changed{"NoSignatures",
                [](Scene& s) {
                  Json envelope = Json::parse(BodyOf(s));
                  envelope["signatures"] = Json::array();
                  s.body = envelope.dump();
                },
                kUnknown, "Malformed"},
        Changed{"AnotherPayloadType", [](Scene& s) { s.payload_type = "application/json"; },
                kUnknown, "Malformed"},
        Changed{"SignedAsAnotherPayloadType",
                [](Scene& s) {
                  s.payload_type = "text/plain";
                  Json envelope = Json::parse(BodyOf(s));
                  envelope["payloadType"] = verdict::kInTotoPayloadType;
                  s.body = envelope.dump();
                },
                kFail, "SignatureInvalid"}),
    [](const auto& row) { return row.param.name; });

Json& Subject(Scene& scene) { return scene.statement["subject"][0]; }
Json& Predicate(Scene& scene) { return scene.statement["predicate"]; }

INSTANTIATE_TEST_SUITE_P(
    Statements, AttestationTest,
    ::testing::Values(
        Changed{"AnotherPredicateType", [](Scene& s) { s.spec.predicate_type = kSlsa; }, kFail,
                "PredicateTypeOther"},
        Changed{"APredicateThatIsNoTestResult",
                [](Scene& s) {
                  s.spec.predicate_type = kSlsa;
                  s.statement["predicateType"] = kSlsa;
                  s.statement["predicate"] = Json::object();
                },
                kPass, "AttestationVerified"},
        Changed{"AnotherVersionOfTheTestResult",
                [](Scene& s) {
                  s.spec.predicate_type = "https://in-toto.io/attestation/test-result/v0.2";
                  s.statement["predicateType"] = s.spec.predicate_type;
                  Predicate(s)["result"] = "FAILED";
                },
                kFail, "TestsFailed"},
        Changed{"AnotherSubject", [](Scene& s) { s.spec.subject = "registry.example.com/other"; },
                kFail, "SubjectOther"},
        Changed{"AnotherDigest", [](Scene& s) { s.spec.subject_sha256 = std::string(64, '5'); },
                kFail, "SubjectOther"},
        Changed{"AnyDigest",
                [](Scene& s) {
                  s.spec.subject_sha256.clear();
                  Subject(s)["digest"] = {{"sha512", "ab"}};
                },
                kPass, "AttestationVerified"},
        Changed{"TheDigestOfAnotherSubject",
                [](Scene& s) {
                  Json other = Subject(s);
                  other["name"] = "registry.example.com/other";
                  Subject(s)["digest"]["sha256"] = std::string(64, '6');
                  s.statement["subject"].push_back(other);
                },
                kFail, "SubjectOther"},
        Changed{"TheSecondSubject",
                [](Scene& s) {
                  Json first = Subject(s);
                  first["name"] = "registry.example.com/other";
                  s.statement["subject"].insert(s.statement["subject"].begin(), first);
                },
                kPass, "AttestationVerified"},
        Changed{"TestsFailed", [](Scene& s) { Predicate(s)["result"] = "FAILED"; }, kFail,
                "TestsFailed"},
        Changed{"TestsWarned", [](Scene& s) { Predicate(s)["result"] = "WARNED"; }, kFail,
                "TestsWarned"},
        Changed{"PassedWithFailedTests", [](Scene& s) { Predicate(s)["failedTests"] = {"redeem"}; },
                kFail, "TestsFailed"},
        Changed{"PassedWithNoFailedTests",
                [](Scene& s) { Predicate(s)["failedTests"] = Json::array(); }, kPass,
                "AttestationVerified"},
        Changed{"AResultThatNobodyKnows", [](Scene& s) { Predicate(s)["result"] = "passed"; },
                kUnknown, "Malformed"},
        Changed{"NoResult", [](Scene& s) { Predicate(s).erase("result"); }, kUnknown, "Malformed"},
        Changed{"AnOldStatementType",
                [](Scene& s) { s.statement["_type"] = "https://in-toto.io/Statement/v0.1"; },
                kUnknown, "Malformed"},
        Changed{"AnUnknownKey", [](Scene& s) { s.statement["note"] = ""; }, kUnknown, "Malformed"},
        Changed{"ASubjectWithoutAName", [](Scene& s) { Subject(s).erase("name"); }, kFail,
                "SubjectOther"},
        Changed{"AnUnknownKeyInASubject", [](Scene& s) { Subject(s)["uri"] = "x"; }, kUnknown,
                "Malformed"},
        Changed{"ASubjectWithoutADigest", [](Scene& s) { Subject(s)["digest"] = Json::object(); },
                kUnknown, "Malformed"},
        Changed{"NoSubjects", [](Scene& s) { s.statement["subject"] = Json::array(); }, kUnknown,
                "Malformed"},
        Changed{"TooManySubjects",
                [](Scene& s) {
                  for (int i = 0; i < 1024; ++i) s.statement["subject"].push_back(Subject(s));
                },
                kUnknown, "Malformed"},
        Changed{"NoPredicate", [](Scene& s) { s.statement.erase("predicate"); }, kUnknown,
                "Malformed"},
        Changed{"ASignedListIsNoStatement", [](Scene& s) { s.statement = Json::array(); }, kUnknown,
                "Malformed"},
        Changed{"SignedTextIsNoStatement", [](Scene& s) { s.payload = "hello world"; }, kUnknown,
                "Malformed"},
        Changed{"TheSameKeyTwice",
                [](Scene& s) {
                  s.payload = s.statement.dump();
                  s.payload.insert(1, R"("predicateType":"x",)");
                },
                kUnknown, "Malformed"},
        Changed{"NoTime", [](Scene& s) { s.recorded_at.reset(); }, kUnknown, "NoTimestamp"},
        Changed{"InTheFuture",
                [](Scene& s) { s.recorded_at = kNow + kMaxClockSkew + kMillisecond; }, kUnknown,
                "TimeInFuture"},
        Changed{"ExactlyMaxAge", [](Scene& s) { s.recorded_at = kNow - kMaxAge; }, kStale,
                "TooOld"},
        Changed{"OneMillisecondLeft",
                [](Scene& s) { s.recorded_at = kNow - kMaxAge + kMillisecond; }, kPass,
                "AttestationVerified"},
        Changed{"AFailureNeedsNoTime",
                [](Scene& s) {
                  s.recorded_at.reset();
                  Predicate(s)["result"] = "FAILED";
                },
                kFail, "TestsFailed"}),
    [](const auto& row) { return row.param.name; });

// Says of every signature that it cannot tell.
class BrokenVerifier final : public verdict::SignatureVerifier {
 public:
  base::Result<bool> Verify(const verdict::PublicKey&, std::string_view,
                            std::string_view) const override {
    return base::Fail(base::ErrorKind::kInternal, "out of memory");
  }
};

TEST(AttestationSignatureTest, WhatCannotBeCheckedIsUnknown) {
  const Scene scene = Signed();

  const Finding finding = VerifyAttestation(scene.spec, scene.authority.Build(), BrokenVerifier(),
                                            Document{BodyOf(scene), kRecordedAt}, kNow);

  EXPECT_EQ(finding.status, kUnknown);
  EXPECT_EQ(finding.reason, "SignatureNotChecked");
}

// What nobody trusted signed may say anything.
TEST(AttestationSignatureTest, NothingIsRepeatedOfWhatIsNotSigned) {
  Scene scene = Signed();
  scene.statement["predicateType"] = "https://evil.example.com/canary";
  Subject(scene)["name"] = "canary";
  for (const Signer& signer : {kMallory, kBob}) {
    scene.keys = {KeyOf(signer)};

    const Finding finding = Judge(scene);

    EXPECT_EQ(finding.status, kFail);
    EXPECT_THAT(finding.facts, IsEmpty());
    EXPECT_THAT(finding.message, Not(HasSubstr("canary")));
  }
}

TEST(AttestationSignatureTest, NoChangedPayloadIsEverBelieved) {
  const Json envelope = Json::parse(BodyOf(Signed()));
  const std::string payload = envelope["payload"];
  int believed = 0;
  for (std::size_t i = 0; i < payload.size(); ++i) {
    Json changed = envelope;
    std::string text = payload;
    text[i] = text[i] == 'A' ? 'B' : 'A';
    if (text == payload) continue;
    changed["payload"] = text;
    Scene scene = Signed();
    scene.body = changed.dump();
    if (Judge(scene).status == kPass) ++believed;
  }

  EXPECT_EQ(believed, 0);
}

TEST(AttestationSignatureTest, DoesNotAskTheKeyIdWhichKeySigned) {
  Json envelope = Json::parse(BodyOf(Signed()));
  envelope["signatures"][0]["keyid"] = KeyOf(kBob).fingerprint;
  Scene scene = Signed();
  scene.body = envelope.dump();

  const Finding finding = Judge(scene);

  EXPECT_EQ(finding.status, kPass) << finding.message;
  EXPECT_EQ(finding.facts.at("signer"), kAlice.identity);
}

TEST(AttestationTimeTest, APassEndsWithTheDocumentOrWithTheKey) {
  Scene scene = Signed();
  EXPECT_EQ(Judge(scene).valid_until, kRecordedAt + kMaxAge);

  scene.authority.KeyTimes(kAlice, base::Time{}, kNow + kDay);
  EXPECT_EQ(Judge(scene).valid_until, kNow + kDay);

  scene.keys = {KeyOf(kAlice), KeyOf(kCarol)};
  EXPECT_EQ(Judge(scene).valid_until, kRecordedAt + kMaxAge);
}

TEST(AttestationTimeTest, SaysTheSameAtAnyLaterTime) {
  EXPECT_EQ(Judge(Signed(), kNow), Judge(Signed(), kNow + kDay));
}

TEST(AttestationFactsTest, NameTheSignerAndTheResult) {
  const Finding finding = Judge(Signed());

  EXPECT_EQ(finding.facts.at("signer"), kAlice.identity);
  EXPECT_EQ(finding.facts.at("predicateType"), "https://in-toto.io/attestation/test-result/v0.1");
  EXPECT_EQ(finding.facts.at("result"), "PASSED");
  EXPECT_EQ(finding.observed_at, kRecordedAt);
}

TEST(AttestationFactsTest, ASignedButHostileStatementIsBoundedAndPrintable) {
  Scene scene = Signed();
  scene.statement["predicateType"] = "\x1B[31m" + std::string(5000, 'x');
  Scene other = Signed();
  other.statement["\x1B[31m" + std::string(5000, 'x')] = 1;

  for (const Finding& finding : {Judge(scene), Judge(other)}) {
    EXPECT_NE(finding.status, kPass);
    EXPECT_EQ(finding.message.find('\x1B'), std::string::npos);
    EXPECT_LE(finding.message.size(), 1024U);
  }
}

struct RealKey {
  const char* name;
  verdict::SignatureAlgorithm algorithm;
};
void PrintTo(const RealKey& key, std::ostream* out) { *out << key.name; }

class AttestationRealKeyTest : public ::testing::TestWithParam<RealKey> {};

TEST_P(AttestationRealKeyTest, BelievesTheKeyAndNoOtherBytes) {
  const auto key = crypto::PrivateKey::Generate(GetParam().algorithm);
  ASSERT_TRUE(key);
  verdict::TrustedKey trusted = TrustedKeyOf({"ci@example.com", "sre"});
  trusted.key = key->public_key();
  verdict::TrustedAuthority authority = AuthorityBuilder().AttestationRole("sre").Build();
  authority.keys = {trusted};
  const Scene scene = Signed();
  const std::string payload = scene.statement.dump();
  const auto signature = key->Sign(verdict::Pae(verdict::kInTotoPayloadType, payload));
  ASSERT_TRUE(signature);
  const auto judge = [&](const std::string& bytes) {
    const auto body = verdict::SerializeEnvelope(
        {std::string(verdict::kInTotoPayloadType), bytes, {{"", *signature}}});
    return VerifyAttestation(scene.spec, authority, crypto::OpenSslSignatures(),
                             Document{body.value_or(""), kRecordedAt}, kNow);
  };

  const Finding finding = judge(payload);
  const Finding changed = judge(payload + " ");

  EXPECT_EQ(finding.status, kPass) << finding.message;
  EXPECT_EQ(finding.facts.at("signer"), "ci@example.com");
  EXPECT_EQ(changed.status, kFail) << changed.message;
}

INSTANTIATE_TEST_SUITE_P(
    Algorithms, AttestationRealKeyTest,
    ::testing::Values(RealKey{"Ed25519", verdict::SignatureAlgorithm::kEd25519},
                      RealKey{"EcdsaP256", verdict::SignatureAlgorithm::kEcdsaP256Sha256}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace launchgate::evidence
