// The breaker against a reference that is too simple to be wrong in the same
// way: it remembers everything that ever happened and counts it anew each time.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

#include "gift-cards/core/circuit_breaker.h"

namespace gift_cards {
namespace {

using std::chrono::milliseconds;

// Times are whole milliseconds since the start.
class Reference {
 public:
  explicit Reference(const BreakerOptions& options) : options_(options) {}

  // The number of the call that was permitted; -1 when it was refused.
  int Ask(std::int64_t now) {
    Pass(now);
    if (state_ == BreakerState::kOpen) return -1;
    if (state_ == BreakerState::kHalfOpen) {
      std::int64_t taken = 0;
      for (const Call& call : calls_) {
        if (!IsProbeOfNow(call)) continue;
        const bool waits = !call.reported && now - call.asked_at < options_.probe_lease.count();
        if (waits || call.counted_success) ++taken;
      }
      if (taken >= options_.half_open_probes) return -1;
    }
    calls_.push_back({now, epoch_, state_ == BreakerState::kHalfOpen});
    return static_cast<int>(calls_.size()) - 1;
  }

  void Report(int number, CallOutcome outcome, std::int64_t now) {
    Pass(now);
    Call& call = calls_[static_cast<std::size_t>(number)];
    if (call.epoch != epoch_) return;
    if (call.probe) return ReportProbe(call, outcome, now);
    if (outcome == CallOutcome::kUnknown) return;
    reports_.push_back({now, epoch_, outcome == CallOutcome::kFailure});
    const auto [all, failed] = Window(now);
    if (all >= options_.min_calls &&
        static_cast<double>(failed) / static_cast<double>(all) >= options_.failure_rate) {
      Become(BreakerState::kOpen, now);
    }
  }

  BreakerState State(std::int64_t now) {
    Pass(now);
    return state_;
  }

  std::pair<std::int64_t, std::int64_t> Window(std::int64_t now) const {
    const std::int64_t width = options_.window.count() / options_.buckets;
    std::int64_t all = 0;
    std::int64_t failed = 0;
    for (const Made& made : reports_) {
      if (made.epoch != epoch_ || made.at / width <= now / width - options_.buckets) continue;
      ++all;
      failed += made.failure ? 1 : 0;
    }
    return {all, failed};
  }

 private:
  struct Call {
    std::int64_t asked_at = 0;
    int epoch = 0;
    bool probe = false;
    bool reported = false;
    bool counted_success = false;
  };
  struct Made {
    std::int64_t at = 0;
    int epoch = 0;
    bool failure = false;
  };

  bool IsProbeOfNow(const Call& call) const { return call.probe && call.epoch == epoch_; }

  void ReportProbe(Call& call, CallOutcome outcome, std::int64_t now) {
    if (call.reported || now - call.asked_at >= options_.probe_lease.count()) return;
    call.reported = true;
    if (outcome == CallOutcome::kFailure) return Become(BreakerState::kOpen, now);
    call.counted_success = outcome == CallOutcome::kSuccess;
    const auto successes = std::count_if(calls_.begin(), calls_.end(), [this](const Call& other) {
      return IsProbeOfNow(other) && other.counted_success;
    });
    if (successes == options_.half_open_probes) Become(BreakerState::kClosed, now);
  }

  void Pass(std::int64_t now) {
    if (state_ == BreakerState::kOpen && now >= opened_at_ + options_.open_for.count()) {
      Become(BreakerState::kHalfOpen, now);
    }
  }

  void Become(BreakerState state, std::int64_t now) {
    state_ = state;
    ++epoch_;
    if (state == BreakerState::kOpen) opened_at_ = now;
  }

  BreakerOptions options_;
  BreakerState state_ = BreakerState::kClosed;
  int epoch_ = 0;
  std::int64_t opened_at_ = 0;
  std::vector<Call> calls_;
  std::vector<Made> reports_;
};

BreakerOptions RandomOptions(std::mt19937_64& random) {
  const auto pick = [&random](int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(random);
  };
  BreakerOptions options;
  options.buckets = pick(1, 12);
  options.window = milliseconds(options.buckets * pick(1, 1'500));
  options.failure_rate = pick(1, 8) / 8.0;  // Exact in binary: both divide alike.
  options.min_calls = pick(1, 12);
  options.open_for = milliseconds(pick(1, 3'000));
  options.half_open_probes = pick(1, 6);
  options.probe_lease = milliseconds(pick(1, 3'000));
  return options;
}

// One random life of a breaker beside its reference. How often it was in which
// state comes back, so that the test can tell that it went everywhere.
std::map<BreakerState, int> LiveTogether(std::uint64_t seed, int steps) {
  std::mt19937_64 random(seed);
  const auto pick = [&random](int below) {
    return std::uniform_int_distribution<int>(0, below - 1)(random);
  };
  const BreakerOptions options = RandomOptions(random);
  const CircuitBreaker::TimePoint start{std::chrono::hours(7)};
  CircuitBreaker breaker(options, start);
  Reference reference(options);
  std::vector<std::pair<CircuitBreaker::Permit, int>> permitted;
  std::map<BreakerState, int> visits;
  const int failure_percent = 10 + pick(80);
  std::int64_t now = 0;
  for (int step = 0; step < steps && !::testing::Test::HasFailure(); ++step) {
    if (pick(3) == 0) now += pick(pick(10) == 0 ? 4'000 : 60);
    const auto at = start + milliseconds(now);
    if (permitted.empty() || pick(2) == 0) {
      const auto permit = breaker.Ask(at);
      const int number = reference.Ask(now);
      EXPECT_EQ(permit.has_value(), number >= 0) << "seed " << seed << " step " << step;
      if (permit && number >= 0) permitted.emplace_back(*permit, number);
    } else {
      const auto which = permitted.begin() + pick(static_cast<int>(permitted.size()));
      const CallOutcome outcome = pick(20) == 0                 ? CallOutcome::kUnknown
                                  : pick(100) < failure_percent ? CallOutcome::kFailure
                                                                : CallOutcome::kSuccess;
      breaker.Report(which->first, outcome, at);
      reference.Report(which->second, outcome, now);
      permitted.erase(which);
    }
    EXPECT_EQ(breaker.StateAt(at), reference.State(now)) << "seed " << seed << " step " << step;
    EXPECT_EQ(breaker.WindowAt(at).calls, reference.Window(now).first) << "seed " << seed;
    EXPECT_EQ(breaker.WindowAt(at).failures, reference.Window(now).second) << "seed " << seed;
    ++visits[breaker.StateAt(at)];
  }
  return visits;
}

TEST(BreakerModelTest, BehavesAsTheReferenceInEveryRandomLife) {
  std::map<BreakerState, int> visits;

  for (std::uint64_t seed = 1; seed <= 300 && !HasFailure(); ++seed) {
    for (const auto& [state, count] : LiveTogether(seed, 400)) visits[state] += count;
  }

  for (const BreakerState state : kBreakerStates) EXPECT_GT(visits[state], 5'000) << ToText(state);
}

}  // namespace
}  // namespace gift_cards
