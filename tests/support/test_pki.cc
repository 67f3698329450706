#include "tests/support/test_pki.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdint>
#include <cstdlib>

namespace launchgate::test_support {
namespace {

constexpr long kValidSeconds = 3600;

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

void Must(bool ok) {
  if (!ok) std::abort();
}

std::string Text(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<std::size_t>(size));
}

std::string ToPem(X509* certificate) {
  const Owned<BIO> bio(BIO_new(BIO_s_mem()));
  Must(PEM_write_bio_X509(bio.get(), certificate) == 1);
  return Text(bio.get());
}

std::string ToPem(EVP_PKEY* key) {
  const Owned<BIO> bio(BIO_new(BIO_s_mem()));
  Must(PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return Text(bio.get());
}

void AddExtension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Owned<X509_EXTENSION> extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  Must(extension != nullptr);
  Must(X509_add_ext(certificate, extension.get(), -1) == 1);
}

Owned<X509> NewCertificate(EVP_PKEY* key, const std::string& common_name) {
  Owned<X509> certificate(X509_new());
  Must(X509_set_version(certificate.get(), X509_VERSION_3) == 1);
  std::uint32_t serial = 0;
  Must(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1);
  Must(ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial) == 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kValidSeconds);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kValidSeconds);
  Must(X509_set_pubkey(certificate.get(), key) == 1);
  Must(X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                                  reinterpret_cast<const unsigned char*>(common_name.c_str()), -1,
                                  -1, 0) == 1);
  return certificate;
}

}  // namespace

struct TestCa::Impl {
  Owned<EVP_PKEY> key;
  Owned<X509> certificate;
  std::string pem;

  CertifiedKey Issue(const std::string& common_name, const std::string& usage,
                     const std::string& names) const {
    const Owned<EVP_PKEY> leaf_key(EVP_EC_gen("P-256"));
    const Owned<X509> leaf = NewCertificate(leaf_key.get(), common_name);
    Must(X509_set_issuer_name(leaf.get(), X509_get_subject_name(certificate.get())) == 1);
    AddExtension(leaf.get(), certificate.get(), NID_basic_constraints, "critical,CA:FALSE");
    AddExtension(leaf.get(), certificate.get(), NID_ext_key_usage, usage);
    if (!names.empty()) {
      AddExtension(leaf.get(), certificate.get(), NID_subject_alt_name, names);
    }
    Must(X509_sign(leaf.get(), key.get(), EVP_sha256()) != 0);
    return {ToPem(leaf.get()), ToPem(leaf_key.get())};
  }
};

TestCa::TestCa(const std::string& common_name) : impl_(std::make_unique<Impl>()) {
  impl_->key.reset(EVP_EC_gen("P-256"));
  Must(impl_->key != nullptr);
  impl_->certificate = NewCertificate(impl_->key.get(), common_name);
  X509* self = impl_->certificate.get();
  Must(X509_set_issuer_name(self, X509_get_subject_name(self)) == 1);
  AddExtension(self, self, NID_basic_constraints, "critical,CA:TRUE");
  AddExtension(self, self, NID_key_usage, "critical,keyCertSign,cRLSign");
  Must(X509_sign(self, impl_->key.get(), EVP_sha256()) != 0);
  impl_->pem = ToPem(self);
}

TestCa::~TestCa() = default;
TestCa::TestCa(TestCa&&) noexcept = default;
TestCa& TestCa::operator=(TestCa&&) noexcept = default;

const std::string& TestCa::certificate_pem() const { return impl_->pem; }

CertifiedKey TestCa::IssueServer(const std::vector<std::string>& names) const {
  std::string joined;
  for (const std::string& name : names) joined += (joined.empty() ? "" : ",") + name;
  return impl_->Issue("server", "serverAuth", joined);
}

CertifiedKey TestCa::IssueClient(const std::string& common_name) const {
  return impl_->Issue(common_name, "clientAuth", "");
}

}  // namespace launchgate::test_support
