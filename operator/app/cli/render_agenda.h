// The agenda of a monthly review for people. The same review gives the same
// bytes; outside text stays text (markdown.h, html.h).
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "core/json/json.h"
#include "core/resources/budget_review.h"

namespace launchgate::app::cli {

void WriteAgendaText(const resources::BudgetReview& review, std::ostream& out);

// A burn-down as a sparkline per objective, and an image where `charts` has a path
// for it: one per objective of the agenda, or none.
void WriteAgendaMarkdown(const resources::BudgetReview& review,
                         const std::vector<std::string>& charts, std::ostream& out);

// One page without scripts and without anything to fetch, with a burn-down chart
// (SVG) per objective.
void WriteAgendaHtml(const std::vector<resources::BudgetReview>& reviews, std::ostream& out);

// {namespace, name, budget, month, openedAt, dueAt, freezesAt, signedOffBy[],
// agendaDigest, agenda}: what is not known is absent. docs/cli.md.
json::Json ToJson(const resources::BudgetReview& review);

}  // namespace launchgate::app::cli
