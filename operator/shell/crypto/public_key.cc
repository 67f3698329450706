// The public half of keys.h: reading, writing and verifying.
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <utility>

#include "core/base/bytes.h"
#include "core/base/text.h"
#include "shell/crypto/keys.h"
#include "shell/crypto/openssl.h"

namespace launchgate::crypto {
namespace {

using base::ErrorKind;
using base::Fail;
using verdict::PublicKey;
using verdict::SignatureAlgorithm;

constexpr std::string_view kWhiteSpace = " \t\r\n";
constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kDashes = "-----";
constexpr std::string_view kPublicKeyLabel = "PUBLIC KEY";

std::string_view Trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kWhiteSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kWhiteSpace) - first + 1);
}

// The OpenSSL key of a SubjectPublicKeyInfo that has no other bytes around it;
// null when it is malformed or its point is not on the curve.
PkeyPtr Decode(std::string_view spki) {
  const auto* start = reinterpret_cast<const unsigned char*>(spki.data());
  const unsigned char* end = start;
  PkeyPtr key(d2i_PUBKEY(nullptr, &end, static_cast<long>(spki.size())));
  if (key && static_cast<std::size_t>(end - start) != spki.size()) key.reset();
  return key;
}

base::Result<PublicKey> FromSpki(std::string_view spki) {
  const PkeyPtr key = Decode(spki);
  if (!key) return Fail(ErrorKind::kInvalid, "the public key is damaged: it does not decode");
  base::Result<PublicKey> described = Describe(key.get());
  if (!described) return described;
  // One key, one encoding: otherwise the same key could be listed twice and
  // pass for two reviewers.
  if (described->spki != spki) {
    return Fail(ErrorKind::kUnsupported,
                "the public key is not in its usual encoding (compressed point or explicit "
                "parameters); convert it with `openssl ec -pubin -conv_form uncompressed`");
  }
  return described;
}

// Where a label tells what the person has pasted instead, say what to do.
tl::unexpected<base::Error> WrongLabel(std::string_view label) {
  if (label.ends_with("PRIVATE KEY")) {
    return Fail(ErrorKind::kInvalid,
                "this is a private key; keep it to yourself and give the public key "
                "(`openssl pkey -pubout`)");
  }
  if (label == "CERTIFICATE") {
    return Fail(ErrorKind::kUnsupported,
                "this is a certificate; give its key (`openssl x509 -pubkey -noout`)");
  }
  if (label == "RSA PUBLIC KEY") {
    return Fail(ErrorKind::kUnsupported,
                "convert the key with `openssl rsa -RSAPublicKey_in -pubout`");
  }
  return Fail(ErrorKind::kUnsupported,
              "expected BEGIN PUBLIC KEY, found BEGIN " + base::Quote(label));
}

base::Result<PublicKey> FromPem(std::string_view pem) {
  const std::size_t label_end = pem.find(kDashes, kBegin.size());
  if (label_end == std::string_view::npos) {
    return Fail(ErrorKind::kInvalid, "the PEM text is cut off");
  }
  const std::string_view label = pem.substr(kBegin.size(), label_end - kBegin.size());
  if (label != kPublicKeyLabel) return WrongLabel(label);

  const BioPtr bio = ReadBio(pem);
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long size = 0;
  if (!bio || PEM_read_bio(bio.get(), &name, &header, &data, &size) != 1) {
    return Fail(ErrorKind::kInvalid, "the PEM text is damaged: copy it again, with all its lines");
  }
  const std::string spki(reinterpret_cast<const char*>(data), static_cast<std::size_t>(size));
  const bool plain = std::string_view(header).empty();
  OPENSSL_free(name);
  OPENSSL_free(header);
  OPENSSL_free(data);
  if (!plain) return Fail(ErrorKind::kInvalid, "the PEM text has header lines; remove them");
  if (BIO_pending(bio.get()) != 0) {
    return Fail(ErrorKind::kInvalid, "there is text after the public key; give exactly one key");
  }
  return FromSpki(spki);
}

