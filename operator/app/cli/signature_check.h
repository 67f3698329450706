// How a reader checks a verdict's signatures without us: the commands for
// OpenSSL 3, jq and a POSIX shell (docs/verdict-format.md).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/resources/launch_verdict.h"
#include "core/verdict/open.h"
#include "core/verdict/signature.h"

namespace launchgate::app::cli {

// One signature that verified, and the command that repeats it.
struct SignatureCheck {
  std::string identity;     // The signer, as the authority's record of the key says.
  std::string role;         // The same.
  std::string fingerprint;  // "SHA256:…", as `ssh-keygen -lf` prints it.
  std::string spki_sha256;  // Base64; what `hash_key` prints for the right key.
  verdict::SignatureAlgorithm algorithm = verdict::SignatureAlgorithm::kEd25519;
  std::string public_key_file;  // Where the commands look for the public key (PEM): "alice.pub.pem"
  std::string hash_key;         // Prints the digest of the public key.
  std::string verify;           // Says whether the signature holds. One command a line.
};

// One LaunchVerdict. Commands are safe to paste: what came from outside stands in
// them only where it is a name or base64.
struct VerdictCheck {
  std::string name;         // Of the LaunchVerdict.
  std::string file;         // Where the commands look for it (JSON): "NAME.json".
  std::string signed_with;  // "DSSE" or "SSHSIG"
  std::string prepare;      // Writes `body`, the statement, and `pae`, the bytes that were signed.
  std::vector<SignatureCheck> signatures;  // In the order of `believed`.
};

// `believed` are statements that verdict::Open() made of `verdict` with
// `authority`. A signature that cannot be found again is left out; after Open()
// there is none. Pure; safe from any thread where `verifier` is.
VerdictCheck CheckOf(const resources::LaunchVerdict& verdict,
                     const std::vector<const verdict::VerifiedStatement*>& believed,
                     const verdict::TrustedAuthority& authority,
                     const verdict::SignatureVerifier& verifier);

}  // namespace launchgate::app::cli
