// What POST /charge asks for, read from its body. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace payments_stub {

inline constexpr std::int64_t kMaxAmountCents = 1'000'000;
inline constexpr std::size_t kMaxRefBytes = 64;

struct Order {
  std::string ref;                // 1 to kMaxRefBytes of [A-Za-z0-9_-]: needs no escaping anywhere.
  std::int64_t amount_cents = 0;  // 1 to kMaxAmountCents.
};

struct OrderProblem {
  std::string field;    // "amount" or "ref"; empty: about the whole body.
  std::string message;  // What would be right.
};

// {"amount": 2500, "ref": "gc-1"}. The amount is judged first; other members are ignored,
// as a real provider would.
[[nodiscard]] tl::expected<Order, OrderProblem> ReadOrder(std::string_view body);

}  // namespace payments_stub
