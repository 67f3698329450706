#include "core/resources/error_budget_status.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/json/reader.h"
#include "core/resources/error_budget.h"
#include "core/resources/fields.h"

namespace launchgate::resources {
namespace internal {
namespace {

using json::Reader;

constexpr std::size_t kMaxMessageLength = 1024;
constexpr std::size_t kMaxBurnRates = 8;

// A freeze whose beginning cannot be read is a freeze all the same.
std::optional<base::Time> ReadFrozenSince(Reader& reader) {
  const auto since = reader.OptionalTime("frozenSince");
  return since || !reader.Has("frozenSince") ? since : base::Time{};
}

std::optional<Incident> ReadIncident(Reader reader) {
  const auto from = reader.OptionalTime("from");
  const auto until = reader.OptionalTime("until");
  const auto share = reader.OptionalDecimal("share");
  if (!from || !until || !share) return std::nullopt;
  return Incident{*from, *until, *share};
}

std::optional<PastFreeze> ReadPastFreeze(Reader& reader) {
  const auto from = reader.OptionalTime("from");
  const auto until = reader.OptionalTime("until");
  if (!from || !until) return std::nullopt;
  return PastFreeze{ParseBudgetState(reader.Text("cause")),
                    ReadText(reader, "message", kMaxPastFreezeMessage, Presence::kOptional), *from,
                    *until};
}

std::map<std::string, double> ReadBurnRates(const Reader& rates) {
  std::map<std::string, double> result;
  for (const auto& [window, rate] : rates.value().get_ref<const json::Json::object_t&>()) {
    if (result.size() == kMaxBurnRates || !rate.is_string()) continue;
    const auto value = base::ParseDecimal(rate.get_ref<const std::string&>());
    if (value) result.emplace(window, *value);
  }
  return result;
}

ObjectiveStatus ReadObjectiveStatus(Reader& reader) {
  ObjectiveStatus objective;
  objective.name = ReadText(reader, "name", kMaxTitleLength, Presence::kOptional);
  objective.state = ParseBudgetState(reader.Text("state"));
  objective.frozen_since = ReadFrozenSince(reader);
  objective.reason = ReadText(reader, "reason", kMaxTitleLength, Presence::kOptional);
  objective.message = ReadText(reader, "message", kMaxMessageLength, Presence::kOptional);
  objective.total_events = reader.OptionalDecimal("totalEvents");
  objective.bad_events = reader.OptionalDecimal("badEvents");
  objective.sli = reader.OptionalDecimal("sli");
  objective.consumed = reader.OptionalDecimal("consumed");
  objective.remaining = reader.OptionalDecimal("remaining");
  objective.burn_rates = ReadBurnRates(reader.Object("burnRates"));
  objective.exhausted_at = reader.OptionalTime("exhaustedAt");
  for (const Reader& incident : reader.ObjectList("incidents", kMaxIncidents)) {
    if (auto read = ReadIncident(incident)) objective.incidents.push_back(*read);
  }
  for (const std::string& point : reader.TextList("burnDown", kMaxBurnDownPoints)) {
    objective.burn_down.push_back(base::ParseDecimal(point).value_or(0));
  }
  return objective;
}

}  // namespace

ErrorBudgetStatus ReadErrorBudgetStatus(const json::Json& budget) {
  std::vector<json::Problem> ignored;
  Reader status = Reader(budget, "", ignored).Object("status");
  ErrorBudgetStatus read;
  read.observed_generation = status.Integer("observedGeneration", 0);
  read.evaluated_at = status.OptionalTime("evaluatedAt");
  read.known_at = status.OptionalTime("knownAt");
  read.frozen_since = ReadFrozenSince(status);
  read.window_start = status.OptionalTime("windowStart");
  for (Reader& objective : status.ObjectList("objectives", kMaxObjectives)) {
    read.objectives.push_back(ReadObjectiveStatus(objective));
  }
  for (Reader& freeze : status.ObjectList("pastFreezes", kMaxPastFreezes)) {
    if (auto past = ReadPastFreeze(freeze)) read.past_freezes.push_back(*std::move(past));
  }
  return read;
}

}  // namespace internal

const ObjectiveStatus* ErrorBudgetStatus::Find(std::string_view objective) const {
  const auto found = std::ranges::find(objectives, objective, &ObjectiveStatus::name);
  return found == objectives.end() ? nullptr : &*found;
}

std::string_view ToString(BudgetState state) {
  switch (state) {
    case BudgetState::kWithinBudget:
      return "WithinBudget";
    case BudgetState::kSpent:
      return "BudgetSpent";
    case BudgetState::kUnknown:
      break;
  }
  return "BudgetUnknown";
}

BudgetState ParseBudgetState(std::string_view word) {
  for (const BudgetState state : {BudgetState::kWithinBudget, BudgetState::kSpent}) {
    if (word == ToString(state)) return state;
  }
  return BudgetState::kUnknown;
}

}  // namespace launchgate::resources
