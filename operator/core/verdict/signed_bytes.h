// Which trusted keys really signed the bytes of a document. The first half of the
// one door (open.h, budget_sign_off.h): what comes out is bytes, not yet a
// statement. Internal to this module.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/resources/signed_document.h"
#include "core/verdict/open.h"
#include "core/verdict/signature.h"

namespace launchgate::verdict::internal {

// Bytes of the payload type kInTotoPayloadType, and which trusted keys signed them:
// at least one. Points into the authority.
struct SignedBytes {
  std::string bytes;
  std::vector<const TrustedKey*> signers;
};

// Verifies the exact bytes first and checks their type next; parses nothing in
// them. What the document says about keys is not asked: every trusted key is tried.
std::variant<SignedBytes, Rejection> VerifyDocument(const resources::SignedDocument& document,
                                                    const TrustedAuthority& authority,
                                                    const SignatureVerifier& verifier);

// One public key may stand in several records by mistake. Revoking one of them
// means the key.
bool IsRevoked(const TrustedKey& key, const TrustedAuthority& authority);

Rejection Reject(std::string_view reason, std::string message);

// "says it is by …, but the key that signed it is …".
Rejection SignerMismatch(std::string_view identity, std::string_view role,
                         const TrustedKey& signer);

}  // namespace launchgate::verdict::internal
