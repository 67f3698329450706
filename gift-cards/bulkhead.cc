#include "gift-cards/bulkhead.h"

#include <utility>

namespace gift_cards {

Bulkhead::Bulkhead(std::size_t workers, Metrics& metrics) : places_(workers), metrics_(metrics) {
  metrics_.SetConcurrencyLimit(workers);
  workers_.reserve(workers);
  for (std::size_t i = 0; i < workers; ++i) workers_.emplace_back([this] { Work(); });
}

Bulkhead::~Bulkhead() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    ending_ = true;
  }
  work_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

bool Bulkhead::TryRun(Job job) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_ || in_use_ == places_) return false;
    ++in_use_;
    ++unfinished_;
    taken_.push_back(std::move(job));
  }
  metrics_.AddInFlight(1);
  work_.notify_one();
  return true;
}

void Bulkhead::Work() {
  std::unique_lock lock(mutex_);
  while (true) {
    work_.wait(lock, [this] { return !taken_.empty() || ending_; });
    if (taken_.empty()) return;
    Job job = std::move(taken_.front());
    taken_.pop_front();
    lock.unlock();
    const Afterwards afterwards = job();
    metrics_.AddInFlight(-1);
    lock.lock();
    --in_use_;
    lock.unlock();
    afterwards();
    job = nullptr;  // What it holds shall not wait for the next one.
    lock.lock();
    if (--unfinished_ == 0) idle_.notify_all();
  }
}

void Bulkhead::Close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

bool Bulkhead::WaitUntilIdle(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  return idle_.wait_for(lock, timeout, [this] { return unfinished_ == 0; });
}

}  // namespace gift_cards
