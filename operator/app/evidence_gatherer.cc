#include "app/evidence_gatherer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace launchgate::app {
namespace {

using evidence::Finding;
using evidence::FindingStatus;
using resources::EvidenceEntry;
using resources::EvidenceKind;
using resources::LaunchReview;

// After a source could not be read, sooner than the usual recheck.
constexpr base::Duration kRetryUnreadable = std::chrono::seconds(30);
// Rechecks spread over this share of their interval, so that a thousand
// reviews that were created together are not fetched together for ever.
constexpr double kJitterShare = 0.1;

constexpr int kOk = 200;
constexpr int kTooManyRequests = 429;
constexpr int kFirstServerError = 500;

// Of an answer that is no report: whether asking again may help.
base::ErrorKind KindOf(int http_status) {
  const bool trouble = http_status == kTooManyRequests || http_status >= kFirstServerError;
  return trouble ? base::ErrorKind::kUnavailable : base::ErrorKind::kNotFound;
}

// Trouble on the way says nothing about the evidence.
bool IsTransient(const Finding& finding) {
  return finding.reason == "SourceUnavailable" || finding.reason == "ServerError";
}

bool SaysTheSame(const Finding& a, const Finding& b) {
  return a.status == b.status && a.reason == b.reason && a.message == b.message &&
         a.facts == b.facts;
}

}  // namespace

EvidenceGatherer::EvidenceGatherer(DocumentSource& documents, evidence::PageFetcher& pages,
                                   std::uint64_t seed)
    : documents_(documents), pages_(pages), random_(seed) {}

Gathered EvidenceGatherer::Gather(const LaunchReview& review, base::Time now) {
  KnownItems before;
  {
    const std::lock_guard lock(mutex_);
    before = known_[review.meta.Key()];
  }
  Gathered gathered;
  KnownItems after;
  for (const EvidenceEntry& entry : review.evidence) {
    const auto found = before.find(entry.item);
    const Known* known = found == before.end() ? nullptr : &found->second;
    Known judged = Judge(review, entry, known, now);
    gathered.findings[entry.item] = judged.finding;
    gathered.next = std::min(gathered.next, judged.next);
    after[entry.item] = std::move(judged);
  }
  const std::lock_guard lock(mutex_);
  known_[review.meta.Key()] = std::move(after);
  return gathered;
}

void EvidenceGatherer::Forget(const std::string& review_key) {
  const std::lock_guard lock(mutex_);
  known_.erase(review_key);
}

std::string EvidenceGatherer::MadeOf(const LaunchReview& review, const EvidenceEntry& entry) const {
  std::string version;
  if (entry.load_test && entry.load_test->from.config_map) {
    version = documents_.VersionOf(review.meta.ns, entry.load_test->from.config_map->name);
  }
  return fmt::format("{}/{}/{}", review.meta.uid, review.meta.generation, version);
}

EvidenceGatherer::Known EvidenceGatherer::Judge(const LaunchReview& review,
                                                const EvidenceEntry& entry, const Known* before,
                                                base::Time now) {
  std::string made_of = MadeOf(review, entry);
  const bool same_inputs = before != nullptr && before->made_of == made_of;
  if (same_inputs && now < before->next) return *before;

  Known known;
  if (entry.kind == EvidenceKind::kLoadTest && entry.load_test) {
    known = JudgeLoadTest(review, *entry.load_test, same_inputs ? before : nullptr, now);
  } else if (entry.kind == EvidenceKind::kRunbook && entry.runbook) {
    known = JudgeRunbook(review, *entry.runbook, same_inputs ? before : nullptr, now);
  } else {
    known.finding = evidence::NotSupported(entry.kind_word);
  }
  known.made_of = std::move(made_of);
  return known;
}

EvidenceGatherer::Known EvidenceGatherer::JudgeLoadTest(const LaunchReview& review,
                                                        const resources::LoadTestSpec& spec,
                                                        const Known* before, base::Time now) {
  Known known;
  base::Result<evidence::Document> document =
      base::Fail(base::ErrorKind::kNotFound,
                 "the evidence names no source; set from.configMapRef or from.url");
  if (spec.from.config_map) {
    document =
        documents_.Read(review.meta.ns, spec.from.config_map->name, spec.from.config_map->key);
  } else if (spec.from.url) {
    auto page = pages_.Fetch(*spec.from.url);
    if (!page) {
      document = tl::unexpected(page.error());
    } else if (page->http_status != kOk) {
      document = base::Fail(KindOf(page->http_status),
                            fmt::format("the report's URL answered {}", page->http_status));
    } else {
      document = evidence::Document{std::move(page->body), std::nullopt};
    }
    known.next = now + Jittered(spec.recheck_every);
  }
  if (!document) {
    known.finding = evidence::SourceFailed(document.error());
    // A missing ConfigMap is watched; everything else can change unseen.
    if (document.error().kind != base::ErrorKind::kNotFound) {
      known.next = std::min(known.next, now + Jittered(resources::kDefaultRecheckEvery));
    }
    if (!IsTransient(known.finding)) return known;
    known.next = now + kRetryUnreadable;
    const bool stands =
        before != nullptr && evidence::StatusAt(before->finding, now) == FindingStatus::kPass;
    if (stands) {
      known.finding = before->finding;
      known.next = std::min(known.next, before->finding.valid_until);
    }
    return known;
  }
  known.finding = evidence::VerifyLoadTest(spec, *document, now);
  // Time alone mends this one.
  if (known.finding.reason == "TimeInFuture") {
    known.next = std::min(known.next, now + kRetryUnreadable);
  }
  if (known.finding.status == FindingStatus::kPass) {
    known.next = std::min(known.next, known.finding.valid_until);
  }
  return known;
}

EvidenceGatherer::Known EvidenceGatherer::JudgeRunbook(const LaunchReview& review,
                                                       const resources::RunbookSpec& spec,
                                                       const Known* before, base::Time now) {
  Known known;
  known.next = now + Jittered(spec.recheck_every);
  std::vector<evidence::Page> pages;
  std::optional<Finding> failed;
  for (const std::string& url : spec.urls) {
    auto page = pages_.Fetch(url);
    if (!page) {
      failed = evidence::SourceFailed(page.error());
      break;
    }
    pages.push_back(*std::move(page));
  }
  known.finding =
      failed ? *failed : evidence::VerifyRunbook(spec, review.target.name, pages, now, now);
  if (IsTransient(known.finding)) known.next = now + kRetryUnreadable;
  if (before == nullptr || evidence::StatusAt(before->finding, now) != FindingStatus::kPass) {
    return known;
  }
  // A pass stands until its own end when the source is only out of reach, and
  // its times are renewed at half of its life, so that the status is not
  // written at every look.
  const base::Duration left = before->finding.valid_until - now;
  const bool fresh_enough = left > spec.recheck_every * evidence::kRunbookValidity / 2;
  if (IsTransient(known.finding) || (SaysTheSame(known.finding, before->finding) && fresh_enough)) {
    known.finding = before->finding;
    known.next = std::min(known.next, before->finding.valid_until);
  }
  return known;
}

base::Duration EvidenceGatherer::Jittered(base::Duration interval) {
  const std::lock_guard lock(mutex_);
  std::uniform_real_distribution<double> share(0, kJitterShare);
  const auto early = static_cast<double>(interval.count()) * share(random_);
  return interval - base::Duration(static_cast<std::int64_t>(early));
}

}  // namespace launchgate::app
