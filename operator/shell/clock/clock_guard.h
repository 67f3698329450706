// Whether the wall clock may be believed. Verdicts and freezes end at instants;
// a clock that was set back would bring them to life again. (THREATS T55.)
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/base/time.h"
#include "shell/clock/clock.h"

namespace launchgate::clock {

// The API server's clock may differ from ours by this much.
inline constexpr std::chrono::milliseconds kMaxSkew{60'000};
// Our wall clock may drift from our monotonic clock by this much between two
// looks at the API server's.
inline constexpr std::chrono::milliseconds kMaxStep{2'000};

// Parses the Date header of HTTP, "Mon, 23 Nov 2026 09:34:38 GMT" (RFC 9110,
// IMF-fixdate; the obsolete forms are refused).
base::Result<base::Time> ParseHttpDate(std::string_view text);

// Untrusted until the first observation. Thread-safe and lock-free: asked for
// every admission.
class ClockGuard {
 public:
  explicit ClockGuard(const Clock& clock) : clock_(clock) {}

  // The API server said it was `server_time`, a moment ago.
  void Observe(base::Time server_time);

  // False before the first observation, when it was off by more than kMaxSkew,
  // or when the wall clock was stepped by more than kMaxStep since.
  bool Trusted() const;

  // Why not, for people; nothing when trusted.
  std::optional<std::string> Complaint() const;

  // Ours minus the server's at the last observation.
  std::chrono::milliseconds Skew() const { return std::chrono::milliseconds(skew_.load()); }

 private:
  // `now` minus the monotonic clock, in milliseconds.
  std::int64_t OffsetAt(base::Time now) const;

  const Clock& clock_;
  std::atomic<bool> observed_{false};
  std::atomic<std::int64_t> skew_{0};
  std::atomic<std::int64_t> offset_{0};  // At the last observation.
};

}  // namespace launchgate::clock