// "type base64 comment". The type in front has to be the one inside.
base::Result<PublicKey> FromSshLine(std::string_view line) {
  if (line.find_first_of("\r\n") != std::string_view::npos) {
    return Fail(ErrorKind::kInvalid, "give exactly one OpenSSH public key, on one line");
  }
  const std::size_t type_end = line.find_first_of(" \t");
  if (type_end == std::string_view::npos) {
    return Fail(ErrorKind::kInvalid, "the OpenSSH public key has no base64 part");
  }
  const std::string_view type = line.substr(0, type_end);
  const std::string_view rest = Trim(line.substr(type_end));
  const base::Result<std::string> blob =
      base::Base64Decode(rest.substr(0, rest.find_first_of(" \t")));
  if (!blob) return base::Wrap("the OpenSSH public key", blob.error());
  base::Result<PublicKey> key = verdict::PublicKeyFromSsh(*blob);
  if (!key) return key;
  const std::string_view expected = key->algorithm == SignatureAlgorithm::kEd25519
                                        ? std::string_view("ssh-ed25519")
                                        : std::string_view("ecdsa-sha2-nistp256");
  if (type != expected) {
    return Fail(ErrorKind::kInvalid, "the OpenSSH public key says " + base::Quote(type) +
                                         " but holds a key for " + std::string(expected));
  }
  return FromSpki(key->spki);
}

const EVP_MD* DigestOf(SignatureAlgorithm algorithm) {
  return algorithm == SignatureAlgorithm::kEd25519 ? nullptr : EVP_sha256();
}

}  // namespace

base::Result<PublicKey> ReadPublicKey(std::string_view text) {
  const ErrorQueueScope errors;
  if (text.size() > kMaxKeyTextBytes) {
    return Fail(ErrorKind::kExhausted, "a public key has at most 16 KiB");
  }
  const std::string_view trimmed = Trim(text);
  if (trimmed.starts_with(kBegin)) return FromPem(trimmed);
  if (trimmed.starts_with("ssh-") || trimmed.starts_with("ecdsa-") || trimmed.starts_with("sk-")) {
    return FromSshLine(trimmed);
  }
  return Fail(ErrorKind::kInvalid,
              "not a public key: expected PEM (BEGIN PUBLIC KEY) or an OpenSSH line "
              "(ssh-ed25519 AAAA...)");
}

std::string PublicKeyPem(const PublicKey& key) {
  constexpr std::size_t kLineLength = 64;
  const std::string base64 = base::Base64Encode(key.spki);
  std::string pem = "-----BEGIN PUBLIC KEY-----\n";
  for (std::size_t at = 0; at < base64.size(); at += kLineLength) {
    pem += base64.substr(at, kLineLength) + "\n";
  }
  return pem + "-----END PUBLIC KEY-----\n";
}

std::string SpkiHint(const PublicKey& key) {
  const base::Sha256Digest digest = base::Sha256(key.spki);
  return base::Base64Encode({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

base::Result<bool> OpenSslSignatures::Verify(const PublicKey& key, std::string_view message,
                                             std::string_view signature) const {
  const ErrorQueueScope errors;
  if (signature.size() > verdict::kMaxSignatureBytes) return false;
  const base::Result<PublicKey> canonical = FromSpki(key.spki);
  if (!canonical) return tl::unexpected(canonical.error());
  // The record decides the algorithm; a key of another kind cannot be used with it.
  if (canonical->algorithm != key.algorithm) {
    return Fail(ErrorKind::kInvalid,
                "the key is not one for " + std::string(verdict::ToString(key.algorithm)));
  }
  const PkeyPtr pkey = Decode(key.spki);
  const DigestContextPtr context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* options = nullptr;  // Owned by `context`.
  if (!pkey || !context ||
      EVP_DigestVerifyInit(context.get(), &options, DigestOf(key.algorithm), nullptr, pkey.get()) !=
          1 ||
      (key.algorithm == SignatureAlgorithm::kRsaPkcs1Sha256 &&
       EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PADDING) != 1)) {
    return OpenSslFailed("preparing to verify a signature");
  }
  // Negative answers mean "malformed"; only 1 is a yes.
  return EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()),
                          signature.size(), reinterpret_cast<const unsigned char*>(message.data()),
                          message.size()) == 1;
}

base::Result<PublicKey> OpenSslSignatures::Read(std::string_view text) const {
  return ReadPublicKey(text);
}

}  // namespace launchgate::crypto
