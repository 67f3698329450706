// Everything the gate knows about a target, except the time and the template
// asked about. Computed when objects change, not when requests arrive.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/budget/freeze.h"
#include "core/evidence/finding.h"
#include "core/resources/readiness_checklist.h"
#include "core/resources/target.h"
#include "core/verdict/standing.h"

namespace launchgate::decision {

// What the decision needs of one checklist item, and no more: there are
// thousands of these in memory. Questions and figures are in the checklist and
// in the review's status.
struct ItemFacts {
  std::string id;
  resources::Severity severity = resources::Severity::kUnknown;
  // Nothing: the review names no evidence for the item. Without `facts`; a pass
  // is also without `message`.
  std::optional<evidence::Finding> finding;
};

// Immutable once built; shared between threads.
struct ReviewFacts {
  std::string ns;
  std::string name;
  resources::TargetRef target;
  std::string team;
  std::string contact;
  // Why the review cannot be used; not empty means ReviewInvalid.
  std::vector<std::string> problems;
  std::vector<ItemFacts> items;
  verdict::VerdictBook verdicts;
  std::vector<budget::Freeze> freezes;
  std::vector<std::string> approved_revisions;  // Template hashes, newest first.
  std::string live_template_hash;               // May be empty: not seen yet.
};

// The reviews that name a target; one is right, none and two are not.
struct TargetFacts {
  std::vector<std::shared_ptr<const ReviewFacts>> reviews;
};

// The state of the process that decides.
struct Health {
  bool caches_synced = false;
  std::string waiting_for;  // What is not synced, for the message.
  bool clock_trusted = false;
};

}  // namespace launchgate::decision
