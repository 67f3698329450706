// Asks the store now and then, so that those who must not block, readiness and
// /metrics, have an answer at hand.
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>

#include "gift-cards/clock.h"
#include "gift-cards/metrics.h"
#include "gift-cards/store/store.h"

namespace gift_cards {

// Thread-safe.
class StoreWatch {
 public:
  // Pending rows are counted up to here; the gauge stops there.
  static constexpr std::size_t kMaxCountedPending = 1'000;

  // An answer older than `max_age` says that the store hangs.
  StoreWatch(Store& store, const Clock& clock, Metrics& metrics, std::chrono::milliseconds max_age);

  // Asks, and blocks for as long as the store does.
  void Refresh();

  // Why the store cannot be relied upon; nothing when it answered lately.
  [[nodiscard]] std::optional<std::string> Problem() const;

 private:
  Store& store_;
  const Clock& clock_;
  Metrics& metrics_;
  const std::chrono::milliseconds max_age_;
  mutable std::mutex mutex_;  // Guards what follows; never held while asking.
  std::chrono::steady_clock::time_point answered_at_;
  std::optional<std::string> problem_;
};

}  // namespace gift_cards
