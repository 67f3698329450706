// Events (events.k8s.io/v1): what `kubectl describe` shows people about an
// object. Best effort by nature: nothing may depend on one having been written.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "shell/clock/clock.h"
#include "shell/kube/client.h"
#include "shell/kube/rate_limiter.h"
#include "shell/kube/timers.h"

namespace launchgate::kube {

// The object an Event is about. It need not exist any more.
struct EventSubject {
  std::string api_version;  // "apps/v1".
  std::string kind;
  ObjectKey key;
  std::string uid;
};

enum class EventType { kNormal, kWarning };

struct Event {
  EventSubject regarding;
  std::optional<EventSubject> related;  // For instance the review, when regarding its target.
  EventType type = EventType::kNormal;
  std::string reason;  // PascalCase and stable: "LaunchDenied".
  std::string action;  // What was being done: "Gate", "Verify".
  std::string note;    // For people; made printable and cut to kMaxEventNoteBytes.
};

// Limits of the API (validation of events.k8s.io/v1).
inline constexpr std::size_t kMaxEventNoteBytes = 1024;
inline constexpr std::size_t kMaxEventWordBytes = 128;  // reason, action, instance.

// The same for the same subject, type, reason, action and note, in every replica
// and after every restart, so that repeating an Event finds the first one.
// "gift-cards.0123456789abcdef"; empty when the subject's name is no DNS name.
std::string EventName(const Event& event);

// Where the Event is written: beside its subject. For cluster-scoped subjects in
// "kube-system": 1.20 accepts nothing else, newer servers "default" as well.
std::string EventNamespace(const Event& event);

struct EventRecorderOptions {
  std::string controller;         // Qualified: "launchgate.dev/controller".
  std::string instance;           // Which replica: the Pod's name.
  RateLimit rate{5, 25};          // Of writes. What is over it waits in the queue.
  std::size_t max_series = 1024;  // Distinct Events remembered; beyond, new ones are dropped.
  // An Event that happens again is counted at once and written this much later,
  // once for all repetitions meanwhile.
  std::chrono::milliseconds series_interval{60'000};
};

struct EventCounters {
  std::uint64_t written = 0;     // Requests that succeeded.
  std::uint64_t aggregated = 0;  // Record() calls folded into an Event already known.
  std::uint64_t dropped = 0;     // No room, or not writable (bad names).
  std::uint64_t failed = 0;      // The API server refused or could not be reached.
};

// Thread-safe. Record() from anywhere; Run() on one thread.
class EventRecorder {
 public:
  // `client` and `clock` must outlive this object. `on_failure`, when set, is
  // called on Run()'s thread, for a log line.
  EventRecorder(Client& client, const clock::Clock& clock, EventRecorderOptions options,
                std::function<void(const base::Error&)> on_failure = {});

  // Remembers the Event for Run() to write. Never blocks on I/O, never throws:
  // when there is no room, it counts a drop.
  void Record(const Event& event) noexcept;

  // Writes Events as they become due, until stopped. What is still queued then
  // is lost.
  void Run(std::stop_token stop);

  // Writes what is due now and returns how many writes were tried. What Run()
  // repeats; for tests.
  std::size_t SendDue(std::stop_token stop);

  EventCounters counters() const;

 private:
  using TimePoint = std::chrono::steady_clock::time_point;

  // One distinct Event and how often it happened.
  struct Series {
    Event event;
    base::Time first_seen;
    base::Time last_seen;
    std::int64_t count = 0;    // Since this process, plus what `base` says.
    std::int64_t written = 0;  // The count the API server last heard of; 0: none.
    TimePoint sent_at{};
  };

  void RecordOrThrow(const Event& event);
  bool MakeRoomLocked();
  void Send(const std::string& key, std::stop_token stop);
  ApiResult<std::int64_t> Write(const std::string& name, const Series& series,
                                std::stop_token stop);
  ApiResult<std::int64_t> Join(const ObjectKey& key, const Series& series, std::stop_token stop);
  ApiResult<std::int64_t> WriteSeries(const ObjectKey& key, const Series& series,
                                      std::int64_t count, std::stop_token stop);
  nlohmann::json Describe(const std::string& name, const Series& series) const;

  Client& client_;
  const clock::Clock& clock_;
  const EventRecorderOptions options_;
  const std::function<void(const base::Error&)> on_failure_;
  // Guards everything below.
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<std::string, Series> series_;  // By "namespace/name" of the Event.
  TimerList<TimePoint> due_;              // Keys of series_ with something to write.
  RateLimiter limiter_;
  EventCounters counters_;
};

}  // namespace launchgate::kube
