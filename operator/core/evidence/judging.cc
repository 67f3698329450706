#include "core/evidence/judging.h"

#include <fmt/format.h>

#include <utility>

#include "core/evidence/verify.h"

namespace launchgate::evidence::internal {

Finding Unknown(std::string reason, std::string message) {
  Finding finding;
  finding.status = FindingStatus::kUnknown;
  finding.reason = std::move(reason);
  finding.message = std::move(message);
  return finding;
}

std::optional<Finding> WhyUndated(std::optional<base::Time> observed_at, const Words& words,
                                  base::Time now) {
  if (!observed_at) {
    return Unknown("NoTimestamp",
                   fmt::format("the document does not say when {} {}; annotate its ConfigMap with "
                               "launchgate.dev/recorded-at",
                               words.subject, words.done));
  }
  if (*observed_at > now + kMaxClockSkew) {
    return Unknown("TimeInFuture", fmt::format("{} is dated in the future: {}", words.subject,
                                               base::FormatTime(*observed_at)));
  }
  return std::nullopt;
}

void Conclude(const std::vector<Shortfall>& shortfalls, const Words& words, base::Duration max_age,
              base::Time now, Finding& finding) {
  const std::string at = base::FormatTime(*finding.observed_at);
  finding.valid_until = *finding.observed_at + max_age;
  if (!shortfalls.empty()) {
    finding.status = FindingStatus::kFail;
    finding.reason = shortfalls.front().reason;
    finding.message.clear();
    for (const Shortfall& shortfall : shortfalls) {
      finding.message += (finding.message.empty() ? "" : "; ") + shortfall.message;
    }
  } else if (now >= finding.valid_until) {
    finding.status = FindingStatus::kStale;
    finding.reason = "TooOld";
    finding.message = fmt::format("{} {} at {}, at most {} ago is allowed; {}", words.subject,
                                  words.done, at, base::FormatDuration(max_age), words.again);
  } else {
    finding.status = FindingStatus::kPass;
    finding.reason = words.pass_reason;
    finding.message = fmt::format("{} of {} passed", words.subject, at);
  }
}

}  // namespace launchgate::evidence::internal
