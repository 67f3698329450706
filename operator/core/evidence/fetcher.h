// What gathering runbooks needs from the network, declared by the one who
// needs it. shell/fetch implements it with a guard.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/evidence/verify.h"

namespace launchgate::evidence {

// Thread-safe.
class PageFetcher {
 public:
  virtual ~PageFetcher() = default;
  // GET of a URL that a tenant named. kInvalid: the destination is not allowed
  // (the message says which rule and who can change it); kExhausted: over a
  // byte or redirect bound; kUnavailable: DNS, connect, TLS, timeout.
  virtual base::Result<Page> Fetch(std::string_view url) = 0;
};

}  // namespace launchgate::evidence
