#include "core/evidence/promql_lexer.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include "core/evidence/promql_names.h"

namespace launchgate::evidence::internal {
namespace {

using base::ErrorKind;

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";
constexpr std::string_view kSpace = " \t\n\r";

bool IsOneOf(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

// Cuts characters of `set` off the front of `text`; says how many.
std::size_t Skip(std::string_view& text, std::string_view set) {
  const std::size_t size = std::min(text.find_first_not_of(set), text.size());
  text.remove_prefix(size);
  return size;
}

// "1", "1.5e3", ".5", "0x1F", and "1_000" of Prometheus 3.
bool IsNumber(std::string_view text) {
  if (text.starts_with("0x") || text.starts_with("0X")) {
    return text.size() > 2 && text.find_first_not_of(kHexDigits, 2) == std::string_view::npos;
  }
  constexpr std::string_view kGroupedDigits = "0123456789_";
  std::size_t digits = Skip(text, kGroupedDigits);
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    digits += Skip(text, kGroupedDigits);
  }
  if (digits == 0) return false;
  if (text.empty()) return true;
  if (text.front() != 'e' && text.front() != 'E') return false;
  text.remove_prefix(1);
  if (!text.empty() && IsOneOf(text.front(), "+-")) text.remove_prefix(1);
  return Skip(text, kDigits) > 0 && text.empty();
}

// "5m", "1h30m": pairs of digits and a unit.
bool IsDuration(std::string_view text) {
  if (text.empty()) return false;
  while (!text.empty()) {
    if (Skip(text, kDigits) == 0) return false;
    if (text.starts_with("ms")) {
      text.remove_prefix(2);
    } else if (!text.empty() && IsOneOf(text.front(), "smhdwy")) {
      text.remove_prefix(1);
    } else {
      return false;
    }
  }
  return true;
}

void AppendUtf8(std::uint32_t code, std::string& out) {
  const auto put = [&](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xC0 | code >> 6);
  } else {
    if (code < 0x10000) {
      put(0xE0 | code >> 12);
    } else {
      put(0xF0 | code >> 18);
      put(0x80 | (code >> 12 & 0x3F));
    }
    put(0x80 | (code >> 6 & 0x3F));
  }
  put(0x80 | (code & 0x3F));
}

struct NumericEscape {
  char mark;  // 0: octal digits without a mark.
  std::size_t digits;
  std::uint32_t base;
  std::uint32_t max;
  bool is_byte;  // Else a code point.
};
constexpr std::array kNumericEscapes = {NumericEscape{'x', 2, 16, 0xFF, true},
                                        NumericEscape{'u', 4, 16, 0x10FFFF, false},
                                        NumericEscape{'U', 8, 16, 0x10FFFF, false}};
constexpr NumericEscape kOctalEscape{0, 3, 8, 0xFF, true};

// The value of the digits of an escape; nothing when they are no such digits.
std::optional<std::uint32_t> EscapeValue(std::string_view digits, const NumericEscape& escape) {
  std::uint32_t value = 0;
  if (digits.size() < escape.digits) return std::nullopt;
  for (const char c : digits.substr(0, escape.digits)) {
    const std::size_t digit = kHexDigits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    const auto number = static_cast<std::uint32_t>(digit < 16 ? digit : digit - 6);
    if (number >= escape.base) return std::nullopt;
    value = value * escape.base + number;
  }
  const bool surrogate = !escape.is_byte && value >= 0xD800 && value < 0xE000;
  if (value > escape.max || surrogate) return std::nullopt;
  return value;
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  base::Result<std::vector<PromqlToken>> Run() {
    while (true) {
      SkipSpaceAndComments();
      if (tokens_.size() == kMaxPromqlTokens) {
        return base::Fail(ErrorKind::kExhausted,
                          fmt::format("more than {} tokens", kMaxPromqlTokens));
      }
      if (at_ == text_.size()) break;
      if (const auto status = Next(); !status) return tl::unexpected(status.error());
    }
    Emit(PromqlKind::kEnd, "", 0);
    return std::move(tokens_);
  }

 private:
  char Peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  void Emit(PromqlKind kind, std::string text, std::size_t size) {
    tokens_.push_back({kind, std::move(text), at_});
    at_ += size;
  }

  base::Status Fail(std::string_view what, std::size_t position) const {
    return base::Fail(ErrorKind::kInvalid, fmt::format("{} at byte {}", what, position));
  }

  void SkipSpaceAndComments() {
    while (at_ < text_.size()) {
      if (Peek() == '#') {
        at_ = std::min(text_.find_first_of("\r\n", at_), text_.size());
      } else if (IsOneOf(Peek(), kSpace)) {
        ++at_;
      } else {
        return;
      }
    }
  }

  base::Status Next() {
    const char c = Peek();
    if (IsLetter(c) || c == ':') return Word();
    if (IsDigit(c) || (c == '.' && IsDigit(Peek(1)))) return Number();
    if (c == '"' || c == '\'' || c == '`') return String();
    if (c == '[') return Range();
    return Symbol();
  }

  base::Status Word() {
    std::size_t size = 1;
    while (IsLetter(Peek(size)) || IsDigit(Peek(size)) || Peek(size) == ':') ++size;
    Emit(PromqlKind::kWord, std::string(text_.substr(at_, size)), size);
    return {};
  }

  // The sign of an exponent belongs to the number, except in hexadecimal.
  base::Status Number() {
    const bool hex = Peek() == '0' && IsOneOf(Peek(1), "xX");
    std::size_t size = 1;
    while (true) {
      const char c = Peek(size);
      const bool signs = IsOneOf(c, "+-") && IsOneOf(Peek(size - 1), "eE") && !hex;
      if (!IsLetter(c) && !IsDigit(c) && c != '.' && !signs) break;
      ++size;
    }
    const std::string_view text = text_.substr(at_, size);
    const bool duration = IsDuration(text);
    if (!duration && !IsNumber(text)) return Fail("bad number or duration", at_);
    Emit(duration ? PromqlKind::kDuration : PromqlKind::kNumber, std::string(text), size);
    return {};
  }

  base::Status String() {
    const char quote = Peek();
    const std::size_t start = at_;
    std::string value;
    for (++at_; at_ < text_.size() && Peek() != quote;) {
      if (quote != '`' && Peek() == '\n') break;
      if (quote != '`' && Peek() == '\\') {
        if (!Escape(quote, value)) return Fail("unknown escape", at_);
      } else {
        value.push_back(text_[at_++]);
      }
    }
    if (Peek() != quote) return Fail("unterminated string", start);
    const std::size_t size = at_ + 1 - start;
    at_ = start;
    Emit(PromqlKind::kString, std::move(value), size);
    return {};
  }

  // One escape, as in Go; only the quote that opened the string can be escaped.
  bool Escape(char quote, std::string& value) {
    constexpr std::string_view kLetters = "abfnrtv\\";
    constexpr std::string_view kMeaning = "\a\b\f\n\r\t\v\\";
    const char mark = Peek(1);
    const std::size_t simple = kLetters.find(mark);
    if (mark == quote || simple != std::string_view::npos) {
      value.push_back(mark == quote ? quote : kMeaning[simple]);
      at_ += 2;
      return true;
    }
    const NumericEscape* escape = &kOctalEscape;
    for (const NumericEscape& known : kNumericEscapes) {
      if (known.mark == mark) escape = &known;
    }
    const std::size_t skip = escape == &kOctalEscape ? 1 : 2;
    const auto number = EscapeValue(text_.substr(std::min(at_ + skip, text_.size())), *escape);
    if (!number) return false;
    at_ += skip + escape->digits;
    if (escape->is_byte) {
      value.push_back(static_cast<char>(*number));
    } else {
      AppendUtf8(*number, value);
    }
    return true;
  }

  // No metric can stand between brackets, so what they hold is only looked at
  // for characters of durations (and of the arithmetic of Prometheus 3).
  base::Status Range() {
    const std::size_t start = at_++;
    std::string content;
    while (at_ < text_.size() && Peek() != ']') {
      SkipSpaceAndComments();
      const char c = Peek();
      if (c == ']' || at_ == text_.size()) break;
      if (!IsLetter(c) && !IsDigit(c) && !IsOneOf(c, ".:+-*/%^(),")) {
        return Fail("unexpected character in a range", at_);
      }
      content.push_back(c);
      ++at_;
    }
    if (at_ == text_.size()) return Fail("unclosed left bracket", start);
    if (content.empty() || content.front() == ':') return Fail("missing duration", start);
    const std::size_t size = at_ + 1 - start;
    at_ = start;
    Emit(PromqlKind::kRange, std::move(content), size);
    return {};
  }

  base::Status Symbol() {
    constexpr std::array<std::pair<char, PromqlKind>, 6> kSingles = {{
        {'(', PromqlKind::kLeftParen},
        {')', PromqlKind::kRightParen},
        {'{', PromqlKind::kLeftBrace},
        {'}', PromqlKind::kRightBrace},
        {',', PromqlKind::kComma},
        {'@', PromqlKind::kAt},
    }};
    const char c = Peek();
    for (const auto& [single, kind] : kSingles) {
      if (single != c) continue;
      Emit(kind, std::string(1, c), 1);
      return {};
    }
    constexpr std::array<std::string_view, 15> kOperators = {
        "==", "=~", "!=", "!~", "<=", ">=", "=", "<", ">", "+", "-", "*", "/", "%", "^"};
    for (const std::string_view known : kOperators) {
      if (!text_.substr(at_).starts_with(known)) continue;
      Emit(PromqlKind::kOperator, std::string(known), known.size());
      return {};
    }
    return Fail("unexpected character", at_);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<PromqlToken> tokens_;
};

}  // namespace

base::Result<std::vector<PromqlToken>> LexPromql(std::string_view expression) {
  if (expression.size() > kMaxPromqlBytes) {
    return base::Fail(ErrorKind::kExhausted, fmt::format("longer than {} bytes", kMaxPromqlBytes));
  }
  return Lexer(expression).Run();
}

}  // namespace launchgate::evidence::internal
