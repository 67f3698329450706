// A cache of one collection that follows the API server, and tells handlers
// what changed.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "shell/clock/clock.h"
#include "shell/kube/requests.h"
#include "shell/kube/resource.h"
#include "shell/kube/timers.h"
#include "shell/kube/watch_stream.h"
#include "shell/kube/watcher.h"
#include "shell/transport/transport.h"

namespace launchgate::kube {

// Objects that one informer holds at most. A larger collection is refused as a
// whole, and never counts as synced: half a cache is worse than none.
inline constexpr std::size_t kMaxCachedObjects = 100'000;

struct InformerOptions {
  ResourceType type;
  std::string ns;  // Empty: every namespace.
  std::string label_selector;
  std::string field_selector;
  Content content = Content::kFull;
  std::size_t max_objects = kMaxCachedObjects;
  WatcherOptions watcher;
  // One list page, or the wait for the headers of a watch.
  std::chrono::milliseconds request_timeout{20'000};
  std::uint64_t seed = 0;  // Of every jitter; a different one in each process.
};

// Things worth counting. A closed set: fit to be a metric label.
enum class InformerNote {
  kListed,       // A complete list (detail: its version) is about to be taken over.
  kWatchClosed,  // A watch ended as it should.
  kWatchBroken,  // A watch was cut, or silent for too long.
  kExpired,      // 410: the version is older than the server remembers.
  kRefused,      // Any other answer than 200.
  kUnreachable,  // No answer, or one that cannot be read.
  kMalformed,    // A watch line that is no event.
  kUnknownType,  // An event of a type this build does not know; ignored.
  kUndecodable,  // The decoder refused an object.
  kTooMany,      // More than max_objects.
};
std::string_view ToString(InformerNote note);

// Called on the informer's thread. `detail` is for a log line: no object contents.
using NoteHook = std::function<void(InformerNote note, std::string_view detail)>;

struct CacheHealth {
  SyncState state = SyncState::kStarting;
  // Since the server last said anything: a list page, an event, a bookmark, the
  // orderly end of a watch. max() before the first complete list.
  std::chrono::milliseconds age = std::chrono::milliseconds::max();
  std::size_t objects = 0;
  // Objects that exist and whose decoder failed: they are missing in the cache.
  // Decoders should return a T that says "unreadable" instead.
  std::size_t undecodable = 0;
  bool too_many = false;
  std::uint64_t lists = 0;  // Complete lists so far.
};

// What the loop below tells its cache. Called on one thread only.
class CollectionSink {
 public:
  virtual ~CollectionSink() = default;
  // A list starts (again): forget the pages read so far.
  virtual void BeginList() = 0;
  // An error refuses the list as a whole.
  virtual base::Status OnListed(const RawObject& object) = 0;
  // All pages are there. What they did not name does not exist any more.
  virtual void EndList() = 0;
  // `type` is kAdded, kModified or kDeleted.
  virtual void OnChanged(WatchEventType type, const RawObject& object) = 0;
  // The loop's state, after every step; `alive` when the server just spoke.
  virtual void OnState(SyncState state, bool alive) = 0;
};

// What an informer works with. All must outlive it.
struct InformerContext {
  transport::Transport& transport;
  const clock::Clock& clock;
  Waiter& waiter;
  NoteHook note;  // May be empty.
};

// Lists and watches until `stop` is stopped: Watcher joined to a Transport.
void FollowCollection(const InformerContext& context, const InformerOptions& options,
                      CollectionSink& sink, std::stop_token stop);

// One change, in the order the server made them.
template <typename T>
struct Change {
  ObjectMeta meta;  // As of this change; for a deletion found by a list, the last known.
  std::shared_ptr<const T> before;  // Null: the object is new.
  std::shared_ptr<const T> after;   // Null: the object is gone.
};

// Keeps `T`, the part of each object somebody needs, per namespace and name.
//
// An object that was deleted and created again while nobody watched is reported
// as a deletion and an addition (its uid differs). A list that shows the same
// uid and resourceVersion as the cache is no change. A kind that the server
// stops serving keeps its last contents but is not synced any more.
//
// Thread-safe except AddHandler and Start. One mutex guards cache and health;
// handlers run without it, one after the other, on the informer's own thread.
template <typename T>
class Informer final : private CollectionSink {
 public:
  using Pointer = std::shared_ptr<const T>;
  using Decoder = std::function<base::Result<T>(const RawObject& object)>;
  using Handler = std::function<void(const Change<T>& change)>;
  struct Entry {
    ObjectKey key;
    Pointer value;
  };

