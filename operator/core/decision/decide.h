// The decision table of DESIGN.md §3. Everything that answers "may this roll
// out?" — webhook, controller, command line — calls Decide().
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/objection.h"
#include "core/base/time.h"
#include "core/decision/change.h"
#include "core/decision/facts.h"

namespace launchgate::decision {

// Reason codes: stable, PascalCase; they appear in messages, conditions,
// metrics and audit annotations.
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
// decisions are denials; only Decide() can make an Allow.
class Decision {
 public:
  Decision();  // A Deny with InternalError, for code paths that forgot to decide.
  static Decision Deny(base::Objections objections);  // At least one, else InternalError.

  bool allowed() const { return allowed_; }
  // The row that applied: "Go", "Rollback", "EvidenceFailing", …
  std::string_view reason() const { return reason_; }
  const base::Objections& objections() const { return objections_; }
  // Worth knowing although nothing stops: a verdict about to end, a
  // BreakGlass that would not have been needed, non-blocking items that fail.
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  friend class AllowMaker;  // decide.cc
  bool allowed_ = false;
  std::string_view reason_;
  base::Objections objections_;
  std::vector<std::string> warnings_;
};

// Pure, thread-safe, noexcept in effect: whatever goes wrong inside is a Deny
// with InternalError. `facts` may be null: nothing is known about the target,
// which is the same as no review.
Decision Decide(const Health& health, GateMode mode, const TargetFacts* facts, const Change& change,
                base::Time now) noexcept;

// What the engineer reads: plain text of at most kMaxDenialBytes: what was
// denied, each objection with its item and owner, until when a freeze lasts,
// and the one command that shows more.
std::string RenderDenial(const Decision& decision, const TargetFacts* facts, const Change& change);
inline constexpr std::size_t kMaxDenialBytes = 1024;

// The next instant after `now` at which the decision about the live template
// can change by itself (staleness, expiry, freeze edges); kNever if none.
base::Time NextChange(const ReviewFacts& facts, base::Time now);

}  // namespace launchgate::decision
