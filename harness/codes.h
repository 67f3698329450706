// Gift card codes to redeem, and what the services make of them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace harness {

inline constexpr std::size_t kCodeLength = 16;

// A valid code, 16 of [A-Z0-9]: the first half tells the seeds apart, the second
// is `index`. The codes of one seed are distinct as long as index < 36^8.
std::string CodeOf(std::uint64_t seed, std::uint64_t index);

// SHA-256 in lowercase hex: what a store keeps in place of the code.
std::string DigestOf(std::string_view code);

// Under which reference payments must see the charge of a code with this digest:
// "gc-" and its first 40 hex digits.
std::string RefOf(std::string_view code_digest);

}  // namespace harness
