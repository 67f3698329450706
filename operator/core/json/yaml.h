// YAML manifests, converted once to JSON under budgets.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/json/json.h"

namespace launchgate::json {

// Aliases can be cyclic or explode; depth, nodes and bytes are all bounded.
struct YamlLimits {
  std::size_t max_bytes = 8U << 20U;  // Of the text, and of all scalars after aliases are expanded.
  std::size_t max_depth = 64;         // Nested containers, as in ParseLimits.
  std::size_t max_nodes = 200'000;    // In all documents, after aliases are expanded.
  std::size_t max_documents = 1'000;
};

// Every document of a YAML (or JSON) stream; empty documents are left out.
// Scalars follow the YAML 1.2 core schema: quoted text stays text, plain
// true/false/null/numbers become values, plain "yes" and "010" stay text and
// decimal. Duplicate keys, non-text keys, merge keys ("<<"), tags, and numbers
// that JSON cannot hold are refused. kInvalid names the line, kExhausted the
// limit that was passed.
base::Result<std::vector<Json>> ParseYaml(std::string_view text, const YamlLimits& limits = {});

// One document in block style, all text in double quotes. ParseYaml() of it gives
// `value` again.
std::string ToYaml(const Json& value);

}  // namespace launchgate::json
