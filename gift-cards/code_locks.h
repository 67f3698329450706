// One redemption of a code at a time. A customer who clicks twice then gets the
// same answer twice, and nobody gives a code up while another charges it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace gift_cards {

// Thread-safe. Holds as many entries as there are locks held, so it is bounded
// by the workers. Within one process only: one process owns one database.
class CodeLocks {
 public:
  class Lock {
   public:
    Lock(CodeLocks& locks, std::string digest) : locks_(&locks), digest_(std::move(digest)) {}
    Lock(Lock&& other) noexcept
        : locks_(std::exchange(other.locks_, nullptr)), digest_(std::move(other.digest_)) {}
    Lock& operator=(Lock&&) = delete;
    ~Lock() {
      if (locks_ != nullptr) locks_->Release(digest_);
    }

   private:
    CodeLocks* locks_;
    std::string digest_;
  };

  // Waits for whoever has it; nothing when `deadline` comes first.
  [[nodiscard]] std::optional<Lock> Acquire(std::string_view digest,
                                            std::chrono::steady_clock::time_point deadline);
  // Does not wait.
  [[nodiscard]] std::optional<Lock> TryAcquire(std::string_view digest);

 private:
  void Release(const std::string& digest);

  std::mutex mutex_;  // Guards held_.
  std::condition_variable released_;
  std::unordered_set<std::string> held_;
};

}  // namespace gift_cards
