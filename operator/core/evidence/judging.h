// How every verifier of a dated document ends: what fell short, then how old it
// is. Internal to this module.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "core/evidence/finding.h"

namespace launchgate::evidence::internal {

Finding Unknown(std::string reason, std::string message);

// One way in which the evidence says no.
struct Shortfall {
  std::string reason;
  std::string message;
};

// The words for one kind of evidence. Messages are stored: they hold times, not
// ages, so that they do not change by themselves.
struct Words {
  std::string_view subject;      // "the load test"
  std::string_view done;         // "ran"
  std::string_view pass_reason;  // "LoadTestPassed"
  std::string_view again;        // "run it again"
};

// Why nothing can be said about a document of this time: NoTimestamp (the
// document carries none and its source neither) or TimeInFuture.
std::optional<Finding> WhyUndated(std::optional<base::Time> observed_at, const Words& words,
                                  base::Time now);

// Fills status, reason, message and valid_until of `finding`, whose observed_at
// and facts are set: kFail with the first shortfall's reason and every message;
// else kStale (TooOld) from observed_at + max_age on; else kPass.
void Conclude(const std::vector<Shortfall>& shortfalls, const Words& words, base::Duration max_age,
              base::Time now, Finding& finding);

}  // namespace launchgate::evidence::internal
