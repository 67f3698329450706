#include "core/base/bytes.h"

#include <openssl/sha.h>

#include <array>
#include <cstddef>

namespace launchgate::base {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kStandardAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::size_t kBytesPerGroup = 3;
constexpr std::size_t kCharactersPerGroup = 4;
constexpr char kPad = '=';

// Which alphabet a character belongs to: the two differ in '+' '/' and '-' '_' only.
enum class Alphabet { kEither, kStandard, kUrlSafe, kNone };

struct Digit {
  std::uint8_t value = 0;
  Alphabet alphabet = Alphabet::kNone;
};

constexpr std::array<Digit, 256> MakeDigits() {
  std::array<Digit, 256> digits{};
  for (std::uint8_t value = 0; value < kStandardAlphabet.size(); ++value) {
    const auto character = static_cast<unsigned char>(kStandardAlphabet[value]);
    digits[character] = {value, value < 62 ? Alphabet::kEither : Alphabet::kStandard};
  }
  digits[static_cast<unsigned char>('-')] = {62, Alphabet::kUrlSafe};
  digits[static_cast<unsigned char>('_')] = {63, Alphabet::kUrlSafe};
  return digits;
}
constexpr std::array<Digit, 256> kDigits = MakeDigits();

std::uint32_t ByteAt(std::string_view bytes, std::size_t index) {
  return index < bytes.size() ? static_cast<unsigned char>(bytes[index]) : 0U;
}

tl::unexpected<Error> NotBase64(std::string what) {
  return Fail(ErrorKind::kInvalid, "not base64: " + std::move(what));
}

// The text without its padding, or an error when the padding or the length
// cannot be what any encoder writes.
Result<std::string_view> WithoutPadding(std::string_view text) {
  std::string_view digits = text;
  while (!digits.empty() && digits.back() == kPad) digits.remove_suffix(1);
  const std::size_t pads = text.size() - digits.size();
  const std::size_t rest = digits.size() % kCharactersPerGroup;
  if (rest == 1) return NotBase64("a single character is left over at the end");
  if (pads == 0) return digits;
  if (rest == 0 || pads != kCharactersPerGroup - rest) {
    return NotBase64("wrong number of '=' at the end");
  }
  return digits;
}

}  // namespace

Sha256Digest Sha256(std::string_view bytes) {
  Sha256Digest digest{};
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  return digest;
}

std::string HexEncode(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    text.push_back(kHexDigits[value >> 4]);
    text.push_back(kHexDigits[value & 0x0F]);
  }
  return text;
}

std::string HexEncode(const Sha256Digest& digest) {
  return HexEncode(std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

std::string Sha256Hex(std::string_view bytes) { return HexEncode(Sha256(bytes)); }

std::string Base64Encode(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + kBytesPerGroup - 1) / kBytesPerGroup * kCharactersPerGroup);
  for (std::size_t at = 0; at < bytes.size(); at += kBytesPerGroup) {
    const std::uint32_t group =
        ByteAt(bytes, at) << 16 | ByteAt(bytes, at + 1) << 8 | ByteAt(bytes, at + 2);
    const std::size_t left = bytes.size() - at;
    text.push_back(kStandardAlphabet[group >> 18]);
    text.push_back(kStandardAlphabet[group >> 12 & 0x3F]);
    text.push_back(left > 1 ? kStandardAlphabet[group >> 6 & 0x3F] : kPad);
    text.push_back(left > 2 ? kStandardAlphabet[group & 0x3F] : kPad);
  }
  return text;
}

Result<std::string> Base64Decode(std::string_view text) {
  const Result<std::string_view> digits = WithoutPadding(text);
  if (!digits) return tl::unexpected(digits.error());

  std::string bytes;
  bytes.reserve(digits->size() / kCharactersPerGroup * kBytesPerGroup + kBytesPerGroup);
  Alphabet seen = Alphabet::kEither;
  std::uint32_t pending = 0;
  int pending_bits = 0;
  for (const char character : *digits) {
    const Digit digit = kDigits[static_cast<unsigned char>(character)];
    if (digit.alphabet == Alphabet::kNone) {
      return NotBase64("a character outside the alphabet");
    }
    if (digit.alphabet != Alphabet::kEither) {
      if (seen != Alphabet::kEither && seen != digit.alphabet) {
        return NotBase64("the standard and the URL-safe alphabet are mixed");
      }
      seen = digit.alphabet;
    }
    pending = pending << 6 | digit.value;
    pending_bits += 6;
    if (pending_bits >= 8) {
      pending_bits -= 8;
      bytes.push_back(static_cast<char>(pending >> pending_bits & 0xFF));
      pending &= (1U << pending_bits) - 1;
    }
  }
  // Two texts for the same bytes would make signed material malleable.
  if (pending != 0) return NotBase64("unused bits at the end are not zero");
  return bytes;
}

}  // namespace launchgate::base
