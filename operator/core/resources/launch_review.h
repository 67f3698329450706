// LaunchReview: one target, the checklist it is held to, and where the
// evidence is. Namespaced. The API is described in docs/api.md.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "core/json/json.h"
#include "core/json/reader.h"
#include "core/resources/meta.h"
#include "core/resources/readiness_checklist.h"
#include "core/resources/target.h"

namespace launchgate::resources {

// Service: any template until the verdict ends. Revision: exactly the signed
// template hash.
enum class Binding { kService, kRevision };
std::string_view ToString(Binding binding);

// Where a document is found; exactly one of the sources is set. References are
// always in the review's own namespace. (THREATS T44.)
struct EvidenceSource {
  struct ConfigMapKey {
    std::string name;
    std::string key;
    friend bool operator==(const ConfigMapKey&, const ConfigMapKey&) = default;
  };
  std::optional<ConfigMapKey> config_map;
  std::optional<std::string> url;
};

// "p95 at most 250 ms".
struct LatencyLimit {
  double percentile = 0;  // In (0, 100).
  std::string percentile_text;
  base::Duration threshold{};
};

struct LoadTestSpec {
  EvidenceSource from;
  base::Duration max_age{};
  std::optional<double> min_request_rate;  // Requests per second.
  std::optional<LatencyLimit> max_latency;
  std::optional<double> max_error_rate;  // Share in [0, 1].
  base::Duration recheck_every{};        // Of a URL; a ConfigMap is watched instead.
};

struct RunbookSpec {
  std::vector<std::string> urls;  // `url`, or `urls`.
  std::vector<std::string> required_sections;
  base::Duration recheck_every{};
};

// One entry of spec.evidence. Which spec is set follows `kind`; kinds this
// version does not verify yet keep only their name.
struct EvidenceEntry {
  std::string item;  // Id of a checklist item.
  EvidenceKind kind = EvidenceKind::kUnknown;
  std::string kind_word;  // As written.
  std::optional<LoadTestSpec> load_test;
  std::optional<RunbookSpec> runbook;
};

// A finding as the controller recorded it in status.items.
struct RecordedFinding {
  std::string item;
  std::string finding;  // "Pass", "Fail", "Stale", "Unknown".
  std::string reason;
  std::string message;
  std::optional<base::Time> observed_at;
  std::optional<base::Time> valid_until;
  std::map<std::string, std::string> facts;
};

struct ApprovedRevision {
  std::string template_hash;  // "v1:sha256:<hex>".
  base::Time approved_at{};
  std::string reason;  // "Go", "BreakGlass" or "Baseline".
};

struct LaunchReviewStatus {
  std::int64_t observed_generation = 0;
  std::string template_hash;  // Of the template that is stored on the target now; may be empty.
  std::vector<RecordedFinding> items;
  std::vector<ApprovedRevision> approved_revisions;
  // status.verdict.highestSequences: the highest sequence ever counted per
  // identity, so that deleting a newer verdict does not revive an older one.
  std::map<std::string, std::int64_t> highest_sequences;
};

struct LaunchReview {
  Meta meta;
  TargetRef target;
  std::string checklist;     // Name of the ReadinessChecklist.
  std::string authority;     // Name of the LaunchAuthority.
  std::string error_budget;  // Name, same namespace; empty: none.
  std::string team;
  std::string contact;
  Binding binding = Binding::kService;
  std::vector<EvidenceEntry> evidence;
  std::string spec_digest;  // CanonicalDigest of `spec`; verdicts bind it.
  LaunchReviewStatus status;

  const EvidenceEntry* FindEvidence(std::string_view item_id) const;
};

inline constexpr std::size_t kMaxEvidenceEntries = 128;
inline constexpr std::size_t kMaxRunbookUrls = 8;
inline constexpr std::size_t kMaxRequiredSections = 16;
inline constexpr std::size_t kMaxApprovedRevisions = 20;
inline constexpr std::size_t kMaxRecordedFindings = kMaxSections * kMaxItemsPerSection;
inline constexpr std::size_t kMaxRememberedSigners = 1024;
inline constexpr std::size_t kMaxFacts = 32;                   // Of one finding.
inline constexpr std::size_t kMaxFindingMessageLength = 1024;  // Characters.
inline constexpr std::size_t kMaxUrlLength = 2048;             // Characters.
inline constexpr base::Duration kShortestMaxAge = std::chrono::minutes(1);
inline constexpr base::Duration kLongestMaxAge = std::chrono::hours(24 * 366);
inline constexpr base::Duration kShortestRecheckEvery = std::chrono::seconds(30);
inline constexpr base::Duration kLongestRecheckEvery = std::chrono::hours(24 * 7);
inline constexpr base::Duration kLongestLatency = std::chrono::hours(1);
inline constexpr base::Duration kDefaultMaxAge = std::chrono::hours(24 * 30);
inline constexpr base::Duration kDefaultRecheckEvery = std::chrono::minutes(10);

// Everything wrong with the spec is added to `problems`; the result then holds
// what could be read and must not be used to allow anything. An evidence entry
// of an unknown kind is not a problem: its finding is Unknown. The status is read
// leniently: what does not make sense in it is left out, since a broken status
// must not make a review unusable and nothing is ever allowed because of it alone.
LaunchReview ParseLaunchReview(const json::Json& object, std::vector<json::Problem>& problems);

}  // namespace launchgate::resources
