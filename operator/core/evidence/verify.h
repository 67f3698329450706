// Verifiers: pure functions of (what the review asks for, the fetched
// document, now). Fetching is somebody else's work (app/gather).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/evidence/finding.h"
#include "core/resources/launch_review.h"

namespace launchgate::evidence {

// A document as a source gave it.
struct Document {
  std::string body;
  // When what it tells was recorded, where the source knows: a ConfigMap's
  // annotation launchgate.dev/recorded-at. The document's own time wins.
  std::optional<base::Time> recorded_at;
};

// A page as the guarded fetcher got it (after redirects).
struct Page {
  std::string url;  // As the review names it.
  int http_status = 0;
  std::string content_type;
  std::string body;
};

// A time further in the future than this makes a finding Unknown. (DESIGN §5.)
inline constexpr base::Duration kMaxClockSkew = std::chrono::seconds(60);

// How many recheck intervals a runbook that was read stays proven.
inline constexpr int kRunbookValidity = 6;

// k6 summaries in all three JSON formats; FORMATS §4 says how they differ.
Finding VerifyLoadTest(const resources::LoadTestSpec& spec, const Document& document,
                       base::Time now);

// Every URL answers 200 with a page that has the required sections, names the
// service (`service`: the target's name) and says whom to call. `fetched_at`:
// when the pages were got; a pass is valid for kRunbookValidity rechecks after it,
// so that a source that is down for a while does not take a good runbook away.
Finding VerifyRunbook(const resources::RunbookSpec& spec, std::string_view service,
                      const std::vector<Page>& pages, base::Time fetched_at, base::Time now);

// The source could not be read. `error.kind` picks the reason: SourceMissing
// (kNotFound), SourceForbidden (kForbidden), SourceRefused (kInvalid: the
// destination is not allowed), SourceTooLarge (kExhausted), SourceUnavailable.
Finding SourceFailed(const base::Error& error);

// Evidence kinds this version cannot verify.
Finding NotSupported(std::string_view kind_word);

}  // namespace launchgate::evidence
