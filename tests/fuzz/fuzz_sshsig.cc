// OpenSSH signatures from outside, as armored text and as the bare blob inside:
// whatever parses is in a form that the verifier can be asked about.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/verdict/sshsig.h"

namespace {

void Check(std::string_view armored) {
  using namespace launchgate::verdict;
  const auto signature = ParseSshSignature(armored);
  if (!signature) return;
  switch (signature->key.algorithm) {
    case SignatureAlgorithm::kEd25519:
      if (signature->signature.size() != kEd25519SignatureBytes) std::abort();
      break;
    case SignatureAlgorithm::kEcdsaP256Sha256:
      if (signature->signature.size() < 8 || signature->signature.size() > 72) std::abort();
      break;
    case SignatureAlgorithm::kRsaPkcs1Sha256:
      std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Check(text);
  // Without this a fuzzer would have to find base64 before it finds a field.
  Check("-----BEGIN SSH SIGNATURE-----\n" + launchgate::base::Base64Encode(text) +
        "\n-----END SSH SIGNATURE-----\n");
  (void)launchgate::verdict::PublicKeyFromSsh(text);
  return 0;
}
