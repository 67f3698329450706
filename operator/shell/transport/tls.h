// Trust and identity of one connection, set on the context that cpprestsdk
// makes for it. Private to the transport.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <mutex>
#include <string>

#include "core/base/result.h"
#include "shell/transport/cpprest_transport.h"

namespace launchgate::transport {

// Thread-safe. One per transport.
class TlsConfigurator {
 public:
  // `host` is what the server's certificate must be for.
  TlsConfigurator(TlsOptions options, std::string host);

  // Replaces the whole trust store, requires TLS 1.2, the server's name in a
  // subject alternative name, and shows our certificate. The context must not
  // outlive this object's last handshake (it keeps a pointer to it).
  base::Status Configure(SSL_CTX* context);

  // Why OpenSSL refused a server's certificate most recently, or empty. Said
  // once: reading forgets it.
  std::string TakeVerifyError();

 private:
  struct StoreFree {
    void operator()(X509_STORE* store) const { X509_STORE_free(store); }
  };

  base::Status TrustOnly(SSL_CTX* context, const std::string& ca_pem);
  static int VerifyChain(X509_STORE_CTX* chain, void* self);

  const TlsOptions options_;
  const std::string host_;
  // Guards everything below.
  std::mutex mutex_;
  std::string store_pem_;  // What `store_` was parsed from; parsing is the dear part.
  std::unique_ptr<X509_STORE, StoreFree> store_;
  std::string verify_error_;
};

}  // namespace launchgate::transport
