#include "tests/support/test_certificates.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

namespace launchgate::test_support {
namespace {

template <auto Free>
struct Deleter {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using BioPtr = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using X509Ptr = std::unique_ptr<X509, Deleter<X509_free>>;

constexpr long kDaySeconds = 24L * 60 * 60;

// A test without its certificates can prove nothing.
void Require(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "test certificate: %s failed\n", what);
  std::abort();
}

std::string Drain(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

BioPtr Reader(const std::string& pem) {
  return BioPtr(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

void AddExtension(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
  Require(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1, value);
  X509_EXTENSION_free(extension);
}

X509Ptr Unsigned(EVP_PKEY* key, const std::string& common_name) {
  X509Ptr certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  std::uint64_t serial = 0;
  Require(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof(serial)) == 1, "RAND_bytes");
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial >> 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kDaySeconds);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                             0);
  return certificate;
}

TestCertificate Export(X509* certificate, EVP_PKEY* key) {
  const BioPtr certificate_bio(BIO_new(BIO_s_mem()));
  const BioPtr key_bio(BIO_new(BIO_s_mem()));
  Require(PEM_write_bio_X509(certificate_bio.get(), certificate) == 1, "PEM_write_bio_X509");
  Require(PEM_write_bio_PrivateKey(key_bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
          "PEM_write_bio_PrivateKey");
  return {Drain(certificate_bio.get()), Drain(key_bio.get())};
}

}  // namespace

TestCertificate MakeTestAuthority(const std::string& common_name) {
  const KeyPtr key(EVP_EC_gen("P-256"));
  const X509Ptr certificate = Unsigned(key.get(), common_name);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get()));
  AddExtension(certificate.get(), certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  AddExtension(certificate.get(), certificate.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  Require(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0, "X509_sign");
  return Export(certificate.get(), key.get());
}

TestCertificate MakeTestLeaf(const TestCertificate& authority, const std::string& common_name) {
  const X509Ptr issuer(
      PEM_read_bio_X509(Reader(authority.certificate_pem).get(), nullptr, nullptr, nullptr));
  const KeyPtr issuer_key(
      PEM_read_bio_PrivateKey(Reader(authority.private_key_pem).get(), nullptr, nullptr, nullptr));
  Require(issuer && issuer_key, "reading the authority");
  const KeyPtr key(EVP_EC_gen("P-256"));
  const X509Ptr certificate = Unsigned(key.get(), common_name);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer.get()));
  AddExtension(certificate.get(), issuer.get(), NID_key_usage, "critical,digitalSignature");
  AddExtension(certificate.get(), issuer.get(), NID_ext_key_usage, "serverAuth,clientAuth");
  AddExtension(certificate.get(), issuer.get(), NID_subject_alt_name,
               "DNS:localhost,IP:127.0.0.1,IP:::1");
  Require(X509_sign(certificate.get(), issuer_key.get(), EVP_sha256()) > 0, "X509_sign");
  return Export(certificate.get(), key.get());
}

}  // namespace launchgate::test_support
