// What the operator keeps of each BudgetReview that it watches (records.h).
#pragma once

#include <string>
#include <vector>

#include "app/records.h"
#include "core/base/result.h"
#include "core/json/reader.h"
#include "core/resources/budget_review.h"
#include "shell/kube/watch_stream.h"

namespace launchgate::app {

struct BudgetReviewRecord {
  resources::BudgetReview review;
  std::vector<json::Problem> problems;
  // Canonical JSON of the whole status. Empty where nobody writes (the webhook).
  std::string status_text;
};

// An object that cannot be read at all is an Error; one that breaks a rule is a
// record with problems, which counts as unsigned. The webhook, which keeps no
// status, keeps no agenda either: its digest is all that decides.
base::Result<BudgetReviewRecord> DecodeBudgetReview(const kube::RawObject& object, KeepStatus keep);

}  // namespace launchgate::app
