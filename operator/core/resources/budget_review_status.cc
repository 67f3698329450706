#include "core/resources/budget_review_status.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/bytes.h"
#include "core/base/text.h"
#include "core/json/reader.h"
#include "core/resources/error_budget.h"
#include "core/resources/fields.h"

namespace launchgate::resources {
namespace internal {
namespace {

using json::Reader;

std::string Words(Reader& reader, std::string_view field) {
  return ReadText(reader, field, kMaxAgendaTextLength, Presence::kOptional);
}

base::Time TimeOf(Reader& reader, std::string_view field) {
  return reader.OptionalTime(field).value_or(base::Time{});
}

AgendaObjective ReadObjective(Reader& reader) {
  AgendaObjective objective;
  objective.name = Words(reader, "name");
  objective.target = Words(reader, "target");
  objective.state = ParseBudgetState(reader.Text("state"));
  objective.message = Words(reader, "message");
  objective.total_events = reader.OptionalDecimal("totalEvents");
  objective.bad_events = reader.OptionalDecimal("badEvents");
  objective.sli = reader.OptionalDecimal("sli");
  objective.consumed = reader.OptionalDecimal("consumed");
  objective.remaining = reader.OptionalDecimal("remaining");
  for (Reader& incident : reader.ObjectList("incidents", kMaxIncidents)) {
    objective.incidents.push_back({TimeOf(incident, "from"), TimeOf(incident, "until"),
                                   incident.OptionalDecimal("share").value_or(0)});
  }
  for (const std::string& point : reader.TextList("burnDown", kMaxBurnDownPoints)) {
    objective.burn_down.push_back(base::ParseDecimal(point).value_or(0));
  }
  return objective;
}

AgendaFreeze ReadFreeze(Reader& reader) {
  return {Words(reader, "cause"), Words(reader, "source"), Words(reader, "message"),
          TimeOf(reader, "from"), reader.OptionalTime("until")};
}

AgendaOverride ReadOverride(Reader& reader) {
  return {Words(reader, "review"), Words(reader, "identity"), Words(reader, "ticket"),
          Words(reader, "class"),  Words(reader, "reason"),   TimeOf(reader, "issuedAt")};
}

AgendaCondition ReadCondition(Reader& reader) {
  return {Words(reader, "review"), Words(reader, "item"), Words(reader, "text"),
          Words(reader, "owner"), TimeOf(reader, "due")};
}

AgendaEvidence ReadEvidence(Reader& reader) {
  return {Words(reader, "review"), Words(reader, "item"), TimeOf(reader, "validUntil")};
}

AgendaAction ReadAction(Reader& reader) {
  return {Words(reader, "text"), Words(reader, "owner"), TimeOf(reader, "due")};
}

// Every entry of a list of the agenda.
template <typename Entry>
std::vector<Entry> ReadList(Reader& agenda, std::string_view field, std::size_t max_items,
                            Entry (*read)(Reader&)) {
  std::vector<Entry> entries;
  for (Reader& entry : agenda.ObjectList(field, max_items)) entries.push_back(read(entry));
  return entries;
}

BudgetAgenda ReadAgenda(Reader reader) {
  BudgetAgenda agenda;
  agenda.as_of = TimeOf(reader, "asOf");
  agenda.from = TimeOf(reader, "from");
  agenda.until = TimeOf(reader, "until");
  agenda.objectives = ReadList(reader, "objectives", kMaxObjectives, ReadObjective);
  agenda.freezes = ReadList(reader, "freezes", kMaxAgendaFreezes, ReadFreeze);
  agenda.overrides = ReadList(reader, "overrides", kMaxAgendaOverrides, ReadOverride);
  agenda.conditions = ReadList(reader, "conditions", kMaxAgendaConditions, ReadCondition);
  agenda.evidence = ReadList(reader, "evidence", kMaxAgendaEvidence, ReadEvidence);
  agenda.actions = ReadList(reader, "actions", kMaxAgendaActions, ReadAction);
  agenda.omitted = std::clamp<std::int64_t>(reader.Integer("omitted", 0), 0, kMaxAgendaOmitted);
  return agenda;
}

}  // namespace

BudgetReviewStatus ReadBudgetReviewStatus(const json::Json& review) {
  std::vector<json::Problem> ignored;
  Reader status = Reader(review, "", ignored).Object("status");
  BudgetReviewStatus read;
  read.observed_generation = status.Integer("observedGeneration", 0);
  read.opened_at = status.OptionalTime("openedAt");
  read.due_at = status.OptionalTime("dueAt");
  read.freezes_at = status.OptionalTime("freezesAt");
  for (Reader& signer : status.ObjectList("signedOffBy", kMaxSignedOffBy)) {
    read.signed_off_by.push_back(
        {Words(signer, "identity"), Words(signer, "role"), TimeOf(signer, "issuedAt")});
  }
  const auto agenda = status.value().find("agenda");
  if (agenda == status.value().end() || !agenda->is_object()) return read;
  read.agenda = ReadAgenda(status.Object("agenda"));
  read.agenda_digest = AgendaDigest(*agenda);
  return read;
}

}  // namespace internal

std::string AgendaDigest(const json::Json& agenda) {
  // Servers differ in whether they keep members that are null.
  json::CanonicalOptions options;
  options.omit_nulls = true;
  return base::Sha256Hex(json::Canonical(agenda, options));
}

}  // namespace launchgate::resources
