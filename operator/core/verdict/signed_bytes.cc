#include "core/verdict/signed_bytes.h"

#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "core/verdict/dsse.h"
#include "core/verdict/sshsig.h"

namespace launchgate::verdict::internal {
namespace {

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

std::variant<Signed, Rejection> VerifySsh(const resources::SignedDocument& document,
                                          const TrustedAuthority& authority,
                                          const SignatureVerifier& verifier) {
  const base::Result<SshSignature> signature = ParseSshSignature(document.ssh_signature);
  if (!signature) return Reject(rejection::kEnvelopeInvalid, signature.error().message);
  Signed result;
  bool known = false;
  for (const TrustedKey& trusted : authority.keys) {
    known = known || trusted.key.spki == signature->key.spki;
    if (Holds(VerifySshSignature(verifier, trusted.key, *signature, document.statement))) {
      result.signers.push_back(&trusted);
    }
  }
  if (result.signers.empty()) return NobodySigned(known, authority);
  result.bytes = document.statement;
  // The namespace of an SSH signature says what the payload type says in DSSE;
  // ParseSshSignature() accepts only ours.
  result.payload_type = kInTotoPayloadType;
  return result;
}

std::variant<Signed, Rejection> Verify(const resources::SignedDocument& document,
                                       const TrustedAuthority& authority,
                                       const SignatureVerifier& verifier) {
  const bool dsse = !document.envelope.empty();
  const bool ssh = !document.statement.empty() || !document.ssh_signature.empty();
  if (dsse == ssh) {
    return Reject(rejection::kEnvelopeInvalid,
                  "must carry either an envelope, or a statement with its SSH signature");
  }
  return dsse ? VerifyEnvelope(document.envelope, authority, verifier)
              : VerifySsh(document, authority, verifier);
}

}  // namespace

Rejection Reject(std::string_view reason, std::string message) {
  return {reason, std::move(message), ""};
}

Rejection SignerMismatch(std::string_view identity, std::string_view role,
                         const TrustedKey& signer) {
  return Reject(rejection::kSignerMismatch,
                "says it is by " + base::Quote(identity) + " as " + base::Quote(role) +
                    ", but the key that signed it is " + base::Quote(signer.record.id));
}

std::variant<SignedBytes, Rejection> VerifyDocument(const resources::SignedDocument& document,
                                                    const TrustedAuthority& authority,
                                                    const SignatureVerifier& verifier) {
  auto verification = Verify(document, authority, verifier);
  if (auto* no = std::get_if<Rejection>(&verification)) return std::move(*no);
  Signed& content = std::get<Signed>(verification);
  if (content.payload_type != kInTotoPayloadType) {
    return Reject(rejection::kPayloadTypeInvalid, "is of type " +
                                                      base::Quote(content.payload_type) + ", not " +
                                                      std::string(kInTotoPayloadType));
  }
  return SignedBytes{std::move(content.bytes), std::move(content.signers)};
}

bool IsRevoked(const TrustedKey& key, const TrustedAuthority& authority) {
  return std::any_of(authority.keys.begin(), authority.keys.end(), [&](const TrustedKey& other) {
    return other.key.spki == key.key.spki && other.record.revoked;
  });
}

}  // namespace launchgate::verdict::internal
