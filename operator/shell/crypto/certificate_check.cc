// Reading and checking certificates. Making them: certificates.cc.
#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <utility>

#include "core/base/bytes.h"
#include "core/base/text.h"
#include "shell/crypto/certificates.h"
#include "shell/crypto/openssl.h"

namespace launchgate::crypto {
namespace {

using base::ErrorKind;
using base::Fail;

using GeneralNamesPtr = std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>>;
using OctetStringPtr = std::unique_ptr<ASN1_OCTET_STRING, Freed<ASN1_OCTET_STRING_free>>;
using StorePtr = std::unique_ptr<X509_STORE, Freed<X509_STORE_free>>;
using StoreContextPtr = std::unique_ptr<X509_STORE_CTX, Freed<X509_STORE_CTX_free>>;

constexpr std::size_t kIpv4Bytes = 4;
constexpr std::size_t kIpv6Bytes = 16;

bool ReachedTheEnd() {
  const unsigned long error = ERR_peek_last_error();
  return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

// All certificates of a PEM text, 1 to kMaxBundleCertificates. One damaged
// certificate makes the text invalid: half a trust bundle is not a trust bundle.
base::Result<std::vector<X509Ptr>> Decode(std::string_view pem) {
  if (pem.size() > kMaxCertificateTextBytes) {
    return Fail(ErrorKind::kExhausted, "certificates have at most 64 KiB together");
  }
  const BioPtr bio = ReadBio(pem);
  if (!bio) return OpenSslFailed("reading a certificate");
  std::vector<X509Ptr> certificates;
  ERR_clear_error();
  while (X509Ptr certificate{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)}) {
    if (certificates.size() == kMaxBundleCertificates) {
      return Fail(ErrorKind::kExhausted, "a bundle has at most 16 certificates");
    }
    certificates.push_back(std::move(certificate));
  }
  if (!ReachedTheEnd()) return Fail(ErrorKind::kInvalid, "a certificate is damaged");
  if (certificates.empty()) {
    return Fail(ErrorKind::kInvalid, "no certificate found: expected PEM (BEGIN CERTIFICATE)");
  }
  return certificates;
}

base::Result<base::Time> ToTime(const ASN1_TIME* field) {
  std::tm parts{};
  if (field == nullptr || ASN1_TIME_to_tm(field, &parts) != 1) {
    return Fail(ErrorKind::kInvalid, "a certificate has a damaged time");
  }
  const std::chrono::year_month_day day{std::chrono::year(parts.tm_year + 1900),
                                        std::chrono::month(static_cast<unsigned>(parts.tm_mon + 1)),
                                        std::chrono::day(static_cast<unsigned>(parts.tm_mday))};
  return std::chrono::sys_days(day) + std::chrono::hours(parts.tm_hour) +
         std::chrono::minutes(parts.tm_min) + std::chrono::seconds(parts.tm_sec);
}

std::string CommonName(const X509* certificate) {
  const X509_NAME* subject = X509_get_subject_name(certificate);
  const int index = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (index < 0) return {};
  unsigned char* text = nullptr;
  const int size =
      ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, index)));
  if (size < 0) return {};
  std::string name(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
  OPENSSL_free(text);
  return name;
}

std::string Serial(const X509* certificate) {
  const BignumPtr number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr));
  if (!number) return {};
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(number.get())), '\0');
  BN_bn2bin(number.get(), reinterpret_cast<unsigned char*>(bytes.data()));
  const std::string hex = base::HexEncode(bytes);
  return hex.substr(std::min(hex.find_first_not_of('0'), hex.size()));
}

std::string DerFingerprint(const X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  if (size < 0) return {};
  std::string hex =
      base::Sha256Hex({reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)});
  OPENSSL_free(der);
  return hex;
}

std::string AddressText(std::string_view bytes) {
  std::string text;
  if (bytes.size() == kIpv4Bytes) {
    for (const char byte : bytes) {
      text += (text.empty() ? "" : ".") + std::to_string(static_cast<unsigned char>(byte));
    }
    return text;
  }
  for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) {
    std::string group = base::HexEncode(bytes.substr(at, 2));
    group.erase(0, std::min(group.find_first_not_of('0'), group.size() - 1));
    text += (text.empty() ? "" : ":") + group;
  }
  return text;
}

