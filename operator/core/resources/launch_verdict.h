// LaunchVerdict: one signed envelope as it is stored. Namespaced, immutable.
// Nothing in it is trusted before verdict::Open() has checked the signature.
#pragma once

#include <string>
#include <vector>

#include "core/json/json.h"
#include "core/json/reader.h"
#include "core/resources/meta.h"

namespace launchgate::resources {

struct LaunchVerdict {
  Meta meta;
  std::string review;  // spec.reviewRef.name; only a hint where to look.
  // Either a DSSE envelope: spec.envelope is an object, so that kubectl and jq
  // can show it; this is its JSON text. The signed bytes are its base64 payload,
  // so nothing is lost on the way …
  std::string envelope;
  // … or the exact Statement bytes (spec.statement is base64, since YAML may
  // change line ends) and an armored SSH signature over them.
  std::string statement;
  std::string ssh_signature;
};

inline constexpr std::size_t kMaxEnvelopeBytes = 256U << 10U;
inline constexpr std::size_t kMaxSshSignatureBytes = 8U << 10U;

// Base64 characters of a payload or a statement; leaves room for the signatures.
inline constexpr std::size_t kMaxPayloadLength = 192U << 10U;
inline constexpr std::size_t kMaxEnvelopeSignatures = 16;

// Everything wrong with the spec is added to `problems`; such a verdict counts for nothing.
LaunchVerdict ParseLaunchVerdict(const json::Json& object, std::vector<json::Problem>& problems);

}  // namespace launchgate::resources
