// How the budget of an objective went down in a month, as a picture.
#pragma once

#include <string>
#include <vector>

#include "core/base/time.h"
#include "core/resources/budget_review_status.h"

namespace launchgate::app::cli {

// Lower than this share of the budget no chart goes: one very bad day shall not
// flatten all others. The line then runs along the bottom; the description says
// what is left in figures.
inline constexpr double kLowestShown = -1;

// One <svg> element, complete as a file of its own: the share of the budget left
// over [from, until], lines at 100 % and 0 %, incidents hatched and numbered as in
// the list of incidents. Nothing is told by colour alone; title and description
// are there for who does not see it. `id` is unique on the page (letters, digits
// and "-"). Without points the chart is empty and says so. Requires from < until.
std::string BurnDownSvg(const resources::AgendaObjective& objective, base::Time from,
                        base::Time until, const std::string& id);

// One character per point, "█" for all of the budget down to "▁", and "×" where
// nothing is left; empty without points.
std::string Sparkline(const std::vector<double>& burn_down);

// "40 %", "-12.5 %": a share, for people.
std::string Percent(double share);

}  // namespace launchgate::app::cli
