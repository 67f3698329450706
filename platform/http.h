// The values an HTTP handler sees and answers with. No socket in sight: a
// handler is tested by calling it.

#ifndef LAUNCHGATE_PLATFORM_HTTP_H_
#define LAUNCHGATE_PLATFORM_HTTP_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace launchgate::platform {

struct HeaderField {
  std::string_view name = {};
  std::string_view value = {};
};

// One request. Every view points into buffers of the connection and is valid
// until the handler returns (or, for an AsyncHandler, until it has answered).
struct Request {
  // Bytes the server keeps readable (and zero) behind every body, so that a
  // JSON parser that reads in wide strides needs no copy of its own.
  static constexpr std::size_t kBodyPadding = 64;

  // Value of the first field of that name, compared without regard to case.
  [[nodiscard]] std::optional<std::string_view> Header(std::string_view name) const;

  std::string_view method = {};  // "GET", "POST", ...
  std::string_view path = {};    // As sent, never percent-decoded; starts with '/'.
  std::string_view query = {};   // What follows the first '?', without it.
  std::span<const HeaderField> headers = {};
  std::string_view body = {};
  std::size_t body_padding =
      0;  // Readable bytes behind body; kBodyPadding when it came from HttpServer.
  std::string_view remote_address = {};      // "10.0.0.7:41234" or "[::1]:41234".
  bool client_certificate_verified = false;  // Presented one that chains to the configured CA.
};

// One answer. A status outside 200..299 and 400..599 is replaced by 500: the
// server never redirects, because our caller may be more privileged than the
// one who chose the target.
struct Response {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";  // Not sent when the body is empty.
  std::string body = {};
  // Names and values must be free of CR, LF and NUL; a field that is not is
  // left out. Content-Length, Connection, Date and Transfer-Encoding are the
  // server's own and are ignored here.
  std::vector<std::pair<std::string, std::string>> headers = {};
};

// Answers one request that is answered later, from any thread, at most once.
// Destroyed without an answer, it answers 500. Harmless after the connection
// or the server has gone.
class Responder {
 public:
  explicit Responder(std::function<void(Response)> send);
  Responder(Responder&&) noexcept;
  Responder& operator=(Responder&&) noexcept;
  Responder(const Responder&) = delete;
  Responder& operator=(const Responder&) = delete;
  ~Responder();

  void Send(Response response);

 private:
  std::function<void(Response)> send_;
};

// Runs on an I/O thread and must not block: while it runs, every other
// connection of that thread waits. May be called from several threads at once.
using Handler = std::function<Response(const Request&)>;

// As Handler, but may answer later. The request stays valid until it has.
using AsyncHandler = std::function<void(const Request&, Responder)>;

// One row of the routing table. Method and path are compared exactly.
struct Route {
  std::string method = {};
  std::string path = {};
  // Media types accepted, lower case and without parameters; {""} or {} asks
  // for none. Anything else is answered 415 before the body is read.
  std::vector<std::string> content_types = {};
  std::size_t max_body_bytes = 0;  // Capped by HttpServerOptions::body_limit_bytes.
  Handler handler = nullptr;       // Exactly one of handler and async_handler is set.
  AsyncHandler async_handler = nullptr;
  bool requires_client_certificate = false;  // Otherwise 401 with an empty body.
};

}  // namespace launchgate::platform

#endif  // LAUNCHGATE_PLATFORM_HTTP_H_
