// Which verdicts count for a review now, and what is missing.
//
// The rules, in one place:
// - Per identity the highest sequence counts, across Go and NoGo. BreakGlass
//   stands beside them.
// - A Go counts for the role it was signed in while its key and itself are
//   within their times and what it is about equals what the cluster has.
// - A NoGo blocks until its notAfter or until its own signer supersedes it,
//   whatever changed meanwhile: editing a review does not answer a "no", and
//   neither does revoking a key; a Go of a revoked key supersedes no NoGo. (Removing the key's
//   record does: then nobody who is trusted said it.)
// - Two different statements of one identity under one sequence contradict each
//   other: no Go among them counts, a NoGo among them does.
// - A role is met by distinct identities with distinct public keys.
// - An instant that ends something is already outside of it.
//
// Values and pure functions, safe from any thread.
#pragma once

#include <cstddef>
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

// Reason codes of row 8: stable, PascalCase.
namespace reason {
inline constexpr std::string_view kVerdictMissing = "VerdictMissing";
inline constexpr std::string_view kNoGo = "NoGo";
inline constexpr std::string_view kVerdictExpired = "VerdictExpired";
inline constexpr std::string_view kVerdictNotYetValid = "VerdictNotYetValid";
inline constexpr std::string_view kVerdictConflict = "VerdictConflict";
inline constexpr std::string_view kKeyRevoked = "KeyRevoked";
inline constexpr std::string_view kKeyExpired = "KeyExpired";
inline constexpr std::string_view kQuorumNotMet = "QuorumNotMet";
inline constexpr std::string_view kReviewChanged = "ReviewChanged";
inline constexpr std::string_view kOtherRevision = "OtherRevision";
inline constexpr std::string_view kConditionOverdue = "ConditionOverdue";
}  // namespace reason

// Everything about the verdicts of one review that does not depend on the
// time or on the template asked about. Immutable once built.
struct VerdictBook {
  Subject expected;  // What a verdict must be about to count.
  // Per identity the Go or NoGo of the highest sequence. Several where the
  // identity contradicts itself, or where a Go of a revoked key follows a NoGo.
  std::vector<VerifiedStatement> latest;
  std::vector<std::string> conflicting;  // The identities that do.
  std::vector<VerifiedStatement> break_glass;
  std::vector<resources::AuthorityRole> roles;
  std::vector<Rejection> rejected;  // Shown in status; decide nothing. At most kMaxRejections.
  // For the review's status.verdict.highestSequences: `highest_seen`, raised by `latest`.
  std::map<std::string, std::int64_t> highest_sequences;
};

inline constexpr std::size_t kMaxRejections = 32;
// How far in the future a statement may have been issued: clocks differ.
inline constexpr base::Duration kMaxIssuedAhead = std::chrono::seconds(60);

// Where the objects come from that verdicts are compared with.
enum class Origin {
  kCluster,  // Cluster id and the review's UID must be known and equal.
  kFiles,    // Files need not say them; where they do, they must be equal.
};

// Sorts out which statements speak for each signer. Statements about another
// cluster, review or UID are rejected here. `highest_seen`: the highest sequence
// per identity that the review's status remembers; a lower one is superseded
// even when the newer LaunchVerdict has been deleted since. (THREATS T54.)
VerdictBook BuildBook(const std::vector<resources::LaunchVerdict>& verdicts,
                      const TrustedAuthority& authority, const Subject& expected,
                      const std::map<std::string, std::int64_t>& highest_seen,
                      const SignatureVerifier& verifier, Origin origin);

// Row 8 of the decision table: every objection that holds at `now` for a
// rollout of `template_hash`; none means that the Go stands. Why a Go lapsed is
// told only where its role lacks a Go without it.
base::Objections CheckVerdicts(const VerdictBook& book, std::string_view template_hash,
                               base::Time now);

// Row 4: a standing BreakGlass that names exactly this template hash, where as
// many people signed one as a break-glass role of the authority asks for. It
// must be about this review and target; what their specs say does not matter.
// Points into `book`; null when there is none.
const VerifiedStatement* FindBreakGlass(const VerdictBook& book, std::string_view template_hash,
                                        base::Time now);

// The condition of a Go that counts for `template_hash` and waives `item` at
// `now`. Points into `book`; null when there is none.
const Condition* FindWaiver(const VerdictBook& book, std::string_view item,
                            std::string_view template_hash, base::Time now);

// The next instant after `now` at which an answer above can change by itself
// (expiry, key end, condition due), kNever if none. For exact timers.
base::Time NextChange(const VerdictBook& book, base::Time now);

// When the standing Go ends by itself (kNever: not foreseeable); nothing when
// no Go stands.
std::optional<base::Time> GoUntil(const VerdictBook& book, std::string_view template_hash,
                                  base::Time now);

}  // namespace launchgate::verdict
