// The one narrow way out to trusted HTTP peers (the Kubernetes API server, a
// configured Prometheus). Requests are described as values and sent here, so
// that the logic that builds them needs no network in its tests.
#pragma once

#include <chrono>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"

namespace launchgate::transport {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method = "GET";
  std::string target;  // Path and query, already percent-encoded: "/api/v1/pods?limit=500".
  Headers headers;     // Without Host, Authorization and Content-Length: the transport owns those.
  std::string body;
  // Whole exchange for Send(); for Stream() only until the answer's headers.
  std::chrono::milliseconds timeout{10'000};
};

struct HttpResponse {
  int status = 0;
  Headers headers;  // Names in lowercase.
  std::string body;
};

// The first header called `name` (lowercase), or an empty view.
std::string_view FindHeader(const HttpResponse& response, std::string_view name);

// Takes a streamed body piece by piece, on the thread that called Stream().
class StreamSink {
 public:
  virtual ~StreamSink() = default;
  // Any split is possible, also inside a character. False ends the stream.
  virtual bool OnData(std::string_view piece) = 0;
};

// Thread-safe. Calls block the calling thread; none of them throws.
//
// A result that is an Error means that no complete answer was received:
// kUnavailable (connect, TLS, timeout, cut connection), kExhausted (body over
// kMaxBodyBytes), kInternal. Every HTTP status, 4xx and 5xx too, is a value.
class Transport {
 public:
  virtual ~Transport() = default;

  // Sends and waits for the whole answer. Stopping `stop` returns early with
  // kUnavailable.
  virtual base::Result<HttpResponse> Send(const HttpRequest& request, std::stop_token stop) = 0;

  // Sends and hands the body of a 200 answer to `sink` as it arrives, until the
  // peer ends it (the returned response then has an empty body), the sink
  // returns false, `stop` is stopped, or no byte arrived for `idle_timeout`
  // (kUnavailable: a half-open connection looks exactly like this). Any other
  // status is returned with its body, capped, and the sink is not called.
  virtual base::Result<HttpResponse> Stream(const HttpRequest& request, StreamSink& sink,
                                            std::chrono::milliseconds idle_timeout,
                                            std::stop_token stop) = 0;
};

// A list page of 500 objects of 100 KiB each fits; nothing legitimate is larger.
inline constexpr std::size_t kMaxBodyBytes = 64U << 20U;

}  // namespace launchgate::transport
