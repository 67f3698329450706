#include "core/budget/agenda.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/text.h"

namespace launchgate::budget {
namespace {

using base::Time;
using resources::AgendaAction;
using resources::AgendaCondition;
using resources::AgendaEvidence;
using resources::AgendaFreeze;
using resources::AgendaObjective;
using resources::AgendaOverride;
using resources::BudgetAgenda;
using resources::ErrorBudget;
using resources::Objective;

// Bytes, so that as many characters are never more.
std::string Shown(const std::string& text) {
  return base::Printable(text, resources::kMaxAgendaTextLength);
}

// By time, at most `max_items`; counts what was cut.
template <typename Entry, typename Key>
void Trim(std::vector<Entry>& entries, Key key, std::size_t max_items, std::int64_t& omitted) {
  std::ranges::stable_sort(entries, {}, key);
  if (entries.size() <= max_items) return;
  omitted += static_cast<std::int64_t>(entries.size() - max_items);
  entries.resize(max_items);
}

AgendaObjective ObjectiveOf(const Objective& objective,
                            const resources::ErrorBudgetStatus& figures) {
  AgendaObjective entry;
  entry.name = objective.name;
  entry.target = objective.target_text;
  const resources::ObjectiveStatus* status = figures.Find(objective.name);
  if (status == nullptr) {
    entry.message = "the objective was not evaluated for this month";
    return entry;
  }
  entry.state = status->state;
  entry.message = Shown(status->message);
  entry.total_events = status->total_events;
  entry.bad_events = status->bad_events;
  entry.sli = status->sli;
  entry.consumed = status->consumed;
  entry.remaining = status->remaining;
  entry.incidents = status->incidents;
  entry.burn_down = status->burn_down;
  return entry;
}

std::vector<AgendaFreeze> FreezesIn(const ReviewTimes& times, const std::vector<Freeze>& freezes,
                                    Time now) {
  std::vector<AgendaFreeze> kept;
  for (const Freeze& freeze : freezes) {
    if (freeze.from > now || freeze.from >= times.month_end) continue;
    if (freeze.until <= times.month_start) continue;
    // Some hold since ever: for those, from the beginning of the month.
    AgendaFreeze entry{std::string(ToString(freeze.cause)), Shown(freeze.source),
                       Shown(freeze.message),
                       freeze.from < Time{} ? times.month_start : freeze.from, std::nullopt};
    if (freeze.until <= now) entry.until = freeze.until;
    kept.push_back(std::move(entry));
  }
  return kept;
}

std::vector<AgendaOverride> OverridesIn(const ReviewTimes& times,
                                        const std::vector<AgendaOverride>& overrides) {
  std::vector<AgendaOverride> kept;
  for (const AgendaOverride& entry : overrides) {
    if (entry.issued_at < times.month_start || entry.issued_at >= times.month_end) continue;
    kept.push_back({Shown(entry.review), Shown(entry.identity), Shown(entry.ticket),
                    Shown(entry.override_class), Shown(entry.reason), entry.issued_at});
  }
  return kept;
}

std::vector<AgendaCondition> ConditionsBefore(Time end,
                                              const std::vector<AgendaCondition>& conditions) {
  std::vector<AgendaCondition> kept;
  for (const AgendaCondition& entry : conditions) {
    if (entry.due >= end) continue;
    kept.push_back(
        {Shown(entry.review), Shown(entry.item), Shown(entry.text), Shown(entry.owner), entry.due});
  }
  return kept;
}

std::vector<AgendaEvidence> EvidenceBefore(Time end, const std::vector<AgendaEvidence>& evidence) {
  std::vector<AgendaEvidence> kept;
  for (const AgendaEvidence& entry : evidence) {
    if (entry.valid_until >= end) continue;
    kept.push_back({Shown(entry.review), Shown(entry.item), entry.valid_until});
  }
  return kept;
}

std::vector<AgendaAction> ShownActions(const std::vector<AgendaAction>& actions) {
  std::vector<AgendaAction> kept;
  kept.reserve(actions.size());
  for (const AgendaAction& entry : actions) {
    kept.push_back({Shown(entry.text), Shown(entry.owner), entry.due});
  }
  return kept;
}

}  // namespace

bool FiguresWillDo(const ErrorBudget& budget, const resources::ErrorBudgetStatus& figures,
                   const ReviewTimes& times, Time now) {
  const bool known = std::ranges::all_of(budget.objectives, [&](const Objective& objective) {
    const auto* status = figures.Find(objective.name);
    return status != nullptr && status->state != resources::BudgetState::kUnknown;
  });
  return known || now >= times.opened_at + kFiguresPatience;
}

BudgetAgenda BuildAgenda(const ErrorBudget& budget, const ReviewTimes& times, Time next_opened_at,
                         const AgendaMaterial& material, Time now) {
  BudgetAgenda agenda;
  agenda.as_of = std::chrono::floor<std::chrono::seconds>(now);
  const WindowSpan span = FiguresSpan(budget.window, times);
  agenda.from = span.start;
  agenda.until = span.end;
  for (const Objective& objective : budget.objectives) {
    agenda.objectives.push_back(ObjectiveOf(objective, material.figures));
  }
  agenda.freezes = FreezesIn(times, material.freezes, now);
  agenda.overrides = OverridesIn(times, material.overrides);
  agenda.conditions = ConditionsBefore(next_opened_at, material.conditions);
  agenda.evidence = EvidenceBefore(next_opened_at, material.evidence);
  agenda.actions = ShownActions(material.actions);
  std::int64_t omitted = 0;
  Trim(agenda.freezes, &AgendaFreeze::from, resources::kMaxAgendaFreezes, omitted);
  Trim(agenda.overrides, &AgendaOverride::issued_at, resources::kMaxAgendaOverrides, omitted);
  Trim(agenda.conditions, &AgendaCondition::due, resources::kMaxAgendaConditions, omitted);
  Trim(agenda.evidence, &AgendaEvidence::valid_until, resources::kMaxAgendaEvidence, omitted);
  Trim(agenda.actions, &AgendaAction::due, resources::kMaxAgendaActions, omitted);
  agenda.omitted = std::min(omitted, resources::kMaxAgendaOmitted);
  return agenda;
}

std::string AgendaDigest(const BudgetAgenda& agenda) {
  return json::CanonicalDigest(AgendaJson(agenda));
}

}  // namespace launchgate::budget
