// BudgetReview: the review of one ErrorBudget in one calendar month. Namespaced,
// opened by the controller; people add their sign-offs to the spec. When one is
// due and what an unsigned one freezes: core/budget/review_cycle.h.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/json.h"
#include "core/json/reader.h"
#include "core/resources/budget_review_status.h"
#include "core/resources/meta.h"
#include "core/resources/signed_document.h"

namespace launchgate::resources {

struct BudgetReview {
  Meta meta;
  std::string budget;             // The ErrorBudget, in the same namespace.
  std::chrono::year_month month;  // Not ok() when it could not be read.
  // Nothing in them counts before verdict::JudgeSignOffs() has opened them.
  std::vector<SignedDocument> sign_offs;
  BudgetReviewStatus status;
};

inline constexpr std::size_t kMaxSignOffs = 16;
// Base64 characters of one statement: all of them fit an object of etcd's size.
inline constexpr std::size_t kMaxSignOffPayloadLength = 48U << 10U;

// "2026-10"; nothing for any other text, and for years before 1970.
std::optional<std::chrono::year_month> ParseMonth(std::string_view text);
std::string FormatMonth(std::chrono::year_month month);  // Requires month.ok().

// "gift-cards-2026-10": the one name that the review of a month may have, so that
// no month can have two.
std::string BudgetReviewName(std::string_view budget, std::chrono::year_month month);

// Everything wrong with the spec is added to `problems`; such a review counts as unsigned.
BudgetReview ParseBudgetReview(const json::Json& object, std::vector<json::Problem>& problems);

}  // namespace launchgate::resources
