// An HTTP/1.1 server, plain or over TLS, made for callers one does not trust:
// everything it waits for has a deadline and everything it holds has a limit.
//
//   auto server = HttpServer::Start(
//       {.address = "0.0.0.0", .port = 8443, .tls = TlsOptions{.certificate = pem}},
//       {{.method = "GET", .path = "/ping", .handler = [](const Request&) {
//           return Response{.body = "pong"};
//         }}});
//
// What it does not do: HTTP/2 (CVE-2023-44487 and its kin), redirects,
// compression, percent-decoding, ranges, files.

#ifndef LAUNCHGATE_PLATFORM_HTTP_SERVER_H_
#define LAUNCHGATE_PLATFORM_HTTP_SERVER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "platform/http.h"

namespace launchgate::platform {

// PEM texts of one serving certificate (leaf first, then its chain) and key.
struct ServingCertificate {
  std::string chain_pem = {};
  std::string private_key_pem = {};
};

enum class ClientCertificates {
  kNotAsked,
  kAsked,     // None is fine, a bad one ends the handshake. See Request.
  kRequired,  // None ends the handshake.
};

struct TlsOptions {
  ServingCertificate certificate = {};
  ClientCertificates client_certificates = ClientCertificates::kNotAsked;
  std::string client_ca_pem = {};  // One or more CAs; required unless kNotAsked.
};

struct HttpServerOptions {
  std::string address = "127.0.0.1";   // Numeric IPv4 or IPv6.
  std::uint16_t port = 0;              // 0: any free one, see port().
  std::optional<TlsOptions> tls = {};  // Plain HTTP without.
  std::size_t io_threads = 1;          // 1..64.

  // Limits of one request. More than header_limit_bytes or max_header_fields is
  // answered 431, more than body_limit_bytes 413.
  std::size_t header_limit_bytes = 32 * 1024;
  std::size_t max_header_fields = 100;
  std::size_t body_limit_bytes = 8 * 1024 * 1024;

  // Limits of all connections together. At max_connections, connections that
  // never completed a request make room for new ones, oldest first, once they
  // are make_room_after old, then idle ones; with none to spare, callers wait
  // in the listen queue.
  std::size_t max_connections = 1024;
  std::size_t max_handshakes = 256;  // TLS handshakes begun and not finished.
  std::chrono::milliseconds make_room_after{250};
  std::size_t body_memory_limit_bytes = 64 * 1024 * 1024;  // Bodies being held; beyond: 503.
  int listen_backlog = 512;

  // Deadlines. All are absolute: a byte now and then extends none of them.
  std::chrono::milliseconds handshake_deadline{10'000};
  std::chrono::milliseconds idle_deadline{120'000};    // Longer than the API server's 90 s.
  std::chrono::milliseconds request_deadline{10'000};  // First byte to last byte of a request.
  std::chrono::milliseconds write_deadline{10'000};
  std::chrono::milliseconds linger_deadline{2'000};  // For the peer to read a final refusal.
  // How long Stop() lets connections without a request send one already on its way.
  std::chrono::milliseconds drain_idle_grace{100};
  std::chrono::milliseconds accept_retry{100};  // Pause when out of descriptors or memory.

  // Told, on an I/O thread, when a handler threw. The caller saw a bare 500.
  std::function<void(std::string_view path, std::string_view what)> on_handler_exception = nullptr;
};

// Totals since the start; a consistent picture only when nothing is in flight.
struct HttpServerStats {
  std::uint64_t connections_accepted = 0;
  std::uint64_t connections_open = 0;
  std::uint64_t connections_evicted = 0;  // Closed to make room for others.
  std::uint64_t connections_timed_out = 0;
  std::uint64_t handshakes_failed = 0;
  std::uint64_t requests = 0;          // Complete ones that a handler answered.
  std::uint64_t requests_refused = 0;  // Answered without asking a handler.
  std::uint64_t handler_exceptions = 0;
  std::uint64_t accept_failures = 0;
  std::uint64_t body_bytes_held = 0;
};

// Thread-safe. Handlers run concurrently when io_threads > 1, and must outlive
// Stop(). Start() does not touch signal dispositions and never raises SIGPIPE.
class HttpServer {
 public:
  // Checks the options, binds, and serves at once. The error is one sentence
  // for the operator of the process; it never contains key material.
  [[nodiscard]] static tl::expected<std::unique_ptr<HttpServer>, std::string> Start(
      HttpServerOptions options, std::vector<Route> routes);

  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  ~HttpServer();  // As Stop(0).

  [[nodiscard]] std::uint16_t port() const;  // The one really bound.

  // Serves `certificate` to every handshake that begins from now on. Open
  // connections answer their current or next request under the old one and are
  // then closed. An unusable pair (key and certificate do not match, not PEM)
  // is refused and changes nothing. Requires options.tls.
  [[nodiscard]] tl::expected<void, std::string> ReplaceCertificate(
      const ServingCertificate& certificate);

  // From now on every answer carries `Connection: close`. Still accepts, so
  // that callers who have not heard yet are served. Cannot be undone.
  void BeginDrain();

  // Stops accepting, lets requests in flight finish for at most `deadline`,
  // cuts what is left and joins the threads. True when nothing had to be cut.
  // Must not be called from a handler. Later calls return true at once.
  bool Stop(std::chrono::milliseconds deadline);

  [[nodiscard]] HttpServerStats stats() const;

 private:
  class Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace launchgate::platform

#endif  // LAUNCHGATE_PLATFORM_HTTP_SERVER_H_
