// Public keys, and who checks a signature. What a key is and which algorithm it
// uses comes from a trusted record (a LaunchAuthority), never from the signed
// document: an envelope cannot choose how it is verified. (THREATS T52.)
//
// Values and pure functions, safe from any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace launchgate::verdict {

// The three algorithms a reviewer's existing tools can produce (FORMATS section 2).
enum class SignatureAlgorithm {
  kEd25519,          // Pure Ed25519 (RFC 8032); signature of 64 bytes.
  kEcdsaP256Sha256,  // ECDSA on P-256 with SHA-256; signature in ASN.1 DER.
  kRsaPkcs1Sha256,   // RSASSA-PKCS1-v1_5 with SHA-256; signature as long as the modulus.
};

// Stable name, for messages and JSON: "Ed25519", "ECDSA-P256-SHA256", "RSA-PKCS1-SHA256".
std::string_view ToString(SignatureAlgorithm algorithm);

// A public key in one canonical form, so that two keys are the same exactly when
// their `spki` is the same. Quorum counts distinct `spki`, never key ids.
// Made by a PublicKeyReader or by PublicKeyFromSsh() only; plain data after that.
struct PublicKey {
  SignatureAlgorithm algorithm = SignatureAlgorithm::kEd25519;
  std::string spki;         // SubjectPublicKeyInfo in DER; P-256 points are uncompressed.
  std::string fingerprint;  // As `ssh-keygen -lf` prints it: "SHA256:" + base64 without padding.
  friend bool operator==(const PublicKey&, const PublicKey&) = default;
};

// Checks one signature. Implemented by crypto::OpenSslSignatures.
class SignatureVerifier {
 public:
  virtual ~SignatureVerifier() = default;

  // True when `signature` was made over exactly `message` by the private half of
  // `key`; false for every other signature, malformed ones included. An Error
  // means the question could not be answered (an unusable key, out of memory);
  // callers treat it as "not signed". Thread-safe.
  virtual base::Result<bool> Verify(const PublicKey& key, std::string_view message,
                                    std::string_view signature) const = 0;
};

// Reads the text of a key record. Implemented by crypto::OpenSslSignatures.
class PublicKeyReader {
 public:
  virtual ~PublicKeyReader() = default;

  // PEM ("BEGIN PUBLIC KEY") or one OpenSSH line ("ssh-ed25519 AAAA... comment").
  // Invalid when the text is neither, Unsupported when the key is of a kind or
  // size we do not accept; the message says what to use instead. Thread-safe.
  virtual base::Result<PublicKey> Read(std::string_view text) const = 0;
};

inline constexpr std::size_t kEd25519KeyBytes = 32;
inline constexpr std::size_t kEd25519SignatureBytes = 64;
inline constexpr std::size_t kP256CoordinateBytes = 32;
inline constexpr std::size_t kP256PointBytes = 1 + 2 * kP256CoordinateBytes;
// The longest signature of any accepted key: RSA with 8192 bits.
inline constexpr std::size_t kMaxSignatureBytes = 1024;

// The canonical PublicKey of raw key material. Whether a point is on its curve is
// found out when the key is first used; such a key verifies nothing.
base::Result<PublicKey> Ed25519PublicKey(std::string_view raw);
// `point` is uncompressed: 0x04, X, Y.
base::Result<PublicKey> P256PublicKey(std::string_view point);
// `spki` is the DER of the same key as `modulus` and `exponent` (unsigned, big-endian).
PublicKey RsaPublicKey(std::string spki, std::string_view modulus, std::string_view exponent);

// The key inside an OpenSSH wire blob (RFC 4253 section 6.6; RFC 8709; RFC 5656).
// Accepts ssh-ed25519 and ecdsa-sha2-nistp256; everything else, ssh-rsa and
// hardware-backed sk- keys included, is Unsupported. No bytes may follow.
base::Result<PublicKey> PublicKeyFromSsh(std::string_view blob);

// ECDSA signatures: from the two unsigned big-endian integers to strict DER.
// Leading zeros are allowed on input; zero and more than 32 bytes are Invalid.
base::Result<std::string> EcdsaDer(std::string_view r, std::string_view s);
// From the fixed form r || s (64 bytes), as the DSSE specification's vector has it.
base::Result<std::string> EcdsaDerFromRaw(std::string_view raw);

}  // namespace launchgate::verdict
