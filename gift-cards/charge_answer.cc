#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "gift-cards/payments_client.h"

namespace gift_cards {
namespace {

using Json = nlohmann::json;

constexpr int kOk = 200;
constexpr int kCreated = 201;
constexpr int kConflictStatus = 409;
// Other 4xx speak of us or of the address (401, 404, 429, ...), not of this
// charge: they are errors that somebody must be woken for, not refusals.
constexpr std::array kRefusals = {400, 402, 422};

ChargeAnswer Unusable(std::string why) { return {AttemptResult::kUnusable, {}, std::move(why)}; }

bool IsChargeId(std::string_view text) {
  return !text.empty() && text.size() <= kMaxChargeIdLength &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  c == '_' || c == '-';
         });
}

const std::string* StringAt(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() ? nullptr : found->get_ptr<const std::string*>();
}

ChargeAnswer ReadCharged(const Charge& charge, const std::string& body) {
  const Json answer = Json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!answer.is_object()) return Unusable("the provider's answer is not a JSON object");
  const std::string* ref = StringAt(answer, "ref");
  const std::string* charge_id = StringAt(answer, "chargeId");
  const auto amount = answer.find("amount");
  if (ref == nullptr || charge_id == nullptr || amount == answer.end()) {
    return Unusable("the provider's answer lacks chargeId, ref or amount");
  }
  if (*ref != charge.ref || !amount->is_number_integer() || *amount != Json(charge.amount_cents)) {
    return Unusable("the provider answered for another charge");
  }
  if (!IsChargeId(*charge_id)) return Unusable("the provider's chargeId is malformed");
  return {AttemptResult::kCharged, *charge_id, {}};
}

}  // namespace

ChargeAnswer ReadChargeAnswer(const Charge& charge, int status, const std::string& body) {
  const std::string says = "the provider answered " + std::to_string(status);
  if (status == kOk || status == kCreated) return ReadCharged(charge, body);
  if (status == kConflictStatus) return {AttemptResult::kConflict, {}, says};
  if (std::find(kRefusals.begin(), kRefusals.end(), status) != kRefusals.end()) {
    return {AttemptResult::kRefused, {}, says};
  }
  if (status >= 500 && status <= 599) return {AttemptResult::kUnavailable, {}, says};
  return Unusable(says);
}

}  // namespace gift_cards
