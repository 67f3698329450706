#include "core/verdict/open.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/base/text.h"
#include "core/verdict/dsse.h"
#include "core/verdict/sshsig.h"

namespace launchgate::verdict {
namespace {

Rejection Reject(std::string_view reason, std::string message) {
  return {reason, std::move(message), ""};
}

// Bytes that somebody signed, and which trusted keys really did.
struct Signed {
  std::string bytes;
  std::string payload_type;
  std::vector<const TrustedKey*> signers;
};

// "Not signed" whenever the question cannot be answered.
bool Holds(const base::Result<bool>& answer) { return answer.has_value() && *answer; }

// A fingerprint in the envelope decides nothing; it only tells a stranger's
// signature from a broken one, for the message.
Rejection NobodySigned(bool names_a_trusted_key, const TrustedAuthority& authority) {
  const std::string name = base::Quote(authority.name);
  if (names_a_trusted_key) {
    return Reject(rejection::kSignatureInvalid,
                  "the signature does not fit the statement: one of them was changed");
  }
  return Reject(rejection::kUnknownSigner, "no key of the authority " + name + " made a signature");
}

std::variant<Signed, Rejection> VerifyEnvelope(const std::string& text,
                                               const TrustedAuthority& authority,
                                               const SignatureVerifier& verifier) {
  base::Result<Envelope> envelope = ParseEnvelope(text);
  if (!envelope) return Reject(rejection::kEnvelopeInvalid, envelope.error().message);
  const std::string message = Pae(envelope->payload_type, envelope->payload);
  Signed result;
  bool known = false;
  for (const TrustedKey& trusted : authority.keys) {
    const auto signed_by = [&](const EnvelopeSignature& signature) {
      known = known || signature.keyid == trusted.key.fingerprint;
      return Holds(verifier.Verify(trusted.key, message, signature.sig));
    };
    if (std::any_of(envelope->signatures.begin(), envelope->signatures.end(), signed_by)) {
      result.signers.push_back(&trusted);
    }
  }
  if (result.signers.empty()) return NobodySigned(known, authority);
  result.bytes = std::move(envelope->payload);
  result.payload_type = std::move(envelope->payload_type);
  return result;
}

std::variant<Signed, Rejection> VerifySsh(const resources::LaunchVerdict& verdict,
                                          const TrustedAuthority& authority,
                                          const SignatureVerifier& verifier) {
  const base::Result<SshSignature> signature = ParseSshSignature(verdict.ssh_signature);
  if (!signature) return Reject(rejection::kEnvelopeInvalid, signature.error().message);
  Signed result;
  bool known = false;
  for (const TrustedKey& trusted : authority.keys) {
    known = known || trusted.key.spki == signature->key.spki;
    if (Holds(VerifySshSignature(verifier, trusted.key, *signature, verdict.statement))) {
      result.signers.push_back(&trusted);
    }
  }
  if (result.signers.empty()) return NobodySigned(known, authority);
  result.bytes = verdict.statement;
  // The namespace of an SSH signature says what the payload type says in DSSE;
  // ParseSshSignature() accepts only ours.
  result.payload_type = kInTotoPayloadType;
  return result;
}

std::variant<Signed, Rejection> Verify(const resources::LaunchVerdict& verdict,
                                       const TrustedAuthority& authority,
                                       const SignatureVerifier& verifier) {
  const bool dsse = !verdict.envelope.empty();
  const bool ssh = !verdict.statement.empty() || !verdict.ssh_signature.empty();
  if (dsse == ssh) {
    return Reject(rejection::kEnvelopeInvalid,
                  "must carry either an envelope, or a statement with its SSH signature");
  }
  return dsse ? VerifyEnvelope(verdict.envelope, authority, verifier)
              : VerifySsh(verdict, authority, verifier);
}

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

// One public key may stand in several records by mistake. Revoking one of them
// means the key.
bool IsRevoked(const TrustedKey& key, const TrustedAuthority& authority) {
  return std::any_of(authority.keys.begin(), authority.keys.end(), [&](const TrustedKey& other) {
    return other.key.spki == key.key.spki && other.record.revoked;
  });
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
    const auto verification = Verify(verdict, authority, verifier);
    if (const auto* no = std::get_if<Rejection>(&verification)) return *no;
    const Signed& content = std::get<Signed>(verification);
    if (content.payload_type != kInTotoPayloadType) {
      return Reject(rejection::kPayloadTypeInvalid, "is of type " +
                                                        base::Quote(content.payload_type) +
                                                        ", not " + std::string(kInTotoPayloadType));
    }
    const base::Result<Statement> statement = ParseStatement(content.bytes);
    if (!statement) return Reject(rejection::kStatementInvalid, statement.error().message);
    if (const auto no = CheckRights(*statement, authority)) return *no;

    std::vector<VerifiedStatement> believed;
    for (const TrustedKey* signer : content.signers) {
      const resources::AuthorityKey& record = signer->record;
      if (record.identity != statement->identity || record.role != statement->role) continue;
      believed.push_back(
          Make(*statement, *signer, verdict.meta.name, IsRevoked(*signer, authority)));
    }
    if (!believed.empty()) return believed;
    return Reject(rejection::kSignerMismatch, "says it is by " + base::Quote(statement->identity) +
                                                  " as " + base::Quote(statement->role) +
                                                  ", but the key that signed it is " +
                                                  base::Quote(content.signers.front()->record.id));
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
