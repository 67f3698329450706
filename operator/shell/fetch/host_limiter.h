// How often and how many times at once hosts are asked, so that reviews cannot
// turn the operator against one of them.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "shell/clock/clock.h"
#include "shell/fetch/observer.h"

namespace launchgate::fetch {

struct HostLimits {
  int concurrent = 2;                     // Requests at the same time; at least 1.
  int burst = 32;                         // Requests without a pause after a quiet time.
  std::chrono::milliseconds spacing{40};  // In the long run one request this often.
};

// Requests to all hosts together at the same time.
inline constexpr int kMaxConcurrentFetches = 8;
// Hosts that are kept in mind. Those without a recent request are forgotten first.
inline constexpr std::size_t kMaxLimitedHosts = 1024;

// Thread-safe.
class HostLimiter {
 public:
  // The right to ask a host; given back on destruction. Must not outlive its limiter.
  class Slot {
   public:
    Slot(Slot&& other) noexcept
        : limiter_(std::exchange(other.limiter_, nullptr)), host_(std::move(other.host_)) {}
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;
    Slot& operator=(Slot&&) = delete;
    ~Slot() {
      if (limiter_ != nullptr) limiter_->Release(host_);
    }

   private:
    friend class HostLimiter;
    Slot(HostLimiter* limiter, std::string host) : limiter_(limiter), host_(std::move(host)) {}

    HostLimiter* limiter_;
    std::string host_;
  };

  HostLimiter(HostLimits limits, const clock::Clock& clock) : limits_(limits), clock_(clock) {}

  // Refuses at once (kUnavailable, kRateLimited) when the host was asked too
  // often, or when too many hosts are busy (kBusy). Waits up to `wait` while it
  // has `concurrent` requests running, or all hosts kMaxConcurrentFetches, then
  // gives up (kUnavailable, kBusy). Who waits for a slow host holds up no other.
  tl::expected<Slot, Failure> Acquire(const std::string& host, std::chrono::milliseconds wait);

  std::size_t hosts() const;  // Kept in mind now.

 private:
  using Instant = std::chrono::steady_clock::time_point;
  struct Host {
    int running = 0;
    int waiting = 0;
    // When the requests so far are paid for, at one per `spacing`.
    Instant paid{};
  };

  void Release(const std::string& host);
  // Null when there is no room.
  Host* FindLocked(const std::string& host, Instant now);

  const HostLimits limits_;
  const clock::Clock& clock_;
  mutable std::mutex mutex_;  // Guards everything below.
  std::condition_variable released_;
  std::map<std::string, Host> hosts_;
  int running_ = 0;
};

}  // namespace launchgate::fetch
