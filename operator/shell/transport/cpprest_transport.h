// Transport over cpprestsdk's http_client, for trusted peers only. The library
// is archived upstream; nothing outside this folder knows that it is used.
//
// What a peer that holds a certificate of our CA could do to the library, and
// what is done about it here, stands at the top of cpprest_transport.cc.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/base/result.h"
#include "shell/transport/secret.h"
#include "shell/transport/transport.h"

namespace launchgate::transport {

// Starts the library's threads, which run every transport of the process, and
// points OpenSSL's default trust at nothing, so that no public CA is trusted by
// accident and no system bundle is parsed for each connection. libcurl brings
// its own bundle and is not affected. Call it first thing in main(), before any
// other thread starts (it sets environment variables) and before OpenSSL is
// used (it switches its cleanup at exit off, which those threads could outlive),
// and only once: kInvalid when called again or with a count outside
// 1..kMaxTransportThreads.
base::Status InitializeTransportThreads(int count);
inline constexpr int kMaxTransportThreads = 64;

// Where bearer tokens come from. Thread-safe; called on the sending thread.
class TokenSource {
 public:
  virtual ~TokenSource() = default;
  // For the next request.
  virtual base::Result<Secret> Token() = 0;
  // A peer answered 401 to a token from Token(): the next one must be read anew.
  virtual void Refused() = 0;
};

struct ClientCertificate {
  std::string chain_pem;  // The leaf first.
  Secret key_pem;         // Not encrypted.
};

// What to trust and what to show when a connection is made. The functions are
// asked for every new connection, so files may rotate underneath; they must be
// thread-safe. Their errors fail the request that needed the connection.
struct TlsOptions {
  // The only CAs that are trusted, one or more PEM certificates. Required for https.
  std::function<base::Result<std::string>()> ca_pem;
  // Absent: none is shown.
  std::function<base::Result<ClientCertificate>()> client_certificate;
  // The name the server's certificate must carry (also sent as SNI and Host).
  // Empty: the host of the base URL.
  std::string server_name;
};

struct CpprestOptions {
  // "https://host[:port][/prefix]". "http://" is accepted without a token source
  // only. IPv6 literals are kUnsupported (the library cannot resolve them): use a name.
  std::string base_url;
  TlsOptions tls;
  std::shared_ptr<TokenSource> token;  // Null: no Authorization header.
  std::string user_agent;
};

// One transport serves one server for the life of the process; connections are
// pooled and redirects are answers, never followed. A request that met a pooled
// connection the peer had closed meanwhile is sent a second time by the library,
// POST too: creates must be idempotent (give objects fixed names).
//
// kInvalid when the URL, the CA or the client certificate cannot be used, and
// when InitializeTransportThreads() has not been called.
base::Result<std::unique_ptr<Transport>> MakeCpprestTransport(CpprestOptions options);

}  // namespace launchgate::transport
