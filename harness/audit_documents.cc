// The documents that an audit compares; declared in audit.h.
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "harness/audit.h"

namespace harness {
namespace {

using Json = nlohmann::json;

std::optional<std::string> TextOf(const Json& object, const char* field) {
  if (!object.is_object()) return std::nullopt;
  const auto found = object.find(field);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

std::optional<std::int64_t> IntegerOf(const Json& object, const char* field) {
  if (!object.is_object()) return std::nullopt;
  const auto found = object.find(field);
  if (found == object.end() || !found->is_number_integer()) return std::nullopt;
  return found->get<std::int64_t>();
}

// The list under `name` of a document, or the document itself where it is a list.
Result<Json> ListOf(std::string_view text, const char* name, const char* document) {
  Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return Fail(fmt::format("{} is not JSON", document));
  if (json.is_object() && json.contains(name)) json = Json(std::move(json[name]));
  if (!json.is_array()) return Fail(fmt::format("{} has no list \"{}\"", document, name));
  return json;
}

}  // namespace

Result<std::vector<Acknowledged>> ReadAcknowledged(std::string_view lines) {
  std::vector<Acknowledged> all;
  while (!lines.empty()) {
    const std::size_t end = lines.find('\n');
    const Json json = Json::parse(lines.substr(0, end), nullptr, false);
    lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
    const auto digest = TextOf(json, "codeDigest");
    const auto charge = TextOf(json, "chargeId");
    if (!digest || !charge) {
      return Fail(fmt::format("line {} of the acknowledgements lacks a field", all.size() + 1));
    }
    all.push_back({*digest, *charge});
  }
  return all;
}

Result<std::vector<StoredRedemption>> ReadRedemptions(std::string_view json) {
  const auto list = ListOf(json, "redemptions", "the list of redemptions");
  if (!list) return tl::unexpected(list.error());
  std::vector<StoredRedemption> all;
  for (const Json& row : *list) {
    const auto digest = TextOf(row, "codeDigest");
    const auto amount = IntegerOf(row, "amountCents");
    const auto ref = TextOf(row, "ref");
    const auto state = TextOf(row, "state");
    // Of a pending redemption there is none yet.
    const auto charge = TextOf(row, "chargeId");
    if (!digest || !amount || !ref || !state || (*state == "redeemed" && !charge)) {
      return Fail(fmt::format("redemption {} lacks a field", all.size() + 1));
    }
    all.push_back({*digest, *amount, *ref, *state, charge.value_or("")});
  }
  return all;
}

Result<std::vector<Charge>> ReadCharges(std::string_view json) {
  const auto list = ListOf(json, "charges", "the list of charges");
  if (!list) return tl::unexpected(list.error());
  std::vector<Charge> all;
  for (const Json& row : *list) {
    const auto ref = TextOf(row, "ref");
    const auto amount = IntegerOf(row, "amount");
    const auto charge = TextOf(row, "chargeId");
    if (!ref || !amount || !charge) {
      return Fail(fmt::format("charge {} lacks a field", all.size() + 1));
    }
    all.push_back({*ref, *amount, *charge});
  }
  return all;
}

std::string LineOf(const Acknowledged& acknowledged) {
  return Json{{"codeDigest", acknowledged.code_digest}, {"chargeId", acknowledged.charge_id}}
             .dump() +
         "\n";
}

}  // namespace harness
