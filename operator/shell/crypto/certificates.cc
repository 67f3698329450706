// Making certificates. Reading and checking them: certificate_check.cc.
#include "shell/crypto/certificates.h"

#include <openssl/pem.h>
#include <openssl/rand.h>

#include <array>
#include <chrono>
#include <utility>

#include "core/base/text.h"
#include "shell/crypto/keys.h"
#include "shell/crypto/openssl.h"

namespace launchgate::crypto {
namespace {

using base::ErrorKind;
using base::Fail;

constexpr std::size_t kMaxCommonNameBytes = 64;  // ub-common-name, RFC 5280 appendix A.
constexpr std::size_t kSerialBytes = 16;
constexpr long kX509Version3 = 2;

using ExtensionPtr = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;
using GeneralNamesPtr = std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>>;
using OctetStringPtr = std::unique_ptr<ASN1_OCTET_STRING, Freed<ASN1_OCTET_STRING_free>>;

// What an authority's PEM pair is once decoded.
struct Issuer {
  X509Ptr certificate;
  PkeyPtr key;
};

base::Status CheckValidity(const Validity& validity) {
  // ASN.1 times have four digits for the year (RFC 5280 section 4.1.2.5).
  constexpr base::Time kEnd = std::chrono::sys_days(std::chrono::year(10000) / 1 / 1);
  if (validity.not_before < base::Time{} || validity.not_after >= kEnd ||
      validity.not_after <= validity.not_before) {
    return Fail(ErrorKind::kInvalid,
                "a certificate must begin after 1970, end before 10000, and end after it begins");
  }
  return {};
}

bool SetTime(ASN1_TIME* field, base::Time time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  return ASN1_TIME_set(field, static_cast<time_t>(seconds)) != nullptr;
}

// Random, positive and never zero: 127 bits, the top one of them set.
bool SetSerial(X509* certificate) {
  std::array<unsigned char, kSerialBytes> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return false;
  bytes[0] = static_cast<unsigned char>((bytes[0] & 0x7F) | 0x40);
  const BignumPtr number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
  return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool SetCommonName(X509_NAME* name, const std::string& text) {
  return X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(text.data()),
                                    static_cast<int>(text.size()), -1, 0) == 1;
}

// `value` is always one of our own constants: this little language has commas and
// keywords that no outside text may reach.
bool AddExtension(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool AppendDnsName(GENERAL_NAMES* names, const std::string& text) {
  GENERAL_NAME* name = GENERAL_NAME_new();
  ASN1_IA5STRING* value = ASN1_IA5STRING_new();
  if (name == nullptr || value == nullptr ||
      ASN1_STRING_set(value, text.data(), static_cast<int>(text.size())) != 1) {
    GENERAL_NAME_free(name);
    ASN1_IA5STRING_free(value);
    return false;
  }
  GENERAL_NAME_set0_value(name, GEN_DNS, value);
  if (sk_GENERAL_NAME_push(names, name) > 0) return true;
  GENERAL_NAME_free(name);
  return false;
}

bool AppendAddress(GENERAL_NAMES* names, OctetStringPtr address) {
  GENERAL_NAME* name = GENERAL_NAME_new();
  if (name == nullptr) return false;
  GENERAL_NAME_set0_value(name, GEN_IPADD, address.release());
  if (sk_GENERAL_NAME_push(names, name) > 0) return true;
  GENERAL_NAME_free(name);
  return false;
}

base::Result<GeneralNamesPtr> EncodeNames(const ServerNames& names) {
  const std::size_t count = names.dns_names.size() + names.ip_addresses.size();
  if (count == 0 || count > kMaxSubjectNames) {
    return Fail(ErrorKind::kInvalid, "a serving certificate has 1 to 32 names and addresses");
  }
  GeneralNamesPtr encoded(GENERAL_NAMES_new());
  if (!encoded) return OpenSslFailed("encoding names");
  for (const std::string& name : names.dns_names) {
    if (!base::IsDnsSubdomain(name)) {
      return Fail(ErrorKind::kInvalid, base::Quote(name) + " is not a DNS name");
    }
    if (!AppendDnsName(encoded.get(), name)) return OpenSslFailed("encoding a DNS name");
  }
  for (const std::string& text : names.ip_addresses) {
    OctetStringPtr address(a2i_IPADDRESS(text.c_str()));
    if (!address || text.find('\0') != std::string::npos) {
      return Fail(ErrorKind::kInvalid, base::Quote(text) + " is not an IP address");
    }
    if (!AppendAddress(encoded.get(), std::move(address))) {
      return OpenSslFailed("encoding an IP address");
    }
  }
  return encoded;
}

base::Result<PkeyPtr> NewKey() {
  PkeyPtr key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  if (!key) return OpenSslFailed("making a key");
  return key;
}

base::Result<X509Ptr> NewCertificate(EVP_PKEY* key, const Validity& validity) {
  X509Ptr certificate(X509_new());
  if (!certificate || X509_set_version(certificate.get(), kX509Version3) != 1 ||
      !SetSerial(certificate.get()) ||
      !SetTime(X509_getm_notBefore(certificate.get()), validity.not_before) ||
      !SetTime(X509_getm_notAfter(certificate.get()), validity.not_after) ||
      X509_set_pubkey(certificate.get(), key) != 1) {
    return OpenSslFailed("making a certificate");
  }
  return certificate;
}

base::Result<KeyPair> ToPem(X509* certificate, EVP_PKEY* key) {
  const BioPtr text(BIO_new(BIO_s_mem()));
  const BioPtr secret(BIO_new(BIO_s_secmem()));
  if (!text || !secret || PEM_write_bio_X509(text.get(), certificate) != 1 ||
      PEM_write_bio_PKCS8PrivateKey(secret.get(), key, nullptr, nullptr, 0, nullptr, nullptr) !=
          1) {
    return OpenSslFailed("writing a certificate");
  }
  return KeyPair{std::string(Written(text.get())), Secret::CopyOf(Written(secret.get()))};
}

base::Result<Issuer> ReadIssuer(const KeyPair& authority) {
  const BioPtr text = ReadBio(authority.certificate_pem);
  const BioPtr secret = ReadBio(authority.private_key_pem.Reveal());
  Issuer issuer;
  if (text) issuer.certificate.reset(PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr));
  // Never ask a terminal for a passphrase: the key pair was written by MakeAuthority.
  const auto refuse = [](char*, int, int, void*) { return -1; };
  if (secret) issuer.key.reset(PEM_read_bio_PrivateKey(secret.get(), nullptr, refuse, nullptr));
  if (!issuer.certificate || !issuer.key) {
    return Fail(ErrorKind::kInvalid, "the authority's certificate or key is not PEM");
  }
  if (X509_check_private_key(issuer.certificate.get(), issuer.key.get()) != 1) {
    return Fail(ErrorKind::kInvalid, "the authority's key does not belong to its certificate");
  }
  if (X509_check_ca(issuer.certificate.get()) != 1 ||
      (X509_get_key_usage(issuer.certificate.get()) & KU_KEY_CERT_SIGN) == 0) {
    return Fail(ErrorKind::kInvalid, "the authority's certificate may not sign certificates");
  }
  return issuer;
}

// A leaf that outlives its authority would stop working before it says so.
base::Status CheckInside(const X509* issuer, const Validity& validity) {
  const auto end = std::chrono::floor<std::chrono::seconds>(validity.not_after);
  const auto seconds = static_cast<time_t>(end.time_since_epoch().count());
  if (ASN1_TIME_cmp_time_t(X509_get0_notAfter(issuer), seconds) < 0) {
    return Fail(ErrorKind::kInvalid, "the authority expires before the certificate would");
  }
  return {};
}

// Clients never look at the common name of a certificate that has names; it is
// there for people, and left out where it would be too long.
std::string CommonNameFor(const ServerNames& names) {
  const std::string& first =
      names.dns_names.empty() ? names.ip_addresses.front() : names.dns_names.front();
  return first.size() <= kMaxCommonNameBytes ? first : std::string();
}

bool AddLeafExtensions(X509* leaf, X509* issuer, GENERAL_NAMES* names, bool has_subject) {
  // RFC 5280 section 4.2.1.6: without a subject the names are critical.
  return AddExtension(leaf, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
         AddExtension(leaf, issuer, NID_key_usage, "critical,digitalSignature") &&
         AddExtension(leaf, issuer, NID_ext_key_usage, "serverAuth") &&
         AddExtension(leaf, issuer, NID_subject_key_identifier, "hash") &&
         AddExtension(leaf, issuer, NID_authority_key_identifier, "keyid:always") &&
         X509_add1_ext_i2d(leaf, NID_subject_alt_name, names, has_subject ? 0 : 1, 0) == 1;
}

}  // namespace

base::Result<KeyPair> MakeAuthority(const std::string& common_name, const Validity& validity) {
  const ErrorQueueScope errors;
  if (common_name.empty() || common_name.size() > kMaxCommonNameBytes) {
    return Fail(ErrorKind::kInvalid, "an authority's name has 1 to 64 bytes");
  }
  if (const base::Status status = CheckValidity(validity); !status) {
    return tl::unexpected(status.error());
  }
  base::Result<PkeyPtr> key = NewKey();
  if (!key) return tl::unexpected(key.error());
  base::Result<X509Ptr> made = NewCertificate(key->get(), validity);
  if (!made) return tl::unexpected(made.error());
  X509* authority = made->get();
  if (!SetCommonName(X509_get_subject_name(authority), common_name) ||
      X509_set_issuer_name(authority, X509_get_subject_name(authority)) != 1 ||
      !AddExtension(authority, authority, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") ||
      !AddExtension(authority, authority, NID_key_usage, "critical,keyCertSign,cRLSign") ||
      !AddExtension(authority, authority, NID_subject_key_identifier, "hash") ||
      !AddExtension(authority, authority, NID_authority_key_identifier, "keyid:always") ||
      X509_sign(authority, key->get(), EVP_sha256()) <= 0) {
    return OpenSslFailed("making an authority");
  }
  return ToPem(authority, key->get());
}

base::Result<KeyPair> IssueServerCertificate(const KeyPair& authority, const ServerNames& names,
                                             const Validity& validity) {
  const ErrorQueueScope errors;
  if (const base::Status status = CheckValidity(validity); !status) {
    return tl::unexpected(status.error());
  }
  const base::Result<GeneralNamesPtr> encoded = EncodeNames(names);
  if (!encoded) return tl::unexpected(encoded.error());
  const base::Result<Issuer> issuer = ReadIssuer(authority);
  if (!issuer) return tl::unexpected(issuer.error());
  if (const base::Status inside = CheckInside(issuer->certificate.get(), validity); !inside) {
    return tl::unexpected(inside.error());
  }
  base::Result<PkeyPtr> key = NewKey();
  if (!key) return tl::unexpected(key.error());
  base::Result<X509Ptr> made = NewCertificate(key->get(), validity);
  if (!made) return tl::unexpected(made.error());
  X509* leaf = made->get();
  const std::string common_name = CommonNameFor(names);
  if ((!common_name.empty() && !SetCommonName(X509_get_subject_name(leaf), common_name)) ||
      X509_set_issuer_name(leaf, X509_get_subject_name(issuer->certificate.get())) != 1 ||
      !AddLeafExtensions(leaf, issuer->certificate.get(), encoded->get(), !common_name.empty()) ||
      X509_sign(leaf, issuer->key.get(), EVP_sha256()) <= 0) {
    return OpenSslFailed("issuing a certificate");
  }
  return ToPem(leaf, key->get());
}

}  // namespace launchgate::crypto
