// Which verdicts count for a review now, and what is missing.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/objection.h"
#include "core/base/time.h"
#include "core/verdict/open.h"

namespace launchgate::verdict {

// Everything about the verdicts of one review that does not depend on the
// time or on the template asked about. Immutable once built.
struct VerdictBook {
  Subject expected;                       // What a verdict must be about to count.
  std::vector<VerifiedStatement> latest;  // Per signer: the highest sequence.
  std::vector<VerifiedStatement> break_glass;
  std::vector<resources::AuthorityRole> roles;
  std::vector<Rejection> rejected;  // Shown in status; decide nothing.
};

// Sorts out which statements speak for each signer. Statements about another
// cluster, review or UID are rejected here. `highest_seen`: the highest sequence
// per identity that the review's status remembers; a lower one is superseded
// even when the newer LaunchVerdict has been deleted since. (THREATS T54.)
VerdictBook BuildBook(const std::vector<resources::LaunchVerdict>& verdicts,
                      const TrustedAuthority& authority, const Subject& expected,
                      const std::map<std::string, std::int64_t>& highest_seen,
                      const SignatureVerifier& verifier);

// Row 8 of the decision table: every objection that holds at `now` for a
// rollout of `template_hash`; none means that the Go stands.
base::Objections CheckVerdicts(const VerdictBook& book, std::string_view template_hash,
                               base::Time now);

// Row 4: the standing BreakGlass that names exactly this template hash.
const VerifiedStatement* FindBreakGlass(const VerdictBook& book, std::string_view template_hash,
                                        base::Time now);

// The condition of a standing Go that waives `item` at `now`, if any.
const Condition* FindWaiver(const VerdictBook& book, std::string_view item, base::Time now);

// The next instant after `now` at which an answer above can change by itself
// (expiry, key end, condition due), kNever if none. For exact timers.
base::Time NextChange(const VerdictBook& book, base::Time now);

// When the standing Go ends; nothing when there is none.
std::optional<base::Time> GoUntil(const VerdictBook& book, std::string_view template_hash,
                                  base::Time now);

}  // namespace launchgate::verdict
