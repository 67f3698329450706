#include "payments-stub/order.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace payments_stub {
namespace {

constexpr std::string_view kRefCharacters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

bool IsAmount(const nlohmann::json& value) {
  // Not through get(): a number over 2^63 would come out negative.
  return value.is_number_integer() && value >= 1 && value <= kMaxAmountCents;
}

bool IsRef(const nlohmann::json& value) {
  if (!value.is_string()) return false;
  const auto& text = value.get_ref<const std::string&>();
  return !text.empty() && text.size() <= kMaxRefBytes &&
         text.find_first_not_of(kRefCharacters) == std::string::npos;
}

}  // namespace

tl::expected<Order, OrderProblem> ReadOrder(std::string_view body) {
  const auto object = nlohmann::json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) {
    return tl::unexpected(OrderProblem{"", "the body must be a JSON object with amount and ref"});
  }
  const auto amount = object.find("amount");
  if (amount == object.end() || !IsAmount(*amount)) {
    return tl::unexpected(OrderProblem{
        "amount", fmt::format("amount must be whole cents from 1 to {}", kMaxAmountCents)});
  }
  const auto ref = object.find("ref");
  if (ref == object.end() || !IsRef(*ref)) {
    return tl::unexpected(OrderProblem{
        "ref", fmt::format("ref must be 1 to {} letters, digits, '_' or '-'", kMaxRefBytes)});
  }
  return Order{ref->get<std::string>(), amount->get<std::int64_t>()};
}

}  // namespace payments_stub
