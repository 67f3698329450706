// What still has to be looked at: a queue of keys between the watches and the
// workers.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>

#include "core/base/time.h"
#include "shell/clock/clock.h"
#include "shell/kube/backoff.h"
#include "shell/kube/timers.h"

namespace launchgate::kube {

struct WorkQueueOptions {
  BackoffOptions retry{std::chrono::milliseconds(200), std::chrono::minutes(5)};
  std::uint64_t seed = 0;  // Of the jitter; a different one in every process.
};

// De-duplicating, delaying, rate-limited queue of keys.
//
// A key is queued at most once, and never handed to two workers at the same
// time: added again while it is processed, it is queued when Done() is called.
// So nothing that happened after a worker started is lost, and the length is
// bounded by the number of distinct keys. There is deliberately no second
// bound: dropping a key would lose a change, and blocking the adder would stop
// the watch. The keys come from informers, which hold at most kMaxCachedObjects
// each; that is the queue's bound.
//
// Each key has at most one timer; the earliest request wins. A worker therefore
// states after every successful pass when the key is next due.
//
// Thread-safe; one mutex guards everything.
class WorkQueue {
 public:
  WorkQueue(const WorkQueueOptions& options, const clock::Clock& clock);

  void Add(const std::string& key);
  // After `delay`, measured on the monotonic clock.
  void AddAfter(const std::string& key, std::chrono::milliseconds delay);
  // At a wall-clock instant ("when this evidence goes stale"), never before it.
  // Follows steps of the wall clock within kMaxClockStepDelay.
  void AddAt(const std::string& key, base::Time due);
  // The key failed: again after its own exponential backoff.
  void AddRateLimited(const std::string& key);
  // The key succeeded: its next failure is the first.
  void Forget(const std::string& key);

  // Takes the next key; blocks until there is one. Nothing when the queue was
  // shut down and is drained, or `stop` is stopped. Every key taken is given
  // back with Done().
  std::optional<std::string> Get(std::stop_token stop);
  // The same without blocking: nothing when no key is ready now.
  std::optional<std::string> TryGet();
  void Done(const std::string& key);

  // No key is accepted any more and timers are dropped; what is already queued
  // is still handed out, then Get() returns nothing to every caller.
  void ShutDown();

  struct Depth {
    std::size_t ready = 0;
    std::size_t processing = 0;
    std::size_t delayed = 0;
    std::uint64_t retries = 0;  // Calls of AddRateLimited since the start.
  };
  Depth depth() const;

  static constexpr std::chrono::seconds kMaxClockStepDelay{10};

 private:
  void AddLocked(const std::string& key);
  void AddAfterLocked(const std::string& key, std::chrono::milliseconds delay);
  void MoveDueLocked();
  std::optional<std::string> TakeLocked();
  std::optional<std::chrono::milliseconds> UntilNextTimerLocked() const;

  const WorkQueueOptions options_;
  const clock::Clock& clock_;

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<std::string> ready_;
  std::set<std::string> waiting_;     // In ready_, or to be queued once Done().
  std::set<std::string> processing_;  // Taken and not yet given back.
  TimerList<std::chrono::steady_clock::time_point> delayed_;
  TimerList<base::Time> scheduled_;
  std::map<std::string, Backoff> backoffs_;
  std::uint64_t retries_ = 0;
  bool shut_down_ = false;
};

}  // namespace launchgate::kube
