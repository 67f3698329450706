// Leader election by a Lease object (coordination.k8s.io/v1).
//
// A candidate may take the lease over when it has *seen* it unchanged for the
// lease's duration on its own monotonic clock; times written by others are
// never compared with ours, so clock skew between machines does not matter.
// A leader may act until `renew_deadline` after the *start* of its last
// successful renewal, also measured on its own monotonic clock. As
// renew_deadline < duration, it has stopped before anybody else may begin.
// Every write carries the resourceVersion it is based on.
//
// What this cannot rule out: a write sent just before the deadline and delivered
// long after. Therefore LeadershipGuard::Remaining() bounds the timeout of
// writes, and objects that decide anything are written conditionally.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <stop_token>
#include <string>
#include <thread>

#include "core/base/result.h"
#include "core/base/time.h"
#include "shell/clock/clock.h"
#include "shell/kube/resource.h"
#include "shell/kube/timers.h"
#include "shell/transport/transport.h"

namespace launchgate::kube {

struct LeaseOptions {
  std::chrono::milliseconds duration{15'000};        // Others may take over after this silence.
  std::chrono::milliseconds renew_deadline{10'000};  // We stop acting after this.
  std::chrono::milliseconds retry_period{2'000};     // Between attempts, with 20 % jitter.
};

// kInvalid unless renew_deadline < duration, 1.2 * retry_period < renew_deadline,
// retry_period > 0, and duration is a whole number of seconds (the object's unit).
base::Status CheckLeaseOptions(const LeaseOptions& options);

// What a Lease object says.
struct LeaseRecord {
  std::string holder;  // Empty: released.
  std::chrono::seconds duration{0};
  std::int64_t transitions = 0;  // Changes of holder since the object was made.
  std::string uid;
  std::string resource_version;
  std::string document;  // The whole object as JSON, so that a write keeps what others put there.
};

// What a candidate knows when it decides.
struct LeaseView {
  std::optional<LeaseRecord> record;                        // Nothing: there is no Lease.
  std::chrono::steady_clock::time_point unchanged_since{};  // When we first saw this version.
};

enum class LeaseStep {
  kCreate,    // There is no Lease: make one that we hold.
  kTakeOver,  // Released, or unchanged for its whole duration.
  kRenew,     // We hold it.
  kWait,      // Somebody else holds it.
};

// The whole rule. Pure.
LeaseStep DecideLease(const LeaseView& view, const std::string& identity,
                      std::chrono::steady_clock::time_point now, const LeaseOptions& options);

// Reading and writing one Lease. Thread-safe implementations only.
class LeaseApi {
 public:
  virtual ~LeaseApi() = default;
  // kNotFound when there is none.
  virtual base::Result<LeaseRecord> Read(std::chrono::milliseconds timeout,
                                         std::stop_token stop) = 0;
  // Creates when `based_on` has no document, else replaces exactly that version
  // (kConflict when it is not the newest). Writes holder, duration and
  // transitions of `desired`, and the times.
  virtual base::Result<LeaseRecord> Write(const std::optional<LeaseRecord>& based_on,
                                          const LeaseRecord& desired,
                                          std::chrono::milliseconds timeout,
                                          std::stop_token stop) = 0;
};

// The Lease object of an API server.
class KubeLeaseApi final : public LeaseApi {
 public:
  KubeLeaseApi(transport::Transport& transport, const clock::Clock& clock, ObjectKey key);
  base::Result<LeaseRecord> Read(std::chrono::milliseconds timeout, std::stop_token stop) override;
  base::Result<LeaseRecord> Write(const std::optional<LeaseRecord>& based_on,
                                  const LeaseRecord& desired, std::chrono::milliseconds timeout,
                                  std::stop_token stop) override;

 private:
  transport::Transport& transport_;
  const clock::Clock& clock_;
  const ObjectKey key_;
};

// Names one term of leadership. A later term has more transitions.
struct Fence {
  std::int64_t transitions = 0;
  std::string resource_version;  // Of the Lease when it was last renewed.
  friend bool operator==(const Fence&, const Fence&) = default;
};

// Asked before every write: "may I still?". The answer is computed from the
// monotonic clock at the moment of asking, so a process that was stopped and
// continued (SIGSTOP, a paused machine) is told no before any other thread has
// had a chance to notice. Thread-safe and lock-free except fence().
class LeadershipGuard {
 public:
  explicit LeadershipGuard(const clock::Clock& clock);
  bool MayAct() const { return Remaining() > std::chrono::milliseconds::zero(); }
  // How long we may still act; never negative. Bound the timeout of a write by it.
  std::chrono::milliseconds Remaining() const;
  // The present term; what it says matters only while MayAct().
  Fence fence() const;

 private:
  friend class LeaderElector;
  void Extend(std::chrono::steady_clock::time_point until, Fence fence);
  void Revoke();

  const clock::Clock& clock_;
  std::atomic<std::chrono::steady_clock::rep> until_{0};  // Ticks; 0: not leading.
  mutable std::mutex mutex_;                              // Guards fence_.
  Fence fence_;
};

struct LeaderCallbacks {
  // On the election thread: a term began. Must return soon: it holds up renewals.
  std::function<void(const Fence& fence)> on_started;
  // The term ended against our will. Called once, on the watchdog thread or on
  // the election thread, whichever notices first. The process should end itself
  // here: workers may be in the middle of something. The elector will not lead
  // again in any case.
  std::function<void()> on_lost;
};

// Runs for the lease on two threads: one talks to the server, the other, the
// watchdog, only looks at the clock and so ends the term on time even when the
// first is stuck in a request. Thread-safe.
class LeaderElector {
 public:
  // Requires CheckLeaseOptions(options). All references outlive the elector.
  // `identity` is unique per process: pod name and a random part.
  LeaderElector(LeaseApi& api, const clock::Clock& clock, Waiter& waiter, std::string identity,
                const LeaseOptions& options, LeaderCallbacks callbacks);
  ~LeaderElector();  // Stops without releasing: safe, the lease runs out by itself.
  LeaderElector(const LeaderElector&) = delete;
  LeaderElector& operator=(const LeaderElector&) = delete;

  void Start();
  bool IsLeader() const { return guard_.MayAct(); }
  const LeadershipGuard& guard() const { return guard_; }
  // Who holds the lease as far as we know; empty when nobody.
  std::string Holder() const;

  // First step of a graceful end: no term begins any more, and when this returns
  // on_started is not running. A term under way goes on being renewed, so that
  // workers can stop in peace. Not to be called from on_started.
  void Withdraw();
  // Last step. Call it only after every worker has stopped: the next leader may
  // begin the moment this returns. Does not call on_lost.
  void StopAndRelease(std::chrono::milliseconds timeout);

  // One attempt to get or keep the lease; how long to wait before the next.
  // What the election thread does; public so that tests need no thread.
  std::chrono::milliseconds Attempt(std::stop_token stop);
  // Ends the term when its deadline has passed. What the watchdog does.
  void CheckDeadline();

 private:
  void StopThreads();
  void RunWatchdog(std::stop_token stop);
  base::Status Observe(std::stop_token stop);
  base::Status Write(LeaseStep step, std::stop_token stop);
  void SetRecordLocked(std::optional<LeaseRecord> record);
  bool Lead(const LeaseRecord& record, std::chrono::steady_clock::time_point asked_at);
  void TellStarted();
  void Lose();
  LeaseView View() const;
  std::chrono::milliseconds RequestTimeout() const;
  std::chrono::milliseconds NextAttempt();

  LeaseApi& api_;
  const clock::Clock& clock_;
  Waiter& waiter_;
  const std::string identity_;
  const LeaseOptions options_;
  const LeaderCallbacks callbacks_;
  LeadershipGuard guard_;

  mutable std::mutex mutex_;  // Guards everything below but the threads.
  std::condition_variable_any term_changed_;
  LeaseView view_;
  bool view_is_ours_ = false;  // Our last write succeeded: the next one needs no read first.
  bool leading_ = false;
  bool lost_ = false;       // For good.
  bool withdrawn_ = false;  // Begins no term.
  bool starting_ = false;   // on_started is running.
  std::chrono::steady_clock::time_point act_until_{};
  std::minstd_rand random_;

  std::jthread election_;
  std::jthread watchdog_;
};

}  // namespace launchgate::kube
