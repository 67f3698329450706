#include "shell/fetch/host_limiter.h"

#include <algorithm>

#include "core/base/text.h"

namespace launchgate::fetch {
namespace {

tl::unexpected<Failure> Refuse(RefusalReason reason, std::string message) {
  return tl::unexpected(
      Failure{reason, base::Error{base::ErrorKind::kUnavailable, std::move(message)}});
}

}  // namespace

HostLimiter::Host* HostLimiter::FindLocked(const std::string& host, Instant now) {
  if (const auto found = hosts_.find(host); found != hosts_.end()) return &found->second;
  if (hosts_.size() >= kMaxLimitedHosts) {
    std::erase_if(hosts_, [&](const auto& entry) {
      const Host& other = entry.second;
      return other.running == 0 && other.waiting == 0 && other.paid <= now;
    });
  }
  if (hosts_.size() >= kMaxLimitedHosts) return nullptr;
  return &hosts_[host];
}

tl::expected<HostLimiter::Slot, Failure> HostLimiter::Acquire(const std::string& host,
                                                              std::chrono::milliseconds wait) {
  const Instant now = clock_.Monotonic();
  std::unique_lock lock(mutex_);
  Host* const entry = FindLocked(host, now);
  if (entry == nullptr) return Refuse(RefusalReason::kBusy, "too many hosts are being asked");
  const Instant paid = std::max(entry->paid, now);
  if (paid - now > (limits_.burst - 1) * limits_.spacing) {
    return Refuse(RefusalReason::kRateLimited,
                  base::Printable(host, base::kMaxQuotedBytes) +
                      " was asked too often: rate limited, tried again later");
  }
  entry->paid = paid + limits_.spacing;
  // Entries that somebody waits for are never forgotten, so `entry` stays.
  ++entry->waiting;
  const bool free = released_.wait_for(lock, wait, [&] {
    return entry->running < limits_.concurrent && running_ < kMaxConcurrentFetches;
  });
  --entry->waiting;
  if (!free) {
    return Refuse(RefusalReason::kBusy,
                  base::Printable(host, base::kMaxQuotedBytes) + ": no slot became free in time");
  }
  ++entry->running;
  ++running_;
  return Slot(this, host);
}

void HostLimiter::Release(const std::string& host) {
  {
    const std::lock_guard lock(mutex_);
    --hosts_[host].running;
    --running_;
  }
  released_.notify_all();
}

std::size_t HostLimiter::hosts() const {
  const std::lock_guard lock(mutex_);
  return hosts_.size();
}

}  // namespace launchgate::fetch
