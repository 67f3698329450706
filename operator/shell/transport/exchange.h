// One request in flight: what the library's threads tell the thread that waits
// for it. Private to the transport.
#pragma once

#include <cpprest/astreambuf.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "core/base/result.h"
#include "shell/transport/transport.h"

namespace launchgate::transport {

// The library's side calls the On... functions and writes the body through
// Buffer(); the waiting side calls the Wait... functions. Thread-safe. Held by
// shared_ptr on both sides, because the library may finish after we gave up.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  enum class Wait { kReady, kTimedOut, kStopped };

  // A body of more than `max_body_bytes` fails the exchange.
  explicit Exchange(std::size_t max_body_bytes) : max_body_bytes_(max_body_bytes) {}

  // The body goes through a buffer of our own: it bounds what is kept, refuses
  // the negative sizes that the library passes on from a malformed chunk (and
  // would abort on with its own buffer), and lets a slow reader slow the peer.
  concurrency::streams::streambuf<std::uint8_t> Buffer();

  // Status and headers only. (Keeping the library's own response here would make
  // a cycle: it owns the buffer, which owns this.)
  void OnHeaders(HttpResponse head);
  void OnDone();
  void OnFailure(base::Error error);
  // Called by the buffer. False fails the transfer. `resume`, when set by the
  // callee, is what the library has to wait for before it reads on.
  bool OnBody(const std::uint8_t* data, std::size_t size,
              std::optional<pplx::task_completion_event<std::size_t>>& resume);

  // From now on the body is a stream: no total bound, but the peer is slowed
  // down while more than kMaxBufferedStreamBytes wait to be taken.
  void BecomeStream();

  Wait WaitForHeaders(std::stop_token stop, std::chrono::milliseconds timeout);
  Wait WaitForEnd(std::stop_token stop, std::chrono::milliseconds timeout);
  // Until a piece of the body, the end or a failure is there.
  Wait WaitForPiece(std::stop_token stop, std::chrono::milliseconds timeout);

  // What arrived since the last call; lets a slowed peer go on.
  std::string TakeBody();
  // The failure, if the exchange failed.
  std::optional<base::Error> failure();
  bool done();
  // Status and headers; nothing before they arrived.
  std::optional<HttpResponse> head();

  // Nobody waits any more: everything that still arrives is refused.
  void Abandon();

  // Enough to keep a fast peer busy; small beside the objects in a cache.
  static constexpr std::size_t kMaxBufferedStreamBytes = 1U << 20U;

 private:
  void FailLocked(base::Error error);
  std::optional<pplx::task_completion_event<std::size_t>> TakeResumeLocked();

  // Guards everything below.
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::size_t max_body_bytes_;
  std::size_t received_bytes_ = 0;
  bool streaming_ = false;
  bool abandoned_ = false;
  bool done_ = false;
  std::optional<HttpResponse> head_;
  std::optional<base::Error> failure_;
  std::string body_;
  std::size_t held_bytes_ = 0;  // Size of the write that waits for `resume_`.
  std::optional<pplx::task_completion_event<std::size_t>> resume_;
};

// Counts the exchanges that the library still holds. Thread-safe. What it has yet
// to do for them when the process ends is never done, and its memory never freed.
class HeldExchanges {
 public:
  // Counted until its last holder lets go, which may be after ours has.
  static std::shared_ptr<Exchange> Begin(const std::shared_ptr<HeldExchanges>& held,
                                         std::size_t max_body_bytes);
  // False when the time is over before none is held.
  bool WaitForNone(std::chrono::milliseconds timeout);

 private:
  void Add(int difference);

  std::mutex mutex_;  // Guards count_.
  std::condition_variable none_;
  int count_ = 0;
};

}  // namespace launchgate::transport
