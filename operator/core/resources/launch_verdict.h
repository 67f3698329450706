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
  // Either a DSSE envelope (its JSON text) …
  std::string envelope;
  // … or the exact Statement bytes and an armored SSH signature over them.
  std::string statement;
  std::string ssh_signature;
};

inline constexpr std::size_t kMaxEnvelopeBytes = 256U << 10U;
inline constexpr std::size_t kMaxSshSignatureBytes = 16U << 10U;

LaunchVerdict ParseLaunchVerdict(const json::Json& object, std::vector<json::Problem>& problems);

}  // namespace launchgate::resources
