// From a stored LaunchVerdict to a statement that may be believed. This is the
// only door: nothing else can construct a VerifiedStatement.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/resources/launch_authority.h"
#include "core/resources/launch_verdict.h"
#include "core/verdict/signature.h"
#include "core/verdict/statement.h"

namespace launchgate::verdict {

// An authority whose public keys were parsed once.
struct TrustedKey {
  resources::AuthorityKey record;
  PublicKey key;
};
struct TrustedAuthority {
  std::string name;
  std::vector<TrustedKey> keys;
  std::vector<resources::AuthorityRole> roles;
  base::Duration max_verdict_lifetime{};
};

// A statement whose signature verified over its exact bytes with a key of the
// authority, whose signer and role are that key's, and whose lifetime is
// within the authority's cap. Says nothing about time and nothing about what
// it is about: standing.h judges those. A value; const access is thread-safe.
class VerifiedStatement {
 public:
  const Statement& statement() const { return statement_; }
  // The record of the key that signed, without its PEM text: fingerprint() names
  // the key. `revoked` is set when any record of the same public key is revoked.
  const resources::AuthorityKey& key() const { return key_; }
  const std::string& fingerprint() const { return fingerprint_; }
  const std::string& object_name() const { return object_name_; }  // Of the LaunchVerdict.

  // Frees what decides nothing later (the findings seen at signing), for those
  // who keep thousands of statements.
  void ForgetFindings();

 private:
  friend class Opener;
  VerifiedStatement() = default;
  Statement statement_;
  resources::AuthorityKey key_;
  std::string fingerprint_;
  std::string object_name_;
};

// Why a LaunchVerdict is not believed: stable, PascalCase.
namespace rejection {
inline constexpr std::string_view kEnvelopeInvalid = "EnvelopeInvalid";
inline constexpr std::string_view kSignatureInvalid = "SignatureInvalid";
inline constexpr std::string_view kUnknownSigner = "UnknownSigner";
inline constexpr std::string_view kPayloadTypeInvalid = "PayloadTypeInvalid";
inline constexpr std::string_view kStatementInvalid = "StatementInvalid";
inline constexpr std::string_view kSignerMismatch = "SignerMismatch";
inline constexpr std::string_view kRoleInvalid = "RoleInvalid";
inline constexpr std::string_view kLifetimeTooLong = "LifetimeTooLong";
// Given by BuildBook() (standing.h) to statements that Open() believes.
inline constexpr std::string_view kOtherCluster = "OtherCluster";
inline constexpr std::string_view kOtherReview = "OtherReview";
inline constexpr std::string_view kSuperseded = "Superseded";
}  // namespace rejection

struct Rejection {
  std::string_view reason;  // One of the above.
  std::string message;      // One sentence; outside text in it is printable.
  std::string object_name;  // Of the LaunchVerdict.
};

// Every trusted key that signed and whose record is what the statement says of
// its signer gives one VerifiedStatement, at least one. Verifies the exact bytes
// first, checks the payload type next, and parses those same bytes once. What
// the envelope says about keys is not asked: every trusted key is tried.
//
// A Go must be signed in a role without break_glass, a BreakGlass in one with
// it, a NoGo in any of them: whoever is trusted to judge may stop a launch. Keys
// of a role for attestations sign no verdict.
std::variant<std::vector<VerifiedStatement>, Rejection> Open(
    const resources::LaunchVerdict& verdict, const TrustedAuthority& authority,
    const SignatureVerifier& verifier);

}  // namespace launchgate::verdict
