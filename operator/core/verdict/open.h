// From a stored LaunchVerdict to a statement that may be believed. This is the
// only door: nothing else can construct a VerifiedStatement.
#pragma once

#include <memory>
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
// it is about: standing.h judges those.
class VerifiedStatement {
 public:
  const Statement& statement() const { return statement_; }
  const resources::AuthorityKey& key() const { return key_; }
  const std::string& fingerprint() const { return fingerprint_; }
  const std::string& object_name() const { return object_name_; }  // Of the LaunchVerdict.

 private:
  friend class Opener;
  VerifiedStatement() = default;
  Statement statement_;
  resources::AuthorityKey key_;
  std::string fingerprint_;
  std::string object_name_;
};

// Why a LaunchVerdict is not believed. The reason is stable.
struct Rejection {
  std::string_view
      reason;  // "SignatureInvalid", "UnknownSigner", "PayloadTypeInvalid",
               // "StatementInvalid", "SignerMismatch", "LifetimeTooLong", "RoleInvalid", …
  std::string message;
  std::string object_name;
};

// Every trusted key that signed gives one VerifiedStatement (a DSSE envelope
// may carry several signatures). Verifies the exact bytes first, checks the
// payload type next, and parses those same bytes once.
std::variant<std::vector<VerifiedStatement>, Rejection> Open(
    const resources::LaunchVerdict& verdict, const TrustedAuthority& authority,
    const SignatureVerifier& verifier);

}  // namespace launchgate::verdict
