// How long to wait before trying again.
#pragma once

#include <chrono>
#include <cstdint>
#include <random>

namespace launchgate::kube {

struct BackoffOptions {
  std::chrono::milliseconds base{500};    // Ceiling of the first wait; must be > 0.
  std::chrono::milliseconds cap{30'000};  // No ceiling grows past this; must be >= base.
};

// The longest wait after `failures` failures in a row: base * 2^(failures - 1),
// at most `cap`; 0 for no failure.
std::chrono::milliseconds BackoffCeiling(const BackoffOptions& options, int failures);

// Exponential backoff with full jitter: every wait is drawn evenly from
// [0, ceiling], so that clients cut off together do not come back together.
// Not thread-safe; one per thing that is retried.
class Backoff {
 public:
  // Equal seeds give equal waits.
  Backoff(const BackoffOptions& options, std::uint64_t seed);

  // Counts one more failure and says how long to wait after it.
  std::chrono::milliseconds Next();
  // The thing works again: the next failure is the first one.
  void Reset() { failures_ = 0; }
  int failures() const { return failures_; }

 private:
  BackoffOptions options_;
  int failures_ = 0;
  std::mt19937_64 random_;
};

}  // namespace launchgate::kube
