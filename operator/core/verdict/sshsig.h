// Signatures made by `ssh-keygen -Y sign` (FORMATS section 3; the format is
// OpenSSH's PROTOCOL.sshsig). The key inside the signature only says which
// trusted key to compare with: it must equal that key and is never trusted itself.
//
// Pure functions, safe from any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/verdict/signature.h"

namespace launchgate::verdict {

// What a signer passes as `-n`. A signature made for anything else (git commits,
// files, another product) is refused, so it cannot be replayed as a verdict.
inline constexpr std::string_view kSshSignatureNamespace = "launch-verdict@launchgate.dev";

inline constexpr std::size_t kMaxArmoredBytes = 8 * 1024;

enum class SshHash { kSha256, kSha512 };

// A well-formed signature in our namespace. Says nothing about who may sign.
struct SshSignature {
  PublicKey key;  // The key that claims to have signed.
  SshHash hash = SshHash::kSha512;
  std::string signature;  // In the form SignatureVerifier expects: 64 bytes, or ECDSA in DER.
};

// Reads the armored text ("-----BEGIN SSH SIGNATURE-----" ...). Lines may end in LF
// or CRLF. Refused: another version, namespace, hash or key type (ssh-rsa and
// sk- keys among them), a non-empty reserved field, a signature type other than
// the key's, numbers that are not minimal, and any byte that is left over.
base::Result<SshSignature> ParseSshSignature(std::string_view armored);

// The bytes under the signature, for a message in our namespace.
std::string SshSignedBytes(SshHash hash, std::string_view message);

// True when `signature` was made with `trusted` over exactly `message`; false when
// by another key or over other bytes. Error as SignatureVerifier::Verify.
base::Result<bool> VerifySshSignature(const SignatureVerifier& verifier, const PublicKey& trusted,
                                      const SshSignature& signature, std::string_view message);

}  // namespace launchgate::verdict
