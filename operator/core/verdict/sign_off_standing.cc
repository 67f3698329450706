#include "core/verdict/sign_off_standing.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "core/base/text.h"
#include "core/verdict/signed_bytes.h"

namespace launchgate::verdict {
namespace {

using internal::Reject;
using resources::AgendaAction;

constexpr std::size_t kMaxShownBytes = 40;  // Of a role's name, inside a sentence.

const resources::AuthorityRole* FindRole(const TrustedAuthority& authority,
                                         const std::string& name) {
  const auto found = std::ranges::find(authority.roles, name, &resources::AuthorityRole::name);
  return found == authority.roles.end() ? nullptr : &*found;
}

bool SameWhereKnown(const std::string& expected, const std::string& stated, Origin origin) {
  if (expected.empty()) return origin == Origin::kFiles;
  return expected == stated;
}

std::optional<Rejection> CheckSubject(const SignOffSubject& about, const SignOffSubject& expected,
                                      Origin origin) {
  if (!SameWhereKnown(expected.cluster_id, about.cluster_id, origin)) {
    return Reject(rejection::kOtherCluster, "was signed for another cluster");
  }
  if (about.ns != expected.ns || about.budget != expected.budget ||
      !SameWhereKnown(expected.budget_uid, about.budget_uid, origin)) {
    return Reject(rejection::kOtherBudget, "was signed for the budget " +
                                               base::Quote(about.ns + "/" + about.budget) +
                                               " with the UID " + base::Quote(about.budget_uid));
  }
  if (about.month != expected.month) {
    return Reject(rejection::kOtherMonth, "was signed for the month " + base::Quote(about.month));
  }
  if (expected.agenda_digest.empty()) {
    return Reject(rejection::kOtherAgenda, "was signed before there was an agenda");
  }
  if (about.agenda_digest != expected.agenda_digest) {
    return Reject(rejection::kOtherAgenda,
                  "was signed for another agenda than the one that is there: sign again");
  }
  return std::nullopt;
}

// The key counts as it was when the sign-off was issued.
std::optional<Rejection> CheckTimes(const VerifiedSignOff& verified, base::Time now) {
  const base::Time issued_at = verified.sign_off().issued_at;
  const resources::AuthorityKey& key = verified.key();
  if (key.revoked) {
    return Reject(reason::kKeyRevoked,
                  "the key of " + base::Quote(key.identity) + " has been revoked");
  }
  if (issued_at >= key.not_after) {
    return Reject(reason::kKeyExpired,
                  "the key of " + base::Quote(key.identity) + " had expired when it was signed");
  }
  if (issued_at < key.not_before || issued_at - kMaxIssuedAhead > now) {
    return Reject(rejection::kNotYetValid, "says it was signed at " + base::FormatTime(issued_at) +
                                               ", which is in the future or before its key");
  }
  return std::nullopt;
}

// How many people count for `role`: a second person with one key adds nothing.
int VoicesIn(const resources::AuthorityRole& role, const std::vector<VerifiedSignOff>& counted) {
  std::set<std::string_view> keys;
  for (const VerifiedSignOff& verified : counted) {
    if (verified.sign_off().role == role.name) keys.insert(verified.fingerprint());
  }
  return static_cast<int>(keys.size());
}

void JudgeQuorum(const TrustedAuthority& authority, SignOffStanding& standing) {
  bool any_role = false;
  for (const resources::AuthorityRole& role : authority.roles) {
    if (!role.SignsGo()) continue;
    any_role = true;
    const int have = VoicesIn(role, standing.counted);
    const int needed = std::max(role.threshold, 1);
    if (have >= needed) continue;
    standing.missing.push_back(std::to_string(needed - have) +
                               (have > 0 ? " more sign-off" : " sign-off") + " in the role " +
                               base::Printable(role.name, kMaxShownBytes));
  }
  if (!any_role) standing.missing.push_back("an authority with a role that signs");
  standing.signed_off = standing.missing.empty();
}

// The key that is the signer's; one that is not revoked where there are several.
const TrustedKey* SignerOf(const SignOff& sign_off, const std::vector<const TrustedKey*>& signers,
                           const TrustedAuthority& authority) {
  const TrustedKey* chosen = nullptr;
  for (const TrustedKey* signer : signers) {
    const resources::AuthorityKey& record = signer->record;
    if (record.identity != sign_off.identity || record.role != sign_off.role) continue;
    if (chosen == nullptr || internal::IsRevoked(*chosen, authority)) chosen = signer;
  }
  return chosen;
}

struct Candidate {
  std::size_t index;
  VerifiedSignOff verified;
};

// Keeps the latest sign-off of each person, of two equally late ones the later entry.
void KeepLatest(std::vector<Candidate> candidates, SignOffStanding& standing) {
  std::map<std::string, std::size_t> latest;  // Position in `candidates`, by identity.
  const auto issued = [&](std::size_t i) { return candidates[i].verified.sign_off().issued_at; };
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const auto [found, first] = latest.emplace(candidates[i].verified.sign_off().identity, i);
    if (!first && issued(i) >= issued(found->second)) found->second = i;
  }
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (latest.at(candidates[i].verified.sign_off().identity) == i) {
      standing.counted.push_back(std::move(candidates[i].verified));
    } else {
      standing.rejected.push_back(
          {candidates[i].index,
           Reject(rejection::kSuperseded, "the same person signed again later")});
    }
  }
}

}  // namespace

