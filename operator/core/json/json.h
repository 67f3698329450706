// Strict JSON from outside, and the one canonical form that gets hashed.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace launchgate::json {

using Json = nlohmann::json;

// Bounds of one document. The defaults suit evidence and signed payloads;
// THREATS T48 and T49 say why each exists. Depth counts nested containers:
// "1" is 0 deep, "[1]" is 1 deep.
struct ParseLimits {
  std::size_t max_bytes = 1U << 20U;
  std::size_t max_depth = 64;
};

// RFC 8259 to the letter: valid UTF-8 without a byte order mark, no duplicate
// keys in an object, no comments, no trailing bytes, no NaN; a number must fit
// a 64-bit integer or a finite double. kInvalid says what and at which byte,
// kExhausted which limit was passed.
base::Result<Json> ParseStrict(std::string_view text, const ParseLimits& limits = {});

// For documents that a trusted API server serialised (list and watch bodies):
// several times faster than ParseStrict, does not look for duplicate keys (the
// last one stays, as in the API server). `max_depth` still holds.
base::Result<Json> ParseTrusted(std::string_view text, std::size_t max_depth = 100);

// What the canonical form leaves out.
struct CanonicalOptions {
  // Members whose value is null. In objects of the Kubernetes API null and
  // absent mean the same, and servers differ in what they write: 1.20 has
  // "creationTimestamp": null in every pod template, 1.36 has nothing.
  // Elements of arrays are never left out.
  bool omit_nulls = false;
  // One member, named by the keys that lead to it, outermost first. Objects on
  // the way that have nothing left are left out as well, so that a pod template
  // without annotations and one with only `restartedAt` come out alike. The
  // names must outlive the call.
  std::span<const std::string_view> omit_path;
};

// Canonical JSON: keys sorted by bytes, no white space, shortest escapes ("/"
// and non-ASCII as they are). Numbers of equal value give equal bytes: a double
// without a fraction below 2^53 is written as an integer (1.0 and 1 are "1", as
// an API server stores them), any other in the shortest form that reads back
// the same. This is what digests of specs and pod templates are taken over.
// canonical_fast.h writes the same bytes from a simdjson document.
std::string Canonical(const Json& value, const CanonicalOptions& options = {});

// SHA-256 of Canonical(value), lowercase hex.
std::string CanonicalDigest(const Json& value);

}  // namespace launchgate::json
