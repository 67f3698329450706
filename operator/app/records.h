// What the operator keeps of each object it watches: the part that decides,
// already parsed and checked, so that nothing is parsed twice.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/freezes.h"
#include "core/base/result.h"
#include "core/decision/assemble.h"
#include "core/decision/change.h"
#include "core/json/reader.h"
#include "core/resources/budget_review.h"
#include "core/resources/error_budget.h"
#include "core/resources/freeze_window.h"
#include "core/resources/launch_authority.h"
#include "core/resources/launch_review.h"
#include "core/resources/launch_verdict.h"
#include "core/resources/readiness_checklist.h"
#include "core/verdict/open.h"
#include "core/verdict/signature.h"
#include "shell/kube/watch_stream.h"

namespace launchgate::app {

struct NamespaceRecord {
  decision::GateMode mode = decision::GateMode::kNotOptedIn;
  std::string uid;
  std::map<std::string, std::string> labels;
};

struct ReviewRecord {
  resources::LaunchReview review;
  std::vector<json::Problem> problems;
  // Canonical JSON of the whole status, so that the controller can tell whether
  // writing would change anything. Empty where nobody writes (the webhook).
  std::string status_text;
};

struct ChecklistRecord {
  resources::ReadinessChecklist checklist;
  std::vector<json::Problem> problems;
  std::string status_text;
};

struct AuthorityRecord {
  resources::LaunchAuthority authority;
  verdict::TrustedAuthority trusted;
  std::vector<std::string> problems;
  std::string status_text;
};

struct VerdictRecord {
  resources::LaunchVerdict verdict;
  std::vector<json::Problem> problems;
  std::string status_text;
};

struct BudgetRecord {
  resources::ErrorBudget budget;
  std::vector<json::Problem> problems;
  std::string status_text;
};

struct FreezeWindowRecord {
  resources::FreezeWindow window;
  std::vector<json::Problem> problems;  // With any, the window freezes always.
  std::string status_text;
};

struct BudgetReviewRecord {
  resources::BudgetReview review;
  std::vector<json::Problem> problems;  // With any, it counts as unsigned.
  std::string status_text;
};

// Whether records remember the status text.
enum class KeepStatus { kNo, kYes };

// An authority with those of its keys that can be trusted; `problems` are those of
// reading it.
AuthorityRecord RecordOf(resources::LaunchAuthority authority,
                         const std::vector<json::Problem>& problems,
                         const verdict::PublicKeyReader& reader);

// An object that cannot be read at all is an Error; one that can be read but
// breaks a rule is a record with problems, which denies by itself.
base::Result<NamespaceRecord> DecodeNamespace(const kube::RawObject& object);
base::Result<ReviewRecord> DecodeReview(const kube::RawObject& object, KeepStatus keep);
base::Result<ChecklistRecord> DecodeChecklist(const kube::RawObject& object, KeepStatus keep);
base::Result<AuthorityRecord> DecodeAuthority(const kube::RawObject& object, KeepStatus keep,
                                              const verdict::PublicKeyReader& reader);
base::Result<VerdictRecord> DecodeVerdict(const kube::RawObject& object, KeepStatus keep);
base::Result<BudgetRecord> DecodeBudget(const kube::RawObject& object, KeepStatus keep);
base::Result<FreezeWindowRecord> DecodeFreezeWindow(const kube::RawObject& object, KeepStatus keep);
// Without the status there is no agenda either: its digest is all that decides.
base::Result<BudgetReviewRecord> DecodeBudgetReview(const kube::RawObject& object, KeepStatus keep);

// Puts what an authority says for a namespace into the inputs of a decision, which
// point into it from then on. Null: it does not exist.
template <typename Inputs>
void SetAuthority(const AuthorityRecord* authority, std::string_view ns, Inputs& inputs) {
  if (authority == nullptr) return;
  inputs.authority = &authority->trusted;
  inputs.authority_serves_namespace = authority->authority.Serves(ns);
  inputs.authority_problems = authority->problems;
}

// What Assemble() needs of the objects around one review; `checklist` and
// `authority` are null when they do not exist. Verdicts, freezes, findings and the
// cluster's id are the caller's to add. The records must outlive the result.
decision::ReviewInputs InputsOf(const ReviewRecord& review, const ChecklistRecord* checklist,
                                const AuthorityRecord* authority);
// One budget and all that its monthly reviews are judged by, as the caches have it.
struct BudgetReviewsInput {
  const resources::ErrorBudget* budget = nullptr;  // Required; read without a problem.
  // The BudgetReviews of the budget's namespace. None is null.
  std::vector<std::shared_ptr<const BudgetReviewRecord>> reviews;
  std::shared_ptr<const AuthorityRecord> authority;  // Null: does not exist.
  std::string cluster_id;
};
decision::BudgetReviewInputs InputsOf(const BudgetReviewsInput& input);

// What can freeze a review; `budget` is null when it does not exist, and
// `reviews` are those of it. The records must outlive the result.
FreezeSources SourcesOf(const BudgetRecord* budget,
                        const std::vector<std::shared_ptr<const FreezeWindowRecord>>& windows,
                        const BudgetReviewsInput& reviews);

}  // namespace launchgate::app
