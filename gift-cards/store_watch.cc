#include "gift-cards/store_watch.h"

#include <limits>
#include <utility>

namespace gift_cards {

StoreWatch::StoreWatch(Store& store, const Clock& clock, Metrics& metrics,
                       std::chrono::milliseconds max_age)
    : store_(store),
      clock_(clock),
      metrics_(metrics),
      max_age_(max_age),
      answered_at_(clock.Now()),
      problem_("not asked yet") {}

void StoreWatch::Refresh() {
  const auto alive = store_.Ping();
  const auto pending = store_.Pending(std::numeric_limits<std::int64_t>::max(), kMaxCountedPending);
  if (pending) metrics_.SetPending(pending->size());
  if (const auto backup = store_.LastBackupAt()) metrics_.SetLastBackup(*backup);
  const std::lock_guard lock(mutex_);
  answered_at_ = clock_.Now();
  problem_ = alive ? std::nullopt : std::optional(alive.error());
}

std::optional<std::string> StoreWatch::Problem() const {
  const std::lock_guard lock(mutex_);
  if (problem_) return problem_;
  if (clock_.Now() - answered_at_ > max_age_) return "no answer lately";
  return std::nullopt;
}

}  // namespace gift_cards
