// Keys that sign and keys that verify, on OpenSSL 3. Private keys exist on a
// reviewer's machine only; the cluster never has one.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/verdict/signature.h"
#include "shell/crypto/secret.h"

namespace launchgate::crypto {

// Bounds on what is offered as a key: larger is not read.
inline constexpr std::size_t kMaxKeyTextBytes = 16 * 1024;
inline constexpr int kMinRsaBits = 2048;
inline constexpr int kMaxRsaBits = 8192;

// The public half: "BEGIN PUBLIC KEY" PEM, or one OpenSSH public key line
// (ssh-ed25519 or ecdsa-sha2-nistp256, with or without a comment). Exactly one
// key; white space around it is ignored. Never accepts a private key.
base::Result<verdict::PublicKey> ReadPublicKey(std::string_view text);

// "BEGIN PUBLIC KEY" PEM with a final newline, as openssl and cosign read it.
std::string PublicKeyPem(const verdict::PublicKey& key);

// base64(sha256(SPKI)): the "hint" of a sigstore bundle (FORMATS section 2).
std::string SpkiHint(const verdict::PublicKey& key);

// Asked for the passphrase of an encrypted key, at most once, and only then.
// An Error ends the reading of the key with that Error.
using PassphraseSource = std::function<base::Result<Secret>()>;

// A private key that can sign. Cheap to copy: copies share one key. Its bytes are
// overwritten when the last copy goes away. Thread-safe after construction.
class PrivateKey {
 public:
  // PEM: PKCS#8 ("BEGIN PRIVATE KEY", "BEGIN ENCRYPTED PRIVATE KEY") and the
  // traditional "BEGIN EC PRIVATE KEY" and "BEGIN RSA PRIVATE KEY". Accepts
  // Ed25519, P-256, and RSA of kMinRsaBits to kMaxRsaBits; other kinds are
  // Unsupported. `passphrase` may be empty: an encrypted key is then Invalid.
  static base::Result<PrivateKey> FromPem(std::string_view pem, const PassphraseSource& passphrase);

  // A new key: Ed25519, or P-256. RSA is Unsupported: nobody should start with it now.
  static base::Result<PrivateKey> Generate(verdict::SignatureAlgorithm algorithm);

  const verdict::PublicKey& public_key() const { return public_key_; }

  // The signature over exactly `message`, in the form SignatureVerifier expects.
  // The algorithm is that of the key.
  base::Result<std::string> Sign(std::string_view message) const;

  // Unencrypted PKCS#8 PEM. Whoever writes it to a file uses mode 0600.
  base::Result<Secret> ToPem() const;

 private:
  struct Handle;
  PrivateKey(std::shared_ptr<const Handle> handle, verdict::PublicKey public_key);

  std::shared_ptr<const Handle> handle_;
  verdict::PublicKey public_key_;
};

// Verifies with OpenSSL, a fresh context per call. Stateless and thread-safe.
class OpenSslSignatures final : public verdict::SignatureVerifier, public verdict::PublicKeyReader {
 public:
  base::Result<bool> Verify(const verdict::PublicKey& key, std::string_view message,
                            std::string_view signature) const override;
  base::Result<verdict::PublicKey> Read(std::string_view text) const override;
};

}  // namespace launchgate::crypto
