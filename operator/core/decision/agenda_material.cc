#include "core/decision/agenda_material.h"

namespace launchgate::decision {
namespace {

using budget::AgendaMaterial;
using verdict::Statement;

void AddOverrides(const ReviewFacts& facts, AgendaMaterial& material) {
  for (const verdict::VerifiedStatement& verified : facts.verdicts.break_glass) {
    const Statement& statement = verified.statement();
    material.overrides.push_back({facts.name, statement.identity, statement.ticket,
                                  statement.override_class, statement.reason, statement.issued_at});
  }
}

void AddConditions(const ReviewFacts& facts, base::Time now, AgendaMaterial& material) {
  for (const verdict::VerifiedStatement& verified : facts.verdicts.latest) {
    const Statement& statement = verified.statement();
    if (statement.answer != verdict::Answer::kGo || now >= statement.not_after) continue;
    for (const verdict::Condition& condition : statement.conditions) {
      material.conditions.push_back(
          {facts.name, condition.item, condition.text, condition.owner, condition.due});
    }
  }
}

void AddEvidence(const ReviewFacts& facts, AgendaMaterial& material) {
  for (const ItemFacts& item : facts.items) {
    if (!item.finding || item.finding->valid_until == base::kNever) continue;
    material.evidence.push_back({facts.name, item.id, item.finding->valid_until});
  }
}

}  // namespace

void AddService(const ReviewFacts& facts, base::Time now, AgendaMaterial& material) {
  AddOverrides(facts, material);
  AddConditions(facts, now, material);
  AddEvidence(facts, material);
}

}  // namespace launchgate::decision
