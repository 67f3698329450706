// Hashes and the text forms of bytes. Pure functions, safe from any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace launchgate::base {

using Sha256Digest = std::array<std::uint8_t, 32>;

Sha256Digest Sha256(std::string_view bytes);

// Lowercase, two characters a byte.
std::string HexEncode(std::string_view bytes);
std::string HexEncode(const Sha256Digest& digest);

// Sha256 and HexEncode in one: the form used in Statements ("digest.sha256").
std::string Sha256Hex(std::string_view bytes);

// Standard alphabet, padded (RFC 4648 section 4).
std::string Base64Encode(std::string_view bytes);

// Accepts the standard and the URL-safe alphabet, padded or not, and nothing
// else: no white space, no mixed alphabets, no stray bits in the last character.
Result<std::string> Base64Decode(std::string_view text);

}  // namespace launchgate::base
