// The commands that a reader is given, by kind of key and form of signature.
// Component tests run them.
#include "app/cli/signature_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "core/verdict/dsse.h"
#include "tests/support/builders.h"

namespace launchgate::app::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace test_support;  // NOLINT(google-build-using-namespace): its words are the tests'.
using verdict::SignatureAlgorithm;

// The check of one verdict that `authority` believes.
VerdictCheck Check(const resources::LaunchVerdict& verdict,
                   const verdict::TrustedAuthority& authority) {
  const auto opened = verdict::Open(verdict, authority, FakeSignatures());
  const auto* believed = std::get_if<std::vector<verdict::VerifiedStatement>>(&opened);
  EXPECT_NE(believed, nullptr) << std::get<verdict::Rejection>(opened).message;
  std::vector<const verdict::VerifiedStatement*> statements;
  for (const verdict::VerifiedStatement& verified : *believed) statements.push_back(&verified);
  return CheckOf(verdict, statements, authority, FakeSignatures());
}

// Alice's key is a record "alice" with a key of this algorithm.
verdict::TrustedAuthority AliceWith(SignatureAlgorithm algorithm, const std::string& id = "alice") {
  verdict::TrustedAuthority authority = AuthorityBuilder().Build();
  for (verdict::TrustedKey& key : authority.keys) {
    if (key.record.identity != kAlice.identity) continue;
    key.record.id = id;
    key.key.algorithm = algorithm;
  }
  return authority;
}

TEST(SignatureCheckTest, RebuildsTheBytesThatWereSigned) {
  const VerdictCheck check = Check(GoBy(kAlice).Stored(), AliceWith(SignatureAlgorithm::kEd25519));

  EXPECT_EQ(check.name, "gift-cards-alice-1");
  EXPECT_EQ(check.file, "gift-cards-alice-1.json");
  EXPECT_EQ(check.signed_with, "DSSE");
  EXPECT_EQ(check.prepare,
            "jq -r '(.spec.envelope // .).payload' gift-cards-alice-1.json | tr '_-' '/+' | "
            "base64 -d >body\n"
            "{ printf 'DSSEv1 28 application/vnd.in-toto+json %d ' \"$(wc -c <body)\"; cat body; } "
            ">pae");
}

struct Row {
  std::string name;
  SignatureAlgorithm algorithm;
  std::string command;
};

class CommandTest : public ::testing::TestWithParam<Row> {};

TEST_P(CommandTest, FollowsFromTheKindOfKey) {
  const VerdictCheck check = Check(GoBy(kAlice).Stored(), AliceWith(GetParam().algorithm));

  ASSERT_THAT(check.signatures, SizeIs(1));
  EXPECT_EQ(check.signatures[0].algorithm, GetParam().algorithm);
  EXPECT_EQ(check.signatures[0].verify,
            "jq -r '(.spec.envelope // .).signatures[0].sig' gift-cards-alice-1.json | "
            "tr '_-' '/+' | base64 -d >sig\n" +
                GetParam().command);
}

INSTANTIATE_TEST_SUITE_P(
    Keys, CommandTest,
    ::testing::Values(
        Row{"Ed25519", SignatureAlgorithm::kEd25519,
            "openssl pkeyutl -verify -pubin -inkey alice.pub.pem -rawin -in pae -sigfile sig"},
        Row{"EcdsaP256", SignatureAlgorithm::kEcdsaP256Sha256,
            "openssl dgst -sha256 -verify alice.pub.pem -signature sig pae"},
        Row{"Rsa", SignatureAlgorithm::kRsaPkcs1Sha256,
            "openssl dgst -sha256 -verify alice.pub.pem -signature sig pae"}),
    [](const auto& row) { return row.param.name; });

TEST(SignatureCheckTest, NamesTheSignerAndTheKey) {
  const VerdictCheck check = Check(GoBy(kAlice).Stored(), AliceWith(SignatureAlgorithm::kEd25519));

  ASSERT_THAT(check.signatures, SizeIs(1));
  const SignatureCheck& signature = check.signatures[0];
  EXPECT_EQ(signature.identity, "alice@example.com");
  EXPECT_EQ(signature.role, "sre");
  EXPECT_EQ(signature.fingerprint, KeyOf(kAlice).fingerprint);
  EXPECT_EQ("SHA256:" + signature.spki_sha256, KeyOf(kAlice).fingerprint + "=")
      << "the fingerprint of a fake key is the digest of its SPKI";
  EXPECT_EQ(signature.hash_key,
            "openssl pkey -pubin -in alice.pub.pem -outform DER | openssl dgst -sha256 -binary | "
            "base64");
}

TEST(SignatureCheckTest, FindsTheSignatureAmongThoseOfStrangers) {
  const resources::LaunchVerdict verdict =
      GoBy(kAlice).SignedWith({KeyOf(kAlice, "stranger"), KeyOf(kBob), KeyOf(kAlice)}).Stored();

  const VerdictCheck check = Check(verdict, AliceWith(SignatureAlgorithm::kEd25519));

  ASSERT_THAT(check.signatures, SizeIs(1)) << "Bob's record is not what the statement says";
  EXPECT_THAT(check.signatures[0].verify, HasSubstr(".signatures[2].sig'"));
}

TEST(SignatureCheckTest, WordsOfCommandsAreNamesOrNothingOfTheSort) {
  resources::LaunchVerdict verdict = GoBy(kAlice).Stored();
  verdict.meta.name = "a; rm -rf ~\n```";

  const VerdictCheck check = Check(verdict, AliceWith(SignatureAlgorithm::kEd25519, "$(reboot)"));

  EXPECT_EQ(check.file, "verdict.json");
  ASSERT_THAT(check.signatures, SizeIs(1));
  EXPECT_EQ(check.signatures[0].public_key_file, "signer.pub.pem");
  const std::string all = check.prepare + check.signatures[0].hash_key + check.signatures[0].verify;
  EXPECT_EQ(all.find("rm -rf"), std::string::npos) << all;
  EXPECT_EQ(all.find("reboot"), std::string::npos) << all;
}

TEST(SignatureCheckTest, AKeyThatIsNotTheAuthoritysIsLeftOut) {
  const resources::LaunchVerdict verdict = GoBy(kAlice).Stored();
  const auto opened =
      verdict::Open(verdict, AliceWith(SignatureAlgorithm::kEd25519), FakeSignatures());
  const auto& believed = std::get<0>(opened);

  const VerdictCheck check =
      CheckOf(verdict, {&believed.front()}, AuthorityBuilder().Build(), FakeSignatures());

  EXPECT_THAT(check.signatures, IsEmpty());
}

}  // namespace
}  // namespace launchgate::app::cli
