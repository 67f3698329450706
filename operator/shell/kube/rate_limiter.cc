#include "shell/kube/rate_limiter.h"

#include <algorithm>
#include <cmath>

namespace launchgate::kube {

RateLimiter::RateLimiter(const RateLimit& limit, TimePoint now)
    : limit_(limit), tokens_(limit.burst), filled_at_(now) {}

void RateLimiter::Refill(TimePoint now) {
  if (now <= filled_at_) return;
  const std::chrono::duration<double> passed = now - filled_at_;
  tokens_ = std::min<double>(limit_.burst, tokens_ + passed.count() * limit_.per_second);
  filled_at_ = now;
}

std::chrono::milliseconds RateLimiter::Reserve(TimePoint now) {
  Refill(now);
  tokens_ -= 1;
  if (tokens_ >= 0) return std::chrono::milliseconds(0);
  const double wait_seconds = -tokens_ / limit_.per_second;
  return std::chrono::milliseconds(static_cast<std::int64_t>(std::ceil(wait_seconds * 1000)));
}

bool RateLimiter::TryTake(TimePoint now) {
  Refill(now);
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

}  // namespace launchgate::kube
