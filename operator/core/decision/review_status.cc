#include "core/decision/review_status.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/text.h"
#include "core/resources/conditions.h"

namespace launchgate::decision {
namespace {

using json::Json;
using resources::ApprovedRevision;
using resources::Condition;
using resources::kMaxConditionMessage;
using resources::Truth;

constexpr std::size_t kMaxShownMissing = 16;

std::string Joined(const base::Objections& objections) {
  std::string text;
  for (const base::Objection& objection : objections) {
    text += (text.empty() ? "" : "; ") + objection.message;
  }
  return text;
}

base::Objections Matching(const base::Objections& objections, bool (*wanted)(std::string_view)) {
  base::Objections matching;
  std::ranges::copy_if(objections, std::back_inserter(matching),
                       [&](const base::Objection& objection) { return wanted(objection.reason); });
  return matching;
}

bool IsAboutEvidence(std::string_view reason) { return reason.starts_with("Evidence"); }

Condition FromObjections(std::string type, const base::Objections& objections,
                         std::string_view good_reason, std::string_view good_message) {
  if (objections.empty()) {
    return {std::move(type), Truth::kTrue, std::string(good_reason), std::string(good_message)};
  }
  return {std::move(type), Truth::kFalse, std::string(objections.front().reason),
          Joined(objections)};
}

Condition EnforcedCondition(GateMode mode) {
  switch (mode) {
    case GateMode::kEnforce:
    case GateMode::kStrict:
      return {"Enforced", Truth::kTrue, "NamespaceOptedIn",
              fmt::format("the namespace is gated in mode {}", ToString(mode))};
    case GateMode::kAudit:
      return {"Enforced", Truth::kFalse, "AuditOnly", "the namespace is only audited"};
    case GateMode::kNotOptedIn:
    case GateMode::kUnknown:
      break;
  }
  return {
      "Enforced", Truth::kFalse, "NamespaceNotOptedIn",
      fmt::format("the namespace has no label {}; nothing is gated in it", resources::kGateLabel)};
}

// The verdicts' objections, also when an earlier row already allowed (a
// rollback of an approved revision says nothing about the next version).
base::Objections VerdictObjections(const StatusInputs& inputs, base::Time now) {
  const std::string hash = inputs.live ? inputs.live->template_hash : "";
  return verdict::CheckVerdicts(inputs.facts->verdicts, hash, now);
}

base::Objections EvidenceObjections(const ReviewFacts& facts, base::Time now) {
  // Decide() is asked about a template that cannot be approved yet, so that the
  // rows on evidence are always looked at.
  Change change;
  change.ns = facts.ns;
  change.target = facts.target;
  change.launch = true;
  change.template_hash = kSomeNewTemplate;
  TargetFacts target;
  target.reviews.push_back(std::make_shared<ReviewFacts>(facts));
  const Decision next = Decide(Health{true, "", true}, GateMode::kEnforce, &target, change, now);
  return Matching(next.objections(), &IsAboutEvidence);
}

std::vector<Condition> Conditions(const StatusInputs& inputs, base::Time now) {
  const ReviewFacts& facts = *inputs.facts;
  std::vector<Condition> conditions;
  Condition ready{"Ready", resources::TruthOf(inputs.decision.allowed()),
                  std::string(inputs.decision.reason()), ""};
  ready.message = inputs.decision.allowed() ? "the target's present template may roll out"
                                            : Joined(inputs.decision.objections());
  conditions.push_back(std::move(ready));
  if (!facts.problems.empty()) {
    const std::string& message = facts.problems.front();
    conditions.push_back({"EvidenceVerified", Truth::kFalse, "ReviewInvalid", message});
    conditions.push_back({"Approved", Truth::kFalse, "ReviewInvalid", message});
  } else {
    conditions.push_back(FromObjections("EvidenceVerified", EvidenceObjections(facts, now),
                                        "EvidencePassing", "every blocking item passes"));
    conditions.push_back(FromObjections("Approved", VerdictObjections(inputs, now), "Go",
                                        "a Go stands that every required role has signed"));
  }
  const auto frozen = std::ranges::find_if(
      facts.freezes, [&](const budget::Freeze& freeze) { return InForce(freeze, now); });
  if (frozen == facts.freezes.end()) {
    conditions.push_back({"Frozen", Truth::kFalse, "NotFrozen", "no freeze is in force"});
  } else {
    conditions.push_back(
        {"Frozen", Truth::kTrue, std::string(ToString(frozen->cause)), frozen->message});
  }
  conditions.push_back(EnforcedCondition(inputs.mode));
  return conditions;
}

Json FindingJson(const evidence::Finding& finding, base::Time now) {
  Json entry = {{"finding", ToString(evidence::StatusAt(finding, now))},
                {"reason", finding.reason},
                {"message", base::Printable(finding.message, kMaxConditionMessage)}};
  if (finding.observed_at) entry["observedAt"] = base::FormatTime(*finding.observed_at);
  if (finding.valid_until != base::kNever) {
    entry["validUntil"] = base::FormatTime(finding.valid_until);
  }
  if (!finding.facts.empty()) entry["facts"] = finding.facts;
  return entry;
}

Json ItemsJson(const StatusInputs& inputs, base::Time now) {
  Json list = Json::array();
  if (inputs.checklist == nullptr) return list;
  evidence::Finding none;
  none.reason = reason::kEvidenceMissing;
  none.message = "the review names no evidence for this item";
  for (const resources::ChecklistItem& item : inputs.checklist->items) {
    const auto found = inputs.findings.find(item.id);
    Json entry = FindingJson(found == inputs.findings.end() ? none : found->second, now);
    entry["item"] = item.id;
    entry["section"] = item.section;
    entry["severity"] = ToString(item.severity);
    list.push_back(std::move(entry));
  }
  return list;
}

// The highest sequence per identity, never lower than remembered. Of Go and NoGo
// only: a BreakGlass stands beside them and supersedes nothing.
std::map<std::string, std::int64_t> HighestSequences(const StatusInputs& inputs) {
  std::map<std::string, std::int64_t> highest = inputs.review->status.highest_sequences;
  const auto raise = [&](const std::string& identity, std::int64_t sequence) {
    std::int64_t& known = highest[identity];
    known = std::max(known, sequence);
  };
  for (const auto& [identity, sequence] : inputs.facts->verdicts.highest_sequences) {
    raise(identity, sequence);
  }
  for (const verdict::VerifiedStatement& verified : inputs.facts->verdicts.latest) {
    raise(verified.statement().identity, verified.statement().sequence);
  }
  return highest;
}

Json VerdictJson(const StatusInputs& inputs, base::Time now) {
  const std::string hash = inputs.live ? inputs.live->template_hash : "";
  const verdict::VerdictBook& book = inputs.facts->verdicts;
  Json signers = Json::array();
  for (const verdict::VerifiedStatement& verified : book.latest) {
    const verdict::Statement& statement = verified.statement();
    signers.push_back({{"identity", statement.identity},
                       {"role", statement.role},
                       {"verdict", ToString(statement.answer)},
                       {"sequence", statement.sequence},
                       {"issuedAt", base::FormatTime(statement.issued_at)},
                       {"notAfter", base::FormatTime(statement.not_after)},
                       {"keyId", verified.fingerprint()}});
  }
  Json missing = Json::array();
  const base::Objections objections = verdict::CheckVerdicts(book, hash, now);
  for (const base::Objection& objection : objections) {
    if (missing.size() == kMaxShownMissing) break;
    missing.push_back(base::Printable(objection.message, base::kMaxQuotedBytes));
  }
  Json verdict = {{"summary", objections.empty() ? "Go" : objections.front().reason},
                  {"signers", std::move(signers)},
                  {"missing", std::move(missing)}};
  if (const auto until = verdict::GoUntil(book, hash, now)) {
    verdict["validUntil"] = base::FormatTime(*until);
  }
  Json sequences = Json::array();
  for (const auto& [identity, sequence] : HighestSequences(inputs)) {
    sequences.push_back({{"identity", identity}, {"sequence", sequence}});
  }
  verdict["highestSequences"] = std::move(sequences);
  return verdict;
}

Json DecisionJson(const StatusInputs& inputs) {
  Json objections = Json::array();
  for (const base::Objection& objection : inputs.decision.objections()) {
    Json entry = {{"reason", objection.reason},
                  {"message", base::Printable(objection.message, kMaxConditionMessage)}};
    if (!objection.item.empty()) entry["item"] = objection.item;
    objections.push_back(std::move(entry));
  }
  return {{"decision", inputs.decision.allowed() ? "Allow" : "Deny"},
          {"reason", inputs.decision.reason()},
          {"objections", std::move(objections)}};
}

Json RevisionsJson(const std::vector<ApprovedRevision>& revisions) {
  Json list = Json::array();
  for (const ApprovedRevision& revision : revisions) {
    list.push_back({{"templateHash", revision.template_hash},
                    {"approvedAt", base::FormatTime(revision.approved_at)},
                    {"reason", revision.reason}});
  }
  return list;
}

// Why the live template counts as approved now; empty when it does not.
std::string ApprovalOfLive(const StatusInputs& inputs) {
  const bool enforced = inputs.mode == GateMode::kEnforce || inputs.mode == GateMode::kStrict;
  const bool first_look = inputs.review->status.observed_generation == 0;
  // A mode that is not known yet proves nothing about how the template got there.
  const bool free_namespace =
      inputs.mode == GateMode::kNotOptedIn || inputs.mode == GateMode::kAudit;
  if (inputs.live->running && (free_namespace || (enforced && first_look))) {
    return std::string(kBaseline);
  }
  if (!inputs.decision.allowed()) return "";
  if (inputs.decision.reason() == reason::kGo) return "Go";
  if (inputs.decision.reason() == reason::kBreakGlass) return "BreakGlass";
  return "";
}

}  // namespace

std::vector<ApprovedRevision> ApprovedAfter(const StatusInputs& inputs, base::Time now) {
  std::vector<ApprovedRevision> revisions = inputs.review->status.approved_revisions;
  if (!inputs.live || inputs.live->template_hash.empty()) return revisions;
  const std::string& live = inputs.live->template_hash;
  if (std::ranges::find(revisions, live, &ApprovedRevision::template_hash) != revisions.end()) {
    return revisions;
  }
  const std::string approval = ApprovalOfLive(inputs);
  if (approval.empty()) return revisions;
  revisions.insert(revisions.begin(), ApprovedRevision{live, now, approval});
  if (revisions.size() > resources::kMaxApprovedRevisions) {
    revisions.resize(resources::kMaxApprovedRevisions);
  }
  return revisions;
}

Json BuildReviewStatus(const StatusInputs& inputs, base::Time now) {
  const std::int64_t generation = inputs.review->meta.generation;
  const Json previous = inputs.previous != nullptr ? *inputs.previous : Json();
  Json status = {
      {"observedGeneration", generation},
      {"clusterId", inputs.cluster_id},
      {"conditions", resources::ConditionsJson(Conditions(inputs, now), generation, previous, now)},
      {"items", ItemsJson(inputs, now)},
      {"verdict", VerdictJson(inputs, now)},
      {"decision", DecisionJson(inputs)},
      {"approvedRevisions", RevisionsJson(ApprovedAfter(inputs, now))},
  };
  if (inputs.live) status["templateHash"] = inputs.live->template_hash;
  return status;
}

}  // namespace launchgate::decision
