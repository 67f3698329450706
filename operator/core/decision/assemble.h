// From objects to facts: the one way, used by the webhook, the controller and
// the command line, so that all three decide from the same facts.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/decision/facts.h"
#include "core/json/reader.h"
#include "core/resources/launch_review.h"
#include "core/resources/launch_verdict.h"

namespace launchgate::decision {

struct ReviewInputs {
  const resources::LaunchReview* review = nullptr;           // Required.
  std::vector<json::Problem> review_problems;                // From parsing it.
  const resources::ReadinessChecklist* checklist = nullptr;  // Null: does not exist.
  std::vector<json::Problem> checklist_problems;
  const verdict::TrustedAuthority* authority = nullptr;  // Null: does not exist.
  bool authority_serves_namespace = false;
  std::vector<std::string> authority_problems;
  std::vector<resources::LaunchVerdict> verdicts;  // Of the review's namespace that point at it.
  std::vector<budget::Freeze> freezes;
  std::string cluster_id;  // UID of the namespace kube-system.
  // Files (`launchgate check`) need not say which cluster and UID they are from.
  verdict::Origin origin = verdict::Origin::kCluster;
  // Findings per item id. The webhook passes RecordedFindings(), the controller
  // and the command line their own.
  std::map<std::string, evidence::Finding> findings;
};

// What the controller recorded in the review's status. Empty when it was
// recorded for another generation of the spec: those findings may be about
// other evidence.
std::map<std::string, evidence::Finding> RecordedFindings(const resources::LaunchReview& review);

// Never fails: whatever is missing or wrong is among the result's `problems`, or
// is a finding that does not pass. Verifies signatures; not for the hot path.
// Requires inputs.review.
std::shared_ptr<const ReviewFacts> Assemble(const ReviewInputs& inputs,
                                            const verdict::SignatureVerifier& verifier);

// Finding reasons given here.
inline constexpr std::string_view kNotVerifiedYet = "NotVerifiedYet";
inline constexpr std::string_view kEvidenceKindMismatch = "EvidenceKindMismatch";

}  // namespace launchgate::decision
