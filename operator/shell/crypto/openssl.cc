#include "shell/crypto/openssl.h"

#include <openssl/core_names.h>
#include <openssl/err.h>

#include <array>
#include <limits>
#include <utility>

#include "shell/crypto/keys.h"

namespace launchgate::crypto {
namespace {

using base::ErrorKind;
using base::Fail;

// What Go and BoringSSL accept; larger exponents only cost time.
constexpr int kMaxRsaExponentBits = 33;

base::Result<verdict::PublicKey> DescribeEd25519(EVP_PKEY* key) {
  std::array<unsigned char, verdict::kEd25519KeyBytes> raw{};
  std::size_t size = raw.size();
  if (EVP_PKEY_get_raw_public_key(key, raw.data(), &size) != 1) {
    return OpenSslFailed("reading the Ed25519 key");
  }
  return verdict::Ed25519PublicKey({reinterpret_cast<const char*>(raw.data()), size});
}

BignumPtr Number(const EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &number) != 1) return nullptr;
  return BignumPtr(number);
}

std::string Bytes(const BIGNUM* number, int size) {
  std::string bytes(static_cast<std::size_t>(size), '\0');
  BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()), size);
  return bytes;
}

bool IsP256(const EVP_PKEY* key) {
  std::array<char, 64> group{};
  int explicit_parameters = 0;
  const bool named = EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group.data(),
                                                    group.size(), nullptr) == 1;
  // A key that spells its curve out may spell out another generator (CVE-2020-0601).
  EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS,
                         &explicit_parameters);
  return named && explicit_parameters == 0 && std::string_view(group.data()) == "prime256v1";
}

base::Result<verdict::PublicKey> DescribeP256(const EVP_PKEY* key) {
  if (!IsP256(key)) {
    return Fail(ErrorKind::kUnsupported,
                "the only accepted elliptic curve for ECDSA is P-256 (prime256v1), named");
  }
  const BignumPtr x = Number(key, OSSL_PKEY_PARAM_EC_PUB_X);
  const BignumPtr y = Number(key, OSSL_PKEY_PARAM_EC_PUB_Y);
  if (!x || !y) return OpenSslFailed("reading the P-256 key");
  constexpr int kSize = static_cast<int>(verdict::kP256CoordinateBytes);
  return verdict::P256PublicKey("\x04" + Bytes(x.get(), kSize) + Bytes(y.get(), kSize));
}

base::Result<verdict::PublicKey> DescribeRsa(const EVP_PKEY* key) {
  const int bits = EVP_PKEY_get_bits(key);
  if (bits < kMinRsaBits || bits > kMaxRsaBits) {
    return Fail(ErrorKind::kUnsupported,
                "an RSA key must have 2048 to 8192 bits; this one has " + std::to_string(bits));
  }
  const BignumPtr modulus = Number(key, OSSL_PKEY_PARAM_RSA_N);
  const BignumPtr exponent = Number(key, OSSL_PKEY_PARAM_RSA_E);
  if (!modulus || !exponent) return OpenSslFailed("reading the RSA key");
  if (BN_is_one(exponent.get()) || BN_is_odd(exponent.get()) == 0 ||
      BN_num_bits(exponent.get()) > kMaxRsaExponentBits) {
    return Fail(ErrorKind::kUnsupported, "the RSA key's public exponent is not a usual one");
  }
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  if (size <= 0) return OpenSslFailed("encoding the RSA key");
  std::string spki(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return verdict::RsaPublicKey(std::move(spki), Bytes(modulus.get(), BN_num_bytes(modulus.get())),
                               Bytes(exponent.get(), BN_num_bytes(exponent.get())));
}

}  // namespace

ErrorQueueScope::~ErrorQueueScope() { ERR_clear_error(); }

tl::unexpected<base::Error> OpenSslFailed(std::string_view what) {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return Fail(ErrorKind::kInternal,
              std::string(what) + ": " + (reason == nullptr ? "OpenSSL gave no reason" : reason));
}

BioPtr ReadBio(std::string_view bytes) {
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) return nullptr;
  return BioPtr(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

std::string_view Written(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size <= 0 ? std::string_view() : std::string_view(data, static_cast<std::size_t>(size));
}

base::Result<verdict::PublicKey> Describe(EVP_PKEY* key) {
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_ED25519:
      return DescribeEd25519(key);
    case EVP_PKEY_EC:
      return DescribeP256(key);
    case EVP_PKEY_RSA:
      return DescribeRsa(key);
    default:
      return Fail(ErrorKind::kUnsupported,
                  "keys of this kind are not accepted: use Ed25519, ECDSA P-256 or RSA");
  }
}

}  // namespace launchgate::crypto
