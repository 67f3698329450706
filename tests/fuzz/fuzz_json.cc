// Two parsers and two canonical writers that must agree: whatever ParseStrict
// accepts, the fast parser reads as the same value, and both writers give the
// same bytes, which read back as themselves.
#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "core/json/canonical_fast.h"
#include "core/json/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace launchgate::json;
  const std::string text(reinterpret_cast<const char*>(data), size);

  const auto trusted = ParseTrusted(text);
  const auto strict = ParseStrict(text);
  if (!strict) return 0;
  if (!trusted || *trusted != *strict) std::abort();

  constexpr std::string_view kPath[] = {"metadata", "annotations", "a"};
  for (const CanonicalOptions& options :
       {CanonicalOptions{}, CanonicalOptions{.omit_nulls = true, .omit_path = kPath}}) {
    const std::string slow = Canonical(*strict, options);
    simdjson::dom::parser parser;
    std::string fast;
    AppendCanonical(parser.parse(text).value(), options, fast);
    if (slow != fast) std::abort();
    // The longest escape of a byte is six characters.
    const auto again = ParseStrict(slow, {.max_bytes = 8 * size + 64, .max_depth = 64});
    if (!again || Canonical(*again, options) != slow) std::abort();
  }
  return 0;
}
