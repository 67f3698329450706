#include "payments-stub/delayed_answers.h"

#include <utility>

namespace payments_stub {

using launchgate::platform::Responder;
using launchgate::platform::Response;

DelayedAnswers::DelayedAnswers(std::size_t max_waiting)
    : max_waiting_(max_waiting), thread_([this] { SendWhatIsDue(); }) {}

DelayedAnswers::~DelayedAnswers() { Drop(); }

bool DelayedAnswers::Add(Clock::time_point due, Responder& responder, Response response) {
  if (due <= Clock::now()) {
    responder.Send(std::move(response));
    return true;
  }
  const std::lock_guard lock(mutex_);
  if (dropped_ || waiting_.size() >= max_waiting_) return false;
  waiting_.emplace(due, Waiting{std::move(responder), std::move(response)});
  changed_.notify_one();
  return true;
}

void DelayedAnswers::Drop() {
  std::multimap<Clock::time_point, Waiting> left;
  {
    const std::lock_guard lock(mutex_);
    if (dropped_) return;
    dropped_ = true;
    left.swap(waiting_);
    changed_.notify_one();
  }
  thread_.join();
}

std::size_t DelayedAnswers::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

void DelayedAnswers::SendWhatIsDue() {
  std::unique_lock lock(mutex_);
  while (!dropped_) {
    if (waiting_.empty()) {
      changed_.wait(lock);
    } else if (const auto due = waiting_.begin()->first; due > Clock::now()) {
      changed_.wait_until(lock, due);
    } else {
      auto node = waiting_.extract(waiting_.begin());
      // Sending may take the server's locks: not under ours.
      lock.unlock();
      node.mapped().responder.Send(std::move(node.mapped().response));
      lock.lock();
    }
  }
}

}  // namespace payments_stub