class SignOffOpener {
 public:
  static std::variant<VerifiedSignOff, Rejection> Open(const resources::SignedDocument& document,
                                                       const TrustedAuthority& authority,
                                                       const SignatureVerifier& verifier) {
    const auto verification = internal::VerifyDocument(document, authority, verifier);
    if (const auto* no = std::get_if<Rejection>(&verification)) return *no;
    const auto& content = std::get<internal::SignedBytes>(verification);
    base::Result<SignOff> sign_off = ParseSignOff(content.bytes);
    if (!sign_off) return Reject(rejection::kStatementInvalid, sign_off.error().message);
    const resources::AuthorityRole* role = FindRole(authority, sign_off->role);
    if (role == nullptr || !role->SignsGo()) {
      return Reject(rejection::kRoleInvalid,
                    "the role " + base::Quote(sign_off->role) + " may not sign a review off");
    }
    const TrustedKey* signer = SignerOf(*sign_off, content.signers, authority);
    if (signer == nullptr) {
      return internal::SignerMismatch(sign_off->identity, sign_off->role, *content.signers.front());
    }
    VerifiedSignOff verified;
    verified.sign_off_ = *std::move(sign_off);
    verified.key_ = signer->record;
    verified.key_.public_key = std::string();
    verified.key_.revoked = internal::IsRevoked(*signer, authority);
    verified.fingerprint_ = signer->key.fingerprint;
    return verified;
  }
};

std::variant<VerifiedSignOff, Rejection> OpenSignOff(const resources::SignedDocument& document,
                                                     const TrustedAuthority& authority,
                                                     const SignatureVerifier& verifier) {
  return SignOffOpener::Open(document, authority, verifier);
}

SignOffStanding JudgeSignOffs(const std::vector<resources::SignedDocument>& documents,
                              const TrustedAuthority& authority, const SignOffSubject& expected,
                              const SignatureVerifier& verifier, Origin origin, base::Time now) {
  SignOffStanding standing;
  std::vector<Candidate> candidates;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    auto opened = OpenSignOff(documents[i], authority, verifier);
    if (auto* no = std::get_if<Rejection>(&opened)) {
      standing.rejected.push_back({i, std::move(*no)});
      continue;
    }
    VerifiedSignOff& verified = std::get<VerifiedSignOff>(opened);
    const base::Time issued_at = verified.sign_off().issued_at;
    auto no = CheckSubject(verified.sign_off().subject, expected, origin);
    if (!no) {
      no = CheckTimes(verified, now);
      // It will count: only the time is wrong.
      if (no && !CheckTimes(verified, issued_at)) {
        standing.next_change = std::min(standing.next_change, issued_at - kMaxIssuedAhead);
      }
    }
    if (no) {
      standing.rejected.push_back({i, *std::move(no)});
    } else {
      candidates.push_back({i, std::move(verified)});
    }
  }
  KeepLatest(std::move(candidates), standing);
  JudgeQuorum(authority, standing);
  return standing;
}

std::vector<AgendaAction> ActionsOf(const SignOffStanding& standing) {
  std::vector<AgendaAction> actions;
  for (const VerifiedSignOff& verified : standing.counted) {
    for (const AgendaAction& action : verified.sign_off().actions) {
      if (std::ranges::find(actions, action) == actions.end()) actions.push_back(action);
    }
  }
  std::ranges::stable_sort(actions, {}, &AgendaAction::due);
  return actions;
}

}  // namespace launchgate::verdict
