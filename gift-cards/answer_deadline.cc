#include "gift-cards/answer_deadline.h"

#include <utility>

namespace gift_cards {

AnswerDeadline::AnswerDeadline() : thread_([this](std::stop_token stop) { Run(stop); }) {}

void AnswerDeadline::Watch(std::weak_ptr<Expirable> answer, TimePoint due) {
  const std::lock_guard lock(mutex_);
  entries_.push_back({std::move(answer), due});
  if (entries_.size() == 1) changed_.notify_one();
}

void AnswerDeadline::Run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    if (entries_.empty()) {
      changed_.wait(lock, stop, [this] { return !entries_.empty(); });
      continue;
    }
    const std::shared_ptr<Expirable> first = entries_.front().answer.lock();
    const TimePoint due = entries_.front().due;
    // Most are done long before: they go in passing, without a wait for each.
    if (first && !first->IsDone() && std::chrono::steady_clock::now() < due) {
      changed_.wait_until(lock, stop, due, [] { return false; });
      continue;
    }
    entries_.pop_front();
    lock.unlock();
    if (first) first->Expire();
    lock.lock();
  }
}

}  // namespace gift_cards
