// A Transport that answers from a script. Unit tests of everything that talks
// to an API server use it; it opens no socket and never waits for time.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "shell/transport/transport.h"

namespace launchgate::test_support {

// How a scripted stream ends after its pieces.
struct StreamEnd {
  enum class Kind { kClosed, kFailed, kOpen };
  Kind kind = Kind::kClosed;
  base::Error error;  // For kFailed.
};

// Thread-safe. Requests are matched by method and exact target (path and
// query), in the order they were scripted for that pair; requests for different
// pairs may come in any order. A request nobody scripted is answered with
// kInternal and remembered in problems().
class FakeTransport final : public transport::Transport {
 public:
  using Answer = base::Result<transport::HttpResponse>;

  // Send() for `method target` answers `answer`, once.
  void ExpectSend(std::string method, std::string target, Answer answer);
  void ExpectSend(std::string method, std::string target, int status, std::string body);

  // Stream() of `target` with GET answers 200, hands over `pieces` one by one,
  // then ends as said. kOpen stays until the caller stops or the transport is
  // told to CloseStreams().
  void ExpectStream(std::string target, std::vector<std::string> pieces, StreamEnd end = {});
  // Stream() of `target` is refused with this status.
  void ExpectRefusedStream(std::string target, int status, std::string body);
  // Ends every open stream as if the peer had.
  void CloseStreams();

  // Every request so far, in order.
  std::vector<transport::HttpRequest> requests() const;
  // Unscripted requests, then scripted answers nobody asked for: empty in a
  // test that went as planned.
  std::vector<std::string> problems() const;
  // Blocks until `count` requests were made; false if `stop` came first.
  bool WaitForRequests(std::size_t count, std::stop_token stop = {}) const;

  Answer Send(const transport::HttpRequest& request, std::stop_token stop) override;
  Answer Stream(const transport::HttpRequest& request, transport::StreamSink& sink,
                std::chrono::milliseconds idle_timeout, std::stop_token stop) override;

 private:
  struct Script {
    std::string method;
    std::string target;
    bool is_stream = false;
    Answer answer;
    std::vector<std::string> pieces;
    StreamEnd end;
  };

  std::optional<Script> TakeLocked(const transport::HttpRequest& request, bool is_stream);

  // Guards everything below.
  mutable std::mutex mutex_;
  mutable std::condition_variable_any changed_;
  std::deque<Script> scripts_;
  std::vector<transport::HttpRequest> requests_;
  std::vector<std::string> unexpected_;
  std::size_t closed_generation_ = 0;
};

// A response with a JSON content type.
transport::HttpResponse JsonResponse(int status, std::string body);

}  // namespace launchgate::test_support
