// A person with nothing but OpenSSL verifies our verdicts and signs verdicts for
// us (FORMATS section 2), with each of the three kinds of key.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/verdict/dsse.h"
#include "shell/crypto/certificates.h"
#include "shell/crypto/keys.h"
#include "tests/component/crypto/command.h"

namespace launchgate::crypto {
namespace {

using verdict::Envelope;

constexpr std::string_view kPayload = R"({"_type":"https://in-toto.io/Statement/v1","é":"\u0000"})";

struct Kind {
  std::string name;
  std::string generate;  // Writes key.pem.
  std::string verify;    // Checks `sig` over `pae` with alice.pem.
  std::string sign;      // Signs `pae` into `sig` with key.pem.
};

const std::string kDigestVerify = "openssl dgst -sha256 -verify alice.pem -signature sig pae";
const std::string kDigestSign = "openssl dgst -sha256 -sign key.pem -out sig pae";
const std::string kPureVerify =
    "openssl pkeyutl -verify -pubin -inkey alice.pem -rawin -in pae -sigfile sig";
const std::string kPureSign = "openssl pkeyutl -sign -inkey key.pem -rawin -in pae -out sig";
const std::string kNewP256 = "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 ";

// The recipe of FORMATS section 2; without jq, sed takes the fields out of our
// own one-line form.
const std::string kRecipe = R"sh(
T=application/vnd.in-toto+json
if command -v jq >/dev/null; then
  jq -r .payload e.json | base64 -d >body; jq -r '.signatures[0].sig' e.json | base64 -d >sig
else
  sed 's/.*"payload":"\([^"]*\)".*/\1/' e.json | base64 -d >body
  sed 's/.*"sig":"\([^"]*\)".*/\1/' e.json | base64 -d >sig
fi
{ printf 'DSSEv1 %d %s %d ' ${#T} $T $(stat -c%s body); cat body; } >pae
)sh";

class OpenSslToolTest : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    if (!HasProgram("openssl")) GTEST_SKIP() << "openssl is not installed";
    ASSERT_TRUE(
        workspace_.Run(GetParam().generate + "\nopenssl pkey -in key.pem -pubout >alice.pem"))
        << workspace_.Output();
  }

  PrivateKey Key() { return *PrivateKey::FromPem(workspace_.Read("key.pem"), PassphraseSource()); }

