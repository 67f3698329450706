// The sentence with which people sign off the monthly review of an error budget:
// an in-toto Statement v1 with the predicate https://launchgate.dev/budget-review/v1
// (docs/verdict-format.md). Which ones count: sign_off_standing.h.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/resources/budget_review_status.h"

namespace launchgate::verdict {

inline constexpr std::string_view kBudgetReviewPredicateType =
    "https://launchgate.dev/budget-review/v1";

// What a sign-off is about; all of it must equal what the cluster has.
struct SignOffSubject {
  std::string cluster_id;  // UID of the namespace kube-system.
  std::string ns;
  std::string budget;  // The ErrorBudget.
  std::string budget_uid;
  std::string month;          // "2026-10"
  std::string agenda_digest;  // BudgetReviewStatus::agenda_digest: what the signer read.
  friend bool operator==(const SignOffSubject&, const SignOffSubject&) = default;
};

struct SignOff {
  SignOffSubject subject;
  // What was decided; the next review's agenda asks about them.
  std::vector<resources::AgendaAction> actions;
  std::string identity;  // Who signs, and in which role; must be what
  std::string role;      // the authority's record of the key says.
  base::Time issued_at{};
  friend bool operator==(const SignOff&, const SignOff&) = default;
};

// With these bounds every sign-off fits resources::kMaxSignOffPayloadLength.
inline constexpr std::size_t kMaxSignOffActions = 16;
inline constexpr std::size_t kMaxActionTextBytes = 512;

// The exact bytes to sign: canonical JSON. Requires a valid sign-off.
std::string Serialize(const SignOff& sign_off);

// How the agenda is named as an in-toto subject: "budgetreview/shop/gift-cards-2026-10".
std::string AgendaSubjectName(const SignOffSubject& subject);

// Strict, as ParseStatement(): every field known, required ones present, bounds
// held, the subject consistent with the predicate. kInvalid names the field.
base::Result<SignOff> ParseSignOff(std::string_view bytes);

// The rules that a sign-off must hold by itself. Texts of actions are printable:
// what the signer reads is what is signed.
base::Status Validate(const SignOff& sign_off);

}  // namespace launchgate::verdict
