// The server side of TLS: one checked, immutable OpenSSL context, and the
// non-blocking byte stream over a socket that uses it.

#ifndef LAUNCHGATE_PLATFORM_TLS_CONTEXT_H_
#define LAUNCHGATE_PLATFORM_TLS_CONTEXT_H_

#include <openssl/types.h>

#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "platform/http_server.h"

namespace launchgate::platform {

// TLS 1.2 (only ECDHE with AEAD) and 1.3, ALPN http/1.1 only, no compression,
// no renegotiation, session tickets under keys of its own (so replacing the
// context also ends resumption). Immutable, shared by many connections.
class TlsContext {
 public:
  // Refuses a key that does not match, an encrypted key, and a missing CA.
  [[nodiscard]] static tl::expected<std::shared_ptr<const TlsContext>, std::string> Create(
      const TlsOptions& options);

  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;
  ~TlsContext();

  // A server-side connection over the socket `fd`, which must outlive it and
  // be non-blocking. Writes never raise SIGPIPE. Null when out of memory.
  [[nodiscard]] SSL* NewConnection(int fd) const;

 private:
  explicit TlsContext(SSL_CTX* context) : context_(context) {}

  SSL_CTX* context_;
};

}  // namespace launchgate::platform

#endif  // LAUNCHGATE_PLATFORM_TLS_CONTEXT_H_
