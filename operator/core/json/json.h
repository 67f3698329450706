// Strict JSON from outside, and the one canonical form that gets hashed.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace launchgate::json {

using Json = nlohmann::json;

// Bounds of one document. The defaults suit evidence and signed payloads;
// THREATS T48 and T49 say why each exists.
struct ParseLimits {
  std::size_t max_bytes = 1U << 20U;
  std::size_t max_depth = 64;
};

// RFC 8259 to the letter: valid UTF-8, no duplicate keys in an object, no
// comments, no trailing bytes, no NaN. kInvalid says what and at which byte.
base::Result<Json> ParseStrict(std::string_view text, const ParseLimits& limits = {});

// For documents that a trusted API server serialised (list and watch bodies):
// several times faster than ParseStrict, does not look for duplicate keys.
// `max_depth` still holds.
base::Result<Json> ParseTrusted(std::string_view text, std::size_t max_depth = 100);

// Canonical JSON: keys sorted by bytes, no white space, shortest escapes,
// integers as integers. Equal values give equal bytes; this is what digests of
// specs and pod templates are taken over.
std::string Canonical(const Json& value);

// SHA-256 of Canonical(value), lowercase hex.
std::string CanonicalDigest(const Json& value);

}  // namespace launchgate::json
