#include "shell/kube/backoff.h"

#include <algorithm>
#include <limits>

namespace launchgate::kube {

std::chrono::milliseconds BackoffCeiling(const BackoffOptions& options, int failures) {
  if (failures <= 0) return std::chrono::milliseconds::zero();
  auto ceiling = std::min(options.base, options.cap);
  for (int i = 1; i < failures && ceiling < options.cap; ++i) {
    ceiling = ceiling > options.cap / 2 ? options.cap : ceiling * 2;
  }
  return ceiling;
}

Backoff::Backoff(const BackoffOptions& options, std::uint64_t seed)
    : options_(options), random_(seed) {}

std::chrono::milliseconds Backoff::Next() {
  if (failures_ < std::numeric_limits<int>::max()) ++failures_;
  std::uniform_int_distribution<std::chrono::milliseconds::rep> wait(
      0, BackoffCeiling(options_, failures_).count());
  return std::chrono::milliseconds(wait(random_));
}

}  // namespace launchgate::kube
