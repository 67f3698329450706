// GET of URLs that tenants name, with a guard: deny by default, the address
// checked after DNS and before connect, byte and time bounds, redirects
// followed by hand and checked again, never a credential. (LIBRARIES "libcurl".)
#pragma once

#include <chrono>
#include <memory>
#include <semaphore>
#include <string>
#include <vector>

#include "core/evidence/fetcher.h"
#include "shell/fetch/destination.h"

namespace launchgate::fetch {

struct FetchOptions {
  std::vector<DestinationRule> allow;  // Empty: every URL is refused.
  std::string ca_file;                 // PEM bundle to trust; empty: the system's.
  std::chrono::milliseconds connect_timeout{3'000};
  std::chrono::milliseconds total_timeout{10'000};  // For one hop.
  std::size_t max_body_bytes = 1U << 20U;
  std::size_t max_header_bytes = 64U << 10U;
  int max_redirects = 3;
};

// At most this many fetches run at the same time; more wait their turn.
inline constexpr int kMaxConcurrentFetches = 8;

// Thread-safe; Fetch() blocks.
class GuardedFetcher final : public evidence::PageFetcher {
 public:
  explicit GuardedFetcher(FetchOptions options);

  base::Result<evidence::Page> Fetch(std::string_view url) override;

 private:
  FetchOptions options_;
  std::counting_semaphore<kMaxConcurrentFetches> slots_{kMaxConcurrentFetches};
};

}  // namespace launchgate::fetch
