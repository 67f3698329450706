#include "gift-cards/periodic.h"

#include <utility>

namespace gift_cards {

Periodic::Periodic(std::chrono::milliseconds interval, Work work)
    : interval_(interval),
      work_(std::move(work)),
      thread_([this](std::stop_token stop) { Run(std::move(stop)); }) {}

void Periodic::Run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    work_(stop);
    std::unique_lock lock(mutex_);
    stopped_.wait_for(lock, stop, interval_, [] { return false; });
  }
}

}  // namespace gift_cards
