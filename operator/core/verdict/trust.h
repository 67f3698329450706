// From a LaunchAuthority to keys that can verify: the public keys are parsed
// once, when the object changes, not for every signature.
#pragma once

#include <string>
#include <vector>

#include "core/resources/launch_authority.h"
#include "core/verdict/open.h"
#include "core/verdict/signature.h"

namespace launchgate::verdict {

struct TrustResult {
  TrustedAuthority authority;  // Holds the keys that could be read.
  std::vector<std::string>
      problems;  // One sentence per key that could not, or that repeats another.
};

// The same public key under two records would let one person fill a quorum
// twice; both records are then left out.
TrustResult Trust(const resources::LaunchAuthority& authority, const PublicKeyReader& reader);

}  // namespace launchgate::verdict
