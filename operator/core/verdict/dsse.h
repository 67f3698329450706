// DSSE envelopes: signed bytes with their type (FORMATS section 2; the format is
// secure-systems-lab/dsse v1.0). Nothing here trusts anything: parsing gives
// the bytes that somebody claims to have signed, and Pae() what to verify.
//
// Pure functions, safe from any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace launchgate::verdict {

// The only payload type a verdict or an attestation may have.
inline constexpr std::string_view kInTotoPayloadType = "application/vnd.in-toto+json";

inline constexpr std::size_t kMaxEnvelopeBytes = 256 * 1024;
inline constexpr std::size_t kMaxEnvelopeSignatures = 16;
inline constexpr std::size_t kMaxPayloadTypeBytes = 256;
inline constexpr std::size_t kMaxKeyIdBytes = 256;

struct EnvelopeSignature {
  std::string keyid;  // A hint written by whoever made the envelope. It never decides.
  std::string sig;    // Decoded bytes.
  friend bool operator==(const EnvelopeSignature&, const EnvelopeSignature&) = default;
};

struct Envelope {
  std::string payload_type;
  std::string
      payload;  // Decoded bytes: exactly what was signed. Parse these, once, after verifying.
  std::vector<EnvelopeSignature> signatures;
  friend bool operator==(const Envelope&, const Envelope&) = default;
};

// Pre-authentication encoding, the bytes under the signature:
// "DSSEv1 LEN(type) type LEN(body) body", lengths in bytes, decimal.
std::string Pae(std::string_view payload_type, std::string_view body);

// Reads an envelope from strict JSON (no duplicate keys, bounded depth, valid UTF-8).
// Required: payloadType, payload, and 1 to kMaxEnvelopeSignatures signatures; a
// missing keyid is an empty one. Base64 may be standard or URL-safe. Keys that
// the specification does not know are ignored, as it demands of consumers; a key
// that differs from a known one in letter case only is refused, because Go's
// decoder (cosign) would read it as that key and see another document than we do.
base::Result<Envelope> ParseEnvelope(std::string_view text);

// One line of JSON, keys in the order of the specification, standard padded base64.
// Invalid when a bound is exceeded, there is no signature, the payload type is not
// visible ASCII, or a keyid is neither empty nor an OpenSSH fingerprint (cosign
// skips signatures whose keyid it does not recognise).
base::Result<std::string> SerializeEnvelope(const Envelope& envelope);

// "SHA256:" and 43 characters of base64: the form of PublicKey::fingerprint.
bool IsFingerprint(std::string_view text);

}  // namespace launchgate::verdict
