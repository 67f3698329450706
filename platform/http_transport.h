// One connection's bytes, plain or over TLS, without ever blocking.

#ifndef LAUNCHGATE_PLATFORM_HTTP_TRANSPORT_H_
#define LAUNCHGATE_PLATFORM_HTTP_TRANSPORT_H_

#include <openssl/types.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "platform/tls_context.h"

namespace launchgate::platform {

enum class IoStatus {
  kDone,
  kWantRead,   // Try again when the socket is readable.
  kWantWrite,  // Try again when it is writable.
  kClosed,     // The peer has gone, or broke the protocol.
};

struct IoResult {
  IoStatus status = IoStatus::kClosed;
  std::size_t bytes = 0;  // More than 0 exactly when kDone.
};

// Not thread-safe. Does not own the socket, which must outlive it.
class HttpTransport {
 public:
  explicit HttpTransport(int fd) : fd_(fd) {}

  // Speaks TLS from now on. False when out of memory.
  [[nodiscard]] bool StartTls(const TlsContext& context);
  [[nodiscard]] IoStatus Handshake();
  // The peer showed a certificate that chains to the client CA.
  [[nodiscard]] bool PeerVerified() const;

  [[nodiscard]] IoResult Read(std::span<char> into);

  // `more` says that another Write follows at once.
  [[nodiscard]] IoResult Write(std::string_view data, bool more);

  // Whether Read() may give bytes although the socket has none: waiting for
  // the socket would then wait for bytes that have already come.
  [[nodiscard]] bool HasBuffered() const;

  // Says goodbye: no more writes. The peer may still send.
  void CloseWrite();

  // Reads and forgets what the peer still sends, without decrypting it.
  [[nodiscard]] IoResult Discard(std::span<char> scratch) const;

 private:
  struct FreeSsl {
    void operator()(SSL* ssl) const;
  };

  [[nodiscard]] IoStatus StatusOf(int result) const;

  int fd_;
  std::unique_ptr<SSL, FreeSsl> ssl_;
};

}  // namespace launchgate::platform

#endif  // LAUNCHGATE_PLATFORM_HTTP_TRANSPORT_H_
