#include "shell/transport/tls.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <climits>
#include <utility>

namespace launchgate::transport {
namespace {

struct OpenSslFree {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
template <typename T>
using Owned = std::unique_ptr<T, OpenSslFree>;

tl::unexpected<base::Error> Invalid(std::string message) {
  // Errors left in OpenSSL's queue would be blamed on the next caller.
  ERR_clear_error();
  return base::Fail(base::ErrorKind::kInvalid, std::move(message));
}

Owned<BIO> ReadOnly(const std::string& text) {
  if (text.size() > INT_MAX) return nullptr;
  return Owned<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

Owned<X509> NextCertificate(BIO* bio) {
  return Owned<X509>(PEM_read_bio_X509(bio, nullptr, nullptr, nullptr));
}

// Refuses to ask a terminal for the password of an encrypted key.
int NoPassword(char*, int, int, void*) { return -1; }

base::Status UseChain(SSL_CTX* context, const std::string& chain_pem) {
  const Owned<BIO> bio = ReadOnly(chain_pem);
  const Owned<X509> leaf = bio ? NextCertificate(bio.get()) : nullptr;
  if (!leaf || SSL_CTX_use_certificate(context, leaf.get()) != 1) {
    return Invalid("the client certificate is not a PEM certificate");
  }
  SSL_CTX_clear_chain_certs(context);
  while (const Owned<X509> next = NextCertificate(bio.get())) {
    if (SSL_CTX_add1_chain_cert(context, next.get()) != 1) {
      return Invalid("the client certificate's chain cannot be used");
    }
  }
  ERR_clear_error();  // The end of the text counts as an error.
  return {};
}

base::Status UseKey(SSL_CTX* context, const Secret& key_pem) {
  const Owned<BIO> bio = ReadOnly(key_pem.Reveal());
  const Owned<EVP_PKEY> key(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassword, nullptr)
                                : nullptr);
  if (!key) return Invalid("the client key is not an unencrypted PEM private key");
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1) {
    return Invalid("the client key does not belong to the client certificate");
  }
  return {};
}

base::Status RequireName(SSL_CTX* context, const std::string& host) {
  X509_VERIFY_PARAM* param = SSL_CTX_get0_param(context);
  // Go's peers carry SANs only; a common name that looks like a host is not one.
  X509_VERIFY_PARAM_set_hostflags(
      param, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  // A CA bundle may name an intermediate as its anchor, as Go allows.
  X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
  if (X509_VERIFY_PARAM_set1_ip_asc(param, host.c_str()) == 1) return {};
  if (X509_VERIFY_PARAM_set1_host(param, host.c_str(), host.size()) == 1) {
    ERR_clear_error();
    return {};
  }
  return Invalid("the server's name cannot be checked");
}

}  // namespace

TlsConfigurator::TlsConfigurator(TlsOptions options, std::string host)
    : options_(std::move(options)), host_(std::move(host)) {}

base::Status TlsConfigurator::Configure(SSL_CTX* context) {
  if (!options_.ca_pem) return Invalid("https needs the CA that signed the server's certificate");
  const base::Result<std::string> ca = options_.ca_pem();
  if (!ca) return base::Wrap("reading the CA", ca.error());
  if (auto trusted = TrustOnly(context, *ca); !trusted) return trusted;
  if (auto named = RequireName(context, host_); !named) return named;
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_cert_verify_callback(context, &TlsConfigurator::VerifyChain, this);

  if (!options_.client_certificate) return {};
  const base::Result<ClientCertificate> identity = options_.client_certificate();
  if (!identity) return base::Wrap("reading the client certificate", identity.error());
  if (auto chain = UseChain(context, identity->chain_pem); !chain) return chain;
  return UseKey(context, identity->key_pem);
}

base::Status TlsConfigurator::TrustOnly(SSL_CTX* context, const std::string& ca_pem) {
  const std::lock_guard lock(mutex_);
  if (!store_ || store_pem_ != ca_pem) {
    std::unique_ptr<X509_STORE, StoreFree> store(X509_STORE_new());
    const Owned<BIO> bio = ReadOnly(ca_pem);
    int count = 0;
    while (const Owned<X509> next = bio ? NextCertificate(bio.get()) : nullptr) {
      if (X509_STORE_add_cert(store.get(), next.get()) != 1) return Invalid("a CA cannot be used");
      ++count;
    }
    ERR_clear_error();
    if (count == 0) return Invalid("the CA is not a PEM certificate");
    store_ = std::move(store);
    store_pem_ = ca_pem;
  }
  SSL_CTX_set1_cert_store(context, store_.get());
  return {};
}

std::string TlsConfigurator::TakeVerifyError() {
  const std::lock_guard lock(mutex_);
  return std::exchange(verify_error_, std::string());
}

// OpenSSL's own verification, remembering why it failed: the library reports
// nothing but "Error in SSL handshake".
int TlsConfigurator::VerifyChain(X509_STORE_CTX* chain, void* self) {
  const int verified = X509_verify_cert(chain);
  const int error = X509_STORE_CTX_get_error(chain);
  if (verified == 1 && error == X509_V_OK) return 1;
  auto* configurator = static_cast<TlsConfigurator*>(self);
  const std::lock_guard lock(configurator->mutex_);
  configurator->verify_error_ = X509_verify_cert_error_string(error);
  return verified;
}

}  // namespace launchgate::transport
