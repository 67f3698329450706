// Names to addresses. Asked once per request; only addresses from the answer
// that were checked are connected to, so that an answer that changes meanwhile
// changes nothing. (THREATS T41.)
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "shell/fetch/address.h"

namespace launchgate::fetch {

// More addresses of one name than this are not looked at.
inline constexpr std::size_t kMaxAddressesPerName = 16;

// Thread-safe.
class Resolver {
 public:
  virtual ~Resolver() = default;
  // The addresses of a host name, at least one, in the order to try them.
  // kUnavailable: the name does not resolve, or not within `timeout`.
  virtual base::Result<std::vector<Address>> Resolve(const std::string& host,
                                                     std::chrono::milliseconds timeout) = 0;
};

// getaddrinfo(): /etc/hosts, search domains and DNS as the system is set up. It
// cannot be interrupted, so each lookup has a thread of its own that is left
// behind when the time is up.
class SystemResolver final : public Resolver {
 public:
  base::Result<std::vector<Address>> Resolve(const std::string& host,
                                             std::chrono::milliseconds timeout) override;
};
// Lookups of the process at the same time, left-behind ones included; beyond, kUnavailable.
inline constexpr int kMaxPendingLookups = 32;

}  // namespace launchgate::fetch
