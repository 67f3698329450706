// Compares our clock with the API server's, again and again.
#pragma once

#include <chrono>
#include <stop_token>
#include <thread>

#include "shell/clock/clock_guard.h"
#include "shell/kube/timers.h"
#include "shell/transport/transport.h"

namespace launchgate::app {

inline constexpr std::chrono::milliseconds kClockProbePeriod{30'000};
// How often the loop looks whether a question is due.
inline constexpr std::chrono::milliseconds kClockProbeTick{1'000};

// Asks GET /version and reads the Date header. Thread-safe.
class ClockProbe {
 public:
  ClockProbe(transport::Transport& transport, kube::Waiter& waiter, clock::ClockGuard& guard);
  ~ClockProbe() { Stop(); }

  void Start();
  void Stop();

  // One question; true when the answer carried a usable time.
  bool Ask(std::stop_token stop);

 private:
  transport::Transport& transport_;
  kube::Waiter& waiter_;
  clock::ClockGuard& guard_;
  std::jthread thread_;
};

}  // namespace launchgate::app
