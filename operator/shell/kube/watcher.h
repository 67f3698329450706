// List, then watch, for ever: the protocol as a state machine without I/O.
//
//            page (more)                 event, bookmark
//              ┌──┐                          ┌──┐
//   Start ─▶ Listing ─── last page ──▶ Watching ◀┘
//              ▲  ▲                     │  │  ▲
//              │  └── 410, malformed ───┘  └──┘ ended, cut, silent: again from
//              │                               the last version
//              └── 404, 403: wait, list again (Absent, Forbidden)
//
// Every failure waits first (full jitter, Retry-After honoured). Source of the
// rules: Kubernetes "API concepts", "Efficient detection of changes".
#pragma once

#include <chrono>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <variant>

#include "shell/kube/backoff.h"

namespace launchgate::kube {

struct WatcherOptions {
  int page_limit = 500;

  // How long the server keeps one watch; drawn evenly from [min, max].
  //
  // Shorter than the usual five minutes on purpose. A half-open connection must
  // be noticed within 60 s, so the client gives up after 55 s without a byte.
  // But the server's bookmarks come once a minute and 2 s before a watch ends:
  // with a long watch on a quiet collection the client would hang up before
  // every bookmark, pay a TLS handshake each time and never move its version
  // forward. A watch that ends by itself inside the idle timeout gets its
  // bookmark, ends cleanly and leaves the connection open for the next one.
  std::chrono::seconds watch_min{40};
  std::chrono::seconds watch_max{50};
  // Must be > watch_max and < 60 s.
  std::chrono::milliseconds idle_timeout{55'000};

  BackoffOptions backoff;
  // A watch that lived this long was healthy: the backoff starts anew, and the
  // next watch follows at once.
  std::chrono::milliseconds healthy_after{5'000};
  // Between looks at a collection that does not exist or may not be read.
  std::chrono::milliseconds absent_retry{30'000};
  // A fresh list at least this often, whatever the watch says; it finds any
  // difference that a faulty server let grow.
  std::chrono::minutes relist_interval{60};
};

// What the outside world should believe about a collection.
enum class SyncState {
  kStarting,   // Never listed completely.
  kSynced,     // Listed completely, and followed since.
  kAbsent,     // The server does not serve this kind (404). Not the same as empty.
  kForbidden,  // The server refuses to show it (403).
};

std::string_view ToString(SyncState state);

// What the machine wants done next.
struct ListAction {
  int limit = 0;               // 0: everything in one answer.
  std::string continue_token;  // Empty: this is a new list; forget pages read so far.
  friend bool operator==(const ListAction&, const ListAction&) = default;
};
struct WatchAction {
  std::string resource_version;
  std::chrono::seconds timeout{0};
  friend bool operator==(const WatchAction&, const WatchAction&) = default;
};
struct WaitAction {
  std::chrono::milliseconds duration{0};
  friend bool operator==(const WaitAction&, const WaitAction&) = default;
};
// Keep reading the watch that is open.
struct ReadAction {
  friend bool operator==(const ReadAction&, const ReadAction&) = default;
};
using WatcherAction = std::variant<ListAction, WatchAction, WaitAction, ReadAction>;

// What happened.
struct Started {};
struct Waited {};
struct PageListed {
  std::string resource_version;
  std::string continue_token;
};
// An answer other than 200, on a list or a watch; or an ERROR event in a watch.
struct Refused {
  int code = 0;
  std::chrono::milliseconds retry_after{0};
};
// No usable answer: connect, TLS, timeout, cut, or a list body that cannot be read.
struct RequestFailed {
  bool start_over = false;  // The pages read so far are of no use.
};
// An object or a bookmark arrived; the collection is now at this version.
struct Advanced {
  std::string resource_version;
};
// A line that is no event: what was missed cannot be known, so list again.
struct Malformed {};
// The watch ended: closed by the server, cut, or silent for too long.
struct WatchEnded {};
using WatcherEvent = std::variant<Started, Waited, PageListed, Refused, RequestFailed, Advanced,
                                  Malformed, WatchEnded>;

// Not thread-safe; owned by the thread that does what it says.
class Watcher {
 public:
  // `seed` drives the jitter.
  Watcher(const WatcherOptions& options, std::uint64_t seed);

  // Takes what happened at `now`, returns what to do. An event that cannot
  // happen in the present state leads to a fresh list: never to a wrong cache.
  WatcherAction Step(const WatcherEvent& event, std::chrono::steady_clock::time_point now);

  SyncState sync_state() const { return sync_state_; }
  // The version a watch would continue from; empty before the first full list.
  const std::string& resource_version() const { return resource_version_; }
  // Complete lists so far. More than one means changes may have been coalesced.
  std::uint64_t completed_lists() const { return completed_lists_; }
  int failures() const { return backoff_.failures(); }

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;

  WatcherAction On(const Started&, SteadyTime now);
  WatcherAction On(const Waited&, SteadyTime now);
  WatcherAction On(const PageListed& page, SteadyTime now);
  WatcherAction On(const Refused& refusal, SteadyTime now);
  WatcherAction On(const RequestFailed& failure, SteadyTime now);
  WatcherAction On(const Advanced& advance, SteadyTime now);
  WatcherAction On(const Malformed&, SteadyTime now);
  WatcherAction On(const WatchEnded&, SteadyTime now);

  WatcherAction StartList();
  WatcherAction ContinueList();
  WatcherAction StartWatch(SteadyTime now);
  WatcherAction Wait(std::chrono::milliseconds at_least);
  WatcherAction WaitForAppearance(SyncState state, std::chrono::milliseconds at_least);
  WatcherAction OnListRefused(const Refused& refusal);
  WatcherAction OnWatchRefused(const Refused& refusal);
  bool ResetBackoffIfHealthy(SteadyTime now);

  // After this many refusals in a row of a watch from the same version, list
  // anew: perhaps it is the version that the server stumbles over.
  static constexpr int kListAfterRefusals = 5;
  // A server that asks for more patience than this is asked again anyway.
  static constexpr std::chrono::milliseconds kMaxRetryAfter{60'000};

  enum class Phase { kIdle, kListing, kWatching, kWaiting };

  WatcherOptions options_;
  Backoff backoff_;
  std::mt19937_64 random_;
  Phase phase_ = Phase::kIdle;
  SyncState sync_state_ = SyncState::kStarting;
  std::string resource_version_;
  std::string continue_token_;
  bool paged_ = true;        // False after a continue token expired: pages were too slow.
  bool list_needed_ = true;  // What follows the present wait.
  int refusals_ = 0;         // Of watches from resource_version_.
  std::uint64_t completed_lists_ = 0;
  SteadyTime listed_at_{};
  SteadyTime watch_began_{};
};

}  // namespace launchgate::kube
