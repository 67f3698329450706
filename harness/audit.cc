#include "harness/audit.h"

#include <unordered_map>
#include <unordered_set>

#include "harness/codes.h"

namespace harness {
namespace {

template <typename T>
using ByText = std::unordered_map<std::string_view, T>;

class Auditor {
 public:
  Auditor(const Books& books, std::size_t expected) : books_(books), expected_(expected) {}

  AuditResult Run() {
    ReadStore();
    ReadPayments();
    CompareAcknowledged();
    CompareCharges();
    return std::move(result_);
  }

 private:
  void Find(Violation violation, std::string_view example, std::size_t count = 1) {
    AuditResult::Finding& finding = result_.findings[violation];
    finding.count += count;
    if (finding.examples.size() < kMaxExamples) finding.examples.emplace_back(example);
  }

  void ReadStore() {
    std::unordered_set<std::string_view> used_charges;
    for (const StoredRedemption& row : books_.store) {
      if (!by_digest_.emplace(row.code_digest, &row).second) {
        Find(Violation::kStoredTwice, row.code_digest);
      }
      if (row.ref != RefOf(row.code_digest)) Find(Violation::kOtherRef, row.code_digest);
      by_ref_.emplace(row.ref, &row);
      if (row.state != "redeemed") {
        ++result_.pending;
        continue;
      }
      ++result_.redeemed;
      if (!used_charges.insert(row.charge_id).second) {
        Find(Violation::kChargeShared, row.code_digest);
      }
    }
  }

  void ReadPayments() {
    result_.charges = books_.charges.size();
    for (const Charge& charge : books_.charges) {
      if (!charges_.emplace(charge.ref, &charge).second) {
        Find(Violation::kChargedTwice, charge.ref);
      }
      if (!by_ref_.contains(charge.ref)) Find(Violation::kChargedNobody, charge.ref);
    }
  }

  void CompareAcknowledged() {
    ByText<std::string_view> told;
    for (const Acknowledged& one : books_.acknowledged) {
      const auto [before, first] = told.emplace(one.code_digest, one.charge_id);
      if (!first) {
        if (before->second != one.charge_id) Find(Violation::kToldTwoCharges, one.code_digest);
        continue;
      }
      const auto row = by_digest_.find(one.code_digest);
      if (row == by_digest_.end()) {
        Find(Violation::kNotInStore, one.code_digest);
      } else if (row->second->state != "redeemed") {
        Find(Violation::kNotRedeemed, one.code_digest);
      } else if (row->second->charge_id != one.charge_id) {
        Find(Violation::kOtherCharge, one.code_digest);
      }
    }
    result_.acknowledged = told.size();
    if (told.size() < expected_) {
      Find(Violation::kNotAcknowledged, "", expected_ - told.size());
    }
  }

  void CompareCharges() {
    for (const StoredRedemption& row : books_.store) {
      if (row.state != "redeemed") continue;
      const auto charge = charges_.find(row.ref);
      if (charge == charges_.end()) {
        Find(Violation::kRedeemedNotCharged, row.code_digest);
      } else if (charge->second->charge_id != row.charge_id ||
                 charge->second->amount_cents != row.amount_cents) {
        Find(Violation::kChargedOtherwise, row.code_digest);
      }
    }
  }

  const Books& books_;
  std::size_t expected_;
  ByText<const StoredRedemption*> by_digest_;
  ByText<const StoredRedemption*> by_ref_;
  ByText<const Charge*> charges_;
  AuditResult result_;
};

}  // namespace

std::string_view ToString(Violation violation) {
  switch (violation) {
    case Violation::kNotAcknowledged:
      return "never acknowledged";
    case Violation::kToldTwoCharges:
      return "acknowledged with two different charges";
    case Violation::kNotInStore:
      return "acknowledged, but not in the store";
    case Violation::kNotRedeemed:
      return "acknowledged, but pending in the store";
    case Violation::kOtherCharge:
      return "acknowledged with another charge than the store has";
    case Violation::kStoredTwice:
      return "twice in the store";
    case Violation::kOtherRef:
      return "in the store under a ref that is not of its code";
    case Violation::kChargeShared:
      return "redeemed with the charge of another code";
    case Violation::kRedeemedNotCharged:
      return "redeemed, but never charged";
    case Violation::kChargedOtherwise:
      return "charged with another id or amount than the store has";
    case Violation::kChargedTwice:
      return "charged twice";
    case Violation::kChargedNobody:
      return "charged, but for no code in the store";
  }
  return "unknown";
}

AuditResult Audit(const Books& books, std::size_t expected) {
  return Auditor(books, expected).Run();
}

}  // namespace harness
