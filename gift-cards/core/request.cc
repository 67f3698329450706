#include "gift-cards/core/request.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace gift_cards {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::size_t kGroupLength = 4;
constexpr std::size_t kGroupedLength =
    kCodeLength + 3;  // With a dash after each group but the last.
constexpr std::size_t kMaxAmountDigits = 6;

constexpr std::string_view kCodeRemedy =
    "send 16 of A-Z and 0-9, plain or in four groups of four with dashes";
constexpr std::string_view kAmountRemedy =
    "send whole cents from 1 to 100000, digits only, without leading zeros";

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsCodeCharacter(char c) { return IsDigit(c) || (c >= 'A' && c <= 'Z'); }
bool IsLowerHex(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f'); }

tl::unexpected<FieldError> Fault(std::string_view field, std::string_view what,
                                 std::string_view remedy) {
  return tl::unexpected(
      FieldError{std::string(field), std::string(what) + "; " + std::string(remedy)});
}

std::optional<int> HexValue(char c) {
  if (IsDigit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

// Nothing for an escape that is cut or not hex. What a decoded character may be
// is judged with all others.
std::optional<std::string> Decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const auto high = HexValue(text[i + 1]);
    const auto low = HexValue(text[i + 2]);
    if (!high || !low) return std::nullopt;
    decoded += static_cast<char>(*high * 16 + *low);
    i += 2;
  }
  return decoded;
}

tl::expected<std::string, FieldError> ParseCode(std::string_view raw) {
  const auto text = Decode(raw);
  if (!text) return Fault("code", "the code has a broken percent escape", kCodeRemedy);
  const bool grouped = text->size() == kGroupedLength;
  if (!grouped && text->size() != kCodeLength) {
    return Fault("code", "the code does not have 16 characters", kCodeRemedy);
  }
  std::string code;
  for (std::size_t i = 0; i < text->size(); ++i) {
    const char c = (*text)[i];
    if (grouped && i % (kGroupLength + 1) == kGroupLength) {
      if (c != '-')
        return Fault("code", "the code's dashes are not between groups of four", kCodeRemedy);
    } else if (c >= 'a' && c <= 'z') {
      return Fault("code", "the code has lowercase letters", kCodeRemedy);
    } else if (!IsCodeCharacter(c)) {
      return Fault("code", "the code has a character that no code has", kCodeRemedy);
    } else {
      code += c;
    }
  }
  return code;
}

tl::expected<std::int64_t, FieldError> ParseAmount(std::string_view raw) {
  const auto text = Decode(raw);
  if (!text) return Fault("amount", "the amount has a broken percent escape", kAmountRemedy);
  if (text->empty() || !std::all_of(text->begin(), text->end(), IsDigit)) {
    return Fault("amount", "the amount is not a whole number of cents", kAmountRemedy);
  }
  if (text->front() == '0') {
    return Fault("amount", "the amount is zero or has a leading zero", kAmountRemedy);
  }
  std::int64_t cents = 0;
  if (text->size() <= kMaxAmountDigits) {
    std::from_chars(text->data(), text->data() + text->size(), cents);
  }
  if (cents < kMinAmountCents || cents > kMaxAmountCents) {
    return Fault("amount", "the amount is more than 100000 cents", kAmountRemedy);
  }
  return cents;
}

struct RawParameters {
  std::optional<std::string_view> code;
  std::optional<std::string_view> amount;
};

constexpr std::string_view kQueryRemedy = "send exactly code=...&amount=...";

tl::expected<RawParameters, FieldError> Split(std::string_view query) {
  RawParameters found;
  for (bool more = !query.empty(); more;) {
    const auto end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    more = end != std::string_view::npos;
    if (more) query.remove_prefix(end + 1);
    const auto equals = pair.find('=');
    const std::string_view name = pair.substr(0, equals);
    const bool is_code = name == "code";
    if (!is_code && name != "amount") {
      return Fault("query", "there is a parameter other than code and amount", kQueryRemedy);
    }
    if (equals == std::string_view::npos) {
      return Fault(name, "the parameter " + std::string(name) + " has no value", kQueryRemedy);
    }
    auto& value = is_code ? found.code : found.amount;
    if (value) {
      return Fault(name, "the parameter " + std::string(name) + " is there more than once",
                   "send it once");
    }
    value = pair.substr(equals + 1);
  }
  return found;
}

std::string Hex(const unsigned char* bytes, std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) {
    text += kHexDigits[bytes[i] >> 4U];
    text += kHexDigits[bytes[i] & 0xFU];
  }
  return text;
}

}  // namespace

tl::expected<RedeemQuery, FieldError> ParseRedeemQuery(std::string_view query) {
  if (query.size() > kMaxQueryBytes) {
    return Fault("query", "the query is longer than 256 bytes", kQueryRemedy);
  }
  const auto raw = Split(query);
  if (!raw) return tl::unexpected(raw.error());
  if (!raw->code) return Fault("code", "the code is missing", kCodeRemedy);
  if (!raw->amount) return Fault("amount", "the amount is missing", kAmountRemedy);
  auto code = ParseCode(*raw->code);
  if (!code) return tl::unexpected(code.error());
  const auto amount = ParseAmount(*raw->amount);
  if (!amount) return tl::unexpected(amount.error());
  return RedeemQuery{std::move(*code), *amount};
}

std::string CodeIdentity::ref() const { return "gc-" + digest.substr(0, kRefDigits); }
std::string CodeIdentity::code_id() const { return digest.substr(0, kCodeIdDigits); }

tl::expected<CodeIdentity, std::string> Identify(std::string_view code) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned int size = 0;
  if (EVP_Digest(code.data(), code.size(), bytes.data(), &size, EVP_sha256(), nullptr) != 1) {
    return tl::unexpected(std::string("OpenSSL could not compute a SHA-256"));
  }
  return CodeIdentity{Hex(bytes.data(), size)};
}

bool IsRequestId(std::string_view text) {
  return !text.empty() && text.size() <= kMaxRequestIdLength &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return IsCodeCharacter(c) || (c >= 'a' && c <= 'z') || c == '_' || c == '-';
         });
}

std::string MakeRequestId(std::uint64_t high, std::uint64_t low) {
  std::string text;
  for (const std::uint64_t half : {high, low}) {
    for (int shift = 60; shift >= 0; shift -= 4) text += kHexDigits[(half >> shift) & 0xFU];
  }
  return text;
}

// version "-" trace-id "-" parent-id "-" trace-flags: 2, 32, 16 and 2 digits.
std::optional<std::string> TraceId(std::string_view traceparent) {
  constexpr std::size_t kLength = 55;
  constexpr std::array<std::size_t, 3> kDashes = {2, 35, 52};
  if (traceparent.size() < kLength) return std::nullopt;
  const std::string_view version = traceparent.substr(0, 2);
  if (version == "ff") return std::nullopt;
  if (traceparent.size() > kLength && (version == "00" || traceparent[kLength] != '-')) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < kLength; ++i) {
    const bool dash = std::find(kDashes.begin(), kDashes.end(), i) != kDashes.end();
    if (dash ? traceparent[i] != '-' : !IsLowerHex(traceparent[i])) return std::nullopt;
  }
  const auto is_zero = [](std::string_view id) {
    return id.find_first_not_of('0') == std::string_view::npos;
  };
  const std::string_view trace = traceparent.substr(3, 32);
  if (is_zero(trace) || is_zero(traceparent.substr(36, 16))) return std::nullopt;
  return std::string(trace);
}

}  // namespace gift_cards
