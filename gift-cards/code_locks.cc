#include "gift-cards/code_locks.h"

namespace gift_cards {

std::optional<CodeLocks::Lock> CodeLocks::Acquire(std::string_view digest,
                                                  std::chrono::steady_clock::time_point deadline) {
  std::string key(digest);
  std::unique_lock lock(mutex_);
  if (!released_.wait_until(lock, deadline, [&] { return !held_.contains(key); })) {
    return std::nullopt;
  }
  held_.insert(key);
  return Lock(*this, std::move(key));
}

std::optional<CodeLocks::Lock> CodeLocks::TryAcquire(std::string_view digest) {
  std::string key(digest);
  const std::lock_guard lock(mutex_);
  if (!held_.insert(key).second) return std::nullopt;
  return Lock(*this, std::move(key));
}

void CodeLocks::Release(const std::string& digest) {
  {
    const std::lock_guard lock(mutex_);
    held_.erase(digest);
  }
  // All, because each may wait for another code.
  released_.notify_all();
}

}  // namespace gift_cards
