// A plain HTTP client for the harness's own questions: knobs, metrics, charges,
// and the redemptions of the crash run. Loads are driven by open_loop.h.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "harness/result.h"

namespace harness {

inline constexpr std::size_t kMaxAnswerBytes = 256UL << 20;  // A million charges fit.

struct Request {
  std::string method = "GET";
  std::string url = {};
  std::string json = {};  // Sent as application/json unless empty.
  std::chrono::milliseconds timeout{5'000};
};

struct Answer {
  int status = 0;
  std::string body = {};
  std::optional<std::chrono::seconds> retry_after = {};  // The header, where it is a number.
};

// Keeps its connection open between requests. Not thread-safe: one per thread.
// Never asks a proxy and never follows a redirect.
class HttpClient {
 public:
  HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  ~HttpClient();

  // An error is that there was no whole answer in time. Any status is an answer.
  [[nodiscard]] Result<Answer> Send(const Request& request);

  // The body of a GET that was answered 200.
  [[nodiscard]] Result<std::string> Get(const std::string& url,
                                        std::chrono::milliseconds timeout = Request().timeout);

 private:
  struct Handle;
  std::unique_ptr<Handle> handle_;
};

}  // namespace harness
