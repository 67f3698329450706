#include "core/verdict/open.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/base/text.h"
#include "core/verdict/signed_bytes.h"

namespace launchgate::verdict {
namespace {

using internal::Reject;

// What the authority allows the statement's role to say, and for how long.
std::optional<Rejection> CheckRights(const Statement& statement,
                                     const TrustedAuthority& authority) {
  const auto role =
      std::find_if(authority.roles.begin(), authority.roles.end(),
                   [&](const resources::AuthorityRole& r) { return r.name == statement.role; });
  if (role == authority.roles.end()) {
    return Reject(rejection::kRoleInvalid,
                  "the authority has no role " + base::Quote(statement.role));
  }
  const bool fits =
      !role->attestations && (statement.answer == Answer::kNoGo ||
                              (statement.answer == Answer::kBreakGlass) == role->break_glass);
  if (!fits) {
    return Reject(rejection::kRoleInvalid, "the role " + base::Quote(statement.role) +
                                               " may not sign a " +
                                               std::string(ToString(statement.answer)));
  }
  const base::Duration lifetime = statement.not_after - statement.issued_at;
  if (lifetime > authority.max_verdict_lifetime) {
    return Reject(rejection::kLifetimeTooLong,
                  "lives " + base::FormatDuration(lifetime) + ", the authority allows " +
                      base::FormatDuration(authority.max_verdict_lifetime));
  }
  return std::nullopt;
}

}  // namespace

void VerifiedStatement::ForgetFindings() { std::vector<SeenFinding>().swap(statement_.findings); }

class Opener {
 public:
  static VerifiedStatement Make(const Statement& statement, const TrustedKey& signer,
                                const std::string& object_name, bool revoked) {
    VerifiedStatement verified;
    verified.statement_ = statement;
    verified.key_ = signer.record;
    verified.key_.public_key = std::string();
    verified.key_.revoked = revoked;
    verified.fingerprint_ = signer.key.fingerprint;
    verified.object_name_ = object_name;
    return verified;
  }

  static std::variant<std::vector<VerifiedStatement>, Rejection> Open(
      const resources::LaunchVerdict& verdict, const TrustedAuthority& authority,
      const SignatureVerifier& verifier) {
    const auto verification = internal::VerifyDocument(verdict, authority, verifier);
    if (const auto* no = std::get_if<Rejection>(&verification)) return *no;
    const auto& content = std::get<internal::SignedBytes>(verification);
    const base::Result<Statement> statement = ParseStatement(content.bytes);
    if (!statement) return Reject(rejection::kStatementInvalid, statement.error().message);
    if (const auto no = CheckRights(*statement, authority)) return *no;

    std::vector<VerifiedStatement> believed;
    for (const TrustedKey* signer : content.signers) {
      const resources::AuthorityKey& record = signer->record;
      if (record.identity != statement->identity || record.role != statement->role) continue;
      believed.push_back(
          Make(*statement, *signer, verdict.meta.name, internal::IsRevoked(*signer, authority)));
    }
    if (!believed.empty()) return believed;
    return internal::SignerMismatch(statement->identity, statement->role, *content.signers.front());
  }
};

std::variant<std::vector<VerifiedStatement>, Rejection> Open(
    const resources::LaunchVerdict& verdict, const TrustedAuthority& authority,
    const SignatureVerifier& verifier) {
  auto opened = Opener::Open(verdict, authority, verifier);
  if (auto* no = std::get_if<Rejection>(&opened)) no->object_name = verdict.meta.name;
  return opened;
}

}  // namespace launchgate::verdict
