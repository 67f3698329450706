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
#include "core/resources/evidence_spec.h"
#include "core/resources/meta.h"
#include "core/resources/readiness_checklist.h"
#include "core/resources/target.h"

namespace launchgate::resources {

// Service: any template until the verdict ends. Revision: exactly the signed
// template hash.
enum class Binding { kService, kRevision };
std::string_view ToString(Binding binding);

// One entry of spec.evidence. `spec` holds the struct of `kind`; a kind that
// this version does not know keeps only its name.
struct EvidenceEntry {
  std::string item;  // Id of a checklist item.
  EvidenceKind kind = EvidenceKind::kUnknown;
  std::string kind_word;  // As written.
  EvidenceSpec spec;
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
inline constexpr std::size_t kMaxApprovedRevisions = 20;
inline constexpr std::size_t kMaxRecordedFindings = kMaxSections * kMaxItemsPerSection;
inline constexpr std::size_t kMaxRememberedSigners = 1024;
inline constexpr std::size_t kMaxFacts = 32;                   // Of one finding.
inline constexpr std::size_t kMaxFindingMessageLength = 1024;  // Characters.

// Everything wrong with the spec is added to `problems`; the result then holds
// what could be read and must not be used to allow anything. An evidence entry
// of an unknown kind is not a problem: its finding is Unknown. The status is read
// leniently: what does not make sense in it is left out, since a broken status
// must not make a review unusable and nothing is ever allowed because of it alone.
LaunchReview ParseLaunchReview(const json::Json& object, std::vector<json::Problem>& problems);

}  // namespace launchgate::resources
