// The private half of keys.h: reading, making, signing.
#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "shell/crypto/keys.h"
#include "shell/crypto/openssl.h"

namespace launchgate::crypto {
namespace {

using base::ErrorKind;
using base::Fail;
using verdict::SignatureAlgorithm;

// What the passphrase callback needs and what it found out.
struct Unlocking {
  const PassphraseSource& source;
  bool asked = false;
  std::optional<base::Error> error;
};

// OpenSSL's pem_password_cb: the number of bytes written, or -1 for none. OpenSSL
// may try several decoders; the person is asked once only.
int GivePassphrase(char* buffer, int capacity, int /*writing*/, void* data) {
  auto& unlocking = *static_cast<Unlocking*>(data);
  if (unlocking.asked) return -1;
  unlocking.asked = true;
  if (!unlocking.source) {
    unlocking.error = base::Error{ErrorKind::kInvalid,
                                  "the private key is encrypted and no passphrase was given"};
    return -1;
  }
  const base::Result<Secret> passphrase = unlocking.source();
  if (!passphrase) {
    unlocking.error = passphrase.error();
    return -1;
  }
  if (passphrase->size() > static_cast<std::size_t>(capacity)) {
    unlocking.error = base::Error{ErrorKind::kInvalid, "the passphrase is too long"};
    return -1;
  }
  const std::string_view bytes = passphrase->Reveal();
  std::copy(bytes.begin(), bytes.end(), buffer);
  return static_cast<int>(bytes.size());
}

bool Has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// What can be said about a text before OpenSSL looks at it.
base::Status LooksLikePrivateKey(std::string_view pem) {
  if (pem.size() > kMaxKeyTextBytes) {
    return Fail(ErrorKind::kExhausted, "a private key has at most 16 KiB");
  }
  if (Has(pem, "-----BEGIN OPENSSH PRIVATE KEY-----")) {
    return Fail(ErrorKind::kUnsupported,
                "this is an OpenSSH private key: sign the statement with `ssh-keygen -Y sign` and "
                "attach the signature, or give a PEM key");
  }
  if (!Has(pem, "PRIVATE KEY-----")) {
    return Fail(ErrorKind::kInvalid, Has(pem, "PUBLIC KEY-----")
                                         ? "this is a public key; signing needs the private key"
                                         : "not a private key: expected PEM (BEGIN PRIVATE KEY)");
  }
  return {};
}

// Says how decoding failed without repeating anything of the key.
tl::unexpected<base::Error> Undecodable(const Unlocking& unlocking) {
  if (unlocking.error) return tl::unexpected(*unlocking.error);
  return Fail(ErrorKind::kInvalid, unlocking.asked
                                       ? "the private key does not open: wrong passphrase?"
                                       : "the private key is damaged or of an unknown kind");
}

}  // namespace

struct PrivateKey::Handle {
  PkeyPtr key;
};

PrivateKey::PrivateKey(std::shared_ptr<const Handle> handle, verdict::PublicKey public_key)
    : handle_(std::move(handle)), public_key_(std::move(public_key)) {}

base::Result<PrivateKey> PrivateKey::FromPem(std::string_view pem,
                                             const PassphraseSource& passphrase) {
  const ErrorQueueScope errors;
  if (const base::Status looks = LooksLikePrivateKey(pem); !looks) {
    return tl::unexpected(looks.error());
  }
  const BioPtr bio = ReadBio(pem);
  Unlocking unlocking{passphrase, false, std::nullopt};
  PkeyPtr key(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, GivePassphrase, &unlocking)
                  : nullptr);
  if (!key) return Undecodable(unlocking);
  base::Result<verdict::PublicKey> public_key = Describe(key.get());
  if (!public_key) return tl::unexpected(public_key.error());
  return PrivateKey(std::make_shared<const Handle>(Handle{std::move(key)}), *std::move(public_key));
}

base::Result<PrivateKey> PrivateKey::Generate(SignatureAlgorithm algorithm) {
  const ErrorQueueScope errors;
  if (algorithm == SignatureAlgorithm::kRsaPkcs1Sha256) {
    return Fail(ErrorKind::kUnsupported, "new keys are Ed25519 or ECDSA P-256");
  }
  PkeyPtr key(algorithm == SignatureAlgorithm::kEd25519
                  ? EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")
                  : EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  if (!key) return OpenSslFailed("making a key");
  base::Result<verdict::PublicKey> public_key = Describe(key.get());
  if (!public_key) return tl::unexpected(public_key.error());
  return PrivateKey(std::make_shared<const Handle>(Handle{std::move(key)}), *std::move(public_key));
}

base::Result<std::string> PrivateKey::Sign(std::string_view message) const {
  const ErrorQueueScope errors;
  const SignatureAlgorithm algorithm = public_key_.algorithm;
  const EVP_MD* digest = algorithm == SignatureAlgorithm::kEd25519 ? nullptr : EVP_sha256();
  const auto* bytes = reinterpret_cast<const unsigned char*>(message.data());
  const DigestContextPtr context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* options = nullptr;  // Owned by `context`.
  std::size_t size = 0;
  if (!context ||
      EVP_DigestSignInit(context.get(), &options, digest, nullptr, handle_->key.get()) != 1 ||
      (algorithm == SignatureAlgorithm::kRsaPkcs1Sha256 &&
       EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PADDING) != 1) ||
      EVP_DigestSign(context.get(), nullptr, &size, bytes, message.size()) != 1) {
    return OpenSslFailed("preparing to sign");
  }
  std::string signature(size, '\0');
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     bytes, message.size()) != 1) {
    return OpenSslFailed("signing");
  }
  signature.resize(size);
  // Catches a key file whose public half is another key's, and a computation
  // gone wrong, whose result could give the private key away.
  const base::Result<bool> verified = OpenSslSignatures().Verify(public_key_, message, signature);
  if (!verified) return tl::unexpected(verified.error());
  if (!*verified) {
    return Fail(ErrorKind::kInvalid, "the private key does not belong to the public key beside it");
  }
  return signature;
}

base::Result<Secret> PrivateKey::ToPem() const {
  const ErrorQueueScope errors;
  // A secure-memory BIO overwrites what it held when it is freed.
  const BioPtr bio(BIO_new(BIO_s_secmem()));
  if (!bio || PEM_write_bio_PKCS8PrivateKey(bio.get(), handle_->key.get(), nullptr, nullptr, 0,
                                            nullptr, nullptr) != 1) {
    return OpenSslFailed("writing the private key");
  }
  return Secret::CopyOf(Written(bio.get()));
}

}  // namespace launchgate::crypto
