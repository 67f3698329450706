#include "platform/json_text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace launchgate::platform {
namespace {

constexpr std::string_view kCutMark = "...";

void AppendEscape(char32_t code_point, std::string& out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out.append("\\u");
  for (int shift = 12; shift >= 0; shift -= 4) out.push_back(kHex[(code_point >> shift) & 0xF]);
}

// Characters that move the cursor, start a new line or reorder what follows.
// Listed ranges: Unicode 15, Bidi_Control, and U+2028/U+2029.
bool IsTreacherous(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x61C || c == 0x200E || c == 0x200F ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

void AppendCharacter(std::string_view bytes, char32_t code_point, std::string& out) {
  switch (code_point) {
    case '"':
      out.append("\\\"");
      return;
    case '\\':
      out.append("\\\\");
      return;
    case '\n':
      out.append("\\n");
      return;
    case '\r':
      out.append("\\r");
      return;
    case '\t':
      out.append("\\t");
      return;
    default:
      break;
  }
  if (IsTreacherous(code_point)) return AppendEscape(code_point, out);
  out.append(bytes);
}

}  // namespace

Utf8Character DecodeUtf8(std::string_view text) {
  if (text.empty()) return {};
  const auto byte = [text](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return {1, lead};
  const std::size_t length = lead >= 0xC2 && lead <= 0xDF   ? 2
                             : lead >= 0xE0 && lead <= 0xEF ? 3
                             : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                            : 0;
  if (length == 0 || text.size() < length) return {};
  char32_t code_point = lead & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    code_point = (code_point << 6) | (byte(i) & 0x3Fu);
  }
  const bool overlong =
      (length == 3 && code_point < 0x800) || (length == 4 && code_point < 0x10000);
  const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
  if (overlong || surrogate || code_point > 0x10FFFF) return {};
  return {length, code_point};
}

void AppendJsonString(std::string_view text, std::size_t max_bytes, std::string& out) {
  out.push_back('"');
  std::size_t at = 0;
  while (at < text.size()) {
    const Utf8Character character = DecodeUtf8(text.substr(at));
    const std::size_t length = character.length == 0 ? 1 : character.length;
    if (at + length > max_bytes) break;
    if (character.length == 0) {
      AppendEscape(0xFFFD, out);
    } else {
      AppendCharacter(text.substr(at, length), character.code_point, out);
    }
    at += length;
  }
  if (at < text.size()) out.append(kCutMark);
  out.push_back('"');
}

void AppendJsonNumber(double number, std::string& out) {
  if (std::isnan(number)) {
    out.append("\"NaN\"");
    return;
  }
  if (std::isinf(number)) {
    out.append(number > 0 ? "\"+Inf\"" : "\"-Inf\"");
    return;
  }
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

}  // namespace launchgate::platform
