#include "shell/kube/work_queue.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace launchgate::kube {

WorkQueue::WorkQueue(const WorkQueueOptions& options, const clock::Clock& clock)
    : options_(options), clock_(clock) {}

void WorkQueue::Add(const std::string& key) {
  const std::lock_guard lock(mutex_);
  AddLocked(key);
}

void WorkQueue::AddLocked(const std::string& key) {
  if (shut_down_ || !waiting_.insert(key).second) return;
  if (processing_.contains(key)) return;  // Done() will queue it.
  ready_.push_back(key);
  changed_.notify_one();
}

void WorkQueue::AddAfter(const std::string& key, std::chrono::milliseconds delay) {
  const std::lock_guard lock(mutex_);
  AddAfterLocked(key, delay);
}

void WorkQueue::AddAfterLocked(const std::string& key, std::chrono::milliseconds delay) {
  if (shut_down_) return;
  if (delay <= std::chrono::milliseconds::zero()) return AddLocked(key);
  if (delayed_.Schedule(key, clock_.Monotonic() + delay)) changed_.notify_all();
}

void WorkQueue::AddAt(const std::string& key, base::Time due) {
  const std::lock_guard lock(mutex_);
  if (shut_down_ || due == base::kNever) return;
  if (due <= clock_.Now()) return AddLocked(key);
  if (scheduled_.Schedule(key, due)) changed_.notify_all();
}

void WorkQueue::AddRateLimited(const std::string& key) {
  const std::lock_guard lock(mutex_);
  // Mixed with the key: keys that fail together must not come back together.
  const std::uint64_t seed = options_.seed ^ std::hash<std::string>{}(key);
  auto& backoff = backoffs_.try_emplace(key, options_.retry, seed).first->second;
  ++retries_;
  AddAfterLocked(key, backoff.Next());
}

void WorkQueue::Forget(const std::string& key) {
  const std::lock_guard lock(mutex_);
  backoffs_.erase(key);
}

std::optional<std::string> WorkQueue::Get(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    MoveDueLocked();
    if (!ready_.empty()) return TakeLocked();
    // Keys that were added again while being processed still have to come out.
    const bool drained = waiting_.empty();
    if (shut_down_ && drained) return std::nullopt;
    const auto woken = [this] { return !ready_.empty() || (shut_down_ && waiting_.empty()); };
    const auto until_next = UntilNextTimerLocked();
    if (!until_next) {
      // A new timer changes how long to sleep, so any notification ends it.
      bool first_look = true;
      changed_.wait(lock, stop, [&] { return woken() || !std::exchange(first_look, false); });
    } else {
      bool first_look = true;
      changed_.wait_for(lock, stop, *until_next,
                        [&] { return woken() || !std::exchange(first_look, false); });
    }
  }
  return std::nullopt;
}

std::optional<std::string> WorkQueue::TryGet() {
  const std::lock_guard lock(mutex_);
  MoveDueLocked();
  if (ready_.empty()) return std::nullopt;
  return TakeLocked();
}

void WorkQueue::Done(const std::string& key) {
  const std::lock_guard lock(mutex_);
  processing_.erase(key);
  if (waiting_.contains(key)) {
    ready_.push_back(key);
    changed_.notify_one();
  } else if (shut_down_) {
    changed_.notify_all();
  }
}

void WorkQueue::ShutDown() {
  const std::lock_guard lock(mutex_);
  shut_down_ = true;
  delayed_.Clear();
  scheduled_.Clear();
  changed_.notify_all();
}

WorkQueue::Depth WorkQueue::depth() const {
  const std::lock_guard lock(mutex_);
  return {ready_.size(), processing_.size(), delayed_.size() + scheduled_.size(), retries_};
}

void WorkQueue::MoveDueLocked() {
  for (const std::string& key : delayed_.TakeDue(clock_.Monotonic())) AddLocked(key);
  for (const std::string& key : scheduled_.TakeDue(clock_.Now())) AddLocked(key);
}

std::optional<std::string> WorkQueue::TakeLocked() {
  std::string key = std::move(ready_.front());
  ready_.pop_front();
  waiting_.erase(key);
  processing_.insert(key);
  // The next timer may be this thread's to wait for no longer: hand it on.
  if (!ready_.empty() || delayed_.size() + scheduled_.size() > 0) changed_.notify_one();
  return key;
}

std::optional<std::chrono::milliseconds> WorkQueue::UntilNextTimerLocked() const {
  using std::chrono::ceil;
  using std::chrono::milliseconds;
  std::optional<milliseconds> wait;
  if (const auto due = delayed_.NextDue()) wait = ceil<milliseconds>(*due - clock_.Monotonic());
  if (const auto due = scheduled_.NextDue()) {
    // The wall clock may be stepped while we sleep, so never sleep long on it.
    const milliseconds until =
        std::min<milliseconds>(ceil<milliseconds>(*due - clock_.Now()), kMaxClockStepDelay);
    wait = wait ? std::min(*wait, until) : until;
  }
  return wait;
}

}  // namespace launchgate::kube
