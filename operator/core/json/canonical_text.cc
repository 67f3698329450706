#include "core/json/canonical_text.h"

#include <array>
#include <charconv>
#include <cmath>

namespace launchgate::json::internal {
namespace {

// The escape of a byte, or 0 where it stands for itself; 'u' means \u00XX.
constexpr std::array<char, 256> MakeEscapes() {
  std::array<char, 256> escapes{};
  for (std::size_t c = 0; c < 0x20; ++c) escapes[c] = 'u';
  escapes['\b'] = 'b';
  escapes['\f'] = 'f';
  escapes['\n'] = 'n';
  escapes['\r'] = 'r';
  escapes['\t'] = 't';
  escapes['"'] = '"';
  escapes['\\'] = '\\';
  return escapes;
}
constexpr std::array<char, 256> kEscapes = MakeEscapes();
constexpr std::string_view kHexDigits = "0123456789abcdef";

// Long enough for every integer and every shortest double.
constexpr std::size_t kMaxNumberText = 32;

template <typename Number>
void AppendNumber(Number value, std::string& out) {
  std::array<char, kMaxNumberText> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  out.append(buffer.data(), end);
}

}  // namespace

void AppendText(std::string_view text, std::string& out) {
  out.push_back('"');
  std::size_t plain_start = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const char escape = kEscapes[byte];
    if (escape == 0) continue;
    out.append(text, plain_start, i - plain_start);
    plain_start = i + 1;
    out.push_back('\\');
    out.push_back(escape);
    if (escape == 'u') {
      out.append("00");
      out.push_back(kHexDigits[byte >> 4U]);
      out.push_back(kHexDigits[byte & 0x0FU]);
    }
  }
  out.append(text, plain_start, text.size() - plain_start);
  out.push_back('"');
}

void AppendInteger(std::int64_t value, std::string& out) { AppendNumber(value, out); }
void AppendInteger(std::uint64_t value, std::string& out) { AppendNumber(value, out); }

void AppendReal(double value, std::string& out) {
  // Below 2^53 every integer has a double of its own, so nothing is lost.
  constexpr double kLastExactInteger = 9007199254740992.0;
  if (std::trunc(value) == value && std::fabs(value) < kLastExactInteger) {
    AppendNumber(static_cast<std::int64_t>(value), out);
  } else {
    AppendNumber(value, out);
  }
}

}  // namespace launchgate::json::internal
