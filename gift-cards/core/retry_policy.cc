#include "gift-cards/core/retry_policy.h"

#include <algorithm>

namespace gift_cards {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

// Doubles in a loop and stops at the cap, so that nothing can overflow.
microseconds Ceiling(const RetryOptions& options, int attempt) {
  microseconds ceiling = options.base;
  for (int i = 1; i < attempt && ceiling < options.cap; ++i) ceiling *= 2;
  return std::min<microseconds>(ceiling, options.cap);
}

}  // namespace

std::optional<std::string> ProblemOf(const RetryOptions& options) {
  if (options.max_retries < 0 || options.max_retries > RetryOptions::kMaxRetries) {
    return "retries must be 0 to 2";
  }
  if (options.base <= milliseconds(0) || options.cap < options.base) {
    return "the wait before a retry must be longer than 0, and its cap not below it";
  }
  if (options.min_attempt <= milliseconds(0)) {
    return "the shortest attempt must be longer than 0";
  }
  return std::nullopt;
}

std::optional<microseconds> NextWait(const RetryOptions& options, const AttemptReport& report,
                                     double uniform) {
  if (report.attempt > options.max_retries || !TraitsOf(report.result).retryable) {
    return std::nullopt;
  }
  const microseconds ceiling = Ceiling(options, report.attempt);
  const auto wait = std::chrono::floor<microseconds>(ceiling * std::clamp(uniform, 0.0, 1.0));
  if (wait + options.min_attempt > report.remaining) return std::nullopt;
  return wait;
}

}  // namespace gift_cards