std::string_view View(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

ServerNames NamesOf(const X509* certificate) {
  ServerNames names;
  const GeneralNamesPtr encoded(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  const int count = encoded ? sk_GENERAL_NAME_num(encoded.get()) : 0;
  for (int i = 0; i < count; ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(encoded.get(), i);
    if (name->type == GEN_DNS) names.dns_names.emplace_back(View(name->d.dNSName));
    if (name->type == GEN_IPADD) {
      const std::string_view bytes = View(name->d.iPAddress);
      if (bytes.size() == kIpv4Bytes || bytes.size() == kIpv6Bytes) {
        names.ip_addresses.push_back(AddressText(bytes));
      }
    }
  }
  return names;
}

base::Result<CertificateFacts> Facts(X509* certificate) {
  const base::Result<base::Time> not_before = ToTime(X509_get0_notBefore(certificate));
  if (!not_before) return tl::unexpected(not_before.error());
  const base::Result<base::Time> not_after = ToTime(X509_get0_notAfter(certificate));
  if (!not_after) return tl::unexpected(not_after.error());
  return CertificateFacts{.common_name = CommonName(certificate),
                          .serial_hex = Serial(certificate),
                          .fingerprint_sha256 = DerFingerprint(certificate),
                          .validity = {*not_before, *not_after},
                          .names = NamesOf(certificate),
                          .is_authority = X509_check_ca(certificate) == 1};
}

// What a TLS client checks: purpose, name, and the time given rather than the clock's.
base::Status Configure(X509_STORE_CTX* context, const std::string& host, base::Time at) {
  const OctetStringPtr address(a2i_IPADDRESS(host.c_str()));
  if ((!address && !base::IsDnsSubdomain(host)) || host.find('\0') != std::string::npos) {
    return Fail(ErrorKind::kInvalid,
                base::Quote(host) + " is neither a DNS name nor an IP address");
  }
  X509_VERIFY_PARAM* param = X509_STORE_CTX_get0_param(context);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
  X509_VERIFY_PARAM_set_time(param, static_cast<time_t>(seconds));
  // Go's client, the API server's, ignores the common name.
  X509_VERIFY_PARAM_set_hostflags(
      param, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_X509_STRICT);
  const bool named = address ? X509_VERIFY_PARAM_set1_ip_asc(param, host.c_str()) == 1
                             : X509_VERIFY_PARAM_set1_host(param, host.data(), host.size()) == 1;
  if (!named || X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_SERVER) != 1) {
    return OpenSslFailed("preparing to check a certificate");
  }
  return {};
}

}  // namespace

base::Result<std::vector<CertificateFacts>> ReadBundle(std::string_view pem) {
  const ErrorQueueScope errors;
  const base::Result<std::vector<X509Ptr>> certificates = Decode(pem);
  if (!certificates) return tl::unexpected(certificates.error());
  std::vector<CertificateFacts> all;
  for (const X509Ptr& certificate : *certificates) {
    base::Result<CertificateFacts> facts = Facts(certificate.get());
    if (!facts) return tl::unexpected(facts.error());
    all.push_back(*std::move(facts));
  }
  return all;
}

base::Result<CertificateFacts> ReadCertificate(std::string_view pem) {
  base::Result<std::vector<CertificateFacts>> all = ReadBundle(pem);
  if (!all) return tl::unexpected(all.error());
  return std::move(all->front());
}

base::Result<Trust> CheckServerCertificate(std::string_view leaf_pem,
                                           std::string_view ca_bundle_pem, const std::string& host,
                                           base::Time at) {
  const ErrorQueueScope errors;
  const base::Result<std::vector<X509Ptr>> leaf = Decode(leaf_pem);
  if (!leaf) return base::Wrap("the serving certificate", leaf.error());
  const base::Result<std::vector<X509Ptr>> bundle = Decode(ca_bundle_pem);
  if (!bundle) return base::Wrap("the CA bundle", bundle.error());

  const StorePtr store(X509_STORE_new());
  const StoreContextPtr context(X509_STORE_CTX_new());
  if (!store || !context) return OpenSslFailed("preparing to check a certificate");
  for (const X509Ptr& authority : *bundle) {
    if (X509_STORE_add_cert(store.get(), authority.get()) != 1) {
      return OpenSslFailed("reading the CA bundle");
    }
  }
  if (X509_STORE_CTX_init(context.get(), store.get(), leaf->front().get(), nullptr) != 1) {
    return OpenSslFailed("preparing to check a certificate");
  }
  if (const base::Status status = Configure(context.get(), host, at); !status) {
    return tl::unexpected(status.error());
  }
  if (X509_verify_cert(context.get()) == 1) return Trust{true, ""};
  return Trust{false, X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get()))};
}

base::Result<bool> KeyFits(std::string_view certificate_pem, const Secret& private_key_pem) {
  const ErrorQueueScope errors;
  const base::Result<std::vector<X509Ptr>> certificates = Decode(certificate_pem);
  if (!certificates) return tl::unexpected(certificates.error());
  const BioPtr bio = ReadBio(private_key_pem.Reveal());
  const auto refuse = [](char*, int, int, void*) { return -1; };
  const PkeyPtr key(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, refuse, nullptr) : nullptr);
  if (!key) return Fail(ErrorKind::kInvalid, "the private key is not unencrypted PEM");
  return X509_check_private_key(certificates->front().get(), key.get()) == 1;
}

}  // namespace launchgate::crypto
