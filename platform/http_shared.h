// What all connections and threads of one HTTP server share.

#ifndef LAUNCHGATE_PLATFORM_HTTP_SHARED_H_
#define LAUNCHGATE_PLATFORM_HTTP_SHARED_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "platform/http_routes.h"
#include "platform/http_server.h"
#include "platform/tls_context.h"

namespace launchgate::platform {

using HttpTime = std::chrono::steady_clock::time_point;

inline HttpTime HttpNow() { return std::chrono::steady_clock::now(); }

// The certificate served now. Thread-safe.
//
// A mutex rather than std::atomic<std::shared_ptr>: that one is a spin lock in
// libstdc++ 12, and its load() gives the lock up without release order, which
// ThreadSanitizer rightly reports. It is taken once per connection.
class HttpTlsSlot {
 public:
  [[nodiscard]] std::shared_ptr<const TlsContext> Get() const {
    const std::lock_guard lock(mutex_);
    return current_;
  }

  void Set(std::shared_ptr<const TlsContext> context) {
    const std::lock_guard lock(mutex_);
    newest_ = context.get();
    current_ = std::move(context);
  }

  // Without the lock: asked for every answer.
  [[nodiscard]] bool IsNewest(const TlsContext* context) const {
    return newest_.load(std::memory_order_relaxed) == context;
  }

 private:
  mutable std::mutex mutex_;  // Guards current_.
  std::shared_ptr<const TlsContext> current_;
  std::atomic<const TlsContext*> newest_{nullptr};  // Only for comparing.
};

// Options and routes never change after the start; the rest is atomic.
struct HttpShared {
  HttpServerOptions options;
  RouteTable routes;
  HttpTlsSlot tls;  // Empty: plain HTTP.

  std::atomic<bool> draining{false};
  std::atomic<bool> stopping{false};
  std::atomic<bool> cutting{false};  // The deadline of Stop() has passed.
  // Set while the acceptor waits for a connection to end.
  std::atomic<bool> accept_paused{false};
  std::function<void()> resume_accepting;  // Callable from any I/O thread.

  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> open{0};
  std::atomic<std::uint64_t> unproven{0};  // Open, and never had a request answered.
  std::atomic<std::uint64_t> evicted{0};
  std::atomic<std::uint64_t> timed_out{0};
  std::atomic<std::uint64_t> handshakes{0};  // Begun and not finished.
  std::atomic<std::uint64_t> handshakes_failed{0};
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> refused{0};
  std::atomic<std::uint64_t> exceptions{0};
  std::atomic<std::uint64_t> accept_failures{0};
  std::atomic<std::uint64_t> body_bytes{0};
  std::atomic<std::uint64_t> cut{0};  // Requests ended by the deadline of Stop().
};

}  // namespace launchgate::platform

#endif  // LAUNCHGATE_PLATFORM_HTTP_SHARED_H_
