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

// Thread-safe: mutex_ guards everything but the thread. One thread sends what is due, in the
// order in which it is due. Add() and that thread only hold the mutex for moments, so that Add()
// may be called on an I/O thread.
class DelayedAnswers {
 public:
  using Clock = std::chrono::steady_clock;

  explicit DelayedAnswers(std::size_t max_waiting);
  DelayedAnswers(const DelayedAnswers&) = delete;
  DelayedAnswers& operator=(const DelayedAnswers&) = delete;
  ~DelayedAnswers();  // As Drop().

  // Sends `response` at `due` or a moment later, never earlier, from the thread of this
  // object; at once, from the calling thread, when `due` has passed. False when
  // max_waiting are waiting, or after Drop(): the responder is given back untouched.
  [[nodiscard]] bool Add(Clock::time_point due, launchgate::platform::Responder& responder,
                         launchgate::platform::Response response);

  // Ends the thread and sends nothing more: whoever waits gets at once what an unanswered
  // Responder gives (500). Not to be called by two threads at the same time.
  void Drop();

  [[nodiscard]] std::size_t waiting() const;

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
  std::thread thread_;  // Last: it uses all of the above.
};

}  // namespace payments_stub
