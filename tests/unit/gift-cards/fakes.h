// Time, chance and a provider that do what a test says.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include "gift-cards/clock.h"
#include "gift-cards/payments.h"

namespace gift_cards {

// Stands still until it is moved or somebody pauses. Thread-safe.
class FakeClock final : public Clock {
 public:
  std::chrono::steady_clock::time_point Now() const override {
    const std::lock_guard lock(mutex_);
    return start_ + passed_;
  }
  std::int64_t UnixMillis() const override {
    const std::lock_guard lock(mutex_);
    return kStartMillis + std::chrono::duration_cast<std::chrono::milliseconds>(passed_).count();
  }
  void Pause(std::chrono::microseconds duration) override {
    const std::lock_guard lock(mutex_);
    passed_ += duration;
    pauses_.push_back(duration);
  }
  void Advance(std::chrono::microseconds duration) {
    const std::lock_guard lock(mutex_);
    passed_ += duration;
  }
  std::vector<std::chrono::microseconds> pauses() const {
    const std::lock_guard lock(mutex_);
    return pauses_;
  }

  static constexpr std::int64_t kStartMillis = 1'795'420'800'000;  // 2026-11-23T08:00:00Z.

 private:
  mutable std::mutex mutex_;  // Guards passed_ and pauses_.
  // Real time ahead of which nothing in these tests comes: what waits until an
  // instant of this clock in real time finds it in the future.
  const std::chrono::steady_clock::time_point start_ =
      std::chrono::steady_clock::now() + std::chrono::hours(1);
  std::chrono::microseconds passed_{0};
  std::vector<std::chrono::microseconds> pauses_;
};

// The same bits each time.
class FakeChance final : public Chance {
 public:
  explicit FakeChance(std::uint64_t bits = 0x8000'0000'0000'0000U) : bits_(bits) {}
  std::uint64_t Bits() override { return bits_; }

 private:
  const std::uint64_t bits_;
};

// Answers as scripted, one step per attempt; the last step answers all further
// ones. A step may take time, but returns by its deadline as a real one does.
// Thread-safe.
class FakePayments final : public Payments {
 public:
  struct Step {
    AttemptResult result = AttemptResult::kCharged;
    std::chrono::milliseconds takes{0};
    std::function<void()> meanwhile = nullptr;
  };

  explicit FakePayments(FakeClock& clock) : clock_(clock) {}

  void Script(std::vector<Step> steps) {
    const std::lock_guard lock(mutex_);
    steps_.assign(steps.begin(), steps.end());
  }

  ChargeAnswer Try(const Charge& charge, TimePoint deadline) override {
    Step step;
    {
      const std::lock_guard lock(mutex_);
      charges_.push_back(charge);
      deadlines_.push_back(deadline);
      step = steps_.front();
      if (steps_.size() > 1) steps_.pop_front();
    }
    if (step.meanwhile) step.meanwhile();
    const auto allowed =
        std::chrono::duration_cast<std::chrono::microseconds>(deadline - clock_.Now());
    clock_.Advance(std::min<std::chrono::microseconds>(step.takes, allowed));
    if (step.takes > allowed) return {AttemptResult::kTimedOut, {}, "late"};
    if (step.result != AttemptResult::kCharged) return {step.result, {}, "scripted"};
    return {step.result, "ch-" + charge.ref.substr(3, 8), {}};
  }

  std::vector<Charge> charges() const {
    const std::lock_guard lock(mutex_);
    return charges_;
  }
  std::vector<TimePoint> deadlines() const {
    const std::lock_guard lock(mutex_);
    return deadlines_;
  }

 private:
  FakeClock& clock_;
  mutable std::mutex mutex_;  // Guards everything below.
  std::deque<Step> steps_{Step{}};
  std::vector<Charge> charges_;
  std::vector<TimePoint> deadlines_;
};

}  // namespace gift_cards
