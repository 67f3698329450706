// The mechanics of the webhook's self-managed serving certificates: make an
// authority, issue a leaf, read one, check one. When to rotate is decided
// elsewhere. Time is always an argument; certificates have whole seconds.
//
// Functions without state, safe from any thread. Keys are ECDSA P-256.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "shell/crypto/secret.h"

namespace launchgate::crypto {

inline constexpr std::size_t kMaxCertificateTextBytes = 64 * 1024;
inline constexpr std::size_t kMaxBundleCertificates = 16;
inline constexpr std::size_t kMaxSubjectNames = 32;

struct Validity {
  base::Time not_before;
  base::Time not_after;  // Inclusive; must be later than not_before and not after year 9999.
};

// A certificate with its private key, both PEM.
struct KeyPair {
  std::string certificate_pem;
  Secret private_key_pem;
};

// A new self-signed authority that may issue leaves and nothing below them
// (CA:TRUE, pathlen 0, keyCertSign). The serial number is 127 random bits.
// `common_name` has 1 to 64 bytes.
base::Result<KeyPair> MakeAuthority(const std::string& common_name, const Validity& validity);

struct ServerNames {
  std::vector<std::string>
      dns_names;  // At least one name or address; at most kMaxSubjectNames together.
  std::vector<std::string> ip_addresses;  // IPv4 or IPv6 in text form.
};

// A new serving certificate with its own key, signed by `authority` (serverAuth,
// CA:FALSE). Clients look at the names only; the common name is the first of
// them when it fits. Invalid when the authority cannot sign or would expire first.
base::Result<KeyPair> IssueServerCertificate(const KeyPair& authority, const ServerNames& names,
                                             const Validity& validity);

struct CertificateFacts {
  std::string common_name;         // Empty when there is none.
  std::string serial_hex;          // Lowercase, no leading zeros.
  std::string fingerprint_sha256;  // Lowercase hex over the DER.
  Validity validity;
  ServerNames names;
  bool is_authority = false;
};

// Reads the first certificate of `pem`.
base::Result<CertificateFacts> ReadCertificate(std::string_view pem);
// Reads all of a bundle, in order: 1 to kMaxBundleCertificates.
base::Result<std::vector<CertificateFacts>> ReadBundle(std::string_view pem);

// Whether a client that trusts exactly `ca_bundle` would accept `leaf` as the
// server `host` (a DNS name or an IP address) at time `at`.
struct Trust {
  bool trusted = false;
  std::string reason;  // Why not; empty when trusted.
};
base::Result<Trust> CheckServerCertificate(std::string_view leaf_pem,
                                           std::string_view ca_bundle_pem, const std::string& host,
                                           base::Time at);

// Whether the private key belongs to the first certificate of `certificate_pem`.
base::Result<bool> KeyFits(std::string_view certificate_pem, const Secret& private_key_pem);

}  // namespace launchgate::crypto
