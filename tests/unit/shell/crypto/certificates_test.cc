#include "shell/crypto/certificates.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>

#include "shell/crypto/keys.h"

namespace launchgate::crypto {
namespace {

using base::ErrorKind;
using base::Time;
using std::chrono::hours;
using std::chrono::seconds;

constexpr Time kStart = std::chrono::sys_days(std::chrono::year(2026) / 11 / 23) + hours(9);
constexpr hours kDay{24};
constexpr Validity kYear{kStart, kStart + 365 * kDay};
constexpr Validity kMonth{kStart, kStart + 30 * kDay};
const std::string kHost = "launchgate-webhook.launchgate-system.svc";

KeyPair Authority(const Validity& validity = kYear) {
  return *MakeAuthority("Launchgate webhook authority", validity);
}

KeyPair Leaf(const KeyPair& authority, const Validity& validity = kMonth) {
  return *IssueServerCertificate(authority, {{kHost}, {"127.0.0.1"}}, validity);
}

Trust Check(const KeyPair& leaf, const std::string& bundle, const std::string& host = kHost,
            Time at = kStart + kDay) {
  return *CheckServerCertificate(leaf.certificate_pem, bundle, host, at);
}

TEST(CertificateTest, AuthoritySaysWhatItIs) {
  const KeyPair authority = Authority();

  const auto facts = ReadCertificate(authority.certificate_pem);

  ASSERT_TRUE(facts.has_value()) << facts.error().message;
  EXPECT_EQ(facts->common_name, "Launchgate webhook authority");
  EXPECT_TRUE(facts->is_authority);
  EXPECT_EQ(facts->validity.not_before, kYear.not_before);
  EXPECT_EQ(facts->validity.not_after, kYear.not_after);
  EXPECT_TRUE(facts->names.dns_names.empty());
  EXPECT_EQ(facts->serial_hex.size(), 32U);
  EXPECT_EQ(facts->fingerprint_sha256.size(), 64U);
}

TEST(CertificateTest, LeafCarriesItsNamesAndTimes) {
  const auto leaf = IssueServerCertificate(
      Authority(), {{"a.svc", "b.example.com"}, {"127.0.0.1", "::1", "2001:db8::ff00"}}, kMonth);
  ASSERT_TRUE(leaf.has_value()) << leaf.error().message;

  const auto facts = ReadCertificate(leaf->certificate_pem);

  ASSERT_TRUE(facts.has_value());
  EXPECT_EQ(facts->common_name, "a.svc");
  EXPECT_FALSE(facts->is_authority);
  EXPECT_EQ(facts->names.dns_names, (std::vector<std::string>{"a.svc", "b.example.com"}));
  EXPECT_EQ(facts->names.ip_addresses,
            (std::vector<std::string>{"127.0.0.1", "0:0:0:0:0:0:0:1", "2001:db8:0:0:0:0:0:ff00"}));
  EXPECT_EQ(facts->validity.not_after, kMonth.not_after);
}

TEST(CertificateTest, TimesAreCutToWholeSeconds) {
  const std::chrono::milliseconds part{999};

  const auto facts =
      ReadCertificate(MakeAuthority("x", {kStart + part, kStart + kDay + part})->certificate_pem);

  EXPECT_EQ(facts->validity.not_before, kStart);
  EXPECT_EQ(facts->validity.not_after, kStart + kDay);
}

TEST(CertificateTest, ReachesBeyondTheYearsThatUtcTimeCanHold) {
  constexpr Time kFar = std::chrono::sys_days(std::chrono::year(2123) / 4 / 5);

  EXPECT_EQ(
      ReadCertificate(MakeAuthority("x", {kStart, kFar})->certificate_pem)->validity.not_after,
      kFar);
}

TEST(CertificateTest, NoTwoShareASerialNumberOrAKey) {
  const KeyPair authority = Authority();
  const KeyPair one = Leaf(authority);
  const KeyPair two = Leaf(authority);

  EXPECT_NE(ReadCertificate(one.certificate_pem)->serial_hex,
            ReadCertificate(two.certificate_pem)->serial_hex);
  EXPECT_NE(one.private_key_pem.Reveal(), two.private_key_pem.Reveal());
}

TEST(CertificateTest, LeafIsTrustedForItsNamesOnly) {
  const KeyPair authority = Authority();
  const KeyPair leaf = Leaf(authority);

  EXPECT_TRUE(Check(leaf, authority.certificate_pem).trusted);
  EXPECT_EQ(Check(leaf, authority.certificate_pem).reason, "");
  EXPECT_TRUE(Check(leaf, authority.certificate_pem, "127.0.0.1").trusted);
  EXPECT_FALSE(Check(leaf, authority.certificate_pem, "other.svc").trusted);
  EXPECT_FALSE(Check(leaf, authority.certificate_pem, "127.0.0.2").trusted);
  EXPECT_NE(Check(leaf, authority.certificate_pem, "other.svc").reason, "");
}

TEST(CertificateTest, LeafIsTrustedWithinItsTimeOnly) {
  const KeyPair authority = Authority();
  const KeyPair leaf = Leaf(authority);
  const auto trusted_at = [&](Time at) {
    return Check(leaf, authority.certificate_pem, kHost, at).trusted;
  };

  EXPECT_FALSE(trusted_at(kMonth.not_before - seconds(1)));
  EXPECT_TRUE(trusted_at(kMonth.not_before));
  EXPECT_TRUE(trusted_at(kMonth.not_after - seconds(1)));
  EXPECT_FALSE(trusted_at(kMonth.not_after + seconds(1)));
}

TEST(CertificateTest, LeafOfAnotherAuthorityWithTheSameNameIsNotTrusted) {
  const KeyPair ours = Authority();
  const KeyPair theirs = Authority();

  EXPECT_FALSE(Check(Leaf(theirs), ours.certificate_pem).trusted);
}

TEST(CertificateTest, BundleOfTheOldAndTheNewAuthorityTrustsBothLeaves) {
  const KeyPair old_authority = Authority();
  const KeyPair new_authority = Authority();
  const std::string bundle = old_authority.certificate_pem + new_authority.certificate_pem;

  EXPECT_TRUE(Check(Leaf(old_authority), bundle).trusted);
  EXPECT_TRUE(Check(Leaf(new_authority), bundle).trusted);
  EXPECT_EQ(ReadBundle(bundle)->size(), 2U);
  EXPECT_EQ(ReadBundle(bundle)->at(1).serial_hex,
            ReadCertificate(new_authority.certificate_pem)->serial_hex);
}

TEST(CertificateTest, LeafCannotIssue) {
  const KeyPair authority = Authority();

  const auto below = IssueServerCertificate(Leaf(authority), {{kHost}, {}}, kMonth);

  ASSERT_FALSE(below.has_value());
  EXPECT_EQ(below.error().kind, ErrorKind::kInvalid);
}

TEST(CertificateTest, LeafIsNotAnAuthorityInABundle) {
  const KeyPair authority = Authority();
  const KeyPair leaf = Leaf(authority);

  EXPECT_FALSE(Check(leaf, leaf.certificate_pem).trusted);
}

TEST(CertificateTest, LeafMayNotOutliveItsAuthority) {
  const KeyPair authority = Authority(kMonth);

  EXPECT_TRUE(IssueServerCertificate(authority, {{kHost}, {}}, kMonth).has_value());
  const auto longer =
      IssueServerCertificate(authority, {{kHost}, {}}, {kStart, kMonth.not_after + seconds(1)});
  ASSERT_FALSE(longer.has_value());
  EXPECT_EQ(longer.error().kind, ErrorKind::kInvalid);
}

TEST(CertificateTest, AuthorityNeedsItsOwnKey) {
  KeyPair mixed = Authority();
  KeyPair other = Authority();
  mixed.private_key_pem = std::move(other.private_key_pem);

  const auto leaf = IssueServerCertificate(mixed, {{kHost}, {}}, kMonth);

  ASSERT_FALSE(leaf.has_value());
  EXPECT_NE(leaf.error().message.find("does not belong"), std::string::npos);
}

TEST(CertificateTest, KnowsWhichKeyFits) {
  const KeyPair authority = Authority();
  const KeyPair leaf = Leaf(authority);

  EXPECT_EQ(KeyFits(leaf.certificate_pem, leaf.private_key_pem), true);
  EXPECT_EQ(KeyFits(leaf.certificate_pem, authority.private_key_pem), false);
  EXPECT_FALSE(KeyFits(leaf.certificate_pem, Secret::CopyOf("garbage")).has_value());
  EXPECT_FALSE(KeyFits("garbage", leaf.private_key_pem).has_value());
}

TEST(CertificateTest, LeafWithALongNameHasNoCommonNameAndStillWorks) {
  const std::string host = std::string(60, 'a') + "." + std::string(60, 'b') + ".svc";
  const KeyPair authority = Authority();

  const auto leaf = IssueServerCertificate(authority, {{host}, {}}, kMonth);

  ASSERT_TRUE(leaf.has_value()) << leaf.error().message;
  EXPECT_EQ(ReadCertificate(leaf->certificate_pem)->common_name, "");
  EXPECT_TRUE(Check(*leaf, authority.certificate_pem, host).trusted);
}

struct NamesCase {
  std::string name;
  ServerNames names;
};

class NamesRefusedTest : public testing::TestWithParam<NamesCase> {};

TEST_P(NamesRefusedTest, IsInvalid) {
  const auto leaf = IssueServerCertificate(Authority(), GetParam().names, kMonth);

  ASSERT_FALSE(leaf.has_value());
  EXPECT_EQ(leaf.error().kind, ErrorKind::kInvalid);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, NamesRefusedTest,
    testing::Values(NamesCase{"None", {}}, NamesCase{"Empty", {{""}, {}}},
                    NamesCase{"Comma", {{"a.svc,DNS:evil.example.com"}, {}}},
                    NamesCase{"ZeroByte", {{std::string("a.svc\0.evil.example.com", 23)}, {}}},
                    NamesCase{"Wildcard", {{"*.example.com"}, {}}},
                    NamesCase{"Capitals", {{"A.svc"}, {}}},
                    NamesCase{"NotAnAddress", {{"a.svc"}, {"localhost"}}},
                    NamesCase{"AddressOutOfRange", {{"a.svc"}, {"127.0.0.256"}}},
                    NamesCase{"TooMany", {std::vector<std::string>(33, "a.svc"), {}}}),
    [](const auto& row) { return row.param.name; });

struct ValidityCase {
  std::string name;
  Validity validity;
};

class ValidityRefusedTest : public testing::TestWithParam<ValidityCase> {};

TEST_P(ValidityRefusedTest, IsInvalidForAuthorityAndLeaf) {
  EXPECT_FALSE(MakeAuthority("x", GetParam().validity).has_value());
  EXPECT_FALSE(IssueServerCertificate(Authority(), {{kHost}, {}}, GetParam().validity).has_value());
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ValidityRefusedTest,
    testing::Values(ValidityCase{"EndsWhenItBegins", {kStart, kStart}},
                    ValidityCase{"EndsBeforeItBegins", {kStart, kStart - seconds(1)}},
                    ValidityCase{"NeverEnds", {kStart, base::kNever}},
                    ValidityCase{"BeginsBefore1970", {Time(seconds(-1)), kStart}}),
    [](const auto& row) { return row.param.name; });

TEST(CertificateTest, AuthorityNeedsAName) {
  EXPECT_FALSE(MakeAuthority("", kYear).has_value());
  EXPECT_FALSE(MakeAuthority(std::string(65, 'n'), kYear).has_value());
  EXPECT_TRUE(MakeAuthority(std::string(64, 'n'), kYear).has_value());
}

TEST(CertificateTest, RefusesTextThatIsNotCertificates) {
  const std::string pem = Authority().certificate_pem;
  const std::string damaged = "-----BEGIN CERTIFICATE-----\nZm9v\n-----END CERTIFICATE-----\n";
  std::string many;
  for (std::size_t i = 0; i <= kMaxBundleCertificates; ++i) many += pem;

  EXPECT_EQ(ReadBundle("").error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(ReadBundle("no certificate").error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(ReadBundle(damaged).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(ReadBundle(pem + damaged).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(ReadBundle(pem + pem.substr(0, pem.size() / 2)).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(ReadBundle(many).error().kind, ErrorKind::kExhausted);
  EXPECT_EQ(ReadBundle(std::string(kMaxCertificateTextBytes + 1, ' ')).error().kind,
            ErrorKind::kExhausted);
}

TEST(CertificateTest, HostMustBeANameOrAnAddress) {
  const KeyPair authority = Authority();
  const KeyPair leaf = Leaf(authority);

  for (const std::string& host :
       {std::string(), std::string("a b"), kHost + '\0', std::string("*.") + kHost}) {
    const auto trust =
        CheckServerCertificate(leaf.certificate_pem, authority.certificate_pem, host, kStart);
    ASSERT_FALSE(trust.has_value());
    EXPECT_EQ(trust.error().kind, ErrorKind::kInvalid);
  }
}

}  // namespace
}  // namespace launchgate::crypto
