// Ownership and errors of OpenSSL objects. For the sources of this module only.
#pragma once

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/verdict/signature.h"

namespace launchgate::crypto {

template <auto kFree>
struct Freed {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};

using BioPtr = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using BignumPtr = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using DigestContextPtr = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using PkeyPtr = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using X509Ptr = std::unique_ptr<X509, Freed<X509_free>>;

// Empties the thread's error queue when a scope ends, whatever happened inside:
// leftovers would be blamed on the next caller, a TLS connection for instance.
class ErrorQueueScope {
 public:
  ErrorQueueScope() = default;
  ~ErrorQueueScope();
  ErrorQueueScope(const ErrorQueueScope&) = delete;
  ErrorQueueScope& operator=(const ErrorQueueScope&) = delete;
};

// kInternal: "<what>: <OpenSSL's reason>".
tl::unexpected<base::Error> OpenSslFailed(std::string_view what);

// A read-only BIO over bytes that must outlive it; null for more than 2 GiB.
BioPtr ReadBio(std::string_view bytes);

// All that was written to a memory BIO; valid until it is written again.
std::string_view Written(BIO* bio);

// The canonical form of a key's public half. Unsupported for kinds, curves and
// sizes we do not accept.
base::Result<verdict::PublicKey> Describe(EVP_PKEY* key);

}  // namespace launchgate::crypto
