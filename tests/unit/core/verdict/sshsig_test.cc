#include "core/verdict/sshsig.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "core/base/bytes.h"
#include "core/verdict/ssh_wire.h"

namespace launchgate::verdict {
namespace {

using base::ErrorKind;

// Recorded with OpenSSH 9.2; testdata/README.md says how.
std::string Sample(const std::string& name) {
  std::ifstream file(LAUNCHGATE_SOURCE_DIR "/tests/testdata/sshsig/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

PublicKey SampleKey(const std::string& name) {
  const std::string line = Sample(name);
  const std::size_t start = line.find(' ') + 1;
  return *PublicKeyFromSsh(*base::Base64Decode(line.substr(start, line.find(' ', start) - start)));
}

// Starts as a valid Ed25519 signature; a test changes what it is about.
struct Blob {
  std::string magic = "SSHSIG";
  std::string version = std::string("\0\0\0\1", 4);
  std::string key_type = "ssh-ed25519";
  std::string key = std::string(kEd25519KeyBytes, 'k');
  std::string name_space = std::string(kSshSignatureNamespace);
  std::string reserved;
  std::string hash = "sha512";
  std::string signature_type = "ssh-ed25519";
  std::string signature = std::string(kEd25519SignatureBytes, 's');
  std::string behind_signature;
  std::string behind_all;

  std::string Armored() const {
    std::string public_key;
    AppendSshString(public_key, key_type);
    AppendSshString(public_key, key);
    std::string inner;
    AppendSshString(inner, signature_type);
    AppendSshString(inner, signature);
    inner += behind_signature;
    std::string blob = magic + version;
    for (const std::string& field : {public_key, name_space, reserved, hash, inner}) {
      AppendSshString(blob, field);
    }
    return "-----BEGIN SSH SIGNATURE-----\n" + base::Base64Encode(blob + behind_all) +
           "\n-----END SSH SIGNATURE-----\n";
  }
};

// Remembers what it was asked and gives a fixed answer.
class RecordingVerifier final : public SignatureVerifier {
 public:
  explicit RecordingVerifier(bool answer) : answer_(answer) {}
  base::Result<bool> Verify(const PublicKey& key, std::string_view message,
                            std::string_view signature) const override {
    key_ = key;
    message_ = message;
    signature_ = signature;
    ++calls_;
    return answer_;
  }
  mutable PublicKey key_;
  mutable std::string message_;
  mutable std::string signature_;
  mutable int calls_ = 0;

 private:
  bool answer_;
};

TEST(SshSignatureTest, ReadsAnEd25519SignatureOfSshKeygen) {
  const base::Result<SshSignature> signature = ParseSshSignature(Sample("ed25519.sig"));

  ASSERT_TRUE(signature.has_value()) << signature.error().message;
  EXPECT_EQ(signature->key, SampleKey("ed25519.pub"));
  EXPECT_EQ(signature->key.fingerprint, "SHA256:iQUhtupS9MrXBtU6NC60iEJjiKusxN4j8+qdCbatt2A");
  EXPECT_EQ(signature->hash, SshHash::kSha512);
  EXPECT_EQ(signature->signature.size(), kEd25519SignatureBytes);
}

TEST(SshSignatureTest, ReadsAnEcdsaSignatureOfSshKeygenAsDer) {
  const base::Result<SshSignature> signature = ParseSshSignature(Sample("ecdsa.sig"));

  ASSERT_TRUE(signature.has_value()) << signature.error().message;
  EXPECT_EQ(signature->key, SampleKey("ecdsa.pub"));
  EXPECT_EQ(signature->key.fingerprint, "SHA256:mtMsg9g4qFa7IKpA+uS/45E3MmT3dzVwOYRNOBU2WnE");
  EXPECT_EQ(base::HexEncode(signature->signature.substr(0, 5)), "3045022100");
}

TEST(SshSignatureTest, KnowsWhichHashWasUsed) {
  EXPECT_EQ(ParseSshSignature(Sample("ed25519.sha256.sig"))->hash, SshHash::kSha256);
}

TEST(SshSignatureTest, ReadsLinesOfAnyLengthAndBothLineEnds) {
  std::string text = Sample("ed25519.sig");
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 2)) {
    text.insert(at, "\r");
  }

  EXPECT_TRUE(ParseSshSignature(text).has_value());
  EXPECT_TRUE(ParseSshSignature(Blob().Armored()).has_value());
  EXPECT_TRUE(ParseSshSignature(Blob().Armored() + "\n \n").has_value());
}

TEST(SshSignatureTest, NamesTheNamespaceToSignWith) {
  const base::Result<SshSignature> signature =
      ParseSshSignature(Sample("ed25519.namespace-git.sig"));

  ASSERT_FALSE(signature.has_value());
  EXPECT_NE(signature.error().message.find("\"git\""), std::string::npos);
  EXPECT_NE(signature.error().message.find("-n launch-verdict@launchgate.dev"), std::string::npos);
}

TEST(SshSignatureTest, RefusesKeyTypesOfSshKeygenThatWeDoNotAccept) {
  for (const char* name : {"rsa.sig", "p384.sig"}) {
    const base::Result<SshSignature> signature = ParseSshSignature(Sample(name));
    ASSERT_FALSE(signature.has_value()) << name;
    EXPECT_EQ(signature.error().kind, ErrorKind::kUnsupported) << name;
  }
}

struct BlobCase {
  std::string name;
  ErrorKind kind;
  std::string armored;
};

BlobCase Changed(std::string name, ErrorKind kind, void (*change)(Blob&)) {
  Blob blob;
  change(blob);
  return {std::move(name), kind, blob.Armored()};
}

class SshSignatureRefusesTest : public testing::TestWithParam<BlobCase> {};

TEST_P(SshSignatureRefusesTest, SaysWhichKindOfError) {
  const base::Result<SshSignature> signature = ParseSshSignature(GetParam().armored);

  ASSERT_FALSE(signature.has_value());
  EXPECT_EQ(signature.error().kind, GetParam().kind) << signature.error().message;
}

constexpr ErrorKind kInvalid = ErrorKind::kInvalid;
constexpr ErrorKind kUnsupported = ErrorKind::kUnsupported;

INSTANTIATE_TEST_SUITE_P(
    Fields, SshSignatureRefusesTest,
    testing::Values(
        Changed("OtherMagic", kInvalid, [](Blob& blob) { blob.magic = "SSHSIX"; }),
        Changed("VersionZero", kUnsupported, [](Blob& b) { b.version.assign(4, '\0'); }),
        Changed("VersionTwo", kUnsupported, [](Blob& b) { b.version[3] = 2; }),
        Changed("NamespaceEmpty", kInvalid, [](Blob& b) { b.name_space.clear(); }),
        Changed("NamespaceOther", kInvalid, [](Blob& b) { b.name_space = "file"; }),
        Changed("NamespaceLonger", kInvalid, [](Blob& b) { b.name_space += "x"; }),
        Changed("NamespaceOtherCase", kInvalid, [](Blob& b) { b.name_space[0] = 'L'; }),
        Changed("ReservedNotEmpty", kInvalid, [](Blob& b) { b.reserved = "x"; }),
        Changed("HashSha1", kUnsupported, [](Blob& b) { b.hash = "sha1"; }),
        Changed("HashEmpty", kUnsupported, [](Blob& b) { b.hash.clear(); }),
        Changed("KeyRsa", kUnsupported, [](Blob& b) { b.key_type = "ssh-rsa"; }),
        Changed("KeyHardware", kUnsupported,
                [](Blob& b) { b.key_type = "sk-ssh-ed25519@openssh.com"; }),
        Changed("KeyShort", kInvalid, [](Blob& b) { b.key.pop_back(); }),
        Changed("SignatureOfAnotherType", kInvalid,
                [](Blob& b) { b.signature_type = "ecdsa-sha2-nistp256"; }),
        Changed("SignatureSha1Rsa", kInvalid, [](Blob& b) { b.signature_type = "ssh-rsa"; }),
        Changed("SignatureShort", kInvalid, [](Blob& b) { b.signature.pop_back(); }),
        Changed("SignatureLong", kInvalid, [](Blob& b) { b.signature += "s"; }),
        Changed("BytesBehindTheSignature", kInvalid, [](Blob& b) { b.behind_signature = "x"; }),
        Changed("BytesBehindAll", kInvalid, [](Blob& b) { b.behind_all = "x"; })),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Armor, SshSignatureRefusesTest,
    testing::Values(
        BlobCase{"Empty", kInvalid, ""}, BlobCase{"WhiteSpace", kInvalid, " \n"},
        BlobCase{"BeginOnly", kInvalid, "-----BEGIN SSH SIGNATURE-----\n"},
        BlobCase{"NoBody", kInvalid, "-----BEGIN SSH SIGNATURE----------END SSH SIGNATURE-----"},
        BlobCase{"EmptyBody", kInvalid,
                 "-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----"},
        BlobCase{"TextInFront", kInvalid, "x" + Blob().Armored()},
        BlobCase{"TextBehind", kInvalid, Blob().Armored() + "x"},
        BlobCase{"Twice", kInvalid, Blob().Armored() + Blob().Armored()},
        BlobCase{"OtherLabel", kInvalid,
                 "-----BEGIN PGP SIGNATURE-----\nZm9v\n-----END PGP SIGNATURE-----\n"},
        BlobCase{"NotBase64", kInvalid,
                 "-----BEGIN SSH SIGNATURE-----\n****\n-----END SSH SIGNATURE-----\n"},
        BlobCase{"Unpadded", kInvalid,
                 "-----BEGIN SSH SIGNATURE-----\nU1NIU0\n-----END SSH SIGNATURE-----\n"},
        BlobCase{"BlobCutOff", kInvalid,
                 "-----BEGIN SSH SIGNATURE-----\nU1NIU0lHAAAAAQ==\n-----END SSH SIGNATURE-----\n"},
        BlobCase{"TooLong", ErrorKind::kExhausted,
                 Blob().Armored() + std::string(kMaxArmoredBytes, '\n')}),
    [](const auto& row) { return row.param.name; });

TEST(SshSignatureTest, SignsTheHashOfTheMessageInItsFrame) {
  // PROTOCOL.sshsig: magic, then namespace, reserved, hash name and hash as strings.
  std::string expected = "SSHSIG";
  AppendSshString(expected, "launch-verdict@launchgate.dev");
  AppendSshString(expected, "");
  AppendSshString(expected, "sha256");
  const base::Sha256Digest digest = base::Sha256("message");
  AppendSshString(expected, {reinterpret_cast<const char*>(digest.data()), digest.size()});

  EXPECT_EQ(SshSignedBytes(SshHash::kSha256, "message"), expected);
  EXPECT_EQ(SshSignedBytes(SshHash::kSha512, "").substr(0, 6), "SSHSIG");
  EXPECT_EQ(SshSignedBytes(SshHash::kSha512, "").size(),
            SshSignedBytes(SshHash::kSha256, "").size() + 32);
}

TEST(SshSignatureTest, IsVerifiedWithTheTrustedKeyOverTheFramedMessage) {
  const SshSignature signature = *ParseSshSignature(Sample("ed25519.sig"));
  const PublicKey trusted = SampleKey("ed25519.pub");
  const RecordingVerifier verifier(true);

  EXPECT_EQ(VerifySshSignature(verifier, trusted, signature, "message"), true);

  EXPECT_EQ(verifier.key_, trusted);
  EXPECT_EQ(verifier.message_, SshSignedBytes(SshHash::kSha512, "message"));
  EXPECT_EQ(verifier.signature_, signature.signature);
}

TEST(SshSignatureTest, AnotherKeyThanTheTrustedOneIsNotEvenTried) {
  const SshSignature signature = *ParseSshSignature(Sample("ed25519.sig"));
  const RecordingVerifier verifier(true);

  EXPECT_EQ(VerifySshSignature(verifier, SampleKey("ecdsa.pub"), signature, "message"), false);
  EXPECT_EQ(verifier.calls_, 0);
}

TEST(SshSignatureTest, PassesTheVerifiersNoOn) {
  const SshSignature signature = *ParseSshSignature(Sample("ecdsa.sig"));
  const RecordingVerifier verifier(false);

  EXPECT_EQ(VerifySshSignature(verifier, SampleKey("ecdsa.pub"), signature, "message"), false);
  EXPECT_EQ(verifier.calls_, 1);
}

}  // namespace
}  // namespace launchgate::verdict
