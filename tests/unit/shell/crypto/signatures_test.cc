// Verifying: the DSSE specification's vector, recorded OpenSSH signatures, and
// every single bit that an attacker could flip.
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

#include "core/base/bytes.h"
#include "core/verdict/dsse.h"
#include "core/verdict/sshsig.h"
#include "shell/crypto/keys.h"
#include "shell/crypto/openssl.h"

namespace launchgate::crypto {
namespace {

using verdict::Envelope;
using verdict::PublicKey;
using verdict::SignatureAlgorithm;

std::string File(const std::string& name) {
  std::ifstream file(LAUNCHGATE_SOURCE_DIR "/tests/testdata/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// One key of each algorithm; RSA keys take long to make, so all tests share them.
const PrivateKey& KeyFor(SignatureAlgorithm algorithm) {
  static const PrivateKey ed25519 = *PrivateKey::Generate(SignatureAlgorithm::kEd25519);
  static const PrivateKey p256 = *PrivateKey::Generate(SignatureAlgorithm::kEcdsaP256Sha256);
  static const PrivateKey rsa = [] {
    const PkeyPtr key(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048}));
    const BioPtr bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    return *PrivateKey::FromPem(Written(bio.get()), PassphraseSource());
  }();
  switch (algorithm) {
    case SignatureAlgorithm::kEd25519:
      return ed25519;
    case SignatureAlgorithm::kEcdsaP256Sha256:
      return p256;
    case SignatureAlgorithm::kRsaPkcs1Sha256:
      return rsa;
  }
  return ed25519;
}

// How many of the copies of `bytes` with one bit flipped `accepts` says yes to.
template <typename Accepts>
int AcceptedBitFlips(std::string bytes, Accepts accepts) {
  int accepted = 0;
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
    if (accepts(bytes)) ++accepted;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
  }
  return accepted;
}

std::string Coordinate(const std::string& decimal) {
  BIGNUM* number = nullptr;
  BN_dec2bn(&number, decimal.c_str());
  std::string bytes(verdict::kP256CoordinateBytes, '\0');
  BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()),
               static_cast<int>(bytes.size()));
  BN_free(number);
  return bytes;
}

TEST(SignaturesTest, VerifyTheVectorOfTheDsseSpecification) {
  const auto vector = nlohmann::json::parse(File("dsse/vector.json"));
  const auto text = [&vector](const char* name) { return vector[name].get<std::string>(); };
  const base::Result<PublicKey> key =
      verdict::P256PublicKey("\x04" + Coordinate(text("x")) + Coordinate(text("y")));
  const std::string pae = verdict::Pae(text("payloadType"), text("payload"));
  const std::string raw = *base::Base64Decode(text("signatureRawRS"));

  EXPECT_EQ(OpenSslSignatures().Verify(*key, pae, *verdict::EcdsaDerFromRaw(raw)), true);

  EXPECT_EQ(OpenSslSignatures().Verify(*key, pae, raw), false) << "the raw form is not DER";
  EXPECT_EQ(OpenSslSignatures().Verify(*key, text("payload"), *verdict::EcdsaDerFromRaw(raw)),
            false)
      << "the payload alone is not what was signed";
}

struct SshCase {
  std::string name;
  std::string key_file;
  std::string signature_file;
};

class RecordedSshSignatureTest : public testing::TestWithParam<SshCase> {};

TEST_P(RecordedSshSignatureTest, VerifiesOverItsStatementOnly) {
  const PublicKey key = *ReadPublicKey(File("sshsig/" + GetParam().key_file));
  const auto signature = verdict::ParseSshSignature(File("sshsig/" + GetParam().signature_file));
  ASSERT_TRUE(signature.has_value()) << signature.error().message;
  const std::string statement = File("sshsig/statement.json");

  EXPECT_EQ(VerifySshSignature(OpenSslSignatures(), key, *signature, statement), true);

  EXPECT_EQ(VerifySshSignature(OpenSslSignatures(), key, *signature, statement + "\n"), false);
  EXPECT_EQ(VerifySshSignature(OpenSslSignatures(), key, *signature, ""), false);
}

INSTANTIATE_TEST_SUITE_P(Samples, RecordedSshSignatureTest,
                         testing::Values(SshCase{"Ed25519", "ed25519.pub", "ed25519.sig"},
                                         SshCase{"Ed25519Sha256", "ed25519.pub",
                                                 "ed25519.sha256.sig"},
                                         SshCase{"Ecdsa", "ecdsa.pub", "ecdsa.sig"}),
                         [](const auto& row) { return row.param.name; });

TEST(SignaturesTest, AcceptNoBitFlipInARecordedSshSignature) {
  const PublicKey key = *ReadPublicKey(File("sshsig/ecdsa.pub"));
  const std::string statement = File("sshsig/statement.json");
  const std::string armored = File("sshsig/ecdsa.sig");
  const std::string begin = "-----BEGIN SSH SIGNATURE-----\n";
  const std::string end = "-----END SSH SIGNATURE-----\n";
  std::string base64 = armored.substr(begin.size(), armored.size() - begin.size() - end.size());
  std::erase(base64, '\n');
  const auto accepts = [&](const std::string& blob) {
    const auto signature =
        verdict::ParseSshSignature(begin + base::Base64Encode(blob) + "\n" + end);
    return signature && VerifySshSignature(OpenSslSignatures(), key, *signature, statement) == true;
  };
  const std::string blob = *base::Base64Decode(base64);
  ASSERT_TRUE(accepts(blob));

  EXPECT_EQ(AcceptedBitFlips(blob, accepts), 0);
}

