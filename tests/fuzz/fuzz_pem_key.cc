// Key texts from outside: whatever is read as a public key is read again from
// the PEM we write of it, and no text makes the readers of private keys and
// certificates fail in another way than with an Error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/verdict/dsse.h"
#include "shell/crypto/certificates.h"
#include "shell/crypto/keys.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace launchgate::crypto;
  const std::string_view text(reinterpret_cast<const char*>(data), size);

  if (const auto key = ReadPublicKey(text)) {
    if (ReadPublicKey(PublicKeyPem(*key)) != *key) std::abort();
    if (!launchgate::verdict::IsFingerprint(key->fingerprint)) std::abort();
    if (!OpenSslSignatures().Verify(*key, text, text)) std::abort();
  }
  if (const auto key = PrivateKey::FromPem(text, PassphraseSource())) {
    if (ReadPublicKey(PublicKeyPem(key->public_key())) != key->public_key()) std::abort();
  }
  (void)ReadBundle(text);
  return 0;
}
