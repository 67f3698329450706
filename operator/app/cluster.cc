#include "app/cluster.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "core/budget/calendar.h"

namespace launchgate::app {
namespace {

kube::InformerOptions Follow(const kube::ResourceType& type, std::uint64_t seed) {
  kube::InformerOptions options;
  options.type = type;
  options.seed = seed;
  return options;
}

struct Collection {
  std::string_view name;
  kube::CacheHealth health;
};

std::optional<std::string> Complaint(const Collection& collection) {
  const kube::CacheHealth& health = collection.health;
  if (health.too_many) return fmt::format("{}: more objects than fit", collection.name);
  if (health.state != kube::SyncState::kSynced) {
    return fmt::format("{}: {}", collection.name, kube::ToString(health.state));
  }
  if (health.undecodable > 0) {
    return fmt::format("{}: {} unreadable objects", collection.name, health.undecodable);
  }
  if (health.age > kMaxCacheAge) {
    return fmt::format("{}: no word from the API server for {} s", collection.name,
                       health.age.count() / 1000);
  }
  return std::nullopt;
}

}  // namespace

Cluster::Cluster(const kube::InformerContext& context, const verdict::PublicKeyReader& reader,
                 const ClusterOptions& options)
    : namespaces_(context, Follow(kube::kNamespaces, options.seed + 1), DecodeNamespace),
      reviews_(context, Follow(kube::kLaunchReviews, options.seed + 2),
               [keep = options.keep_status](const auto& raw) { return DecodeReview(raw, keep); }),
      checklists_(
          context, Follow(kube::kReadinessChecklists, options.seed + 3),
          [keep = options.keep_status](const auto& raw) { return DecodeChecklist(raw, keep); }),
      authorities_(context, Follow(kube::kLaunchAuthorities, options.seed + 4),
                   [keep = options.keep_status, &reader](const auto& raw) {
                     return DecodeAuthority(raw, keep, reader);
                   }),
      verdicts_(context, Follow(kube::kLaunchVerdicts, options.seed + 5),
                [keep = options.keep_status](const auto& raw) { return DecodeVerdict(raw, keep); }),
      budgets_(context, Follow(kube::kErrorBudgets, options.seed + 6),
               [keep = options.keep_status](const auto& raw) { return DecodeBudget(raw, keep); }),
      windows_(
          context, Follow(kube::kFreezeWindows, options.seed + 7),
          [keep = options.keep_status](const auto& raw) { return DecodeFreezeWindow(raw, keep); }),
      budget_reviews_(
          context, Follow(kube::kBudgetReviews, options.seed + 8),
          [keep = options.keep_status](const auto& raw) { return DecodeBudgetReview(raw, keep); }) {
}

Cluster::~Cluster() { Stop(); }

void Cluster::OnAnyChange(const std::function<void()>& handler) {
  const auto notify = [handler](const auto&) { handler(); };
  namespaces_.AddHandler(notify);
  reviews_.AddHandler(notify);
  checklists_.AddHandler(notify);
  authorities_.AddHandler(notify);
  verdicts_.AddHandler(notify);
  budgets_.AddHandler(notify);
  windows_.AddHandler(notify);
  budget_reviews_.AddHandler(notify);
}

void Cluster::Start() {
  namespaces_.Start();
  reviews_.Start();
  checklists_.Start();
  authorities_.Start();
  verdicts_.Start();
  budgets_.Start();
  windows_.Start();
  budget_reviews_.Start();
}

void Cluster::Stop() {
  namespaces_.Stop();
  reviews_.Stop();
  checklists_.Stop();
  authorities_.Stop();
  verdicts_.Stop();
  budgets_.Stop();
  windows_.Stop();
  budget_reviews_.Stop();
}

std::optional<std::string> Cluster::WaitingFor() const {
  const std::array collections = {
      Collection{"namespaces", namespaces_.Health()},
      Collection{"launchreviews", reviews_.Health()},
      Collection{"readinesschecklists", checklists_.Health()},
      Collection{"launchauthorities", authorities_.Health()},
      Collection{"launchverdicts", verdicts_.Health()},
      Collection{"errorbudgets", budgets_.Health()},
      Collection{"freezewindows", windows_.Health()},
      Collection{"budgetreviews", budget_reviews_.Health()},
  };
  std::string text;
  for (const Collection& collection : collections) {
    const auto complaint = Complaint(collection);
    if (complaint) text += (text.empty() ? "" : ", ") + *complaint;
  }
  if (text.empty()) return std::nullopt;
  return text;
}

std::chrono::milliseconds Cluster::Age() const {
  return std::max({namespaces_.CacheAge(), reviews_.CacheAge(), checklists_.CacheAge(),
                   authorities_.CacheAge(), verdicts_.CacheAge(), budgets_.CacheAge(),
                   windows_.CacheAge(), budget_reviews_.CacheAge()});
}

std::vector<kube::Informer<VerdictRecord>::Pointer> Cluster::VerdictsOf(
    const resources::LaunchReview& review) const {
  std::vector<kube::Informer<VerdictRecord>::Pointer> verdicts;
  for (const auto& entry : verdicts_.Snapshot(review.meta.ns)) {
    const VerdictRecord& record = *entry.value;
    if (record.verdict.review == review.meta.name && record.problems.empty()) {
      verdicts.push_back(entry.value);
    }
  }
  return verdicts;
}

kube::Informer<BudgetRecord>::Pointer Cluster::BudgetOf(
    const resources::LaunchReview& review) const {
  if (review.error_budget.empty()) return nullptr;
  return budgets_.Get({review.meta.ns, review.error_budget});
}

std::vector<kube::Informer<FreezeWindowRecord>::Pointer> Cluster::WindowsOf(
    const std::string& ns) const {
  const auto record = namespaces_.Get({"", ns});
  std::vector<kube::Informer<FreezeWindowRecord>::Pointer> selected;
  for (const auto& entry : windows_.Snapshot()) {
    if (!record || budget::Selects(entry.value->window.namespace_selector, record->labels)) {
      selected.push_back(entry.value);
    }
  }
  return selected;
}

std::vector<kube::Informer<BudgetReviewRecord>::Pointer> Cluster::BudgetReviewsOf(
    const std::string& ns) const {
  std::vector<kube::Informer<BudgetReviewRecord>::Pointer> reviews;
  for (const auto& entry : budget_reviews_.Snapshot(ns)) reviews.push_back(entry.value);
  return reviews;
}

kube::Informer<AuthorityRecord>::Pointer Cluster::AuthorityOf(
    const resources::ErrorBudget& budget) const {
  if (!budget.review) return nullptr;
  return authorities_.Get({"", budget.review->authority});
}

BudgetReviewsInput Cluster::ReviewsOf(const resources::ErrorBudget& budget) const {
  return {&budget, BudgetReviewsOf(budget.meta.ns), AuthorityOf(budget), ClusterId()};
}

std::string Cluster::ClusterId() const {
  const auto kube_system = namespaces_.Get({"", "kube-system"});
  return kube_system ? kube_system->uid : "";
}

}  // namespace launchgate::app