  Workspace workspace_;
};

TEST_P(OpenSslToolTest, VerifiesWhatWeSign) {
  const PrivateKey key = Key();
  const std::string type(verdict::kInTotoPayloadType);
  const std::string sig = *key.Sign(verdict::Pae(type, kPayload));
  const Envelope envelope{type, std::string(kPayload), {{key.public_key().fingerprint, sig}}};
  workspace_.Write("e.json", *verdict::SerializeEnvelope(envelope));
  workspace_.Write("alice.pem", PublicKeyPem(key.public_key()));

  EXPECT_TRUE(workspace_.Run(kRecipe + GetParam().verify)) << workspace_.Output();

  EXPECT_FALSE(workspace_.Run("printf x >>pae\n" + GetParam().verify))
      << "the recipe must be able to say no";
}

TEST_P(OpenSslToolTest, SignsWhatWeVerify) {
  const std::string pae = verdict::Pae(verdict::kInTotoPayloadType, kPayload);
  workspace_.Write("pae", pae);
  ASSERT_TRUE(workspace_.Run(GetParam().sign)) << workspace_.Output();
  const auto key = ReadPublicKey(workspace_.Read("alice.pem"));
  ASSERT_TRUE(key.has_value()) << key.error().message;

  EXPECT_EQ(OpenSslSignatures().Verify(*key, pae, workspace_.Read("sig")), true);
  EXPECT_EQ(OpenSslSignatures().Verify(*key, pae + " ", workspace_.Read("sig")), false);
}

TEST_P(OpenSslToolTest, WritesTheSamePublicKeyAsWeDo) {
  EXPECT_EQ(PublicKeyPem(Key().public_key()), workspace_.Read("alice.pem"));
}

TEST_P(OpenSslToolTest, ComputesTheSameHint) {
  ASSERT_TRUE(
      workspace_.Run("openssl pkey -pubin -in alice.pem -outform DER | "
                     "openssl dgst -sha256 -binary | base64 -w0 >hint"))
      << workspace_.Output();

  EXPECT_EQ(SpkiHint(Key().public_key()), workspace_.Read("hint"));
}

TEST_P(OpenSslToolTest, EncryptsKeysThatWeOpenWithThePassphrase) {
  ASSERT_TRUE(
      workspace_.Run("openssl pkcs8 -topk8 -v2 aes-256-cbc -passout pass:swordfish "
                     "-in key.pem -out locked.pem"))
      << workspace_.Output();

  const auto opened =
      PrivateKey::FromPem(workspace_.Read("locked.pem"),
                          []() -> base::Result<Secret> { return Secret::CopyOf("swordfish"); });

  ASSERT_TRUE(opened.has_value()) << opened.error().message;
  EXPECT_EQ(opened->public_key(), Key().public_key());
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, OpenSslToolTest,
    testing::Values(
        Kind{"Ed25519", "openssl genpkey -algorithm ed25519 -out key.pem", kPureVerify, kPureSign},
        Kind{"EcdsaP256", kNewP256 + "-out key.pem", kDigestVerify, kDigestSign},
        Kind{"EcdsaP256Traditional", "openssl ecparam -name prime256v1 -genkey -out key.pem",
             kDigestVerify, kDigestSign},
        Kind{"Rsa3072",
             "openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:3072 "
             "-out key.pem 2>/dev/null || openssl genpkey -algorithm RSA "
             "-pkeyopt rsa_keygen_bits:3072 -out key.pem",
             kDigestVerify, kDigestSign}),
    [](const auto& row) { return row.param.name; });

TEST(OpenSslFilesTest, ReadsTheKeysWeMake) {
  if (!HasProgram("openssl")) GTEST_SKIP() << "openssl is not installed";
  Workspace workspace;
  for (const auto algorithm :
       {verdict::SignatureAlgorithm::kEd25519, verdict::SignatureAlgorithm::kEcdsaP256Sha256}) {
    const auto key = PrivateKey::Generate(algorithm);
    workspace.Write("key.pem", key->ToPem()->Reveal());

    ASSERT_TRUE(workspace.Run("openssl pkey -in key.pem -pubout")) << workspace.Output();

    EXPECT_EQ(workspace.Output(), PublicKeyPem(key->public_key()));
  }
}

TEST(OpenSslFilesTest, VerifiesTheCertificatesWeIssue) {
  if (!HasProgram("openssl")) GTEST_SKIP() << "openssl is not installed";
  constexpr base::Time kStart = std::chrono::sys_days(std::chrono::year(2026) / 11 / 23);
  const Validity validity{kStart, kStart + std::chrono::hours(24 * 30)};
  const KeyPair authority = *MakeAuthority("Launchgate webhook authority", validity);
  const KeyPair leaf =
      *IssueServerCertificate(authority, {{"webhook.launchgate.svc"}, {"127.0.0.1"}}, validity);
  Workspace workspace;
  workspace.Write("ca.pem", authority.certificate_pem);
  workspace.Write("leaf.pem", leaf.certificate_pem);
  const std::string verify =
      "openssl verify -x509_strict -purpose sslserver -attime 1795500000 -CAfile ca.pem ";

  EXPECT_TRUE(workspace.Run(verify + "-verify_hostname webhook.launchgate.svc leaf.pem"))
      << workspace.Output();
  EXPECT_TRUE(workspace.Run(verify + "-verify_ip 127.0.0.1 leaf.pem")) << workspace.Output();
  EXPECT_FALSE(workspace.Run(verify + "-verify_hostname other.svc leaf.pem"));
}

}  // namespace
}  // namespace launchgate::crypto
