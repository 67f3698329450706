#include "core/base/text.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>

namespace launchgate::base {
namespace {

constexpr std::string_view kEllipsis = "...";
constexpr std::size_t kMaxDecimalText = 32;

bool IsLowerOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// One code point at the front of `text`: its length in bytes, or 0 where the
// bytes are not valid UTF-8 (overlong forms and surrogates included).
struct CodePoint {
  std::size_t length = 0;
  std::uint32_t value = 0;
};

CodePoint DecodeFront(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return {1, lead};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return {};
  std::uint32_t value = lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return {};
    value = (value << 6U) | (byte(i) & 0x3FU);
  }
  constexpr std::uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < kSmallest[length] || value > 0x10FFFF) return {};
  if (value >= 0xD800 && value <= 0xDFFF) return {};
  return {length, value};
}

// Characters that change how the text around them is shown: controls, bidi
// marks and overrides, line separators, zero-width characters, the byte order mark.
bool IsDeceptive(std::uint32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0xAD || c == 0x61C ||
         (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF;
}

std::string ShowFront(std::string_view text, std::size_t& consumed) {
  const CodePoint point = DecodeFront(text);
  consumed = point.length == 0 ? 1 : point.length;
  if (point.length == 0) {
    return fmt::format("\\x{:02X}", static_cast<std::uint8_t>(text.front()));
  }
  if (point.value < 0x80 && IsDeceptive(point.value)) {
    return fmt::format("\\x{:02X}", point.value);
  }
  if (IsDeceptive(point.value)) return fmt::format("\\u{{{:04X}}}", point.value);
  return std::string(text.substr(0, point.length));
}

}  // namespace

std::string Printable(std::string_view text, std::size_t max_bytes) {
  std::string shown;
  std::size_t cut = 0;  // Where the dots would go: after the last piece that leaves room.
  while (!text.empty() && shown.size() <= max_bytes) {
    std::size_t consumed = 0;
    shown += ShowFront(text, consumed);
    text.remove_prefix(consumed);
    if (shown.size() + kEllipsis.size() <= max_bytes) cut = shown.size();
  }
  if (shown.size() <= max_bytes) return shown;
  shown.resize(cut);
  if (kEllipsis.size() <= max_bytes) shown += kEllipsis;
  return shown;
}

std::string Quote(std::string_view text) { return '"' + Printable(text, kMaxQuotedBytes) + '"'; }

std::string JoinWords(const std::vector<std::string>& items) {
  std::string text;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) text += i + 1 == items.size() ? " and " : ", ";
    text += items[i];
  }
  return text;
}

bool IsDnsLabel(std::string_view name) {
  if (name.empty() || name.size() > 63) return false;
  if (!IsLowerOrDigit(name.front()) || !IsLowerOrDigit(name.back())) return false;
  for (const char c : name) {
    if (!IsLowerOrDigit(c) && c != '-') return false;
  }
  return true;
}

bool IsDnsSubdomain(std::string_view name) {
  if (name.size() > 253) return false;
  while (true) {
    const std::size_t dot = name.find('.');
    const std::string_view label = name.substr(0, dot);
    // A subdomain's labels have no length limit of their own in Kubernetes.
    if (label.empty() || !IsLowerOrDigit(label.front()) || !IsLowerOrDigit(label.back())) {
      return false;
    }
    for (const char c : label) {
      if (!IsLowerOrDigit(c) && c != '-') return false;
    }
    if (dot == std::string_view::npos) return true;
    name.remove_prefix(dot + 1);
  }
}

bool IsDataKey(std::string_view key) {
  if (key.empty() || key.size() > 253 || key == "." || key.substr(0, 2) == "..") return false;
  for (const char c : key) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (!upper && !IsLowerOrDigit(c) && c != '-' && c != '_' && c != '.') return false;
  }
  return true;
}

Result<double> ParseDecimal(std::string_view text) {
  const auto refuse = [] {
    return Fail(ErrorKind::kInvalid, "must be a decimal number in quotes, such as \"99.9\"");
  };
  if (text.empty() || text.size() > kMaxDecimalText) return refuse();
  std::string_view rest = text;
  if (rest.front() == '-' || rest.front() == '+') rest.remove_prefix(1);
  std::size_t digits = 0;
  std::size_t points = 0;
  for (const char c : rest) {
    if (c >= '0' && c <= '9') {
      ++digits;
    } else if (c == '.') {
      ++points;
    } else {
      return refuse();
    }
  }
  if (digits == 0 || points > 1 || rest.front() == '.' || rest.back() == '.') return refuse();
  return std::strtod(std::string(text).c_str(), nullptr);
}

std::string FormatDecimal(double value, int digits) {
  std::string text = fmt::format("{:.{}f}", value, digits);
  if (text.find('.') == std::string::npos) return text;
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

}  // namespace launchgate::base
