// Objects that anybody may create: reading them never crashes, complaints are
// bounded, and what is accepted can be put into an API path.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>
#include <variant>

#include "core/base/text.h"
#include "core/json/json.h"
#include "core/resources/manifest.h"

namespace {

using namespace launchgate::resources;

void Require(bool condition) {
  if (!condition) std::abort();
}

bool IsName(const std::string& name) { return launchgate::base::IsDnsSubdomain(name); }

void CheckReview(const LaunchReview& review) {
  Require(IsName(review.meta.name) && IsName(review.target.name) && IsName(review.checklist) &&
          IsName(review.authority) && review.spec_digest.size() == 64);
  Require(review.evidence.size() <= kMaxEvidenceEntries);
  for (const EvidenceEntry& entry : review.evidence) {
    Require(launchgate::base::IsDnsLabel(entry.item) && review.FindEvidence(entry.item) == &entry);
    if (const EvidenceSource* from = SourceOf(entry.spec)) {
      const int sources = int{from->url.has_value()} + int{from->config_map.has_value()} +
                          int{from->object.has_value()} + int{from->prometheus_rule.has_value()} +
                          int{from->prometheus.has_value()};
      Require(sources == 1);
      Require(!from->config_map || IsName(from->config_map->name));
      Require(!from->object || IsName(from->object->name));
    }
    const auto* runbook = std::get_if<RunbookSpec>(&entry.spec);
    Require(runbook == nullptr || !runbook->urls.empty());
  }
}

void CheckAuthority(const LaunchAuthority& authority) {
  Require(!authority.keys.empty() && !authority.roles.empty());
  for (const AuthorityRole& role : authority.roles) Require(role.threshold >= 1);
  for (const AuthorityKey& key : authority.keys) {
    Require(authority.FindRole(key.role) != nullptr && key.not_before < key.not_after);
  }
}

void CheckBudget(const ErrorBudget& budget) {
  Require(launchgate::base::IsDnsLabel(budget.prometheus) && !budget.objectives.empty());
  for (const Objective& objective : budget.objectives) {
    Require(budget.Find(objective.name) == &objective);
    Require(objective.target > 0 && objective.target < 100);
    Require(!objective.total.empty() && objective.good.empty() != objective.bad.empty());
    Require(WithWindow(objective.total, kDefaultWindow).size() <= kMaxExpressionLength * 4);
  }
}

void CheckWindow(const FreezeWindow& window) {
  Require(IsName(window.meta.name) && !window.reason.empty());
  Require(!std::holds_alternative<std::monostate>(window.when));
  if (const auto* calendar = std::get_if<CalendarFreeze>(&window.when)) {
    Require(calendar->cron.TimesPerDay() <= kMaxFreezesPerDay && !calendar->time_zone.empty());
    Require(calendar->duration >= kShortestFreeze && calendar->duration <= kLongestFreeze);
  }
  if (const auto* once = std::get_if<OneOffFreeze>(&window.when)) Require(once->start < once->end);
  for (const LabelRequirement& requirement : window.namespace_selector.match_expressions) {
    const bool compares =
        requirement.op == LabelOperator::kIn || requirement.op == LabelOperator::kNotIn;
    Require(compares != requirement.values.empty());
  }
}

void CheckBudgetReview(const BudgetReview& review) {
  Require(review.month.ok() && review.sign_offs.size() <= kMaxSignOffs);
  Require(review.meta.name == BudgetReviewName(review.budget, review.month));
  Require(ParseMonth(FormatMonth(review.month)) == review.month);
  Require(review.status.agenda.has_value() == (review.status.agenda_digest.size() == 64));
}

void CheckAccepted(const ManifestContent& content) {
  if (const auto* review = std::get_if<LaunchReview>(&content)) CheckReview(*review);
  if (const auto* authority = std::get_if<LaunchAuthority>(&content)) CheckAuthority(*authority);
  if (const auto* budget = std::get_if<ErrorBudget>(&content)) CheckBudget(*budget);
  if (const auto* window = std::get_if<FreezeWindow>(&content)) CheckWindow(*window);
  if (const auto* month = std::get_if<BudgetReview>(&content)) CheckBudgetReview(*month);
  if (const auto* checklist = std::get_if<ReadinessChecklist>(&content)) {
    Require(!checklist->items.empty());
    for (const ChecklistItem& item : checklist->items) {
      Require(checklist->Find(item.id) == &item);
    }
  }
  if (const auto* verdict = std::get_if<LaunchVerdict>(&content)) {
    Require(verdict->envelope.empty() != verdict->ssh_signature.empty());
    Require(verdict->envelope.size() <= kMaxEnvelopeBytes);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto document = launchgate::json::ParseStrict({reinterpret_cast<const char*>(data), size});
  if (!document) return 0;
  for (const Manifest& manifest : ReadManifests(*document)) {
    Require(manifest.problems.size() <= launchgate::json::kMaxProblems);
    Require(launchgate::json::Summarize(manifest.problems).size() <=
            launchgate::json::kMaxSummaryBytes);
    if (manifest.problems.empty()) CheckAccepted(manifest.content);
  }
  return 0;
}
