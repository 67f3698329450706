#include "harness/codes.h"

#include <openssl/sha.h>

#include <array>
#include <span>

namespace harness {
namespace {

constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
constexpr std::size_t kRefDigits = 40;

// Sebastiano Vigna's splitmix64: seeds that differ in one bit give halves that
// have nothing in common.
std::uint64_t Mix(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

void Write(std::uint64_t number, std::span<char> into) {
  for (std::size_t i = into.size(); i-- > 0; number /= kLetters.size()) {
    into[i] = kLetters[number % kLetters.size()];
  }
}

}  // namespace

std::string CodeOf(std::uint64_t seed, std::uint64_t index) {
  std::string code(kCodeLength, 'A');
  const std::span<char> letters(code);
  Write(Mix(seed), letters.first(kCodeLength / 2));
  Write(index, letters.last(kCodeLength / 2));
  return code;
}

std::string DigestOf(std::string_view code) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(code.data()), code.size(), digest.data());
  std::string hex;
  for (const unsigned char byte : digest) {
    hex += kHex[byte >> 4];
    hex += kHex[byte & 15];
  }
  return hex;
}

std::string RefOf(std::string_view code_digest) {
  return "gc-" + std::string(code_digest.substr(0, kRefDigits));
}

}  // namespace harness
