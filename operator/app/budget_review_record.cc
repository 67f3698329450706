#include "app/budget_review_record.h"

#include <nlohmann/json.hpp>

#include "core/json/json.h"

namespace launchgate::app {

base::Result<BudgetReviewRecord> DecodeBudgetReview(const kube::RawObject& object,
                                                    KeepStatus keep) {
  const auto parsed = json::ParseTrusted(object.json);
  if (!parsed) return tl::unexpected(parsed.error());
  BudgetReviewRecord record;
  record.review = resources::ParseBudgetReview(*parsed, record.problems);
  if (keep == KeepStatus::kNo) {
    record.review.status.agenda.reset();
    return record;
  }
  const auto status = parsed->find("status");
  if (status != parsed->end()) record.status_text = json::Canonical(*status);
  return record;
}

}  // namespace launchgate::app
