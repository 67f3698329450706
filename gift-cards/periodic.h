// A function called again and again on a thread of its own.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace gift_cards {

// Calls `work` at once and then `interval` after each return, until it is
// destroyed, which waits for a call in progress. `work` gets a token that tells
// it of that wish, and must not throw. Not thread-safe.
class Periodic {
 public:
  using Work = std::function<void(std::stop_token)>;

  Periodic(std::chrono::milliseconds interval, Work work);

 private:
  void Run(std::stop_token stop);

  const std::chrono::milliseconds interval_;
  const Work work_;
  std::mutex mutex_;  // Guards nothing: the wait needs one.
  std::condition_variable_any stopped_;
  std::jthread thread_;  // Last: it uses all of the above.
};

}  // namespace gift_cards
