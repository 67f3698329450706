// What a customer sends, read strictly: the query of a redemption, and the two
// headers that let its log line be found again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace gift_cards {

inline constexpr std::size_t kMaxQueryBytes = 256;
inline constexpr std::size_t kCodeLength = 16;
inline constexpr std::int64_t kMinAmountCents = 1;
inline constexpr std::int64_t kMaxAmountCents = 100'000;
inline constexpr std::size_t kMaxRequestIdLength = 64;
inline constexpr std::size_t kRefDigits = 40;
inline constexpr std::size_t kCodeIdDigits = 12;

struct RedeemQuery {
  std::string code;  // kCodeLength of [A-Z0-9], dashes dropped. As good as money: never logged.
  std::int64_t amount_cents = 0;

  bool operator==(const RedeemQuery&) const = default;
};

// One sentence about one field that says what to send instead. It quotes
// nothing of what was sent, because that may be a code.
struct FieldError {
  std::string field;  // "code", "amount" or "query".
  std::string message;

  bool operator==(const FieldError&) const = default;
};

// `query` is what follows the '?', as sent. Exactly the parameters code and
// amount, once each, in any order. A percent escape is decoded where it stands
// for a character the field may have; anything else escaped is refused.
[[nodiscard]] tl::expected<RedeemQuery, FieldError> ParseRedeemQuery(std::string_view query);

// What a code is known by once it has been read.
struct CodeIdentity {
  std::string digest;  // SHA-256 of the normalised code, 64 digits of lowercase hex.

  // What the provider knows its charge by: "gc-" and the first kRefDigits digits.
  [[nodiscard]] std::string ref() const;
  // What a log line knows it by: the first kCodeIdDigits digits.
  [[nodiscard]] std::string code_id() const;
};

// Fails only if OpenSSL does.
[[nodiscard]] tl::expected<CodeIdentity, std::string> Identify(std::string_view code);

// Whether a caller's X-Request-Id can be taken: 1..64 of [A-Za-z0-9_-].
[[nodiscard]] bool IsRequestId(std::string_view text);
// 32 digits of hex out of 128 random bits.
[[nodiscard]] std::string MakeRequestId(std::uint64_t high, std::uint64_t low);

// The trace id of a `traceparent` header (W3C Trace Context, 3.2.2: 32 digits of
// lowercase hex, not all zero); nothing when the header is not one. Versions
// after 00 may carry more fields and are read as 00.
[[nodiscard]] std::optional<std::string> TraceId(std::string_view traceparent);

}  // namespace gift_cards
