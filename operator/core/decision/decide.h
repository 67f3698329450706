// The decision table of DESIGN.md §3. Everything that answers "may this roll
// out?" — webhook, controller, command line — calls Decide().
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/objection.h"
#include "core/base/time.h"
#include "core/decision/change.h"
#include "core/decision/facts.h"

namespace launchgate::decision {

// Reason codes: stable, PascalCase; they appear in messages, conditions,
// metrics and audit annotations. Those of rows 6 and 8 are in
// budget/freeze.h and verdict/standing.h.
namespace reason {
inline constexpr std::string_view kNotGated = "NotGated";
inline constexpr std::string_view kNoLaunchChange = "NoLaunchChange";
inline constexpr std::string_view kNotReady = "NotReady";
inline constexpr std::string_view kClockUntrusted = "ClockUntrusted";
inline constexpr std::string_view kRollback = "Rollback";
inline constexpr std::string_view kBreakGlass = "BreakGlass";
inline constexpr std::string_view kReviewMissing = "ReviewMissing";
inline constexpr std::string_view kReviewAmbiguous = "ReviewAmbiguous";
inline constexpr std::string_view kReviewInvalid = "ReviewInvalid";
inline constexpr std::string_view kTemplateUnknown = "TemplateUnknown";
inline constexpr std::string_view kEvidenceFailing = "EvidenceFailing";
inline constexpr std::string_view kEvidenceStale = "EvidenceStale";
inline constexpr std::string_view kEvidenceUnknown = "EvidenceUnknown";
inline constexpr std::string_view kEvidenceMissing = "EvidenceMissing";
inline constexpr std::string_view kGo = "Go";
inline constexpr std::string_view kInternalError = "InternalError";
}  // namespace reason

// Allow or Deny of one request, with every objection. Default and moved-from
// decisions are denials; only Decide() can make an Allow. A value; const
// access is thread-safe.
class Decision {
 public:
  // A Deny with InternalError, for code paths that forgot to decide. Does not allocate.
  Decision() noexcept = default;
  static Decision Deny(base::Objections objections);  // At least one, else InternalError.

  Decision(const Decision&) = default;
  Decision& operator=(const Decision&) = default;
  Decision(Decision&& other) noexcept;
  Decision& operator=(Decision&& other) noexcept;
  ~Decision() = default;

  bool allowed() const { return allowed_; }
  // The row that applied: "Go", "Rollback", "EvidenceFailing", …; of a Deny the
  // reason of the first objection.
  std::string_view reason() const;
  // Never empty for a Deny, always empty for an Allow.
  const base::Objections& objections() const;
  // Worth knowing although nothing stops: a verdict about to end, a
  // BreakGlass that would not have been needed, non-blocking items that fail.
  // Printable, at most kMaxWarnings.
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  friend class AllowMaker;  // decide.cc
  bool allowed_ = false;
  std::string_view reason_;  // Of an Allow.
  base::Objections objections_;
  std::vector<std::string> warnings_;
};

inline constexpr std::size_t kMaxWarnings = 16;
// A Go that ends sooner than this is worth a warning.
inline constexpr base::Duration kEndsSoon = std::chrono::hours(72);

// Pure and thread-safe: whatever goes wrong inside is a Deny with
// InternalError. `facts` may be null: nothing is known about the target,
// which is the same as no review.
//
// The first row that applies decides. Where rows 5 to 8 deny, the objections of
// all four are collected, except that without exactly one review there is
// nothing to ask rows 6 to 8 about, and that verdicts are not compared with a
// review that cannot be read. Mode kAudit is decided like kEnforce; who answers
// the request turns the denial into a warning.
Decision Decide(const Health& health, GateMode mode, const TargetFacts* facts, const Change& change,
                base::Time now) noexcept;

// What the engineer reads whose rollout was stopped: plain text of at most
// kMaxDenialBytes, in lines: what was denied, each objection with its reason and
// item, the template's hash (a BreakGlass has to name it, and nobody can compute it
// from a manifest before the API server has filled in defaults), the review's owner,
// and the one command that shows more. Objections that find no room are counted. Outside text is
// made printable. `facts` may be null.
std::string RenderDenial(const Decision& decision, const TargetFacts* facts, const Change& change);
inline constexpr std::size_t kMaxDenialBytes = 1024;

// The next instant after `now` at which the decision about a template can
// change by itself (staleness, expiry, freeze edges); kNever if none.
base::Time NextChange(const ReviewFacts& facts, base::Time now);

}  // namespace launchgate::decision
