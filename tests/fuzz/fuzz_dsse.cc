// Envelopes from outside: whatever parses keeps its bounds, and what we write of
// it parses to the same envelope.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/verdict/dsse.h"
#include "core/verdict/signature.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace launchgate::verdict;
  const std::string_view text(reinterpret_cast<const char*>(data), size);

  auto envelope = ParseEnvelope(text);
  if (!envelope) return 0;
  if (text.size() > kMaxEnvelopeBytes || envelope->signatures.empty() ||
      envelope->signatures.size() > kMaxEnvelopeSignatures) {
    std::abort();
  }
  for (EnvelopeSignature& signature : envelope->signatures) {
    if (signature.sig.empty() || signature.sig.size() > kMaxSignatureBytes) std::abort();
    // Any hint may be read; only ours may be written.
    if (!IsFingerprint(signature.keyid)) signature.keyid.clear();
  }
  const auto written = SerializeEnvelope(*envelope);
  // Writing pads what may have come unpadded, so the bound can be passed; nothing else fails.
  if (!written) {
    if (text.size() + 4 * (kMaxEnvelopeSignatures + 1) < kMaxEnvelopeBytes / 2) std::abort();
    return 0;
  }
  if (ParseEnvelope(*written) != *envelope) std::abort();
  return 0;
}
