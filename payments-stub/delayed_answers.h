// Answers that are sent later, without a thread each.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "platform/http.h"

namespace payments_stub {

// Thread-safe: mutex_ guards everything but the thread. One thread sends what is due.
class DelayedAnswers {
 public:
  using Clock = std::chrono::steady_clock;

  explicit DelayedAnswers(std::size_t max_waiting);
  DelayedAnswers(const DelayedAnswers&) = delete;
  DelayedAnswers& operator=(const DelayedAnswers&) = delete;
  ~DelayedAnswers();  // As Drop().

  // Sends `response` at `due`, from the thread of this object; at once, from this
  // thread, when `due` has passed. False when max_waiting are waiting: the
  // responder is given back untouched.
  bool Add(Clock::time_point due, launchgate::platform::Responder& responder,
           launchgate::platform::Response response);

  // Ends the thread and answers nothing more: whoever waits sees what an unanswered
  // Responder gives. Later calls of Add() are refused.
  void Drop();

  std::size_t waiting() const;

 private:
  struct Waiting {
    launchgate::platform::Responder responder;
    launchgate::platform::Response response;
  };
  void SendWhatIsDue();

  const std::size_t max_waiting_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::multimap<Clock::time_point, Waiting> waiting_;
  bool dropped_ = false;
  std::thread thread_;
};

}  // namespace payments_stub
