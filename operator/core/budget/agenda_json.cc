// status.agenda as JSON. What is not known is absent and never null: the digest
// is taken over what a server stores.
#include <nlohmann/json.hpp>

#include "core/budget/agenda.h"
#include "core/budget/figures_json.h"

namespace launchgate::budget {
namespace {

using base::FormatTime;
using json::Json;

Json ObjectiveJson(const resources::AgendaObjective& objective) {
  Json object = {{"name", objective.name},
                 {"target", objective.target},
                 {"state", resources::ToString(objective.state)},
                 {"message", objective.message},
                 {"incidents", Json::array()},
                 {"burnDown", Json::array()}};
  internal::SetFigures(object, objective);
  return object;
}

Json FreezeJson(const resources::AgendaFreeze& freeze) {
  Json object = {{"cause", freeze.cause},
                 {"source", freeze.source},
                 {"message", freeze.message},
                 {"from", FormatTime(freeze.from)}};
  if (freeze.until) object["until"] = FormatTime(*freeze.until);
  return object;
}

Json OverrideJson(const resources::AgendaOverride& entry) {
  return {{"review", entry.review}, {"identity", entry.identity},
          {"ticket", entry.ticket}, {"class", entry.override_class},
          {"reason", entry.reason}, {"issuedAt", FormatTime(entry.issued_at)}};
}

Json ConditionJson(const resources::AgendaCondition& entry) {
  return {{"review", entry.review},
          {"item", entry.item},
          {"text", entry.text},
          {"owner", entry.owner},
          {"due", FormatTime(entry.due)}};
}

Json EvidenceJson(const resources::AgendaEvidence& entry) {
  return {{"review", entry.review},
          {"item", entry.item},
          {"validUntil", FormatTime(entry.valid_until)}};
}

Json ActionJson(const resources::AgendaAction& entry) {
  return {{"text", entry.text}, {"owner", entry.owner}, {"due", FormatTime(entry.due)}};
}

template <typename Entry>
Json ListOf(const std::vector<Entry>& entries, Json (*write)(const Entry&)) {
  Json list = Json::array();
  for (const Entry& entry : entries) list.push_back(write(entry));
  return list;
}

}  // namespace

Json AgendaJson(const resources::BudgetAgenda& agenda) {
  return {{"asOf", FormatTime(agenda.as_of)},
          {"from", FormatTime(agenda.from)},
          {"until", FormatTime(agenda.until)},
          {"objectives", ListOf(agenda.objectives, ObjectiveJson)},
          {"freezes", ListOf(agenda.freezes, FreezeJson)},
          {"overrides", ListOf(agenda.overrides, OverrideJson)},
          {"conditions", ListOf(agenda.conditions, ConditionJson)},
          {"evidence", ListOf(agenda.evidence, EvidenceJson)},
          {"actions", ListOf(agenda.actions, ActionJson)},
          {"omitted", agenda.omitted}};
}

}  // namespace launchgate::budget
