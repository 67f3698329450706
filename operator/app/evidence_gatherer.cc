#include "app/evidence_gatherer.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/decision/assemble.h"

namespace launchgate::app {
namespace {

using evidence::Finding;
using evidence::FindingStatus;
using evidence::Question;
using evidence::Readings;
using evidence::Source;
using resources::EvidenceEntry;
using resources::LaunchReview;

// Rechecks spread over this share of their interval, so that a thousand
// reviews that were created together are not fetched together for ever.
constexpr double kJitterShare = 0.1;

// A pass that a recheck confirms keeps its times and figures until less than
// this share of its new life is left: otherwise every recheck would be a write.
constexpr int kRenewalDivisor = 2;

bool Stands(const Finding& finding, base::Time now) {
  return evidence::StatusAt(finding, now) == FindingStatus::kPass;
}

// Whether `after` says no more than that `before` still holds. The figures of
// what was observed just now drift; those of a dated document change only when
// there is another document.
bool Confirms(const Finding& after, const Finding& before, base::Time now) {
  if (after.status != FindingStatus::kPass || after.reason != before.reason) return false;
  const bool live = after.observed_at && *after.observed_at >= now;
  if (!live && (after.message != before.message || after.facts != before.facts)) return false;
  return after.valid_until == before.valid_until ||
         before.valid_until - now > (after.valid_until - now) / kRenewalDivisor;
}

std::string AskedBy(const LaunchReview& review) {
  const auto annotation = review.meta.annotations.find(std::string(kRecheckAnnotation));
  return annotation == review.meta.annotations.end() ? "" : annotation->second;
}

bool AnyWatched(const Question& question) {
  return std::ranges::any_of(evidence::StillNeeded(question, {}), &evidence::IsWatched);
}

bool AnyPolled(const Readings& readings) {
  return std::ranges::any_of(
      readings, [](const auto& reading) { return !evidence::IsWatched(reading.first); });
}

// Trouble that nobody announces the end of: a permission, an admitted
// destination, a size. What is only missing or not installed is announced.
bool CanChangeUnseen(const Readings& readings) {
  return std::ranges::any_of(readings, [](const auto& reading) {
    if (reading.second) return false;
    const base::ErrorKind kind = reading.second.error().kind;
    return kind != base::ErrorKind::kNotFound && kind != base::ErrorKind::kUnsupported;
  });
}

}  // namespace

EvidenceGatherer::EvidenceGatherer(const EvidenceGathererParts& parts)
    : parts_(parts), random_(parts.seed) {}

Gathered EvidenceGatherer::Gather(const LaunchReview& review,
                                  const verdict::TrustedAuthority* authority,
                                  std::string_view authority_version, base::Time now) {
  // Before anything is read: a change that comes meanwhile must find us.
  Watch(review, authority);
  std::map<std::string, Known> before;
  {
    const std::lock_guard lock(mutex_);
    before = known_[review.meta.Key()].items;
  }
  if (before.empty()) before = Recall(review, now);
  Gathered gathered;
  std::map<std::string, Known> after;
  for (const EvidenceEntry& written : review.evidence) {
    EvidenceEntry entry = written;
    entry.spec = resources::WithRecheckOfAtLeast(std::move(entry.spec), parts_.min_recheck_every);
    const auto found = before.find(entry.item);
    Known known = Look({review, entry, authority}, found == before.end() ? nullptr : &found->second,
                       authority_version, now);
    gathered.findings[entry.item] = known.finding;
    gathered.next = std::min(gathered.next, known.next);
    after[entry.item] = std::move(known);
  }
  const std::lock_guard lock(mutex_);
  KnownReview& remembered = known_[review.meta.Key()];
  for (const auto& [item, known] : remembered.items) CountLocked(known, -1);
  for (const auto& [item, known] : after) CountLocked(known, +1);
  remembered.items = std::move(after);
  return gathered;
}

std::map<std::string, EvidenceGatherer::Known> EvidenceGatherer::Recall(const LaunchReview& review,
                                                                        base::Time now) {
  std::map<std::string, Known> recalled;
  const auto recorded = decision::RecordedFindings(review);
  for (const EvidenceEntry& entry : review.evidence) {
    const auto found = recorded.find(entry.item);
    if (found == recorded.end() || !Stands(found->second, now)) continue;
    Known known;
    known.kind = ToString(entry.kind);
    known.finding = found->second;
    known.recalled = true;
    known.asked_by = AskedBy(review);
    known.next =
        std::min(now + Anytime(resources::RecheckEvery(entry.spec)), known.finding.valid_until);
    recalled[entry.item] = std::move(known);
  }
  return recalled;
}

void EvidenceGatherer::Forget(const std::string& review_key) {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(review_key);
  if (found == known_.end()) return;
  for (const auto& [item, known] : found->second.items) CountLocked(known, -1);
  WatchLocked(review_key, {});
  known_.erase(review_key);
}

std::vector<std::string> EvidenceGatherer::ReadersOf(const std::string& watch_name) const {
  const std::lock_guard lock(mutex_);
  const auto found = readers_.find(watch_name);
  if (found == readers_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

std::vector<std::string> EvidenceGatherer::ReadersOfAny(std::string_view watch_prefix) const {
  const std::lock_guard lock(mutex_);
  std::set<std::string> reviews;
  for (auto at = readers_.lower_bound(std::string(watch_prefix));
       at != readers_.end() && at->first.starts_with(watch_prefix); ++at) {
    reviews.insert(at->second.begin(), at->second.end());
  }
  return {reviews.begin(), reviews.end()};
}

void EvidenceGatherer::Watch(const LaunchReview& review,
                             const verdict::TrustedAuthority* authority) {
  std::set<std::string> names;
  for (const EvidenceEntry& entry : review.evidence) {
    for (const Source& source : evidence::StillNeeded({review, entry, authority}, {})) {
      if (evidence::IsWatched(source)) names.insert(WatchName(review.meta.ns, source));
    }
  }
  const std::lock_guard lock(mutex_);
  WatchLocked(review.meta.Key(), std::move(names));
}

void EvidenceGatherer::WatchLocked(const std::string& review_key, std::set<std::string> names) {
  KnownReview& review = known_[review_key];
  if (review.watch_names == names) return;
  for (const std::string& name : review.watch_names) {
    const auto readers = readers_.find(name);
    if (readers == readers_.end()) continue;
    readers->second.erase(review_key);
    if (readers->second.empty()) readers_.erase(readers);
  }
  for (const std::string& name : names) readers_[name].insert(review_key);
  review.watch_names = std::move(names);
}

void EvidenceGatherer::CountLocked(const Known& known, int change) {
  int& count = counts_[known.kind][known.finding.status];
  count += change;
  if (parts_.observer != nullptr) {
    parts_.observer->OnFindings(known.kind, known.finding.status, count);
  }
}

std::string EvidenceGatherer::MadeOf(const Question& question, std::string_view authority_version) {
  const LaunchReview& review = question.review;
  std::string made_of = fmt::format("{}/{}", review.meta.uid, review.meta.generation);
  if (question.entry.kind == resources::EvidenceKind::kAttestation) {
    made_of += fmt::format("/{}", authority_version);
  }
  for (const Source& source : evidence::StillNeeded(question, {})) {
    if (!evidence::IsWatched(source)) continue;
    made_of += "/" + parts_.sources.VersionOf(review.meta.ns, source);
  }
  return made_of;
}

EvidenceGatherer::Known EvidenceGatherer::Look(const Question& question, const Known* before,
                                               std::string_view authority_version, base::Time now) {
  std::string made_of = MadeOf(question, authority_version);
  std::string asked_by = AskedBy(question.review);
  // Of what another process read, only what nobody watches can be taken over:
  // of the rest it is not known which version was read.
  const bool same_inputs =
      before != nullptr && (before->recalled ? !AnyWatched(question) : before->made_of == made_of);
  Known known;
  if (same_inputs && before->asked_by == asked_by && now < before->next) {
    known = *before;
    known.recalled = false;
    known.made_of = std::move(made_of);
    return known;
  }
  known = Verify(question, now);
  if (same_inputs) Settle(*before, now, known);
  known.made_of = std::move(made_of);
  known.asked_by = std::move(asked_by);
  return known;
}

EvidenceGatherer::Known EvidenceGatherer::Verify(const Question& question, base::Time now) {
  const auto started = parts_.clock.Monotonic();
  Readings readings;
  for (int round = 0; round < evidence::kMaxRounds; ++round) {
    const std::vector<Source> needed = evidence::StillNeeded(question, readings);
    if (needed.empty()) break;
    for (const Source& source : needed) {
      readings.emplace(source, parts_.sources.Read(question.review.meta.ns, source, now));
    }
  }
  Known known;
  known.kind = ToString(question.entry.kind);
  known.finding = evidence::Judge(question, readings, parts_.tools, now);
  if (AnyPolled(readings)) {
    known.next = now + Jittered(resources::RecheckEvery(question.entry.spec));
  } else if (CanChangeUnseen(readings)) {
    known.next = now + Jittered(resources::kDefaultRecheckEvery);
  }
  // Time alone mends the second one.
  if (evidence::IsTransient(known.finding) || known.finding.reason == "TimeInFuture") {
    known.next = std::min(known.next, now + kRetryUnreadable);
  }
  if (Stands(known.finding, now)) known.next = std::min(known.next, known.finding.valid_until);
  if (parts_.observer != nullptr) {
    const std::chrono::duration<double> took = parts_.clock.Monotonic() - started;
    parts_.observer->OnVerified(known.kind, took.count());
  }
  return known;
}

void EvidenceGatherer::Settle(const Known& before, base::Time now, Known& known) const {
  const bool transient = evidence::IsTransient(known.finding);
  known.failures = transient ? before.failures + 1 : 0;
  if (!Stands(before.finding, now)) return;
  const bool tolerated = transient && known.failures <= kToleratedFailures;
  if (!tolerated && !Confirms(known.finding, before.finding, now)) return;
  known.finding = before.finding;
  known.next = std::min(known.next, before.finding.valid_until);
}

base::Duration EvidenceGatherer::Anytime(base::Duration within) {
  const std::lock_guard lock(mutex_);
  std::uniform_int_distribution<std::int64_t> moment(0, within.count());
  return base::Duration(moment(random_));
}

base::Duration EvidenceGatherer::Jittered(base::Duration interval) {
  const std::lock_guard lock(mutex_);
  std::uniform_real_distribution<double> share(0, kJitterShare);
  const auto early = static_cast<double>(interval.count()) * share(random_);
  return interval - base::Duration(static_cast<std::int64_t>(early));
}

}  // namespace launchgate::app
