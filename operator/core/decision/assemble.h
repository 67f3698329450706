// From objects to facts: the one way, used by the webhook, the controller and
// the command line, so that all three decide from the same facts.
#pragma once

#include <string>
#include <vector>

#include "core/decision/facts.h"
#include "core/resources/launch_authority.h"

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
  std::string cluster_id;
  // Findings per item id. The webhook passes those the controller recorded in
  // the review's status, the controller and the command line their own.
  std::map<std::string, evidence::Finding> findings;
};

// Facts recorded in status, as findings.
std::map<std::string, evidence::Finding> RecordedFindings(
    const resources::LaunchReviewStatus& status);

std::shared_ptr<const ReviewFacts> Assemble(const ReviewInputs& inputs,
                                            const verdict::SignatureVerifier& verifier);

}  // namespace launchgate::decision
