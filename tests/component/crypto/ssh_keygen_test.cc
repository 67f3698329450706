// A person with nothing but OpenSSH signs verdicts for us (FORMATS section 3),
// and `ssh-keygen` agrees with us about fingerprints and about what is signed.
#include <gtest/gtest.h>

#include <string>

#include "core/base/bytes.h"
#include "core/verdict/ssh_wire.h"
#include "core/verdict/sshsig.h"
#include "shell/crypto/keys.h"
#include "tests/component/crypto/command.h"

namespace launchgate::crypto {
namespace {

using verdict::PublicKey;
using verdict::SignatureAlgorithm;

const std::string kStatement = R"({"_type":"https://in-toto.io/Statement/v1"})";

struct Kind {
  std::string name;
  SignatureAlgorithm algorithm;
};

std::string SshType(SignatureAlgorithm algorithm) {
  return algorithm == SignatureAlgorithm::kEd25519 ? "ssh-ed25519" : "ecdsa-sha2-nistp256";
}

// What stands in an OpenSSH public key line. The key material is the end of the DER.
std::string SshBlob(const PublicKey& key) {
  const bool ed25519 = key.algorithm == SignatureAlgorithm::kEd25519;
  const std::size_t size = ed25519 ? verdict::kEd25519KeyBytes : verdict::kP256PointBytes;
  std::string blob;
  verdict::AppendSshString(blob, SshType(key.algorithm));
  if (!ed25519) verdict::AppendSshString(blob, "nistp256");
  verdict::AppendSshString(blob, key.spki.substr(key.spki.size() - size));
  return blob;
}

class SshKeygenTest : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    if (!HasProgram("ssh-keygen")) GTEST_SKIP() << "ssh-keygen is not installed";
    ASSERT_TRUE(workspace_.Run("ssh-keygen -q -t " + GetParam().name +
                               " -N '' -C alice@example.com -f key"))
        << workspace_.Output();
    workspace_.Write("statement.json", kStatement);
  }

  PublicKey Alice() { return *ReadPublicKey(workspace_.Read("key.pub")); }

  bool Sign(const std::string& options) {
    return workspace_.Run("rm -f statement.json.sig; ssh-keygen -q -Y sign -f key " + options +
                          " statement.json");
  }

  Workspace workspace_;
};

TEST_P(SshKeygenTest, SignsWhatWeVerify) {
  for (const std::string hash : {"sha256", "sha512"}) {
    ASSERT_TRUE(Sign("-O hashalg=" + hash + " -n launch-verdict@launchgate.dev"))
        << workspace_.Output();
    const auto signature = verdict::ParseSshSignature(workspace_.Read("statement.json.sig"));
    ASSERT_TRUE(signature.has_value()) << signature.error().message;

    EXPECT_EQ(VerifySshSignature(OpenSslSignatures(), Alice(), *signature, kStatement), true);
    EXPECT_EQ(VerifySshSignature(OpenSslSignatures(), Alice(), *signature, kStatement + " "),
              false);
    EXPECT_EQ(signature->hash == verdict::SshHash::kSha256, hash == "sha256");
  }
}

TEST_P(SshKeygenTest, SignsForAnotherNamespaceInVain) {
  for (const std::string name_space : {"git", "file", "launch-verdict@launchgate.dev.example"}) {
    ASSERT_TRUE(Sign("-n " + name_space)) << workspace_.Output();

    const auto signature = verdict::ParseSshSignature(workspace_.Read("statement.json.sig"));

    ASSERT_FALSE(signature.has_value()) << name_space;
    EXPECT_EQ(signature.error().kind, base::ErrorKind::kInvalid);
  }
}

TEST_P(SshKeygenTest, SignatureOfAnotherPersonIsNotAlices) {
  const PublicKey alice = Alice();
  ASSERT_TRUE(
      workspace_.Run("rm key key.pub; ssh-keygen -q -t " + GetParam().name + " -N '' -f key"));
  ASSERT_TRUE(Sign("-n launch-verdict@launchgate.dev"));
  const auto signature = verdict::ParseSshSignature(workspace_.Read("statement.json.sig"));
  ASSERT_TRUE(signature.has_value());

  EXPECT_EQ(VerifySshSignature(OpenSslSignatures(), alice, *signature, kStatement), false);
  EXPECT_EQ(VerifySshSignature(OpenSslSignatures(), Alice(), *signature, kStatement), true);
}

