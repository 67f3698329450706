#include "core/decision/assemble.h"

#include <algorithm>
#include <utility>

#include "core/base/text.h"

namespace launchgate::decision {
namespace {

using evidence::Finding;
using evidence::FindingStatus;
using resources::ChecklistItem;
using resources::EvidenceEntry;

void AddAll(std::vector<std::string>& problems, std::string_view where,
            const std::vector<json::Problem>& found) {
  for (const json::Problem& problem : found) {
    problems.push_back(std::string(where) + problem.ToString());
  }
}

// Everything that makes the review unusable, in the order in which to repair it.
std::vector<std::string> CollectProblems(const ReviewInputs& inputs) {
  std::vector<std::string> problems;
  AddAll(problems, "", inputs.review_problems);
  const std::string checklist = "checklist " + base::Quote(inputs.review->checklist);
  if (inputs.checklist == nullptr) {
    problems.push_back(checklist + " does not exist");
  } else {
    AddAll(problems, checklist + ": ", inputs.checklist_problems);
    // Nothing to prove would be proven by nothing.
    if (inputs.checklist->items.empty()) problems.push_back(checklist + " has no items");
  }
  const std::string authority = "authority " + base::Quote(inputs.review->authority);
  if (inputs.authority == nullptr) {
    problems.push_back(authority + " does not exist");
    return problems;
  }
  if (!inputs.authority_serves_namespace) {
    problems.push_back(authority + " may not be used from namespace " +
                       base::Quote(inputs.review->meta.ns));
  }
  for (const std::string& problem : inputs.authority_problems) {
    problems.push_back(authority + ": " + problem);
  }
  return problems;
}

Finding Unknown(std::string_view reason, std::string message) {
  Finding finding;
  finding.status = FindingStatus::kUnknown;
  finding.reason = reason;
  finding.message = std::move(message);
  return finding;
}

// Kinds are compared by word: two kinds unknown to this version may differ.
bool IsKindAsked(const ChecklistItem& item, const EvidenceEntry& entry) {
  return item.evidence == entry.kind && (item.evidence != resources::EvidenceKind::kUnknown ||
                                         item.evidence_word == entry.kind_word);
}

// Keeps what the decision and its messages need.
Finding Trim(Finding finding) {
  finding.facts.clear();
  if (finding.status == FindingStatus::kPass) finding.message = std::string();
  finding.message.shrink_to_fit();
  return finding;
}

std::optional<Finding> FindingOf(const ChecklistItem& item, const ReviewInputs& inputs) {
  const EvidenceEntry* entry = inputs.review->FindEvidence(item.id);
  if (entry == nullptr) return std::nullopt;
  if (!IsKindAsked(item, *entry)) {
    return Unknown(kEvidenceKindMismatch,
                   "the checklist asks for " + base::Quote(item.evidence_word) +
                       " evidence, the review names " + base::Quote(entry->kind_word));
  }
  const auto found = inputs.findings.find(item.id);
  if (found == inputs.findings.end()) {
    return Unknown(kNotVerifiedYet, "the evidence has not been verified yet");
  }
  return Trim(found->second);
}

std::vector<ItemFacts> CollectItems(const ReviewInputs& inputs) {
  std::vector<ItemFacts> items;
  if (inputs.checklist == nullptr) return items;
  items.reserve(inputs.checklist->items.size());
  for (const ChecklistItem& item : inputs.checklist->items) {
    items.push_back({item.id, item.severity, FindingOf(item, inputs)});
  }
  return items;
}

verdict::Subject ExpectedSubject(const ReviewInputs& inputs) {
  const resources::LaunchReview& review = *inputs.review;
  verdict::Subject subject;
  subject.cluster_id = inputs.cluster_id;
  subject.review_ns = review.meta.ns;
  subject.review_name = review.meta.name;
  subject.review_uid = review.meta.uid;
  subject.review_digest = review.spec_digest;
  subject.checklist = review.checklist;
  if (inputs.checklist != nullptr) subject.checklist_digest = inputs.checklist->spec_digest;
  subject.target = review.target;
  subject.binding = review.binding;
  return subject;
}

verdict::VerdictBook BuildBook(const ReviewInputs& inputs,
                               const verdict::SignatureVerifier& verifier) {
  const verdict::Subject expected = ExpectedSubject(inputs);
  const auto& highest_seen = inputs.review->status.highest_sequences;
  // An authority that may not be used here speaks for nobody, not even in an
  // emergency; the book must not hold a BreakGlass of it.
  if (inputs.authority == nullptr || !inputs.authority_serves_namespace) {
    verdict::VerdictBook nobody;
    nobody.expected = expected;
    nobody.highest_sequences = highest_seen;
    return nobody;
  }
  return verdict::BuildBook(inputs.verdicts, *inputs.authority, expected, highest_seen, verifier,
                            inputs.origin);
}

std::vector<std::string> NewestFirst(std::vector<resources::ApprovedRevision> revisions) {
  std::stable_sort(revisions.begin(), revisions.end(), [](const auto& left, const auto& right) {
    return left.approved_at > right.approved_at;
  });
  std::vector<std::string> hashes;
  for (resources::ApprovedRevision& revision : revisions) {
    if (verdict::IsTemplateHash(revision.template_hash)) {
      hashes.push_back(std::move(revision.template_hash));
    }
  }
  return hashes;
}

}  // namespace

std::map<std::string, Finding> RecordedFindings(const resources::LaunchReview& review) {
  std::map<std::string, Finding> findings;
  if (review.status.observed_generation != review.meta.generation) return findings;
  for (const resources::RecordedFinding& recorded : review.status.items) {
    Finding finding;
    finding.status = evidence::ParseFindingStatus(recorded.finding);
    finding.reason = recorded.reason;
    finding.message = recorded.message;
    finding.observed_at = recorded.observed_at;
    finding.valid_until = recorded.valid_until.value_or(base::kNever);
    finding.facts = recorded.facts;
    findings[recorded.item] = std::move(finding);
  }
  return findings;
}

std::shared_ptr<const ReviewFacts> Assemble(const ReviewInputs& inputs,
                                            const verdict::SignatureVerifier& verifier) {
  const resources::LaunchReview& review = *inputs.review;
  auto facts = std::make_shared<ReviewFacts>();
  facts->ns = review.meta.ns;
  facts->name = review.meta.name;
  facts->target = review.target;
  facts->team = review.team;
  facts->contact = review.contact;
  facts->problems = CollectProblems(inputs);
  facts->items = CollectItems(inputs);
  facts->verdicts = BuildBook(inputs, verifier);
  facts->freezes = inputs.freezes;
  facts->approved_revisions = NewestFirst(review.status.approved_revisions);
  facts->live_template_hash = review.status.template_hash;
  return facts;
}

}  // namespace launchgate::decision
