// GET of URLs that tenants name, with a guard: deny by default, the address
// checked after DNS and before connect, byte and time bounds, redirects
// followed by hand and checked again, never a credential. (LIBRARIES "libcurl".)
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "core/evidence/fetcher.h"
#include "shell/clock/clock.h"
#include "shell/fetch/destination.h"
#include "shell/fetch/host_limiter.h"
#include "shell/fetch/observer.h"
#include "shell/fetch/resolver.h"
#include "shell/fetch/validator_cache.h"

namespace launchgate::fetch {

struct FetchOptions {
  std::vector<DestinationRule> allow;  // Empty: every URL is refused.
  std::string ca_file;                 // PEM bundle to trust; empty: the system's.
  std::chrono::milliseconds connect_timeout{3'000};
  // For the whole fetch: waiting for a slot, names, and every redirect.
  std::chrono::milliseconds total_timeout{10'000};
  std::size_t max_body_bytes = 1U << 20U;
  // Of one answer, status lines and trailers included.
  std::size_t max_header_bytes = 64U << 10U;
  int max_header_lines = 128;
  int max_redirects = 3;
  HostLimits per_host;
  ValidatorCacheLimits remembered;
};

// What a fetcher works with; each outlives it. Null: the system's, or nobody.
struct FetchCollaborators {
  const clock::Clock* clock = nullptr;
  Resolver* resolver = nullptr;
  FetchObserver* observer = nullptr;
};

// Thread-safe; Fetch() blocks, at most for total_timeout. A page that the server
// says has not changed is given as it was remembered, with status 200.
class GuardedFetcher final : public evidence::PageFetcher {
 public:
  explicit GuardedFetcher(FetchOptions options, FetchCollaborators collaborators = {});

  base::Result<evidence::Page> Fetch(std::string_view url) override;

 private:
  using Instant = std::chrono::steady_clock::time_point;
  // The answer to one request, or where it sends us.
  struct Step {
    evidence::Page page;
    std::string redirect;
    bool not_modified = false;
  };

  tl::expected<Step, Failure> Follow(std::string_view url, Instant deadline);
  tl::expected<Step, Failure> Ask(const Destination& destination, const DestinationRule& rule,
                                  Instant deadline);
  tl::expected<std::vector<Address>, Failure> Resolve(const Destination& destination,
                                                      Instant deadline);
  std::chrono::milliseconds Left(Instant deadline) const;

  const FetchOptions options_;
  const clock::SystemClock system_clock_;
  SystemResolver system_resolver_;
  const clock::Clock& clock_;
  Resolver& resolver_;
  FetchObserver* const observer_;
  HostLimiter limiter_;
  ValidatorCache remembered_;
};

}  // namespace launchgate::fetch
