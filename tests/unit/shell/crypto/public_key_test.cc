#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "core/base/bytes.h"
#include "shell/crypto/keys.h"
#include "shell/crypto/openssl.h"

namespace launchgate::crypto {
namespace {

using base::ErrorKind;
using verdict::PublicKey;
using verdict::SignatureAlgorithm;

std::string Sample(const std::string& name) {
  std::ifstream file(LAUNCHGATE_SOURCE_DIR "/tests/testdata/sshsig/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// "BEGIN PUBLIC KEY" of any OpenSSL key, accepted by us or not.
std::string Pem(EVP_PKEY* key) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PUBKEY(bio.get(), key);
  return std::string(Written(bio.get()));
}

std::string NewRsaPem(std::size_t bits) {
  const PkeyPtr key(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", bits));
  return Pem(key.get());
}

TEST(PublicKeyTest, ReadsOpenSshLinesWithTheFingerprintSshKeygenPrints) {
  const base::Result<PublicKey> ed25519 = ReadPublicKey(Sample("ed25519.pub"));
  const base::Result<PublicKey> ecdsa = ReadPublicKey(Sample("ecdsa.pub"));

  ASSERT_TRUE(ed25519.has_value()) << ed25519.error().message;
  ASSERT_TRUE(ecdsa.has_value()) << ecdsa.error().message;
  EXPECT_EQ(ed25519->fingerprint, "SHA256:iQUhtupS9MrXBtU6NC60iEJjiKusxN4j8+qdCbatt2A");
  EXPECT_EQ(ecdsa->fingerprint, "SHA256:mtMsg9g4qFa7IKpA+uS/45E3MmT3dzVwOYRNOBU2WnE");
}

TEST(PublicKeyTest, ReadsTheSameKeyFromPemAsFromOpenSsh) {
  const PublicKey key = *ReadPublicKey(Sample("ecdsa.pub"));

  EXPECT_EQ(ReadPublicKey(PublicKeyPem(key)), key);
  EXPECT_EQ(ReadPublicKey("\r\n " + PublicKeyPem(key) + "\n\n"), key);
}

TEST(PublicKeyTest, ReadsAnOpenSshLineWithoutAComment) {
  const std::string line = Sample("ed25519.pub");

  EXPECT_EQ(ReadPublicKey(line.substr(0, line.rfind(' '))), ReadPublicKey(line));
}

TEST(PublicKeyTest, ReadsRsaKeysOfTheSmallestAcceptedSize) {
  const std::string pem = NewRsaPem(kMinRsaBits);

  const base::Result<PublicKey> key = ReadPublicKey(pem);

  ASSERT_TRUE(key.has_value()) << key.error().message;
  EXPECT_EQ(key->algorithm, SignatureAlgorithm::kRsaPkcs1Sha256);
  EXPECT_EQ(PublicKeyPem(*key), pem);
}

TEST(PublicKeyTest, IsReadThroughTheInterfaceOfTheConsumer) {
  const OpenSslSignatures signatures;
  const verdict::PublicKeyReader& reader = signatures;

  EXPECT_EQ(reader.Read(Sample("ed25519.pub")), ReadPublicKey(Sample("ed25519.pub")));
}

TEST(PublicKeyTest, HintsAtItselfAsSigstoreDoes) {
  const PublicKey key{SignatureAlgorithm::kEd25519, "abc", ""};

  // SHA-256 of "abc", the FIPS 180 example, in base64.
  EXPECT_EQ(SpkiHint(key), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
}

struct TextCase {
  std::string name;
  ErrorKind kind;
  std::string text;
  std::string says;  // A part of the message that tells the person what to do.
};

class PublicKeyRefusesTest : public testing::TestWithParam<TextCase> {};

TEST_P(PublicKeyRefusesTest, SaysWhatToDo) {
  const base::Result<PublicKey> key = ReadPublicKey(GetParam().text);

  ASSERT_FALSE(key.has_value());
  EXPECT_EQ(key.error().kind, GetParam().kind) << key.error().message;
  EXPECT_NE(key.error().message.find(GetParam().says), std::string::npos) << key.error().message;
}

constexpr ErrorKind kInvalid = ErrorKind::kInvalid;
constexpr ErrorKind kUnsupported = ErrorKind::kUnsupported;
const std::string kEd25519Line = Sample("ed25519.pub");
const std::string kEd25519Base64 = kEd25519Line.substr(12, 68);
const std::string kPem = PublicKeyPem(*verdict::Ed25519PublicKey(std::string(32, '\x01')));

INSTANTIATE_TEST_SUITE_P(
    Texts, PublicKeyRefusesTest,
    testing::Values(
        TextCase{"Empty", kInvalid, "", "BEGIN PUBLIC KEY"},
        TextCase{"WhiteSpace", kInvalid, " \n\t", "BEGIN PUBLIC KEY"},
        TextCase{"Prose", kInvalid, "my key is under the mat", "BEGIN PUBLIC KEY"},
        TextCase{"TooLong", ErrorKind::kExhausted, std::string(kMaxKeyTextBytes + 1, 'x'),
                 "16 KiB"},
        TextCase{"PrivateKey", kInvalid,
                 "-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----\n", "-pubout"},
        TextCase{"OpenSshPrivateKey", kInvalid,
                 "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----\n",
                 "private key"},
        TextCase{"Certificate", kUnsupported,
                 "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", "x509 -pubkey"},
        TextCase{"RsaPublicKey", kUnsupported,
                 "-----BEGIN RSA PUBLIC KEY-----\nMIIB\n-----END RSA PUBLIC KEY-----\n",
                 "RSAPublicKey_in"},
        TextCase{"OtherLabel", kUnsupported,
                 "-----BEGIN PGP PUBLIC KEY BLOCK-----\nx\n-----END PGP PUBLIC KEY BLOCK-----\n",
                 "PGP"},
        TextCase{"LabelCutOff", kInvalid, "-----BEGIN PUBLIC", "cut off"},
        TextCase{"PemCutOff", kInvalid, kPem.substr(0, kPem.size() - 30), "damaged"},
        TextCase{"PemWithoutBody", kInvalid,
                 "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n", "damaged"},
        TextCase{"PemNotAKey", kInvalid,
                 "-----BEGIN PUBLIC KEY-----\nZm9v\n-----END PUBLIC KEY-----\n", "damaged"},
        TextCase{"TwoKeys", kInvalid, kPem + kPem, "exactly one"},
        TextCase{"TextBehindThePem", kInvalid, kPem + "alice", "exactly one"},
        TextCase{"PemWithHeaders", kInvalid,
                 "-----BEGIN PUBLIC KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: X,00\n\nZm9v\n"
                 "-----END PUBLIC KEY-----\n",
                 "header"},
        TextCase{"SshRsa", kUnsupported, Sample("rsa.pub"), "ssh-ed25519"},
        TextCase{"SshP384", kUnsupported, Sample("p384.pub"), "ecdsa-sha2-nistp256"},
        TextCase{"SshTypeOnly", kInvalid, "ssh-ed25519", "no base64"},
        TextCase{"SshNotBase64", kInvalid, "ssh-ed25519 AAAA*", "base64"},
        TextCase{"SshTypeLies", kInvalid, "ecdsa-sha2-nistp256 " + kEd25519Base64, "ssh-ed25519"},
        TextCase{"SshTwoLines", kInvalid, kEd25519Line + kEd25519Line, "one line"}),
    [](const auto& row) { return row.param.name; });

TEST(PublicKeyTest, RefusesAnOpenSshPointThatIsNotOnTheCurve) {
  std::string line = Sample("ecdsa.pub");
  std::string blob = *base::Base64Decode(line.substr(20, line.rfind(' ') - 20));
  blob.back() = static_cast<char>(blob.back() ^ 1);

  EXPECT_FALSE(ReadPublicKey("ecdsa-sha2-nistp256 " + base::Base64Encode(blob)).has_value());
}

TEST(PublicKeyTest, RefusesKindsAndSizesWeDoNotAccept) {
  const PkeyPtr p384(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-384"));
  const PkeyPtr secp256k1(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "secp256k1"));
  const PkeyPtr ed448(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED448"));
  const PkeyPtr x25519(EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519"));

  for (EVP_PKEY* key : {p384.get(), secp256k1.get(), ed448.get(), x25519.get()}) {
    const base::Result<PublicKey> read = ReadPublicKey(Pem(key));
    ASSERT_FALSE(read.has_value());
    EXPECT_EQ(read.error().kind, kUnsupported);
  }
  const base::Result<PublicKey> small = ReadPublicKey(NewRsaPem(1024));
  ASSERT_FALSE(small.has_value());
  EXPECT_EQ(small.error().kind, kUnsupported);
  EXPECT_NE(small.error().message.find("1024"), std::string::npos);
}

TEST(PublicKeyTest, RefusesASecondEncodingOfTheSameKey) {
  const PkeyPtr key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  ASSERT_TRUE(ReadPublicKey(Pem(key.get())).has_value());

  ASSERT_EQ(EVP_PKEY_set_utf8_string_param(key.get(), "point-format", "compressed"), 1);
  const base::Result<PublicKey> compressed = ReadPublicKey(Pem(key.get()));
  ASSERT_FALSE(compressed.has_value());
  EXPECT_EQ(compressed.error().kind, kUnsupported);

  ASSERT_EQ(EVP_PKEY_set_utf8_string_param(key.get(), "point-format", "uncompressed"), 1);
  ASSERT_EQ(EVP_PKEY_set_utf8_string_param(key.get(), "encoding", "explicit"), 1);
  const base::Result<PublicKey> spelled_out = ReadPublicKey(Pem(key.get()));
  ASSERT_FALSE(spelled_out.has_value());
  EXPECT_EQ(spelled_out.error().kind, kUnsupported);
}

TEST(PublicKeyTest, RefusesBytesBehindTheKeyInsideThePem) {
  const PublicKey key = *ReadPublicKey(Sample("ed25519.pub"));

  EXPECT_FALSE(ReadPublicKey(PublicKeyPem({key.algorithm, key.spki + "x", ""})).has_value());
}

}  // namespace
}  // namespace launchgate::crypto
