// Verdicts that carry a statement and an SSH signature. The signature is laid
// out here as OpenSSH's PROTOCOL.sshsig describes it; signatures by ssh-keygen
// itself are tested where real keys are.
#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "core/base/bytes.h"
#include "core/verdict/open.h"
#include "core/verdict/sshsig.h"
#include "tests/support/builders.h"

namespace launchgate::verdict {
namespace {

using test_support::AuthorityBuilder;
using test_support::FakeSignatures;
using test_support::GoBy;
using test_support::kAlice;

const std::string kRawKey(kEd25519KeyBytes, 'k');

std::string Uint32(std::size_t value) {
  std::string bytes;
  for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>((value >> shift) & 0xFFU);
  return bytes;
}

std::string Text(std::string_view bytes) { return Uint32(bytes.size()) + std::string(bytes); }

std::string Armored(std::string_view ns, const std::string& statement) {
  const PublicKey key = *Ed25519PublicKey(kRawKey);
  const std::string signature =
      FakeSignatures::Sign(key, SshSignedBytes(SshHash::kSha512, statement));
  const std::string blob = "SSHSIG" + Uint32(1) + Text(Text("ssh-ed25519") + Text(kRawKey)) +
                           Text(ns) + Text("") + Text("sha512") +
                           Text(Text("ssh-ed25519") + Text(signature));
  return "-----BEGIN SSH SIGNATURE-----\n" + base::Base64Encode(blob) +
         "\n-----END SSH SIGNATURE-----\n";
}

resources::LaunchVerdict SignedBySsh(std::string_view ns = kSshSignatureNamespace) {
  resources::LaunchVerdict verdict;
  verdict.meta.name = "by-ssh";
  verdict.statement = Serialize(GoBy(kAlice).Build());
  verdict.ssh_signature = Armored(ns, verdict.statement);
  return verdict;
}

TrustedAuthority WithSshKey() {
  TrustedAuthority authority = AuthorityBuilder().Build();
  for (TrustedKey& key : authority.keys) {
    if (key.record.identity == kAlice.identity) key.key = *Ed25519PublicKey(kRawKey);
  }
  return authority;
}

std::string_view RejectionOf(const resources::LaunchVerdict& verdict,
                             const TrustedAuthority& authority) {
  const auto opened = Open(verdict, authority, FakeSignatures());
  const auto* no = std::get_if<Rejection>(&opened);
  return no == nullptr ? "believed" : no->reason;
}

TEST(OpenSshTest, BelievesAStatementThatATrustedKeySigned) {
  const auto opened = Open(SignedBySsh(), WithSshKey(), FakeSignatures());

  ASSERT_EQ(opened.index(), 0U) << std::get<Rejection>(opened).message;
  EXPECT_EQ(std::get<0>(opened).front().statement(), GoBy(kAlice).Build());
  EXPECT_EQ(std::get<0>(opened).front().object_name(), "by-ssh");
}

TEST(OpenSshTest, RejectsOneOtherByteOfTheStatement) {
  resources::LaunchVerdict verdict = SignedBySsh();
  verdict.statement += "\n";

  EXPECT_EQ(RejectionOf(verdict, WithSshKey()), rejection::kSignatureInvalid);
}

TEST(OpenSshTest, RejectsAKeyThatTheAuthorityDoesNotHave) {
  EXPECT_EQ(RejectionOf(SignedBySsh(), AuthorityBuilder().Build()), rejection::kUnknownSigner);
}

TEST(OpenSshTest, RejectsASignatureMadeForSomethingElse) {
  EXPECT_EQ(RejectionOf(SignedBySsh("git"), WithSshKey()), rejection::kEnvelopeInvalid);
  EXPECT_EQ(RejectionOf(SignedBySsh(""), WithSshKey()), rejection::kEnvelopeInvalid);
}

TEST(OpenSshTest, RejectsAnArmorThatIsNone) {
  resources::LaunchVerdict verdict = SignedBySsh();
  verdict.ssh_signature = "-----BEGIN PGP SIGNATURE-----";

  EXPECT_EQ(RejectionOf(verdict, WithSshKey()), rejection::kEnvelopeInvalid);
}

}  // namespace
}  // namespace launchgate::verdict
