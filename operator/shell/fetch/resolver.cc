#include "shell/fetch/resolver.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "core/base/text.h"

namespace launchgate::fetch {
namespace {

using base::ErrorKind;
using Addresses = base::Result<std::vector<Address>>;

Addresses LookUp(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int code = getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (code != 0) {
    return base::Fail(ErrorKind::kUnavailable,
                      base::Quote(host) + " does not resolve: " + gai_strerror(code));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned(found, &freeaddrinfo);
  std::vector<Address> addresses;
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    if (addresses.size() == kMaxAddressesPerName) break;
    if (const auto address = Address::FromSocket(each->ai_addr)) addresses.push_back(*address);
  }
  if (addresses.empty()) {
    return base::Fail(ErrorKind::kUnavailable, base::Quote(host) + " has no address");
  }
  return addresses;
}

// Shared by the one who asks and the thread that looks up; the last one frees it.
struct Lookup {
  std::string host;
  std::mutex mutex;  // Guards `answer`.
  std::condition_variable answered;
  std::optional<Addresses> answer;
};

std::atomic<int> pending_lookups{0};

void Run(const std::shared_ptr<Lookup>& lookup) {
  Addresses answer = LookUp(lookup->host);
  {
    const std::lock_guard lock(lookup->mutex);
    lookup->answer = std::move(answer);
  }
  lookup->answered.notify_all();
  pending_lookups.fetch_sub(1);
}

}  // namespace

Addresses SystemResolver::Resolve(const std::string& host, std::chrono::milliseconds timeout) {
  auto lookup = std::make_shared<Lookup>();
  lookup->host = host;
  if (pending_lookups.fetch_add(1) >= kMaxPendingLookups) {
    pending_lookups.fetch_sub(1);
    return base::Fail(ErrorKind::kUnavailable, "too many names are being resolved");
  }
  try {
    std::thread(Run, lookup).detach();
  } catch (const std::system_error&) {
    pending_lookups.fetch_sub(1);
    return base::Fail(ErrorKind::kUnavailable, "no thread to resolve a name with");
  }
  std::unique_lock lock(lookup->mutex);
  if (!lookup->answered.wait_for(lock, timeout, [&] { return lookup->answer.has_value(); })) {
    return base::Fail(ErrorKind::kUnavailable, base::Quote(host) + " did not resolve in time");
  }
  return *std::move(lookup->answer);
}

}  // namespace launchgate::fetch