class EveryAlgorithmTest : public testing::TestWithParam<SignatureAlgorithm> {};

TEST_P(EveryAlgorithmTest, AcceptsNoBitFlipInThePayloadOrTheSignature) {
  const PrivateKey& key = KeyFor(GetParam());
  const std::string payload = R"({"_type":"https://in-toto.io/Statement/v1"})";
  const std::string type(verdict::kInTotoPayloadType);
  const std::string sig = *key.Sign(verdict::Pae(type, payload));
  const auto accepts = [&](const Envelope& envelope) {
    return OpenSslSignatures().Verify(key.public_key(),
                                      verdict::Pae(envelope.payload_type, envelope.payload),
                                      envelope.signatures[0].sig) == true;
  };
  ASSERT_TRUE(accepts({type, payload, {{"", sig}}}));

  EXPECT_EQ(AcceptedBitFlips(payload,
                             [&](const auto& bytes) {
                               return accepts({type, bytes, {{"", sig}}});
                             }),
            0);
  EXPECT_EQ(AcceptedBitFlips(type,
                             [&](const auto& bytes) {
                               return accepts({bytes, payload, {{"", sig}}});
                             }),
            0);
  EXPECT_EQ(AcceptedBitFlips(sig,
                             [&](const auto& bytes) {
                               return accepts({type, payload, {{"", bytes}}});
                             }),
            0);
}

TEST_P(EveryAlgorithmTest, AcceptsNoSignatureOfAnotherLength) {
  const PrivateKey& key = KeyFor(GetParam());
  const std::string sig = *key.Sign("message");
  const OpenSslSignatures signatures;

  for (std::size_t length = 0; length < sig.size(); ++length) {
    EXPECT_EQ(signatures.Verify(key.public_key(), "message", sig.substr(0, length)), false);
  }
  EXPECT_EQ(signatures.Verify(key.public_key(), "message", sig + '\0'), false);
  EXPECT_EQ(signatures.Verify(key.public_key(), "message", '\0' + sig), false);
  EXPECT_EQ(signatures.Verify(key.public_key(), "message", std::string(100'000, 's')), false);
}

TEST_P(EveryAlgorithmTest, SignsAndVerifiesTheEmptyMessage) {
  const PrivateKey& key = KeyFor(GetParam());
  const std::string sig = *key.Sign("");

  EXPECT_EQ(OpenSslSignatures().Verify(key.public_key(), "", sig), true);
  EXPECT_EQ(OpenSslSignatures().Verify(key.public_key(), std::string(1, '\0'), sig), false);
}

TEST_P(EveryAlgorithmTest, CannotBeUsedUnderTheNameOfAnother) {
  const PrivateKey& key = KeyFor(GetParam());
  const std::string sig = *key.Sign("message");

  for (const auto other : {SignatureAlgorithm::kEd25519, SignatureAlgorithm::kEcdsaP256Sha256,
                           SignatureAlgorithm::kRsaPkcs1Sha256}) {
    if (other == GetParam()) continue;
    PublicKey confused = key.public_key();
    confused.algorithm = other;
    const base::Result<bool> verified = OpenSslSignatures().Verify(confused, "message", sig);
    ASSERT_FALSE(verified.has_value());
    EXPECT_EQ(verified.error().kind, base::ErrorKind::kInvalid);
    EXPECT_EQ(OpenSslSignatures().Verify(KeyFor(other).public_key(), "message", sig), false);
  }
}

TEST_P(EveryAlgorithmTest, LeavesNoErrorBehindForTheNextCaller) {
  const PrivateKey& key = KeyFor(GetParam());

  EXPECT_EQ(OpenSslSignatures().Verify(key.public_key(), "message", "not a signature"), false);

  EXPECT_EQ(ERR_peek_error(), 0U);
}

INSTANTIATE_TEST_SUITE_P(Algorithms, EveryAlgorithmTest,
                         testing::Values(SignatureAlgorithm::kEd25519,
                                         SignatureAlgorithm::kEcdsaP256Sha256,
                                         SignatureAlgorithm::kRsaPkcs1Sha256),
                         [](const auto& row) {
                           switch (row.param) {
                             case SignatureAlgorithm::kEd25519:
                               return "Ed25519";
                             case SignatureAlgorithm::kEcdsaP256Sha256:
                               return "EcdsaP256";
                             default:
                               return "Rsa2048";
                           }
                         });

TEST(SignaturesTest, AnUnusableKeyIsAnErrorAndNotANo) {
  const PublicKey garbage{SignatureAlgorithm::kEd25519, "not DER", ""};

  const base::Result<bool> verified = OpenSslSignatures().Verify(garbage, "message", "signature");

  ASSERT_FALSE(verified.has_value());
  EXPECT_EQ(verified.error().kind, base::ErrorKind::kInvalid);
}

}  // namespace
}  // namespace launchgate::crypto
