// A fixed number of workers and no queue: what does not find one free is refused
// at once, so that a provider that hangs can hold this many threads and no more
// (the bulkhead of "Release It!"), and nobody waits in a line that does not move.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "gift-cards/metrics.h"

namespace gift_cards {

// Thread-safe.
class Bulkhead {
 public:
  static constexpr std::size_t kMaxWorkers = 512;

  // What a job leaves to do once its place is free again, and which must not
  // block: its answer. A caller who comes back at once then finds the place.
  using Afterwards = std::function<void()>;
  using Job = std::function<Afterwards()>;

  Bulkhead(std::size_t workers, Metrics& metrics);  // 1..kMaxWorkers.
  Bulkhead(const Bulkhead&) = delete;
  Bulkhead& operator=(const Bulkhead&) = delete;
  ~Bulkhead();  // Waits for the jobs it took.

  // Runs `job`, which must not throw, on a worker of its own; false at once when
  // none is free or Close() was called.
  [[nodiscard]] bool TryRun(Job job);

  // Takes no further job.
  void Close();
  // After Close(): whether all jobs have ended within `timeout`.
  [[nodiscard]] bool WaitUntilIdle(std::chrono::milliseconds timeout);

 private:
  void Work();

  const std::size_t places_;
  Metrics& metrics_;
  std::mutex mutex_;  // Guards everything below but workers_.
  std::condition_variable work_;
  std::condition_variable idle_;
  std::deque<Job> taken_;       // Each has a worker that is about to fetch it.
  std::size_t in_use_ = 0;      // Places; 0..places_.
  std::size_t unfinished_ = 0;  // Jobs, with their Afterwards.
  bool closed_ = false;
  bool ending_ = false;
  std::vector<std::thread> workers_;
};

}  // namespace gift_cards
