// Every vector of C2SP/wycheproof for our three algorithms. The files are large
// and not ours, so they stay outside the project; without them these tests are
// skipped and say so.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "shell/crypto/keys.h"

namespace launchgate::crypto {
namespace {

using nlohmann::json;
using verdict::SignatureAlgorithm;

struct Suite {
  std::string name;
  std::string file;
  SignatureAlgorithm algorithm;
  int expected_vectors;  // So that a file that lost its vectors does not pass.
};

std::string FromHex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

class WycheproofTest : public testing::TestWithParam<Suite> {};

// "valid" must verify and "invalid" must not. The one vector labelled
// "acceptable" (RSA, flag MissingNull: a DigestInfo without the NULL that PKCS #1
// asks for) is legacy leniency that nobody who signs verdicts needs: it must not.
TEST_P(WycheproofTest, EveryVectorIsJudgedAsLabelled) {
  std::ifstream file(LAUNCHGATE_SHARED_DIR "/testdata/wycheproof/" + GetParam().file);
  if (!file) GTEST_SKIP() << GetParam().file << " is not beside the project";
  const json document = json::parse(file);
  const OpenSslSignatures signatures;
  int vectors = 0;
  int accepted = 0;

  for (const json& group : document["testGroups"]) {
    const auto key = ReadPublicKey(group["publicKeyPem"].get<std::string>());
    ASSERT_TRUE(key.has_value()) << key.error().message;
    ASSERT_EQ(key->algorithm, GetParam().algorithm);
    for (const json& vector : group["tests"]) {
      const auto verified = signatures.Verify(*key, FromHex(vector["msg"].get<std::string>()),
                                              FromHex(vector["sig"].get<std::string>()));
      ++vectors;
      ASSERT_TRUE(verified.has_value()) << verified.error().message;
      accepted += *verified ? 1 : 0;
      EXPECT_EQ(*verified, vector["result"] == "valid")
          << "tcId " << vector["tcId"] << ": " << vector["comment"] << " " << vector["flags"];
    }
  }

  EXPECT_EQ(vectors, GetParam().expected_vectors);
  EXPECT_GT(accepted, 0);
}

INSTANTIATE_TEST_SUITE_P(Suites, WycheproofTest,
                         testing::Values(Suite{"Ed25519", "ed25519_test.json",
                                               SignatureAlgorithm::kEd25519, 151},
                                         Suite{"EcdsaP256", "ecdsa_secp256r1_sha256_test.json",
                                               SignatureAlgorithm::kEcdsaP256Sha256, 484},
                                         Suite{"Rsa2048", "rsa_signature_2048_sha256_test.json",
                                               SignatureAlgorithm::kRsaPkcs1Sha256, 259}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace launchgate::crypto
