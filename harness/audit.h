// The books of the crash test: what customers were told, what the store holds and
// what payments charged must be the same redemptions. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/redeem_all.h"
#include "harness/result.h"

namespace harness {

struct StoredRedemption {
  std::string code_digest;
  std::int64_t amount_cents = 0;
  std::string ref;
  std::string state;  // "pending" or "redeemed"
  std::string charge_id;
};

struct Charge {
  std::string ref;
  std::int64_t amount_cents = 0;
  std::string charge_id;
};

struct Books {
  std::vector<Acknowledged> acknowledged;
  std::vector<StoredRedemption> store;
  std::vector<Charge> charges;
};

// Each is a way to lose or to take money.
enum class Violation {
  kNotAcknowledged,     // Fewer codes were acknowledged than were to be redeemed.
  kToldTwoCharges,      // A customer was told two charges for one code.
  kNotInStore,          // Acknowledged, and the store has no such code.
  kNotRedeemed,         // Acknowledged, and still pending in the store.
  kOtherCharge,         // The store has another charge than the customer was told.
  kStoredTwice,         // The store has a code twice.
  kOtherRef,            // The store's ref is not the one of its code.
  kChargeShared,        // Two codes were redeemed with the same charge.
  kRedeemedNotCharged,  // Redeemed in the store, and payments has no charge of that ref.
  kChargedOtherwise,    // Payments has another charge id or amount under that ref.
  kChargedTwice,        // Payments has a ref twice.
  kChargedNobody,       // Payments has a charge that belongs to no code in the store.
};
std::string_view ToString(Violation violation);  // One sentence fragment for people.

inline constexpr std::size_t kMaxExamples = 3;  // Of each violation.

struct AuditResult {
  std::size_t acknowledged = 0;  // Codes, each once.
  std::size_t redeemed = 0;      // In the store,
  std::size_t pending = 0;       // and there.
  std::size_t charges = 0;
  struct Finding {
    std::size_t count = 0;
    std::vector<std::string> examples;  // Digests or refs, at most kMaxExamples.
  };
  std::map<Violation, Finding> findings;

  [[nodiscard]] bool clean() const { return findings.empty(); }
};

// `expected` is how many codes were to be redeemed. A pending redemption that nobody
// was told about is no violation, charged or not: it is charged again under the same
// ref when its customer asks again.
AuditResult Audit(const Books& books, std::size_t expected);

// The three documents. The first is a line {"codeDigest", "chargeId"} per
// acknowledgement, the second what `gift-cards redemptions -o json` prints, the third
// what the stub answers to GET /charges. An error names the document and what is
// wrong with it.
[[nodiscard]] Result<std::vector<Acknowledged>> ReadAcknowledged(std::string_view lines);
[[nodiscard]] Result<std::vector<StoredRedemption>> ReadRedemptions(std::string_view json);
[[nodiscard]] Result<std::vector<Charge>> ReadCharges(std::string_view json);

// The line of one acknowledgement, newline at the end.
std::string LineOf(const Acknowledged& acknowledged);

}  // namespace harness