  Informer(InformerContext context, InformerOptions options, Decoder decoder)
      : context_(std::move(context)), options_(std::move(options)), decoder_(std::move(decoder)) {}
  ~Informer() override { Stop(); }
  Informer(const Informer&) = delete;
  Informer& operator=(const Informer&) = delete;

  // Before Start() only. Handlers must not throw and should be quick: add a key
  // to a queue.
  void AddHandler(Handler handler) { handlers_.push_back(std::move(handler)); }

  // Begins to follow on a thread of its own.
  void Start() {
    thread_ = std::jthread([this](std::stop_token stop) { Run(stop); });
  }
  // Returns when the thread has ended. No handler runs afterwards.
  void Stop() {
    if (!thread_.joinable()) return;
    thread_.request_stop();
    thread_.join();
  }
  // The same on the calling thread, until `stop` is stopped.
  void Run(std::stop_token stop) { FollowCollection(context_, options_, *this, std::move(stop)); }

  // True when the cache holds everything the server had at the last list and
  // has been followed since. Look at Health().age for how long ago that was.
  bool HasSynced() const { return IsSynced(Health()); }
  // Blocks until HasSynced(); false when `stop` is stopped first.
  bool WaitForSync(std::stop_token stop) const {
    std::unique_lock lock(mutex_);
    return changed_.wait(lock, std::move(stop), [this] { return IsSynced(HealthLocked()); });
  }
  // The same, but false also after `at_most`.
  bool WaitForSync(std::stop_token stop, std::chrono::milliseconds at_most) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::move(stop), at_most,
                             [this] { return IsSynced(HealthLocked()); });
  }
  CacheHealth Health() const {
    const std::lock_guard lock(mutex_);
    return HealthLocked();
  }
  std::chrono::milliseconds CacheAge() const { return Health().age; }

  // Null when there is no such object.
  Pointer Get(const ObjectKey& key) const {
    const std::lock_guard lock(mutex_);
    const auto found = cache_.find(key);
    return found == cache_.end() ? nullptr : found->second.value;
  }
  // Everything, ordered by key. Shares the values, copies none.
  std::vector<Entry> Snapshot() const;
  // The same of one namespace.
  std::vector<Entry> Snapshot(const std::string& ns) const;

 private:
  struct Cached {
    std::string uid;
    std::string resource_version;
    Pointer value;  // Null: undecodable.
  };
  using Cache = std::map<ObjectKey, Cached>;

  void BeginList() override { listing_.clear(); }
  base::Status OnListed(const RawObject& object) override;
  void EndList() override;
  void OnChanged(WatchEventType type, const RawObject& object) override;
  void OnState(SyncState state, bool alive) override;

  static bool IsSynced(const CacheHealth& health) {
    return health.state == SyncState::kSynced && !health.too_many;
  }
  CacheHealth HealthLocked() const;
  Pointer Decode(const RawObject& object) const;
  void Note(InformerNote note, std::string_view detail) const {
    if (context_.note) context_.note(note, detail);
  }
  void Tell(const ObjectMeta& meta, const Pointer& before, const Pointer& after) const;
  void TellReplaced(const ObjectMeta& meta, const Cached& old, const Pointer& after) const;
  static ObjectMeta MetaOf(const ObjectKey& key, const Cached& cached);

  const InformerContext context_;
  const InformerOptions options_;
  const Decoder decoder_;
  std::vector<Handler> handlers_;
  Cache listing_;  // Pages of the list under way; the informer's thread only.

  mutable std::mutex mutex_;
  mutable std::condition_variable_any changed_;
  Cache cache_;
  SyncState state_ = SyncState::kStarting;
  bool too_many_ = false;
  std::size_t undecodable_ = 0;
  std::uint64_t lists_ = 0;
  std::chrono::steady_clock::time_point alive_at_{};

  std::jthread thread_;
};

template <typename T>
std::vector<typename Informer<T>::Entry> Informer<T>::Snapshot() const {
  const std::lock_guard lock(mutex_);
  std::vector<Entry> entries;
  entries.reserve(cache_.size());
  for (const auto& [key, cached] : cache_) {
    if (cached.value) entries.push_back({key, cached.value});
  }
  return entries;
}

template <typename T>
std::vector<typename Informer<T>::Entry> Informer<T>::Snapshot(const std::string& ns) const {
  const std::lock_guard lock(mutex_);
  std::vector<Entry> entries;
  for (auto found = cache_.lower_bound({ns, ""}); found != cache_.end() && found->first.ns == ns;
       ++found) {
    if (found->second.value) entries.push_back({found->first, found->second.value});
  }
  return entries;
}

