// What is worth an Event when a review's status changes: a pure function of the
// status before and after.
#pragma once

#include <string>
#include <vector>

#include "core/json/json.h"

namespace launchgate::app {

struct Notice {
  bool good = false;   // Else something for people to look at.
  std::string reason;  // PascalCase.
  std::string note;
  // Also shown on the workload, where its team looks; findings are only on the review.
  bool on_target = true;
  friend bool operator==(const Notice&, const Notice&) = default;
};

// `before` may be null: the review has no status yet. `target`: "deployment/gift-cards".
//
//   Evidence<Finding>   a finding changed (EvidencePass, EvidenceFail, …); one that is
//                       new is no change, or a thousand new reviews were a flood
//   LaunchAllowed, LaunchDenied   the answer about the present template changed
//   BreakGlassUsed      it runs by a BreakGlass, said at every status while it does
//   RevisionApproved    the present template may be rolled back to from now on
std::vector<Notice> NoticesOf(const json::Json& before, const json::Json& after,
                              const std::string& target);

}  // namespace launchgate::app
