// ReadinessChecklist: the organisation's readiness standard. Cluster-scoped.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/json/json.h"
#include "core/json/reader.h"
#include "core/resources/meta.h"

namespace launchgate::resources {

// Unknown values come from newer versions of the API; they are kept apart so
// that an older operator fails closed instead of crashing.
enum class Severity { kBlocker, kMajor, kMinor, kUnknown };
std::string_view ToString(Severity severity);
Severity ParseSeverity(std::string_view text);

enum class EvidenceKind {
  kRunbook,
  kBackupDrill,
  kAlertRules,
  kLoadTest,
  kSlo,
  kResilience,
  kWorkload,
  kQuery,
  kHttp,
  kAttestation,
  kUnknown,
};
std::string_view ToString(EvidenceKind kind);  // The field name: "runbook", "loadTest", …
EvidenceKind ParseEvidenceKind(std::string_view text);

// One testable yes/no line of the standard.
struct ChecklistItem {
  std::string id;  // DNS label, unique in the checklist.
  std::string question;
  Severity severity = Severity::kUnknown;
  EvidenceKind evidence = EvidenceKind::kUnknown;
  std::string evidence_word;  // As written, for messages about unknown kinds.
  std::string
      practice;     // The practice it comes from: a rung of the reliability ladder. May be empty.
  std::string why;  // Why the line exists: what happens without it. May be empty.
  std::string section;  // Id of the section it stands in.
  std::string section_title;
};

struct ReadinessChecklist {
  Meta meta;
  std::string title;                 // For people. May be empty.
  std::vector<ChecklistItem> items;  // In the order of the document.
  std::string spec_digest;           // CanonicalDigest of `spec`; verdicts bind it.

  const ChecklistItem* Find(std::string_view item_id) const;
};

inline constexpr std::size_t kMaxSections = 16;
inline constexpr std::size_t kMaxItemsPerSection = 64;

// Everything wrong with the spec is added to `problems`; the result then holds
// what could be read and must not be used to allow anything.
ReadinessChecklist ParseReadinessChecklist(const json::Json& object,
                                           std::vector<json::Problem>& problems);

}  // namespace launchgate::resources
