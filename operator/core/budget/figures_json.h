// Figures of an objective as JSON, as both the status of a budget and the agenda of
// a review have them. Internal to this module.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "core/base/text.h"
#include "core/base/time.h"
#include "core/json/json.h"

namespace launchgate::budget::internal {

// Figures are exact to this many digits after the point.
inline constexpr int kFigureDigits = 9;

inline std::string Decimal(double value, int digits = kFigureDigits) {
  return base::FormatDecimal(value, digits);
}

// Events, SLI, consumed, remaining, incidents and burn-down, as far as they are
// known, into `object`. Lists that are empty are left as they are.
// Figures: resources::ObjectiveStatus or resources::AgendaObjective.
template <typename Figures>
void SetFigures(json::Json& object, const Figures& figures) {
  constexpr int kBurnDownDigits = 4;
  const auto set = [&](const char* field, const std::optional<double>& value) {
    if (value) object[field] = Decimal(*value);
  };
  set("totalEvents", figures.total_events);
  set("badEvents", figures.bad_events);
  set("sli", figures.sli);
  set("consumed", figures.consumed);
  set("remaining", figures.remaining);
  for (const auto& incident : figures.incidents) {
    object["incidents"].push_back({{"from", base::FormatTime(incident.from)},
                                   {"until", base::FormatTime(incident.until)},
                                   {"share", Decimal(incident.share)}});
  }
  for (const double left : figures.burn_down) {
    object["burnDown"].push_back(Decimal(left, kBurnDownDigits));
  }
}

}  // namespace launchgate::budget::internal
