// One request to the provider in flight: what the HTTP library's threads tell
// the thread that waits. Private to the payments client.
#pragma once

#include <cpprest/streams.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace gift_cards {

// Thread-safe. Held by shared_ptr on both sides, because the library may come to
// its end long after the caller has left.
class ChargeExchange : public std::enable_shared_from_this<ChargeExchange> {
 public:
  // More than any answer of a provider has.
  static constexpr std::size_t kMaxBodyBytes = 16 * 1024;
  static constexpr int kFirstFinalStatus = 200;  // 1xx announce an answer still to come.

  struct End {
    int status = 0;  // 0: none arrived.
    std::string body;
    std::string failure;  // Why the answer is not whole; empty when it is.
  };

  // The library's side. None of them blocks or throws for want of a waiter.
  void OnStatus(int status);
  // False: the body is refused, and the exchange has failed.
  bool OnBody(const unsigned char* data, std::size_t size);
  void OnEnd();
  void OnFailure(std::string why);

  // Where the library writes the body. Ours, because the library passes the size
  // of a malformed chunk ("-2") on as an enormous write, and its own buffers end
  // the process over it.
  [[nodiscard]] concurrency::streams::ostream BodyStream();

  // The waiting side: the end, or nothing when `deadline` came first. From then
  // on whatever still arrives is refused.
  [[nodiscard]] std::optional<End> WaitUntil(std::chrono::steady_clock::time_point deadline);

 private:
  void FailLocked(std::string why);

  std::mutex mutex_;  // Guards everything below.
  std::condition_variable ended_changed_;
  End end_;
  bool ended_ = false;
  bool abandoned_ = false;
};

}  // namespace gift_cards