TEST_P(SshKeygenTest, PrintsTheFingerprintWeCompute) {
  ASSERT_TRUE(workspace_.Run("ssh-keygen -lf key.pub")) << workspace_.Output();

  EXPECT_NE(workspace_.Output().find(" " + Alice().fingerprint + " "), std::string::npos)
      << workspace_.Output();
}

// The other direction: the frame and encoding we reconstruct, signed with a key
// of ours and armored by hand, is a signature to ssh-keygen.
TEST_P(SshKeygenTest, VerifiesTheBytesWeSayAreSigned) {
  const PrivateKey key = *PrivateKey::Generate(GetParam().algorithm);
  const std::string key_blob = SshBlob(key.public_key());
  EXPECT_EQ(*verdict::PublicKeyFromSsh(key_blob), key.public_key());

  const std::string signed_bytes = verdict::SshSignedBytes(verdict::SshHash::kSha512, kStatement);
  std::string value = *key.Sign(signed_bytes);
  if (GetParam().algorithm == SignatureAlgorithm::kEcdsaP256Sha256) {
    // DER: 30 LEN 02 LEN r 02 LEN s, every length one byte; the integers are as mpints are.
    const std::string der = value;
    const auto r_size = static_cast<std::size_t>(der[3]);
    value.clear();
    verdict::AppendSshString(value, std::string_view(der).substr(4, r_size));
    verdict::AppendSshString(value, std::string_view(der).substr(6 + r_size));
  }
  std::string signature;
  verdict::AppendSshString(signature, SshType(GetParam().algorithm));
  verdict::AppendSshString(signature, value);
  std::string blob = std::string("SSHSIG\0\0\0\1", 10);
  for (const std::string& field : {key_blob, std::string(verdict::kSshSignatureNamespace),
                                   std::string(), std::string("sha512"), signature}) {
    verdict::AppendSshString(blob, field);
  }
  workspace_.Write("sig", "-----BEGIN SSH SIGNATURE-----\n" + base::Base64Encode(blob) +
                              "\n-----END SSH SIGNATURE-----\n");
  workspace_.Write("allowed", "alice@example.com " + SshType(GetParam().algorithm) + " " +
                                  base::Base64Encode(key_blob) + "\n");
  const std::string verify =
      "ssh-keygen -Y verify -f allowed -I alice@example.com -n launch-verdict@launchgate.dev "
      "-s sig <statement.json";

  EXPECT_TRUE(workspace_.Run(verify)) << workspace_.Output();

  EXPECT_FALSE(workspace_.Run("printf x >>statement.json\n" + verify))
      << "ssh-keygen must be able to say no";
}

INSTANTIATE_TEST_SUITE_P(Kinds, SshKeygenTest,
                         testing::Values(Kind{"ed25519", SignatureAlgorithm::kEd25519},
                                         Kind{"ecdsa", SignatureAlgorithm::kEcdsaP256Sha256}),
                         [](const auto& row) { return row.param.name; });

TEST(SshKeygenRsaTest, PrintsTheFingerprintWeComputeForRsa) {
  if (!HasProgram("ssh-keygen")) GTEST_SKIP() << "ssh-keygen is not installed";
  Workspace workspace;
  ASSERT_TRUE(
      workspace.Run("ssh-keygen -q -t rsa -b 2048 -N '' -f key\n"
                    "ssh-keygen -e -m PKCS8 -f key.pub >alice.pem\n"
                    "ssh-keygen -lf key.pub"))
      << workspace.Output();

  const auto key = ReadPublicKey(workspace.Read("alice.pem"));

  ASSERT_TRUE(key.has_value()) << key.error().message;
  EXPECT_EQ(key->algorithm, SignatureAlgorithm::kRsaPkcs1Sha256);
  EXPECT_NE(workspace.Output().find(" " + key->fingerprint + " "), std::string::npos)
      << workspace.Output();
}

TEST(SshKeygenRsaTest, RsaSignaturesAreRefused) {
  if (!HasProgram("ssh-keygen")) GTEST_SKIP() << "ssh-keygen is not installed";
  Workspace workspace;
  workspace.Write("statement.json", kStatement);
  ASSERT_TRUE(
      workspace.Run("ssh-keygen -q -t rsa -b 2048 -N '' -f key\n"
                    "ssh-keygen -q -Y sign -f key -n launch-verdict@launchgate.dev "
                    "statement.json"))
      << workspace.Output();

  const auto signature = verdict::ParseSshSignature(workspace.Read("statement.json.sig"));

  ASSERT_FALSE(signature.has_value());
  EXPECT_EQ(signature.error().kind, base::ErrorKind::kUnsupported);
}

}  // namespace
}  // namespace launchgate::crypto
