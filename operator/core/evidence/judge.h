// From one evidence entry to its finding in two steps that repeat: say what must
// be read, and judge what was read. Every kind of evidence is a row of one table
// (judge.cc); the verifiers themselves are in verify.h. No I/O.
#pragma once

#include <vector>

#include "core/base/time.h"
#include "core/evidence/alert_causes.h"
#include "core/evidence/finding.h"
#include "core/evidence/sources.h"
#include "core/resources/launch_review.h"
#include "core/verdict/open.h"
#include "core/verdict/signature.h"

namespace launchgate::evidence {

// One entry of a review. All of it must outlive the calls below.
struct Question {
  const resources::LaunchReview& review;
  const resources::EvidenceEntry& entry;
  const verdict::TrustedAuthority* authority = nullptr;  // Null: does not exist.
};

// What does not change from question to question.
struct JudgeTools {
  const verdict::SignatureVerifier& signatures;
  const CauseCatalogue& causes;
};

// The sources that are not in `have` yet and that Judge() needs; which ones may
// depend on what was read (an ErrorBudget tells the queries). Empty: judge. At
// most kMaxRounds calls with growing readings until it is.
std::vector<Source> StillNeeded(const Question& question, const Readings& have);
inline constexpr int kMaxRounds = 3;

// Requires StillNeeded() to be empty. A source that could not be read gives
// SourceFailed() of its error. `now` is not earlier than any Reading::read_at.
Finding Judge(const Question& question, const Readings& readings, const JudgeTools& tools,
              base::Time now);

// Trouble on the way (the network, an overloaded server) that says nothing about
// the evidence: reading again soon may give something else.
bool IsTransient(const Finding& finding);

}  // namespace launchgate::evidence
