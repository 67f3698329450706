// A token bucket: how fast we may ask, decided without waiting.
#pragma once

#include <chrono>

namespace launchgate::kube {

struct RateLimit {
  double per_second = 20;  // > 0. Sustained rate.
  int burst = 40;          // >= 1. Requests that may go at once after a pause.
};

// Not thread-safe; time is an argument.
class RateLimiter {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // Starts full.
  RateLimiter(const RateLimit& limit, TimePoint now);

  // Takes one token, going into debt if need be, and says how long the caller
  // must wait before it acts; 0 when it need not. Callers that reserve in order
  // may act in that order.
  std::chrono::milliseconds Reserve(TimePoint now);

  // Takes one token only if there is one now.
  bool TryTake(TimePoint now);

 private:
  void Refill(TimePoint now);

  RateLimit limit_;
  double tokens_;
  TimePoint filled_at_;
};

}  // namespace launchgate::kube
