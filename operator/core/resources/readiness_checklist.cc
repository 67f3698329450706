#include "core/resources/readiness_checklist.h"

#include <array>
#include <nlohmann/json.hpp>

#include "core/resources/fields.h"

namespace launchgate::resources {
namespace {

using internal::Presence;
using json::Reader;

struct EvidenceWord {
  EvidenceKind kind;
  std::string_view word;
};

constexpr std::array kEvidenceWords = {
    EvidenceWord{EvidenceKind::kRunbook, "runbook"},
    EvidenceWord{EvidenceKind::kBackupDrill, "backupDrill"},
    EvidenceWord{EvidenceKind::kAlertRules, "alertRules"},
    EvidenceWord{EvidenceKind::kLoadTest, "loadTest"},
    EvidenceWord{EvidenceKind::kSlo, "slo"},
    EvidenceWord{EvidenceKind::kResilience, "resilience"},
    EvidenceWord{EvidenceKind::kWorkload, "workload"},
    EvidenceWord{EvidenceKind::kQuery, "query"},
    EvidenceWord{EvidenceKind::kHttp, "http"},
    EvidenceWord{EvidenceKind::kAttestation, "attestation"},
};

ChecklistItem ReadItem(Reader& reader, const std::string& section, const std::string& title) {
  reader.RefuseUnknownFields({"id", "question", "severity", "evidence", "practice", "why"});
  ChecklistItem item;
  item.id = internal::ReadLabel(reader, "id");
  item.question =
      internal::ReadText(reader, "question", internal::kMaxSentenceLength, Presence::kRequired);
  item.severity = ParseSeverity(
      internal::ReadText(reader, "severity", internal::kMaxTitleLength, Presence::kRequired));
  item.evidence_word =
      internal::ReadText(reader, "evidence", internal::kMaxTitleLength, Presence::kRequired);
  item.evidence = ParseEvidenceKind(item.evidence_word);
  item.practice =
      internal::ReadText(reader, "practice", internal::kMaxSentenceLength, Presence::kOptional);
  item.why = internal::ReadText(reader, "why", internal::kMaxSentenceLength, Presence::kOptional);
  item.section = section;
  item.section_title = title;
  return item;
}

// An id that stands in another section already. Inside one section the API
// server refuses it as well (the lists are maps keyed by id).
void RefuseRepeatedIds(std::vector<Reader>& items, std::size_t section_start,
                       const std::vector<ChecklistItem>& all) {
  for (std::size_t i = section_start; i < all.size(); ++i) {
    for (std::size_t earlier = 0; earlier < i; ++earlier) {
      if (all[i].id.empty() || all[i].id != all[earlier].id) continue;
      items[i - section_start].Complain("id", "must be unique in the whole checklist");
      break;
    }
  }
}

// Gives the id of the section.
std::string ReadSection(Reader& reader, ReadinessChecklist& checklist) {
  reader.RefuseUnknownFields({"id", "title", "items"});
  std::string id = internal::ReadLabel(reader, "id");
  const std::string title =
      internal::ReadText(reader, "title", internal::kMaxTitleLength, Presence::kRequired);
  std::vector<Reader> items = reader.ObjectList("items", kMaxItemsPerSection);
  if (items.empty()) reader.Complain("items", "must have at least one item");
  const std::size_t section_start = checklist.items.size();
  for (Reader& item : items) checklist.items.push_back(ReadItem(item, id, title));
  RefuseRepeatedIds(items, section_start, checklist.items);
  return id;
}

}  // namespace

std::string_view ToString(Severity severity) {
  switch (severity) {
    case Severity::kBlocker:
      return "Blocker";
    case Severity::kMajor:
      return "Major";
    case Severity::kMinor:
      return "Minor";
    case Severity::kUnknown:
      return "Unknown";
  }
  return "Unknown";
}

Severity ParseSeverity(std::string_view text) {
  for (const Severity severity : {Severity::kBlocker, Severity::kMajor, Severity::kMinor}) {
    if (text == ToString(severity)) return severity;
  }
  return Severity::kUnknown;
}

std::string_view ToString(EvidenceKind kind) {
  for (const EvidenceWord& row : kEvidenceWords) {
    if (row.kind == kind) return row.word;
  }
  return "unknown";
}

EvidenceKind ParseEvidenceKind(std::string_view text) {
  for (const EvidenceWord& row : kEvidenceWords) {
    if (row.word == text) return row.kind;
  }
  return EvidenceKind::kUnknown;
}

const ChecklistItem* ReadinessChecklist::Find(std::string_view item_id) const {
  for (const ChecklistItem& item : items) {
    if (item.id == item_id) return &item;
  }
  return nullptr;
}

ReadinessChecklist ParseReadinessChecklist(const json::Json& object,
                                           std::vector<json::Problem>& problems) {
  Reader reader(object, "", problems);
  ReadinessChecklist checklist;
  checklist.meta = internal::ReadOurMeta(reader, "ReadinessChecklist");
  Reader spec = reader.Object("spec", true);
  if (!reader.Has("spec")) return checklist;
  spec.RefuseUnknownFields({"title", "sections"});
  checklist.title =
      internal::ReadText(spec, "title", internal::kMaxTitleLength, Presence::kOptional);

  std::vector<Reader> sections = spec.ObjectList("sections", kMaxSections);
  if (sections.empty()) spec.Complain("sections", "must have at least one section");
  std::vector<std::string> ids;
  ids.reserve(sections.size());
  for (Reader& section : sections) ids.push_back(ReadSection(section, checklist));
  internal::RefuseDuplicates(spec, "sections", "id", ids);
  checklist.spec_digest = json::CanonicalDigest(object["spec"]);
  return checklist;
}

}  // namespace launchgate::resources
