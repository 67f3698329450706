// What the controller writes into LaunchReview.status: a pure function of what
// was found, so that nothing is written when nothing changed.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/decision/decide.h"
#include "core/decision/facts.h"
#include "core/json/json.h"
#include "core/resources/launch_review.h"

namespace launchgate::decision {

// The workload as it is stored now.
struct LiveTarget {
  std::string template_hash;
  bool running = false;  // Wants at least one replica (a CronJob: is not suspended).
};

struct StatusInputs {
  const resources::LaunchReview* review = nullptr;
  const ReviewFacts* facts = nullptr;
  const resources::ReadinessChecklist* checklist = nullptr;  // Null: does not exist.
  std::map<std::string, evidence::Finding> findings;         // Per item id, with their figures.
  GateMode mode = GateMode::kNotOptedIn;
  std::optional<LiveTarget> live;  // Nothing: the target does not exist.
  Decision decision;               // About the live template.
  std::string cluster_id;
  const json::Json* previous = nullptr;  // The status as it stands; may be null.
};

// Why a revision that ran before anybody signed is approved.
inline constexpr std::string_view kBaseline = "Baseline";

// The whole status. Equal inputs with equal `previous` give equal output at any
// later time: lastTransitionTime moves only when a condition's status changes.
json::Json BuildReviewStatus(const StatusInputs& inputs, base::Time now);

// The approved revisions after this observation, newest first, at most
// kMaxApprovedRevisions:
//  - a target that runs when its review is first looked at, or while its
//    namespace is not enforced, contributes its template as "Baseline";
//  - a live template whose rollout is allowed by a Go or a BreakGlass is added.
std::vector<resources::ApprovedRevision> ApprovedAfter(const StatusInputs& inputs, base::Time now);

}  // namespace launchgate::decision
