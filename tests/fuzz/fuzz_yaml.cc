// Manifests from outside: what parses is within the limits and is a value that
// JSON can hold; acceptable JSON means the same as YAML.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>

#include "core/json/yaml.h"

namespace {

using launchgate::json::Json;

struct Extent {
  std::size_t values = 0;
  std::size_t depth = 0;
};

void Measure(const Json& value, std::size_t depth, Extent& extent) {
  ++extent.values;
  if (value.is_structured()) ++depth;
  if (depth > extent.depth) extent.depth = depth;
  if (!value.is_structured()) return;
  for (const Json& member : value) Measure(member, depth, extent);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace launchgate::json;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const YamlLimits limits{
      .max_bytes = 64U << 10U, .max_depth = 16, .max_nodes = 2'000, .max_documents = 20};

  const auto documents = ParseYaml(text, limits);
  const auto strict = ParseStrict(text, {.max_bytes = limits.max_bytes, .max_depth = 16});
  if (strict && strict->is_structured()) {
    if (!documents || documents->size() != 1 || documents->front() != *strict) std::abort();
    return 0;
  }
  if (!documents) return 0;
  if (documents->size() > limits.max_documents) std::abort();
  Extent extent;
  for (const Json& document : *documents) {
    Measure(document, 0, extent);
    const std::string canonical = Canonical(document);
    const auto again = ParseStrict(canonical, {.max_bytes = canonical.size(), .max_depth = 16});
    if (!again || Canonical(*again) != canonical) std::abort();
  }
  if (extent.values > limits.max_nodes || extent.depth > limits.max_depth) std::abort();
  return 0;
}
