// The last word on time: answers for a worker that is late, whatever holds it
// (a disk that hangs, a machine that is overloaded).
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>

namespace gift_cards {

// What can run out of time.
class Expirable {
 public:
  virtual ~Expirable() = default;
  [[nodiscard]] virtual bool IsDone() const = 0;
  // Called once at the latest moment, done or not; must not block.
  virtual void Expire() = 0;
};

// One thread; all that is watched has the same time from its beginning, so what
// came first is due first and a queue is enough. It is as long as there were
// beginnings within that time. Thread-safe.
class AnswerDeadline {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  AnswerDeadline();

  // Not kept alive by this: one that is gone needs no answer.
  void Watch(std::weak_ptr<Expirable> answer, TimePoint due);

 private:
  struct Entry {
    std::weak_ptr<Expirable> answer;
    TimePoint due;
  };

  void Run(const std::stop_token& stop);

  std::mutex mutex_;  // Guards entries_.
  std::condition_variable_any changed_;
  std::deque<Entry> entries_;
  std::jthread thread_;  // Last: it uses all of the above.
};

}  // namespace gift_cards
