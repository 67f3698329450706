// Waiting that takes no time: it moves a FakeClock instead.
#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <vector>

#include "shell/kube/timers.h"
#include "tests/support/fake_clock.h"

namespace launchgate::test_support {

class FakeWaiter final : public kube::Waiter {
 public:
  explicit FakeWaiter(FakeClock& clock) : clock_(clock) {}

  bool Wait(std::chrono::milliseconds duration, std::stop_token stop) override {
    waits.push_back(duration);
    clock_.Advance(duration);
    if (on_wait) on_wait();
    return !stop.stop_requested();
  }

  std::vector<std::chrono::milliseconds> waits;
  std::function<void()> on_wait;

 private:
  FakeClock& clock_;
};

}  // namespace launchgate::test_support
