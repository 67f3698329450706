// Base64 from outside: whatever decodes encodes back to the same bytes, and no
// two texts of the standard padded form decode to the same bytes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/base/bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace launchgate::base;
  const std::string_view text(reinterpret_cast<const char*>(data), size);

  const Result<std::string> bytes = Base64Decode(text);
  if (bytes) {
    const std::string encoded = Base64Encode(*bytes);
    if (Base64Decode(encoded) != *bytes) std::abort();
    const bool standard_padded =
        text.size() % 4 == 0 && text.find_first_of("-_") == std::string_view::npos;
    if (standard_padded && encoded != text) std::abort();
  }
  if (Base64Decode(Base64Encode(text)) != std::string(text)) std::abort();
  return 0;
}
