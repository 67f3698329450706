// What a person signed, as objects of ours store it. Nothing in it is trusted
// before core/verdict has checked the signature.
#pragma once

#include <cstddef>
#include <string>

#include "core/json/reader.h"

namespace launchgate::resources {

struct SignedDocument {
  // Either a DSSE envelope: in the object it is an object, so that kubectl and jq
  // can show it; this is its JSON text. The signed bytes are its base64 payload,
  // so nothing is lost on the way …
  std::string envelope;
  // … or the exact Statement bytes (base64 in the object, since YAML may change
  // line ends) and an armored SSH signature over them.
  std::string statement;
  std::string ssh_signature;
};

inline constexpr std::size_t kMaxEnvelopeBytes = 256U << 10U;
inline constexpr std::size_t kMaxSshSignatureBytes = 8U << 10U;

// Base64 characters of a payload or a statement; leaves room for the signatures.
inline constexpr std::size_t kMaxPayloadLength = 192U << 10U;
inline constexpr std::size_t kMaxEnvelopeSignatures = 16;

namespace internal {

// The fields envelope, statement and sshSignature of `object`; complains unless
// they are one of the two forms. `max_payload` is in base64 characters.
SignedDocument ReadSignedDocument(json::Reader& object, std::size_t max_payload);

}  // namespace internal
}  // namespace launchgate::resources
