#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <string>
#include <thread>
#include <vector>

#include "shell/crypto/keys.h"
#include "shell/crypto/openssl.h"

namespace launchgate::crypto {
namespace {

using base::ErrorKind;
using verdict::SignatureAlgorithm;

const PassphraseSource kNoPassphrase;

PassphraseSource Passphrase(const std::string& text) {
  return [text]() -> base::Result<Secret> { return Secret::CopyOf(text); };
}

// PKCS#8, encrypted when there is a passphrase.
std::string Pkcs8(EVP_PKEY* key, const std::string& passphrase = "") {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PKCS8PrivateKey(bio.get(), key, passphrase.empty() ? nullptr : EVP_aes_256_cbc(),
                                passphrase.data(), static_cast<int>(passphrase.size()), nullptr,
                                nullptr);
  return std::string(Written(bio.get()));
}

// "BEGIN EC PRIVATE KEY" or "BEGIN RSA PRIVATE KEY".
std::string Traditional(EVP_PKEY* key) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey_traditional(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return std::string(Written(bio.get()));
}

PkeyPtr P256() { return PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")); }
PkeyPtr Ed25519() { return PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")); }
PkeyPtr Rsa(std::size_t bits) { return PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", bits)); }

void ExpectSigns(const std::string& pem, SignatureAlgorithm algorithm) {
  const base::Result<PrivateKey> key = PrivateKey::FromPem(pem, kNoPassphrase);
  ASSERT_TRUE(key.has_value()) << key.error().message;
  EXPECT_EQ(key->public_key().algorithm, algorithm);
  const base::Result<std::string> signature = key->Sign("message");
  ASSERT_TRUE(signature.has_value()) << signature.error().message;
  EXPECT_EQ(OpenSslSignatures().Verify(key->public_key(), "message", *signature), true);
}

TEST(PrivateKeyTest, SignsWithEveryAcceptedKindFromPkcs8) {
  ExpectSigns(Pkcs8(Ed25519().get()), SignatureAlgorithm::kEd25519);
  ExpectSigns(Pkcs8(P256().get()), SignatureAlgorithm::kEcdsaP256Sha256);
  ExpectSigns(Pkcs8(Rsa(2048).get()), SignatureAlgorithm::kRsaPkcs1Sha256);
}

TEST(PrivateKeyTest, SignsWithTraditionalPem) {
  ExpectSigns(Traditional(P256().get()), SignatureAlgorithm::kEcdsaP256Sha256);
  ExpectSigns(Traditional(Rsa(2048).get()), SignatureAlgorithm::kRsaPkcs1Sha256);
}

TEST(PrivateKeyTest, SignsWithTheFileThatOpensslEcparamGenkeyWrites) {
  // The object identifier of P-256, in front of the key.
  const std::string parameters =
      "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";

  ExpectSigns(parameters + Traditional(P256().get()), SignatureAlgorithm::kEcdsaP256Sha256);
}

TEST(PrivateKeyTest, MakesKeysThatSurviveTheirPem) {
  for (const auto algorithm :
       {SignatureAlgorithm::kEd25519, SignatureAlgorithm::kEcdsaP256Sha256}) {
    const base::Result<PrivateKey> made = PrivateKey::Generate(algorithm);
    ASSERT_TRUE(made.has_value());
    EXPECT_EQ(made->public_key().algorithm, algorithm);

    const base::Result<Secret> pem = made->ToPem();
    ASSERT_TRUE(pem.has_value());
    EXPECT_TRUE(pem->Reveal().starts_with("-----BEGIN PRIVATE KEY-----\n"));
    const base::Result<PrivateKey> read = PrivateKey::FromPem(pem->Reveal(), kNoPassphrase);
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->public_key(), made->public_key());
  }
}

TEST(PrivateKeyTest, NeverMakesTheSameKeyTwice) {
  const auto first = PrivateKey::Generate(SignatureAlgorithm::kEd25519);
  const auto second = PrivateKey::Generate(SignatureAlgorithm::kEd25519);

  EXPECT_NE(first->public_key().fingerprint, second->public_key().fingerprint);
}

TEST(PrivateKeyTest, DoesNotMakeRsaKeys) {
  const auto key = PrivateKey::Generate(SignatureAlgorithm::kRsaPkcs1Sha256);

  ASSERT_FALSE(key.has_value());
  EXPECT_EQ(key.error().kind, ErrorKind::kUnsupported);
}

TEST(PrivateKeyTest, AsksOnceForThePassphraseOfAnEncryptedKey) {
  const std::string pem = Pkcs8(P256().get(), "swordfish");
  int asked = 0;

  const base::Result<PrivateKey> key = PrivateKey::FromPem(pem, [&asked]() -> base::Result<Secret> {
    ++asked;
    return Secret::CopyOf("swordfish");
  });

  ASSERT_TRUE(key.has_value()) << key.error().message;
  EXPECT_EQ(asked, 1);
  EXPECT_TRUE(key->Sign("message").has_value());
}

TEST(PrivateKeyTest, DoesNotAskForThePassphraseOfAPlainKey) {
  const auto key = PrivateKey::FromPem(Pkcs8(P256().get()), []() -> base::Result<Secret> {
    ADD_FAILURE() << "asked";
    return Secret();
  });

  EXPECT_TRUE(key.has_value());
}

TEST(PrivateKeyTest, SaysThatThePassphraseMayBeWrongWithoutRepeatingIt) {
  const auto key =
      PrivateKey::FromPem(Pkcs8(P256().get(), "swordfish"), Passphrase("hunter2hunter2"));

  ASSERT_FALSE(key.has_value());
  EXPECT_EQ(key.error().kind, ErrorKind::kInvalid);
  EXPECT_NE(key.error().message.find("wrong passphrase"), std::string::npos);
  EXPECT_EQ(key.error().message.find("hunter2"), std::string::npos);
}

TEST(PrivateKeyTest, SaysThatAPassphraseIsNeeded) {
  const auto key = PrivateKey::FromPem(Pkcs8(P256().get(), "swordfish"), kNoPassphrase);

  ASSERT_FALSE(key.has_value());
  EXPECT_NE(key.error().message.find("encrypted"), std::string::npos);
}

TEST(PrivateKeyTest, PassesOnWhyThereIsNoPassphrase) {
  const auto key =
      PrivateKey::FromPem(Pkcs8(P256().get(), "swordfish"), []() -> base::Result<Secret> {
        return base::Fail(ErrorKind::kNotFound, "no terminal to ask on");
      });

  ASSERT_FALSE(key.has_value());
  EXPECT_EQ(key.error(), (base::Error{ErrorKind::kNotFound, "no terminal to ask on"}));
}

TEST(PrivateKeyTest, RefusesAPassphraseLongerThanOpenSslTakes) {
  const auto key =
      PrivateKey::FromPem(Pkcs8(P256().get(), "swordfish"), Passphrase(std::string(100'000, 'x')));

  ASSERT_FALSE(key.has_value());
  EXPECT_NE(key.error().message.find("too long"), std::string::npos);
}

TEST(PrivateKeyTest, RefusesKindsAndSizesWeDoNotAccept) {
  const PkeyPtr p384(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-384"));
  const PkeyPtr ed448(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED448"));
  const PkeyPtr small = Rsa(1024);

  for (EVP_PKEY* refused : {p384.get(), ed448.get(), small.get()}) {
    const auto key = PrivateKey::FromPem(Pkcs8(refused), kNoPassphrase);
    ASSERT_FALSE(key.has_value());
    EXPECT_EQ(key.error().kind, ErrorKind::kUnsupported) << key.error().message;
  }
}

TEST(PrivateKeyTest, NeverSignsWhenItsPublicHalfIsAnotherKeys) {
  // An EC key file carries both halves; here they come from two keys.
  const PkeyPtr one = P256();
  const PkeyPtr other = P256();
  const auto der = [](EVP_PKEY* key) {
    unsigned char* bytes = nullptr;
    const int size = i2d_PrivateKey(key, &bytes);
    std::string text(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
    OPENSSL_free(bytes);
    return text;
  };
  std::string mixed = der(one.get());
  const std::string donor = der(other.get());
  mixed.replace(mixed.size() - verdict::kP256PointBytes, verdict::kP256PointBytes,
                donor.substr(donor.size() - verdict::kP256PointBytes));
  const BioPtr bio(BIO_new(BIO_s_mem()));
  PEM_write_bio(bio.get(), "EC PRIVATE KEY", "",
                reinterpret_cast<const unsigned char*>(mixed.data()),
                static_cast<long>(mixed.size()));

  const auto key = PrivateKey::FromPem(Written(bio.get()), kNoPassphrase);

  if (key.has_value()) {
    const auto signature = key->Sign("message");
    ASSERT_FALSE(signature.has_value());
    EXPECT_NE(signature.error().message.find("does not belong"), std::string::npos);
  }
}

struct TextCase {
  std::string name;
  ErrorKind kind;
  std::string text;
  std::string says;
};

class PrivateKeyRefusesTest : public testing::TestWithParam<TextCase> {};

TEST_P(PrivateKeyRefusesTest, SaysWhatToDo) {
  const auto key = PrivateKey::FromPem(GetParam().text, kNoPassphrase);

  ASSERT_FALSE(key.has_value());
  EXPECT_EQ(key.error().kind, GetParam().kind);
  EXPECT_NE(key.error().message.find(GetParam().says), std::string::npos) << key.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Texts, PrivateKeyRefusesTest,
    testing::Values(
        TextCase{"Empty", ErrorKind::kInvalid, "", "not a private key"},
        TextCase{"TooLong", ErrorKind::kExhausted, std::string(kMaxKeyTextBytes + 1, 'x'),
                 "16 KiB"},
        TextCase{"PublicKey", ErrorKind::kInvalid,
                 "-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----\n", "public key"},
        TextCase{"OpenSsh", ErrorKind::kUnsupported,
                 "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----\n",
                 "ssh-keygen -Y sign"},
        TextCase{"Damaged", ErrorKind::kInvalid,
                 "-----BEGIN PRIVATE KEY-----\nZm9v\n-----END PRIVATE KEY-----\n", "damaged"},
        TextCase{"CutOff", ErrorKind::kInvalid, "-----BEGIN PRIVATE KEY-----\nMC4CAQ", "damaged"}),
    [](const auto& row) { return row.param.name; });

TEST(PrivateKeyTest, SignsFromSeveralThreadsAtOnce) {
  const auto key = PrivateKey::Generate(SignatureAlgorithm::kEcdsaP256Sha256);
  ASSERT_TRUE(key.has_value());
  std::vector<std::thread> threads;

  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&key, i] {
      const std::string message = "message " + std::to_string(i);
      for (int round = 0; round < 20; ++round) {
        const auto signature = key->Sign(message);
        ASSERT_TRUE(signature.has_value());
        EXPECT_EQ(OpenSslSignatures().Verify(key->public_key(), message, *signature), true);
      }
    });
  }

  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace launchgate::crypto
