#include "shell/kube/watcher.h"

#include <algorithm>
#include <utility>

namespace launchgate::kube {
namespace {

constexpr int kForbiddenStatus = 403;
constexpr int kNotFoundStatus = 404;
constexpr int kGoneStatus = 410;

// Worth trying from the same version: the server is busy, not wrong about us.
bool IsPassing(int code) { return code == 401 || code == 429 || code >= 500; }

}  // namespace

std::string_view ToString(SyncState state) {
  switch (state) {
    case SyncState::kStarting:
      return "Starting";
    case SyncState::kSynced:
      return "Synced";
    case SyncState::kAbsent:
      return "Absent";
    case SyncState::kForbidden:
      return "Forbidden";
  }
  return "Unknown";
}

Watcher::Watcher(const WatcherOptions& options, std::uint64_t seed)
    : options_(options), backoff_(options.backoff, seed), random_(seed ^ 0x9e3779b97f4a7c15U) {}

WatcherAction Watcher::Step(const WatcherEvent& event, SteadyTime now) {
  return std::visit([this, now](const auto& happened) { return On(happened, now); }, event);
}

WatcherAction Watcher::On(const Started&, SteadyTime) { return StartList(); }

WatcherAction Watcher::On(const Waited&, SteadyTime now) {
  if (phase_ != Phase::kWaiting || list_needed_) return StartList();
  return continue_token_.empty() ? StartWatch(now) : ContinueList();
}

WatcherAction Watcher::On(const PageListed& page, SteadyTime now) {
  if (phase_ != Phase::kListing) return StartList();
  if (page.resource_version.empty()) return On(RequestFailed{true}, now);
  continue_token_ = page.continue_token;
  if (!continue_token_.empty()) return ContinueList();
  resource_version_ = page.resource_version;
  sync_state_ = SyncState::kSynced;
  paged_ = true;
  list_needed_ = false;
  listed_at_ = now;
  ++completed_lists_;
  return StartWatch(now);
}

WatcherAction Watcher::On(const Refused& refusal, SteadyTime now) {
  if (phase_ == Phase::kListing) return OnListRefused(refusal);
  if (phase_ != Phase::kWatching) return StartList();
  ResetBackoffIfHealthy(now);
  return OnWatchRefused(refusal);
}

WatcherAction Watcher::OnListRefused(const Refused& refusal) {
  if (refusal.code == kNotFoundStatus) {
    return WaitForAppearance(SyncState::kAbsent, refusal.retry_after);
  }
  if (refusal.code == kForbiddenStatus) {
    return WaitForAppearance(SyncState::kForbidden, refusal.retry_after);
  }
  if (refusal.code == kGoneStatus && !continue_token_.empty()) {
    // The snapshot behind the pages was compacted while we read them. All at
    // once cannot expire half-way.
    paged_ = false;
  }
  list_needed_ = !IsPassing(refusal.code);
  return Wait(refusal.retry_after);
}

WatcherAction Watcher::OnWatchRefused(const Refused& refusal) {
  // A 410 means our version is older than the server remembers: only a fresh
  // list can tell what was deleted meanwhile. A 403 or 404 is confirmed by a
  // list before anybody is told.
  list_needed_ = !IsPassing(refusal.code) || ++refusals_ >= kListAfterRefusals;
  return Wait(refusal.retry_after);
}

WatcherAction Watcher::On(const RequestFailed& failure, SteadyTime) {
  if (phase_ != Phase::kListing && phase_ != Phase::kWatching) return StartList();
  list_needed_ = failure.start_over;
  return Wait({});
}

WatcherAction Watcher::On(const Advanced& advance, SteadyTime) {
  if (phase_ != Phase::kWatching) return StartList();
  if (!advance.resource_version.empty()) resource_version_ = advance.resource_version;
  refusals_ = 0;
  return ReadAction{};
}

WatcherAction Watcher::On(const Malformed&, SteadyTime now) {
  if (phase_ != Phase::kWatching) return StartList();
  ResetBackoffIfHealthy(now);
  list_needed_ = true;
  return Wait({});
}

WatcherAction Watcher::On(const WatchEnded&, SteadyTime now) {
  if (phase_ != Phase::kWatching) return StartList();
  if (now - listed_at_ >= options_.relist_interval) return StartList();
  if (ResetBackoffIfHealthy(now)) return StartWatch(now);
  return Wait({});
}

WatcherAction Watcher::StartList() {
  continue_token_.clear();
  list_needed_ = false;
  refusals_ = 0;
  return ContinueList();
}

WatcherAction Watcher::ContinueList() {
  phase_ = Phase::kListing;
  return ListAction{paged_ ? options_.page_limit : 0, continue_token_};
}

WatcherAction Watcher::StartWatch(SteadyTime now) {
  // Only a complete list makes a version to watch from.
  if (resource_version_.empty() || sync_state_ != SyncState::kSynced) return StartList();
  phase_ = Phase::kWatching;
  watch_began_ = now;
  std::uniform_int_distribution<std::chrono::seconds::rep> seconds(
      options_.watch_min.count(), std::max(options_.watch_min, options_.watch_max).count());
  return WatchAction{resource_version_, std::chrono::seconds(seconds(random_))};
}

WatcherAction Watcher::Wait(std::chrono::milliseconds at_least) {
  // The first page of a list is always a new list.
  if (phase_ == Phase::kListing && continue_token_.empty()) list_needed_ = true;
  const auto wait = std::max(backoff_.Next(), std::min(at_least, kMaxRetryAfter));
  phase_ = Phase::kWaiting;
  return WaitAction{wait};
}

WatcherAction Watcher::WaitForAppearance(SyncState state, std::chrono::milliseconds at_least) {
  sync_state_ = state;
  phase_ = Phase::kWaiting;
  list_needed_ = true;
  // Between 75 and 125 percent: many informers may be waiting for the same CRDs.
  std::uniform_int_distribution<std::chrono::milliseconds::rep> wait(
      options_.absent_retry.count() * 3 / 4, options_.absent_retry.count() * 5 / 4);
  return WaitAction{
      std::max(std::chrono::milliseconds(wait(random_)), std::min(at_least, kMaxRetryAfter))};
}

bool Watcher::ResetBackoffIfHealthy(SteadyTime now) {
  if (now - watch_began_ < options_.healthy_after) return false;
  backoff_.Reset();
  return true;
}

}  // namespace launchgate::kube
