// What an agenda says, in sections of rows: the same in text, Markdown and HTML.
#pragma once

#include <string>
#include <vector>

#include "core/resources/budget_review.h"

namespace launchgate::app::cli {

struct AgendaSection {
  std::string title;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  // Outside text, not escaped yet.
  std::string nothing;                         // The sentence when there are no rows.
};

// "Error budget review of shop/gift-cards, 2026-10".
std::string TitleOf(const resources::BudgetReview& review);

// Sentences about the review as a whole: when it was opened, is due and freezes,
// who signed, how to sign.
std::vector<std::string> HeadOf(const resources::BudgetReview& review);

// Objectives, incidents, freezes, overrides, conditions, evidence, actions: every
// section, those without rows as well.
std::vector<AgendaSection> SectionsOf(const resources::BudgetAgenda& agenda);

}  // namespace launchgate::app::cli
