#include "platform/tls_context.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>
#include <vector>

#include "platform/fail.h"

namespace launchgate::platform {
namespace {

template <auto Free>
struct Deleter {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using BioPtr = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
using X509Ptr = std::unique_ptr<X509, Deleter<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using ContextPtr = std::unique_ptr<SSL_CTX, Deleter<SSL_CTX_free>>;

constexpr std::size_t kMaxPemBytes = 1024 * 1024;
constexpr std::size_t kMaxCertificates = 64;
constexpr char kSessionIdContext[] = "launchgate";

// What OpenSSL says went wrong; its texts never hold key material.
tl::unexpected<std::string> Failure(std::string_view what) {
  const unsigned long code = ERR_peek_last_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return Fail(std::string(what) + (reason == nullptr ? "" : ": " + std::string(reason)));
}

// Without this, OpenSSL asks for the password on the terminal.
int NoPassword(char*, int, int, void*) { return 0; }

BioPtr MemoryBio(std::string_view text) {
  if (text.size() > kMaxPemBytes) return nullptr;
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

tl::expected<std::vector<X509Ptr>, std::string> ReadCertificates(std::string_view pem) {
  const BioPtr bio = MemoryBio(pem);
  if (!bio) return Failure("certificates are larger than 1 MiB");
  std::vector<X509Ptr> certificates;
  while (X509* certificate = PEM_read_bio_X509(bio.get(), nullptr, NoPassword, nullptr)) {
    certificates.emplace_back(certificate);
    if (certificates.size() > kMaxCertificates) return Failure("more than 64 certificates");
  }
  // The end of a PEM file is reported as "no start line"; anything else is damage.
  const unsigned long end = ERR_peek_last_error();
  if (ERR_GET_REASON(end) != PEM_R_NO_START_LINE) return Failure("certificate is not valid PEM");
  ERR_clear_error();
  if (certificates.empty()) return Failure("no certificate in the PEM text");
  return certificates;
}

tl::expected<void, std::string> UseCertificate(SSL_CTX* context, const ServingCertificate& pair) {
  auto chain = ReadCertificates(pair.chain_pem);
  if (!chain) return Fail("serving certificate: " + chain.error());
  const BioPtr bio = MemoryBio(pair.private_key_pem);
  if (!bio) return Failure("private key is larger than 1 MiB");
  const KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassword, nullptr));
  if (!key) return Failure("private key is not an unencrypted PEM key");
  if (X509_check_private_key(chain->front().get(), key.get()) != 1) {
    return Failure("private key does not match the certificate");
  }
  if (SSL_CTX_use_certificate(context, chain->front().get()) != 1 ||
      SSL_CTX_use_PrivateKey(context, key.get()) != 1) {
    return Failure("certificate or key cannot be used");
  }
  for (std::size_t i = 1; i < chain->size(); ++i) {
    if (SSL_CTX_add1_chain_cert(context, (*chain)[i].get()) != 1) {
      return Failure("certificate chain cannot be used");
    }
  }
  return {};
}

tl::expected<void, std::string> AskForClientCertificates(SSL_CTX* context,
                                                         const TlsOptions& options) {
  if (options.client_certificates == ClientCertificates::kNotAsked) return {};
  const auto authorities = ReadCertificates(options.client_ca_pem);
  if (!authorities) return Fail("client CA: " + authorities.error());
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  for (const X509Ptr& authority : *authorities) {
    if (X509_STORE_add_cert(store, authority.get()) != 1 ||
        SSL_CTX_add_client_CA(context, authority.get()) != 1) {
      return Failure("client CA cannot be used");
    }
  }
  const bool required = options.client_certificates == ClientCertificates::kRequired;
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | (required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
                     nullptr);
  return {};
}

// Selects http/1.1 from what the client offers and refuses those who offer
// only something else: HTTP/2 must never be spoken here.
int SelectHttp11(SSL*, const unsigned char** out, unsigned char* out_length,
                 const unsigned char* offered, unsigned int offered_length, void*) {
  constexpr std::string_view kWanted = "http/1.1";
  for (unsigned int at = 0; at < offered_length;) {
    const unsigned int length = offered[at];
    if (length > offered_length - at - 1) break;
    const auto* name = offered + at + 1;
    if (std::string_view(reinterpret_cast<const char*>(name), length) == kWanted) {
      *out = name;
      *out_length = static_cast<unsigned char>(length);
      return SSL_TLSEXT_ERR_OK;
    }
    at += 1 + length;
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

// A BIO over recv(2) and send(2), because OpenSSL's own socket BIO writes
// without MSG_NOSIGNAL and would end the process when a peer has gone.
int SocketOf(BIO* bio) {
  return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
}

bool WouldBlock() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

int SocketRead(BIO* bio, char* data, int size) {
  BIO_clear_retry_flags(bio);
  const auto got = ::recv(SocketOf(bio), data, static_cast<std::size_t>(size), MSG_DONTWAIT);
  if (got < 0 && WouldBlock()) BIO_set_retry_read(bio);
  return static_cast<int>(got);
}

int SocketWrite(BIO* bio, const char* data, int size) {
  BIO_clear_retry_flags(bio);
  const auto sent =
      ::send(SocketOf(bio), data, static_cast<std::size_t>(size), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent < 0 && WouldBlock()) BIO_set_retry_write(bio);
  return static_cast<int>(sent);
}

long SocketControl(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

const BIO_METHOD* SocketMethod() {
  static const std::unique_ptr<BIO_METHOD, Deleter<BIO_meth_free>> method = [] {
    std::unique_ptr<BIO_METHOD, Deleter<BIO_meth_free>> made(
        BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "launchgate socket"));
    if (made) {
      BIO_meth_set_read(made.get(), SocketRead);
      BIO_meth_set_write(made.get(), SocketWrite);
      BIO_meth_set_ctrl(made.get(), SocketControl);
    }
    return made;
  }();
  return method.get();
}

tl::expected<void, std::string> SetPolicy(SSL_CTX* context) {
  if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1 ||
      SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1 ||
      SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384") != 1) {
    return Failure("TLS policy cannot be set");
  }
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  // Tickets are kept by the client; a cache here would be memory others fill.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 1);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context, 1);  // One recv for a record's head and body.
  SSL_CTX_set_alpn_select_cb(context, SelectHttp11, nullptr);
  SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>(kSessionIdContext),
                                 sizeof(kSessionIdContext) - 1);
  return {};
}

}  // namespace

tl::expected<std::shared_ptr<const TlsContext>, std::string> TlsContext::Create(
    const TlsOptions& options) {
  ERR_clear_error();
  ContextPtr context(SSL_CTX_new(TLS_server_method()));
  if (!context || SocketMethod() == nullptr) return Failure("out of memory for TLS");
  if (auto policy = SetPolicy(context.get()); !policy) return tl::unexpected(policy.error());
  if (auto used = UseCertificate(context.get(), options.certificate); !used) {
    return tl::unexpected(used.error());
  }
  if (auto asked = AskForClientCertificates(context.get(), options); !asked) {
    return tl::unexpected(asked.error());
  }
  return std::shared_ptr<const TlsContext>(new TlsContext(context.release()));
}

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

SSL* TlsContext::NewConnection(int fd) const {
  SSL* ssl = SSL_new(context_);
  BIO* bio = ssl == nullptr ? nullptr : BIO_new(SocketMethod());
  if (bio == nullptr) {
    SSL_free(ssl);
    ERR_clear_error();
    return nullptr;
  }
  BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(fd)));
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl, bio, bio);
  SSL_set_accept_state(ssl);
  return ssl;
}

}  // namespace launchgate::platform
