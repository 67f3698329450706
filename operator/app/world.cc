#include "app/world.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/budget/calendar.h"
#include "core/decision/assemble.h"
#include "core/json/yaml.h"

namespace launchgate::app {
namespace {

template <typename T>
const T* FindNamed(const std::vector<T>& items, const auto& matches) {
  const auto found = std::ranges::find_if(items, matches);
  return found == items.end() ? nullptr : &*found;
}

}  // namespace

base::Status World::AddText(std::string_view text, const std::string& origin) {
  const auto documents = json::ParseYaml(text);
  if (!documents) return base::Wrap(origin, documents.error());
  for (const json::Json& document : *documents) Add(document);
  return {};
}

void World::KeepRaw(const json::Json& object) {
  const auto text = [](const json::Json& parent, const char* field) {
    const auto found = parent.is_object() ? parent.find(field) : parent.end();
    return found != parent.end() && found->is_string() ? found->get<std::string>() : "";
  };
  if (!object.is_object()) return;
  if (const auto items = object.find("items");
      text(object, "kind") == "List" && items != object.end() && items->is_array()) {
    for (const json::Json& item : *items) KeepRaw(item);
    return;
  }
  const std::string api_version = text(object, "apiVersion");
  const std::size_t slash = api_version.find('/');
  const auto metadata = object.find("metadata");
  if (api_version.empty() || metadata == object.end()) return;
  raw_.push_back({slash == std::string::npos ? "" : api_version.substr(0, slash),
                  text(object, "kind"), text(*metadata, "namespace"), text(*metadata, "name"),
                  std::make_shared<const json::Json>(object)});
}

void World::Add(const json::Json& object) {
  KeepRaw(object);
  for (resources::Manifest& manifest : resources::ReadManifests(object)) {
    const auto keep = [&]<typename T>(std::vector<Loaded<T>>& list) {
      list.push_back({std::get<T>(std::move(manifest.content)), std::move(manifest.problems)});
    };
    if (std::holds_alternative<resources::LaunchReview>(manifest.content)) {
      keep(reviews_);
    } else if (std::holds_alternative<resources::ReadinessChecklist>(manifest.content)) {
      keep(checklists_);
    } else if (std::holds_alternative<resources::LaunchAuthority>(manifest.content)) {
      keep(authorities_);
    } else if (std::holds_alternative<resources::LaunchVerdict>(manifest.content)) {
      keep(verdicts_);
    } else if (std::holds_alternative<resources::ErrorBudget>(manifest.content)) {
      keep(budgets_);
    } else if (std::holds_alternative<resources::FreezeWindow>(manifest.content)) {
      keep(windows_);
    } else if (std::holds_alternative<resources::BudgetReview>(manifest.content)) {
      keep(budget_reviews_);
    } else if (auto* config_map = std::get_if<resources::ConfigMap>(&manifest.content)) {
      config_maps_.push_back(std::move(*config_map));
    } else if (auto* ns = std::get_if<resources::Namespace>(&manifest.content)) {
      namespaces_.push_back(std::move(*ns));
    } else if (auto* workload = std::get_if<resources::Workload>(&manifest.content)) {
      workloads_.push_back(std::move(*workload));
    }
  }
}

const World::Loaded<resources::ReadinessChecklist>* World::FindChecklist(
    std::string_view name) const {
  return FindNamed(checklists_, [&](const auto& item) { return item.object.meta.name == name; });
}

const World::Loaded<resources::LaunchAuthority>* World::FindAuthority(std::string_view name) const {
  return FindNamed(authorities_, [&](const auto& item) { return item.object.meta.name == name; });
}

const World::Loaded<resources::ErrorBudget>* World::FindBudget(std::string_view ns,
                                                               std::string_view name) const {
  return FindNamed(budgets_, [&](const auto& item) {
    return item.object.meta.ns == ns && item.object.meta.name == name;
  });
}

const resources::ConfigMap* World::FindConfigMap(std::string_view ns, std::string_view name) const {
  return FindNamed(config_maps_, [&](const resources::ConfigMap& item) {
    return item.meta.ns == ns && item.meta.name == name;
  });
}

const resources::Workload* World::FindWorkload(const resources::TargetRef& target) const {
  return FindNamed(workloads_,
                   [&](const resources::Workload& item) { return item.target == target; });
}

const json::Json* World::FindObject(std::string_view group, std::string_view kind,
                                    std::string_view ns, std::string_view name) const {
  const auto* found = FindNamed(raw_, [&](const RawObject& raw) {
    return raw.group == group && raw.kind == kind && raw.ns == ns && raw.name == name;
  });
  return found == nullptr ? nullptr : found->object.get();
}

std::vector<const json::Json*> World::ObjectsOf(std::string_view group, std::string_view kind,
                                                std::string_view ns) const {
  std::vector<const json::Json*> objects;
  for (const RawObject& raw : raw_) {
    if (raw.group == group && raw.kind == kind && raw.ns == ns) objects.push_back(raw.object.get());
  }
  return objects;
}

std::optional<verdict::TrustedAuthority> World::TrustedBy(
    const resources::LaunchReview& review) const {
  const auto record = Trust(review.authority);
  if (!record || !record->authority.Serves(review.meta.ns)) return std::nullopt;
  return record->trusted;
}

std::shared_ptr<const AuthorityRecord> World::Trust(std::string_view name) const {
  const auto* found = FindAuthority(name);
  if (found == nullptr) return nullptr;
  return std::make_shared<const AuthorityRecord>(RecordOf(found->object, found->problems, reader_));
}

std::vector<budget::Freeze> World::FreezesOf(const resources::LaunchReview& review,
                                             const verdict::SignatureVerifier& verifier,
                                             base::Time now) const {
  FreezeSources sources;
  sources.windows = WindowsOf(review.meta.ns);
  std::shared_ptr<const AuthorityRecord> signs;
  if (const auto* budget = FindBudget(review.meta.ns, review.error_budget)) {
    sources.budget = &budget->object;
    sources.budget_problems = &budget->problems;
    if (budget->object.review) signs = Trust(budget->object.review->authority);
    if (KnowsReviewsOf(budget->object)) sources.reviews = ReviewsOf(budget->object, signs.get());
  }
  const bool evaluated = sources.budget != nullptr && sources.budget->status.evaluated_at;
  sources.with_budget = origin_ != verdict::Origin::kFiles || evaluated;
  return FreezesAbout(review, sources, {*zones_, verifier}, now);
}

bool World::KnowsReviewsOf(const resources::ErrorBudget& budget) const {
  return origin_ == verdict::Origin::kCluster ||
         std::ranges::any_of(budget_reviews_, [&](const auto& review) {
           return review.object.meta.ns == budget.meta.ns &&
                  review.object.budget == budget.meta.name;
         });
}

decision::BudgetReviewInputs World::ReviewsOf(const resources::ErrorBudget& budget,
                                              const AuthorityRecord* authority) const {
  decision::BudgetReviewInputs inputs;
  inputs.budget = &budget;
  inputs.cluster_id = cluster_id_;
  inputs.origin = origin_;
  for (const auto& review : budget_reviews_) {
    inputs.reviews.push_back({&review.object, review.problems.empty()});
  }
  SetAuthority(authority, budget.meta.ns, inputs);
  return inputs;
}

std::vector<SelectedWindow> World::WindowsOf(std::string_view ns) const {
  const auto* known = FindNamed(
      namespaces_, [&](const resources::Namespace& item) { return item.meta.name == ns; });
  std::vector<SelectedWindow> selected;
  for (const auto& window : windows_) {
    if (known == nullptr || budget::Selects(window.object.namespace_selector, known->labels)) {
      selected.push_back({&window.object, &window.problems});
    }
  }
  return selected;
}

decision::GateMode World::ModeOf(std::string_view ns) const {
  const auto* found = FindNamed(
      namespaces_, [&](const resources::Namespace& item) { return item.meta.name == ns; });
  return found == nullptr ? decision::GateMode::kUnknown : decision::ParseGateMode(found->gate);
}

std::shared_ptr<const decision::ReviewFacts> World::FactsOf(
    const Loaded<resources::LaunchReview>& review,
    std::map<std::string, evidence::Finding> findings, const verdict::SignatureVerifier& verifier,
    base::Time now) const {
  decision::ReviewInputs inputs;
  inputs.review = &review.object;
  inputs.review_problems = review.problems;
  if (const auto* checklist = FindChecklist(review.object.checklist)) {
    inputs.checklist = &checklist->object;
    inputs.checklist_problems = checklist->problems;
  }
  const auto authority = Trust(review.object.authority);
  SetAuthority(authority.get(), review.object.meta.ns, inputs);
  for (const auto& verdict : verdicts_) {
    const bool points_here = verdict.object.meta.ns == review.object.meta.ns &&
                             verdict.object.review == review.object.meta.name;
    if (points_here && verdict.problems.empty()) inputs.verdicts.push_back(verdict.object);
  }
  inputs.freezes = FreezesOf(review.object, verifier, now);
  inputs.cluster_id = cluster_id_;
  inputs.origin = origin_;
  inputs.findings = std::move(findings);
  return decision::Assemble(inputs, verifier);
}

}  // namespace launchgate::app
