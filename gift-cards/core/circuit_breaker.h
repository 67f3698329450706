// Stops calling a provider that does not answer, and finds out by itself when
// it does again. The idea is Michael Nygard's ("Release It!", chapter "Stability
// Patterns", Circuit Breaker); the failure rate over a sliding window is ours.
//
//            failures / calls >= failure_rate
//            of at least min_calls in the window
//   closed ─────────────────────────────────────▶ open
//     ▲                                            │ ▲
//     │ half_open_probes probes                    │ │ one probe
//     │ succeeded                         open_for │ │ failed
//     │                                            ▼ │
//     └──────────────────────────────────────── half-open
//
// A value in core: it holds no clock and no lock. `now` is an argument, and an
// instant before one already seen counts as the latest seen, because threads
// that read a clock may arrive here in another order.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gift_cards {

enum class BreakerState { kClosed, kOpen, kHalfOpen };
inline constexpr std::array kBreakerStates = {BreakerState::kClosed, BreakerState::kOpen,
                                              BreakerState::kHalfOpen};

// "closed", "open" or "half-open".
[[nodiscard]] std::string_view ToText(BreakerState state);

struct BreakerOptions {
  static constexpr std::chrono::milliseconds kMaxWindow{600'000};
  static constexpr int kMaxBuckets = 100;
  static constexpr int kMaxProbes = 100;
  static constexpr std::chrono::milliseconds kMaxOpenFor{600'000};

  // The window slides by whole buckets: the one that `now` is in and the
  // buckets - 1 before it count.
  std::chrono::milliseconds window{10'000};
  int buckets = 10;           // 1..kMaxBuckets; window is a multiple of it.
  double failure_rate = 0.5;  // In (0, 1]; opens at this share or more.
  int min_calls = 20;         // >= 1. Fewer calls in the window say nothing.
  std::chrono::milliseconds open_for{2'000};
  int half_open_probes = 5;  // 1..kMaxProbes. That many at once, and that many to close.
  // A probe whose caller never reports gives its place to another after this.
  // Longer than any call may take.
  std::chrono::milliseconds probe_lease{2'000};
};

// What is wrong with the options, as one sentence; nothing when they are usable.
[[nodiscard]] std::optional<std::string> ProblemOf(const BreakerOptions& options);

enum class CallOutcome {
  kSuccess,  // The provider answered, be it yes or no.
  kFailure,
  kUnknown,  // The call was not made, or says nothing: only gives its place back.
};

// Not thread-safe. Memory is bounded by buckets and half_open_probes.
class CircuitBreaker {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // The right to make one call. A permit given before the last transition
  // reports into the void: an old call says nothing about the provider of now.
  struct Permit {
    std::uint64_t generation = 0;
    std::uint64_t probe = 0;  // 0 for a call while closed.
  };

  // `options` without problem. Closed at the start.
  CircuitBreaker(const BreakerOptions& options, TimePoint now);

  // May one call be made? Every permit is to be reported once; further reports
  // of a probe are without effect.
  [[nodiscard]] std::optional<Permit> Ask(TimePoint now);
  void Report(const Permit& permit, CallOutcome outcome, TimePoint now);

  // An open breaker becomes half-open by time alone, asked or not.
  [[nodiscard]] BreakerState StateAt(TimePoint now);

  // How long it will certainly permit nothing; 0 unless open.
  [[nodiscard]] std::chrono::milliseconds RefusesFor(TimePoint now);

  // How often it went into `state` since the start, which is not counted.
  [[nodiscard]] std::uint64_t TransitionsTo(BreakerState state) const;

  struct Counts {
    std::int64_t calls = 0;
    std::int64_t failures = 0;
  };
  // What the window holds at `now`.
  [[nodiscard]] Counts WindowAt(TimePoint now);

 private:
  struct Bucket {
    std::int64_t number = -1;  // Of the bucket of time it counts; -1: none yet.
    Counts counts;
  };
  struct Probe {
    std::uint64_t id = 0;
    TimePoint begun;
  };

  // Moves latest_ to `now`, and the state and the leases with it.
  void Advance(TimePoint now);
  void GoTo(BreakerState state);
  [[nodiscard]] std::int64_t BucketNumber() const;
  [[nodiscard]] Counts SumWindow() const;
  void Count(CallOutcome outcome);
  void ReportProbe(std::uint64_t id, CallOutcome outcome);

  BreakerOptions options_;
  TimePoint start_;
  TimePoint latest_;
  BreakerState state_ = BreakerState::kClosed;
  std::uint64_t generation_ = 1;
  std::array<std::uint64_t, kBreakerStates.size()> transitions_{};
  std::vector<Bucket> buckets_;  // A ring: bucket n is at n modulo its size.
  TimePoint opened_at_;
  std::vector<Probe> probes_;  // Those that have not reported; at most half_open_probes.
  std::uint64_t last_probe_ = 0;
  int probes_succeeded_ = 0;
};

}  // namespace gift_cards
