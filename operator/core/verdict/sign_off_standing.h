// Which sign-offs of a BudgetReview count, and what is missing.
//
// The rules, in one place:
// - A sign-off counts when its signature verifies over its exact bytes with a key
//   of the authority that was valid when it was issued and is not revoked, in a
//   role that signs Go, and when all that it is about equals what the cluster has:
//   one for another month or for an agenda that was taken anew counts for nothing.
// - A key that expires later ends nothing: the month was reviewed. Revoking it does.
// - A person counts once, by the latest of their sign-offs, in its role.
// - Signed off: every role that signs Go has its threshold of distinct people with
//   distinct public keys. An authority without such a role signs nothing off.
//
// Values and pure functions, safe from any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/resources/signed_document.h"
#include "core/verdict/budget_sign_off.h"
#include "core/verdict/open.h"
#include "core/verdict/signature.h"
#include "core/verdict/standing.h"

namespace launchgate::verdict {

// A sign-off whose signature verified with a key of the authority, and whose
// signer and role are that key's. Only OpenSignOff() makes one. A value.
class VerifiedSignOff {
 public:
  const SignOff& sign_off() const { return sign_off_; }
  // As VerifiedStatement::key() and fingerprint().
  const resources::AuthorityKey& key() const { return key_; }
  const std::string& fingerprint() const { return fingerprint_; }

 private:
  friend class SignOffOpener;
  VerifiedSignOff() = default;
  SignOff sign_off_;
  resources::AuthorityKey key_;
  std::string fingerprint_;
};

// Reasons besides those of open.h, and reason::kKeyRevoked and kKeyExpired.
namespace rejection {
inline constexpr std::string_view kOtherBudget = "OtherBudget";
inline constexpr std::string_view kOtherMonth = "OtherMonth";
inline constexpr std::string_view kOtherAgenda = "OtherAgenda";
inline constexpr std::string_view kNotYetValid = "NotYetValid";
}  // namespace rejection

// The other door, as Open() is for verdicts: exact bytes first, then their type,
// then those same bytes parsed once.
std::variant<VerifiedSignOff, Rejection> OpenSignOff(const resources::SignedDocument& document,
                                                     const TrustedAuthority& authority,
                                                     const SignatureVerifier& verifier);

struct RejectedSignOff {
  std::size_t index = 0;  // In spec.signOffs.
  Rejection why;
};

struct SignOffStanding {
  bool signed_off = false;
  std::vector<VerifiedSignOff> counted;  // One per person.
  std::vector<std::string> missing;  // "1 more sign-off in the role sre"; empty when signed off.
  std::vector<RejectedSignOff> rejected;  // Shown; decide nothing.
  // When the first of those that are dated ahead begins to count; kNever: there is none.
  base::Time next_change = base::kNever;
};

// `expected.agenda_digest` is empty while no agenda was taken: then nothing counts.
SignOffStanding JudgeSignOffs(const std::vector<resources::SignedDocument>& documents,
                              const TrustedAuthority& authority, const SignOffSubject& expected,
                              const SignatureVerifier& verifier, Origin origin, base::Time now);

// What the people who count decided, each action once, in the order of due dates.
std::vector<resources::AgendaAction> ActionsOf(const SignOffStanding& standing);

}  // namespace launchgate::verdict
