#include "core/json/yaml_scalar.h"

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/base/text.h"

namespace launchgate::json {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::size_t CountDigits(std::string_view text) {
  std::size_t count = 0;
  while (count < text.size() && IsDigit(text[count])) ++count;
  return count;
}

bool IsAnyOf(std::string_view text, std::initializer_list<std::string_view> words) {
  for (const std::string_view word : words) {
    if (text == word) return true;
  }
  return false;
}

// (\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)? without the sign.
bool IsUnsignedFloat(std::string_view text) {
  const std::size_t whole = CountDigits(text);
  text.remove_prefix(whole);
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    const std::size_t fraction = CountDigits(text);
    if (whole + fraction == 0) return false;
    text.remove_prefix(fraction);
  } else if (whole == 0) {
    return false;
  }
  if (text.empty()) return true;
  if (text.front() != 'e' && text.front() != 'E') return false;
  text.remove_prefix(1);
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  return !text.empty() && CountDigits(text) == text.size();
}

base::Result<Json> RefuseNumber(std::string_view text) {
  return base::Fail(base::ErrorKind::kInvalid,
                    base::Quote(text) + " is a number that does not fit; put text in quotes");
}

// `digits` in `base`; `text` is the whole scalar, for the message.
base::Result<Json> ToInteger(std::string_view digits, int number_base, bool negative,
                             std::string_view text) {
  std::uint64_t magnitude = 0;
  const char* end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, magnitude, number_base);
  if (parsed.ec != std::errc() || parsed.ptr != end) return RefuseNumber(text);
  if (!negative) return Json(magnitude);
  constexpr std::uint64_t kLargestNegative = 1ULL << 63U;
  if (magnitude > kLargestNegative) return RefuseNumber(text);
  // Negation in two's complement also covers the smallest integer.
  const auto value = static_cast<std::int64_t>(0 - magnitude);
  return value == 0 ? Json(std::uint64_t{0}) : Json(value);
}

// Digits of one base after its prefix ("0x", "0o"), or nothing.
std::string_view AfterPrefix(std::string_view text, std::string_view prefix,
                             std::string_view digits) {
  if (text.substr(0, prefix.size()) != prefix) return {};
  text.remove_prefix(prefix.size());
  return text.find_first_not_of(digits) == std::string_view::npos ? text : std::string_view();
}

}  // namespace

base::Result<Json> PlainScalar(const std::string& text) {
  if (IsAnyOf(text, {"", "~", "null", "Null", "NULL"})) return Json(nullptr);
  if (IsAnyOf(text, {"true", "True", "TRUE"})) return Json(true);
  if (IsAnyOf(text, {"false", "False", "FALSE"})) return Json(false);
  const std::string_view octal = AfterPrefix(text, "0o", "01234567");
  if (!octal.empty()) return ToInteger(octal, 8, false, text);
  const std::string_view hex = AfterPrefix(text, "0x", "0123456789abcdefABCDEF");
  if (!hex.empty()) return ToInteger(hex, 16, false, text);

  const bool negative = text.front() == '-';
  std::string_view rest = text;
  if (negative || text.front() == '+') rest.remove_prefix(1);
  if (IsAnyOf(rest, {".inf", ".Inf", ".INF"}) || IsAnyOf(text, {".nan", ".NaN", ".NAN"})) {
    return RefuseNumber(text);
  }
  if (rest.empty()) return Json(text);
  if (CountDigits(rest) == rest.size()) return ToInteger(rest, 10, negative, text);
  if (!IsUnsignedFloat(rest)) return Json(text);
  double value = 0;
  const auto parsed = std::from_chars(rest.data(), rest.data() + rest.size(), value);
  if (parsed.ec != std::errc() || !std::isfinite(value)) return RefuseNumber(text);
  return Json(negative ? -value : value);
}

}  // namespace launchgate::json
