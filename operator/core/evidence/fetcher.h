// What gathering evidence needs from the network, declared by the one who needs
// it. Implemented by shell/fetch (with a guard) and shell/prometheus.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/evidence/sources.h"
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

// Thread-safe.
class PrometheusReader {
 public:
  virtual ~PrometheusReader() = default;
  // Asks the named server as of `at`; `source` is one of the three that name a
  // server. kNotFound: no server of this name is configured; kForbidden: the
  // namespace `ns` may not use it; kExhausted: over a byte bound; kUnavailable:
  // DNS, connect, TLS, timeout. Every HTTP status is a value.
  virtual base::Result<PrometheusAnswer> Ask(std::string_view ns, const Source& source,
                                             base::Time at) = 0;
};

}  // namespace launchgate::evidence
