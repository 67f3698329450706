#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>

#include "core/base/text.h"
#include "core/evidence/judging.h"
#include "core/evidence/verify.h"

namespace launchgate::evidence {
namespace {

using resources::HttpSpec;

constexpr internal::Words kWords{"the URL", "was asked", "HttpAnswered", "ask it again"};

struct Verdict {
  FindingStatus status = FindingStatus::kFail;
  std::string reason;
  std::string message;
};

// Server trouble and rate limits say neither yes nor no, unless they are what
// is asked for; the same classes as for a runbook.
bool IsTrouble(int status) { return status >= 500 || status == 429 || status < 200; }

std::optional<Verdict> WhyNot(const HttpSpec& spec, const Page& page, const std::string& url) {
  if (page.http_status != spec.status) {
    const bool trouble = IsTrouble(page.http_status);
    return Verdict{trouble ? FindingStatus::kUnknown : FindingStatus::kFail,
                   trouble ? "ServerError" : "HttpStatus",
                   fmt::format("{} answered {}, wanted is {}", url, page.http_status, spec.status)};
  }
  if (page.body.find(spec.contains) == std::string::npos) {
    return Verdict{FindingStatus::kFail, "TextMissing",
                   fmt::format("{} answered {} without the text {}", url, page.http_status,
                               base::Quote(spec.contains))};
  }
  return std::nullopt;
}

}  // namespace

Finding VerifyHttp(const HttpSpec& spec, const Page& page, base::Time fetched_at, base::Time now) {
  const std::string url = base::Printable(page.url, base::kMaxQuotedBytes);
  Finding finding;
  finding.facts["status"] = std::to_string(page.http_status);
  finding.facts["body"] = fmt::format("{}B", page.body.size());
  if (auto undated = internal::WhyUndated(fetched_at, kWords, now)) {
    undated->facts = std::move(finding.facts);
    return *undated;
  }
  finding.observed_at = fetched_at;
  finding.valid_until = fetched_at + kQueryValidity * spec.recheck_every;
  if (auto verdict = WhyNot(spec, page, url)) {
    finding.status = verdict->status;
    finding.reason = std::move(verdict->reason);
    finding.message = std::move(verdict->message);
  } else if (now >= finding.valid_until) {
    finding.status = FindingStatus::kStale;
    finding.reason = "TooOld";
    finding.message = fmt::format("{} last answered {} as wanted at {}", url, page.http_status,
                                  base::FormatTime(fetched_at));
  } else {
    finding.status = FindingStatus::kPass;
    finding.reason = std::string(kWords.pass_reason);
    finding.message = fmt::format("{} answered {} as wanted", url, page.http_status);
  }
  return finding;
}

}  // namespace launchgate::evidence
