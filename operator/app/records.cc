#include "app/records.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "core/json/json.h"
#include "core/verdict/trust.h"

namespace launchgate::app {
namespace {

std::string StatusText(const json::Json& object, KeepStatus keep) {
  if (keep == KeepStatus::kNo) return "";
  const auto status = object.find("status");
  return status == object.end() ? "" : json::Canonical(*status);
}

std::vector<std::string> Sentences(const std::vector<json::Problem>& problems) {
  std::vector<std::string> sentences;
  sentences.reserve(problems.size());
  for (const json::Problem& problem : problems) sentences.push_back(problem.ToString());
  return sentences;
}

// A record of what was read, its problems and its status, as most are.
template <typename Record, typename Content>
base::Result<Record> Decode(const kube::RawObject& object, KeepStatus keep,
                            Content Record::*content,
                            Content (*parse)(const json::Json&, std::vector<json::Problem>&)) {
  const auto parsed = json::ParseTrusted(object.json);
  if (!parsed) return tl::unexpected(parsed.error());
  Record record;
  record.*content = parse(*parsed, record.problems);
  record.status_text = StatusText(*parsed, keep);
  return record;
}

}  // namespace

AuthorityRecord RecordOf(resources::LaunchAuthority authority,
                         const std::vector<json::Problem>& problems,
                         const verdict::PublicKeyReader& reader) {
  AuthorityRecord record;
  record.authority = std::move(authority);
  record.problems = Sentences(problems);
  verdict::TrustResult trust = verdict::Trust(record.authority, reader);
  record.trusted = std::move(trust.authority);
  record.problems.insert(record.problems.end(), trust.problems.begin(), trust.problems.end());
  return record;
}

base::Result<NamespaceRecord> DecodeNamespace(const kube::RawObject& object) {
  const auto parsed = json::ParseTrusted(object.json);
  if (!parsed) return tl::unexpected(parsed.error());
  NamespaceRecord record;
  record.uid = object.meta.uid;
  const json::Json::json_pointer path("/metadata/labels");
  if (!parsed->contains(path) || !parsed->at(path).is_object()) return record;
  for (const auto& [key, value] : parsed->at(path).items()) {
    if (value.is_string()) record.labels.emplace(key, value.get<std::string>());
  }
  const auto gate = record.labels.find(std::string(resources::kGateLabel));
  if (gate != record.labels.end()) record.mode = decision::ParseGateMode(gate->second);
  return record;
}

base::Result<ReviewRecord> DecodeReview(const kube::RawObject& object, KeepStatus keep) {
  return Decode(object, keep, &ReviewRecord::review, resources::ParseLaunchReview);
}

base::Result<ChecklistRecord> DecodeChecklist(const kube::RawObject& object, KeepStatus keep) {
  return Decode(object, keep, &ChecklistRecord::checklist, resources::ParseReadinessChecklist);
}

base::Result<AuthorityRecord> DecodeAuthority(const kube::RawObject& object, KeepStatus keep,
                                              const verdict::PublicKeyReader& reader) {
  const auto parsed = json::ParseTrusted(object.json);
  if (!parsed) return tl::unexpected(parsed.error());
  std::vector<json::Problem> problems;
  auto authority = resources::ParseLaunchAuthority(*parsed, problems);
  AuthorityRecord record = RecordOf(std::move(authority), problems, reader);
  record.status_text = StatusText(*parsed, keep);
  return record;
}

base::Result<VerdictRecord> DecodeVerdict(const kube::RawObject& object, KeepStatus keep) {
  return Decode(object, keep, &VerdictRecord::verdict, resources::ParseLaunchVerdict);
}

base::Result<BudgetRecord> DecodeBudget(const kube::RawObject& object, KeepStatus keep) {
  return Decode(object, keep, &BudgetRecord::budget, resources::ParseErrorBudget);
}

base::Result<FreezeWindowRecord> DecodeFreezeWindow(const kube::RawObject& object,
                                                    KeepStatus keep) {
  return Decode(object, keep, &FreezeWindowRecord::window, resources::ParseFreezeWindow);
}

base::Result<BudgetReviewRecord> DecodeBudgetReview(const kube::RawObject& object,
                                                    KeepStatus keep) {
  auto record = Decode(object, keep, &BudgetReviewRecord::review, resources::ParseBudgetReview);
  if (record && keep == KeepStatus::kNo) record->review.status.agenda.reset();
  return record;
}

decision::ReviewInputs InputsOf(const ReviewRecord& review, const ChecklistRecord* checklist,
                                const AuthorityRecord* authority) {
  decision::ReviewInputs inputs;
  inputs.review = &review.review;
  inputs.review_problems = review.problems;
  if (checklist != nullptr) {
    inputs.checklist = &checklist->checklist;
    inputs.checklist_problems = checklist->problems;
  }
  SetAuthority(authority, review.review.meta.ns, inputs);
  return inputs;
}

decision::BudgetReviewInputs InputsOf(const BudgetReviewsInput& input) {
  decision::BudgetReviewInputs inputs;
  inputs.budget = input.budget;
  inputs.cluster_id = input.cluster_id;
  inputs.reviews.reserve(input.reviews.size());
  for (const auto& record : input.reviews) {
    inputs.reviews.push_back({&record->review, record->problems.empty()});
  }
  SetAuthority(input.authority.get(), input.budget->meta.ns, inputs);
  return inputs;
}

FreezeSources SourcesOf(const BudgetRecord* budget,
                        const std::vector<std::shared_ptr<const FreezeWindowRecord>>& windows,
                        const BudgetReviewsInput& reviews) {
  FreezeSources sources;
  if (budget != nullptr) {
    sources.budget = &budget->budget;
    sources.budget_problems = &budget->problems;
    sources.reviews = InputsOf(reviews);
  }
  sources.windows.reserve(windows.size());
  for (const auto& record : windows) {
    sources.windows.push_back({&record->window, &record->problems});
  }
  return sources;
}

}  // namespace launchgate::app
