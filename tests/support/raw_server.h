// A server on loopback that says exactly the bytes a test tells it to, over
// plain TCP or TLS: for answers that no well-behaved server gives.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/support/test_pki.h"

namespace launchgate::test_support {

// One accepted connection, after the handshake. Used by one thread.
class RawConnection {
 public:
  virtual ~RawConnection() = default;
  // Head and body (by Content-Length) of the next request; nothing when the
  // peer closed.
  virtual std::optional<std::string> ReadRequest() = 0;
  virtual bool Write(std::string_view bytes) = 0;
  // Blocks until the peer has closed its side.
  virtual void WaitUntilClosed() = 0;
  // Common name of the client's certificate; empty without one.
  virtual std::string PeerName() const = 0;
};

struct RawServerOptions {
  std::optional<CertifiedKey> tls;
  std::string client_ca_pem;  // Not empty: a client certificate is required.
};

// Listens on 127.0.0.1 at a free port from construction to destruction and runs
// `script` on a thread of its own for each connection; the connection is closed
// when the script returns. The destructor closes every socket, so scripts
// blocked in reads end, and joins.
class RawServer {
 public:
  using Script = std::function<void(RawConnection&)>;

  explicit RawServer(Script script, RawServerOptions options = {});
  ~RawServer();
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  int port() const { return port_; }
  // "http://127.0.0.1:PORT" or "https://…".
  std::string url() const;
  // Every request that any script read, in order.
  std::vector<std::string> requests() const;
  // How many connections were accepted (handshakes may have failed).
  int connections() const;

 private:
  struct Context;
  class Connection;

  void AcceptLoop();
  void Serve(int socket);

  const Script script_;
  const RawServerOptions options_;
  std::unique_ptr<Context> context_;
  int listener_ = -1;
  int port_ = 0;
  // Guards everything below.
  mutable std::mutex mutex_;
  bool stopping_ = false;
  int accepted_ = 0;
  std::vector<int> sockets_;
  std::vector<std::string> requests_;
  std::vector<std::jthread> scripts_;
  std::jthread acceptor_;
};

// "HTTP/1.1 STATUS X\r\n…" with Content-Length and a JSON content type.
std::string HttpAnswer(int status, std::string_view body, std::string_view extra_headers = "");

// The value of a header in a request's head, or empty.
std::string HeaderOf(std::string_view request, std::string_view name);

}  // namespace launchgate::test_support
