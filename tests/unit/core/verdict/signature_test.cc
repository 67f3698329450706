#include "core/verdict/signature.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/verdict/ssh_wire.h"

namespace launchgate::verdict {
namespace {

using base::ErrorKind;
using std::string_view_literals::operator""sv;

std::string SshFields(std::initializer_list<std::string_view> fields) {
  std::string blob;
  for (const std::string_view field : fields) AppendSshString(blob, field);
  return blob;
}

const std::string kRaw(kEd25519KeyBytes, 'k');
const std::string kPoint = "\x04" + std::string(2 * kP256CoordinateBytes, 'p');

TEST(PublicKeyTest, PutsAnEd25519KeyIntoItsDerFrame) {
  const base::Result<PublicKey> key = Ed25519PublicKey(kRaw);

  ASSERT_TRUE(key.has_value());
  EXPECT_EQ(key->algorithm, SignatureAlgorithm::kEd25519);
  EXPECT_EQ(base::HexEncode(key->spki), "302a300506032b6570032100" + base::HexEncode(kRaw));
}

TEST(PublicKeyTest, PutsAP256PointIntoItsDerFrame) {
  const base::Result<PublicKey> key = P256PublicKey(kPoint);

  ASSERT_TRUE(key.has_value());
  EXPECT_EQ(key->algorithm, SignatureAlgorithm::kEcdsaP256Sha256);
  EXPECT_EQ(base::HexEncode(key->spki),
            "3059301306072a8648ce3d020106082a8648ce3d030107034200" + base::HexEncode(kPoint));
}

TEST(PublicKeyTest, RefusesMaterialOfTheWrongShape) {
  EXPECT_FALSE(Ed25519PublicKey(kRaw + "k").has_value());
  EXPECT_FALSE(Ed25519PublicKey("").has_value());
  EXPECT_FALSE(P256PublicKey(kPoint.substr(1)).has_value());
  EXPECT_FALSE(P256PublicKey("\x02" + kPoint.substr(1)).has_value());
  EXPECT_FALSE(P256PublicKey("").has_value());
}

TEST(PublicKeyTest, ReadsTheSameKeyFromOpenSshAsFromItsRawBytes) {
  EXPECT_EQ(PublicKeyFromSsh(SshFields({"ssh-ed25519", kRaw})), Ed25519PublicKey(kRaw));
  EXPECT_EQ(PublicKeyFromSsh(SshFields({"ecdsa-sha2-nistp256", "nistp256", kPoint})),
            P256PublicKey(kPoint));
}

TEST(PublicKeyTest, NamesEachAlgorithm) {
  EXPECT_EQ(ToString(SignatureAlgorithm::kEd25519), "Ed25519");
  EXPECT_EQ(ToString(SignatureAlgorithm::kEcdsaP256Sha256), "ECDSA-P256-SHA256");
  EXPECT_EQ(ToString(SignatureAlgorithm::kRsaPkcs1Sha256), "RSA-PKCS1-SHA256");
}

TEST(PublicKeyTest, FingerprintsDifferBetweenKeysOfEveryKind) {
  const PublicKey rsa = RsaPublicKey("der", "\x01\x02"sv, "\x03"sv);
  const PublicKey same_number = RsaPublicKey("der", "\x00\x00\x01\x02"sv, "\x00\x03"sv);

  EXPECT_EQ(rsa.fingerprint, same_number.fingerprint);
  EXPECT_NE(rsa.fingerprint, Ed25519PublicKey(kRaw)->fingerprint);
  EXPECT_NE(Ed25519PublicKey(kRaw)->fingerprint, P256PublicKey(kPoint)->fingerprint);
}

struct BlobCase {
  std::string name;
  std::string blob;
  ErrorKind kind;
};

class SshKeyRefusesTest : public testing::TestWithParam<BlobCase> {};

TEST_P(SshKeyRefusesTest, SaysWhichKindOfError) {
  const base::Result<PublicKey> key = PublicKeyFromSsh(GetParam().blob);

  ASSERT_FALSE(key.has_value());
  EXPECT_EQ(key.error().kind, GetParam().kind);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, SshKeyRefusesTest,
    testing::Values(
        BlobCase{"Empty", "", ErrorKind::kInvalid},
        BlobCase{"CutInTheLength", std::string("\0\0\0", 3), ErrorKind::kInvalid},
        BlobCase{"LengthBeyondTheEnd", "\xff\xff\xff\xffssh", ErrorKind::kInvalid},
        BlobCase{"TypeOnly", SshFields({"ssh-ed25519"}), ErrorKind::kInvalid},
        BlobCase{"ShortKey", SshFields({"ssh-ed25519", "short"}), ErrorKind::kInvalid},
        BlobCase{"BytesLeftOver", SshFields({"ssh-ed25519", kRaw}) + "x", ErrorKind::kInvalid},
        BlobCase{"AnotherFieldLeftOver", SshFields({"ssh-ed25519", kRaw, "x"}),
                 ErrorKind::kInvalid},
        BlobCase{"PointOfAnotherCurve", SshFields({"ecdsa-sha2-nistp256", "nistp384", kPoint}),
                 ErrorKind::kInvalid},
        BlobCase{"CompressedPoint",
                 SshFields({"ecdsa-sha2-nistp256", "nistp256", "\x02" + std::string(32, 'p')}),
                 ErrorKind::kInvalid},
        BlobCase{"NoPoint", SshFields({"ecdsa-sha2-nistp256", "nistp256"}), ErrorKind::kInvalid},
        BlobCase{"NoCurve", SshFields({"ecdsa-sha2-nistp256"}), ErrorKind::kInvalid},
        BlobCase{"Rsa", SshFields({"ssh-rsa", "\x03", "\x7f"}), ErrorKind::kUnsupported},
        BlobCase{"HardwareEd25519", SshFields({"sk-ssh-ed25519@openssh.com", kRaw, "ssh:"}),
                 ErrorKind::kUnsupported},
        BlobCase{"HardwareP256",
                 SshFields({"sk-ecdsa-sha2-nistp256@openssh.com", "nistp256", kPoint, "ssh:"}),
                 ErrorKind::kUnsupported},
        BlobCase{"Certificate", SshFields({"ssh-ed25519-cert-v01@openssh.com", "", kRaw}),
                 ErrorKind::kUnsupported}),
    [](const auto& row) { return row.param.name; });

struct DerCase {
  std::string name;
  std::string_view r;
  std::string_view s;
  std::string der_hex;  // Empty: refused.
};

class EcdsaDerTest : public testing::TestWithParam<DerCase> {};

TEST_P(EcdsaDerTest, WritesEveryNumberInItsOneForm) {
  const base::Result<std::string> der = EcdsaDer(GetParam().r, GetParam().s);

  if (GetParam().der_hex.empty()) {
    ASSERT_FALSE(der.has_value());
    EXPECT_EQ(der.error().kind, ErrorKind::kInvalid);
  } else {
    ASSERT_TRUE(der.has_value());
    EXPECT_EQ(base::HexEncode(*der), GetParam().der_hex);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Rows, EcdsaDerTest,
    testing::Values(DerCase{"Small", "\x01"sv, "\x7f"sv, "300602010102017f"},
                    DerCase{"HighBitGetsASignByte", "\x80"sv, "\x01"sv,
                            "3007020200800201"
                            "01"},
                    DerCase{"LeadingZerosAreDropped", "\x00\x00\x05"sv, "\x00\x06"sv,
                            "3006020105020106"},
                    DerCase{"ZeroR", "\x00"sv, "\x01"sv, ""}, DerCase{"ZeroS", "\x01"sv, ""sv, ""},
                    DerCase{"TooLong",
                            "\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01"
                            "\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01"
                            "\x01\x01\x01\x01\x01"sv,
                            "\x01"sv, ""}),
    [](const auto& row) { return row.param.name; });

TEST(EcdsaDerTest, HoldsTheLargestNumbersInShortLengths) {
  const std::string largest(kP256CoordinateBytes, '\xff');

  const base::Result<std::string> der = EcdsaDer(largest, largest);

  ASSERT_TRUE(der.has_value());
  EXPECT_EQ(der->size(), 72U);
  EXPECT_EQ(base::HexEncode(der->substr(0, 5)), "3046022100");
}

TEST(EcdsaDerTest, SplitsTheRawFormInTheMiddle) {
  const std::string raw = std::string(31, '\0') + "\x01" + std::string(31, '\0') + "\x02";

  EXPECT_EQ(base::HexEncode(EcdsaDerFromRaw(raw).value_or("")), "3006020101020102");
  EXPECT_FALSE(EcdsaDerFromRaw(raw + "x").has_value());
  EXPECT_FALSE(EcdsaDerFromRaw(raw.substr(1)).has_value());
  EXPECT_FALSE(EcdsaDerFromRaw("").has_value());
}

TEST(SshWireTest, WritesPositiveNumbersAsItReadsThem) {
  for (const std::string_view number : {"\x01"sv, "\x7f"sv, "\x80"sv, "\xff\x00"sv}) {
    std::string bytes;
    AppendSshPositive(bytes, number);

    SshReader reader(bytes);
    EXPECT_EQ(reader.ReadPositive(), number);
    EXPECT_TRUE(reader.ExpectEnd().has_value());
  }
}

TEST(SshWireTest, RefusesNumbersThatHaveAnotherEncodingToo) {
  for (const std::string_view content :
       {""sv, "\x80"sv, "\x00"sv, "\x00\x01"sv, "\x00\x7f\x01"sv}) {
    std::string bytes;
    AppendSshString(bytes, content);

    EXPECT_FALSE(SshReader(bytes).ReadPositive().has_value()) << base::HexEncode(content);
  }
}

}  // namespace
}  // namespace launchgate::verdict
