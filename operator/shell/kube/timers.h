// Waiting, and lists of things that become due at an exact instant.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace launchgate::kube {

// The only way a loop in this module lets time pass, so that its tests do not.
class Waiter {
 public:
  virtual ~Waiter() = default;
  // Blocks for `duration`; false as soon as `stop` is stopped.
  virtual bool Wait(std::chrono::milliseconds duration, std::stop_token stop) = 0;
};

// Really waits. Thread-safe: each call waits on its own.
class SystemWaiter final : public Waiter {
 public:
  bool Wait(std::chrono::milliseconds duration, std::stop_token stop) override;
};

// Keys ordered by the instant at which they are due. A key is in it at most
// once and an earlier instant replaces a later one, so its size is bounded by
// the number of keys. All operations are O(log n). Not thread-safe.
template <typename TimePoint>
class TimerList {
 public:
  // True when this made the key due earlier than before, or for the first time.
  bool Schedule(const std::string& key, TimePoint due) {
    auto [entry, inserted] = due_by_key_.try_emplace(key, due);
    if (!inserted) {
      if (entry->second <= due) return false;
      keys_by_due_.erase({entry->second, key});
      entry->second = due;
    }
    keys_by_due_.emplace(due, key);
    return true;
  }

  void Cancel(const std::string& key) {
    const auto entry = due_by_key_.find(key);
    if (entry == due_by_key_.end()) return;
    keys_by_due_.erase({entry->second, key});
    due_by_key_.erase(entry);
  }

  // When the next key is due; nothing when the list is empty.
  std::optional<TimePoint> NextDue() const {
    if (keys_by_due_.empty()) return std::nullopt;
    return keys_by_due_.begin()->first;
  }

  // Takes out every key due at or before `now`, earliest first.
  std::vector<std::string> TakeDue(TimePoint now) {
    std::vector<std::string> keys;
    while (!keys_by_due_.empty() && keys_by_due_.begin()->first <= now) {
      auto node = keys_by_due_.extract(keys_by_due_.begin());
      due_by_key_.erase(node.value().second);
      keys.push_back(std::move(node.value().second));
    }
    return keys;
  }

  void Clear() {
    due_by_key_.clear();
    keys_by_due_.clear();
  }
  std::size_t size() const { return due_by_key_.size(); }

 private:
  std::map<std::string, TimePoint> due_by_key_;
  std::set<std::pair<TimePoint, std::string>> keys_by_due_;
};

}  // namespace launchgate::kube