template <typename T>
CacheHealth Informer<T>::HealthLocked() const {
  CacheHealth health;
  health.state = state_;
  health.objects = cache_.size() - undecodable_;
  health.undecodable = undecodable_;
  health.too_many = too_many_;
  health.lists = lists_;
  if (lists_ > 0) {
    health.age = std::chrono::duration_cast<std::chrono::milliseconds>(context_.clock.Monotonic() -
                                                                       alive_at_);
  }
  return health;
}

template <typename T>
typename Informer<T>::Pointer Informer<T>::Decode(const RawObject& object) const {
  base::Result<T> decoded = decoder_(object);
  if (decoded) return std::make_shared<const T>(*std::move(decoded));
  Note(InformerNote::kUndecodable, ToString(object.meta.key));
  return nullptr;
}

template <typename T>
void Informer<T>::Tell(const ObjectMeta& meta, const Pointer& before, const Pointer& after) const {
  if (!before && !after) return;
  const Change<T> change{meta, before, after};
  for (const Handler& handler : handlers_) handler(change);
}

template <typename T>
void Informer<T>::TellReplaced(const ObjectMeta& meta, const Cached& old,
                               const Pointer& after) const {
  if (old.uid == meta.uid) return Tell(meta, old.value, after);
  Tell(MetaOf(meta.key, old), old.value, nullptr);
  Tell(meta, nullptr, after);
}

template <typename T>
ObjectMeta Informer<T>::MetaOf(const ObjectKey& key, const Cached& cached) {
  ObjectMeta meta;
  meta.key = key;
  meta.uid = cached.uid;
  meta.resource_version = cached.resource_version;
  return meta;
}

template <typename T>
base::Status Informer<T>::OnListed(const RawObject& object) {
  if (listing_.size() >= options_.max_objects) {
    const std::lock_guard lock(mutex_);
    too_many_ = true;
    return base::Fail(base::ErrorKind::kExhausted, "more objects than the cache may hold");
  }
  Cached next{object.meta.uid, object.meta.resource_version, nullptr};
  // Only this thread writes the cache, so it may read it without the mutex.
  const auto known = cache_.find(object.meta.key);
  if (known != cache_.end() && known->second.value && known->second.uid == next.uid &&
      known->second.resource_version == next.resource_version) {
    next.value = known->second.value;
  } else {
    next.value = Decode(object);
  }
  listing_.insert_or_assign(object.meta.key, std::move(next));
  return {};
}

template <typename T>
void Informer<T>::EndList() {
  Cache old;
  {
    const std::lock_guard lock(mutex_);
    old = std::exchange(cache_, std::move(listing_));
    undecodable_ = 0;
    for (const auto& [key, cached] : cache_) undecodable_ += cached.value ? 0U : 1U;
    too_many_ = false;
    ++lists_;
  }
  listing_.clear();
  // Without the mutex, as handlers may ask the cache; nobody else writes it.
  for (const auto& [key, cached] : cache_) {
    const auto before = old.find(key);
    if (before == old.end()) {
      Tell(MetaOf(key, cached), nullptr, cached.value);
      continue;
    }
    if (before->second.value != cached.value) {
      TellReplaced(MetaOf(key, cached), before->second, cached.value);
    }
    old.erase(before);
  }
  for (const auto& [key, cached] : old) Tell(MetaOf(key, cached), cached.value, nullptr);
}

template <typename T>
void Informer<T>::OnChanged(WatchEventType type, const RawObject& object) {
  const bool gone = type == WatchEventType::kDeleted;
  const Pointer after = gone ? nullptr : Decode(object);
  Cached old;
  {
    const std::lock_guard lock(mutex_);
    const auto known = cache_.find(object.meta.key);
    if (known == cache_.end() && !gone && cache_.size() >= options_.max_objects) {
      too_many_ = true;  // Until the next list shows that it fits again.
      return;
    }
    old.uid = object.meta.uid;
    if (known != cache_.end()) {
      undecodable_ -= known->second.value ? 0U : 1U;
      old = std::move(known->second);
      if (gone) cache_.erase(known);
    }
    if (!gone) {
      cache_.insert_or_assign(object.meta.key,
                              Cached{object.meta.uid, object.meta.resource_version, after});
      undecodable_ += after ? 0U : 1U;
    }
  }
  TellReplaced(object.meta, old, after);
}

template <typename T>
void Informer<T>::OnState(SyncState state, bool alive) {
  const std::lock_guard lock(mutex_);
  state_ = state;
  if (alive) alive_at_ = context_.clock.Monotonic();
  changed_.notify_all();
}

}  // namespace launchgate::kube
