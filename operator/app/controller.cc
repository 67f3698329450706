#include "app/controller.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <string_view>
#include <utility>

#include "app/cluster_sources.h"
#include "platform/log.h"

namespace launchgate::app {
namespace {

namespace log = platform::log;

// An item of the queue: "review shop/gift-cards", "authority platform".
constexpr std::string_view kReview = "review";
constexpr std::string_view kVerdict = "verdict";
constexpr std::string_view kChecklist = "checklist";
constexpr std::string_view kAuthority = "authority";
constexpr std::string_view kBudget = "budget";
constexpr std::string_view kBudgetReviews = "budget-reviews";  // Those of one budget.
constexpr std::string_view kWindow = "window";

// A reconcile waits for the caches this long before it tries again.
constexpr std::chrono::milliseconds kSyncRetry{200};

std::string Item(std::string_view kind, const kube::ObjectKey& key) {
  return fmt::format("{} {}", kind, kube::ToString(key));
}

struct ParsedItem {
  std::string_view kind;
  kube::ObjectKey key;
};

ParsedItem ParseItem(std::string_view item) {
  const std::size_t space = item.find(' ');
  ParsedItem parsed;
  parsed.kind = item.substr(0, space);
  const std::string_view name = item.substr(space + 1);
  const std::size_t slash = name.find('/');
  if (slash == std::string_view::npos) {
    parsed.key.name = name;
  } else {
    parsed.key = {std::string(name.substr(0, slash)), std::string(name.substr(slash + 1))};
  }
  return parsed;
}

kube::WorkQueueOptions QueueOptions(std::uint64_t seed) {
  kube::WorkQueueOptions options;
  options.seed = seed;
  return options;
}

}  // namespace

Controller::Controller(const ControllerParts& parts, const ControllerOptions& options)
    : parts_(parts), options_(options), queue_(QueueOptions(options.seed), parts.clock) {
  Cluster& cluster = parts_.cluster;
  cluster.reviews().AddHandler([this](const auto& change) { OnReview(change); });
  cluster.verdicts().AddHandler([this](const auto& change) { OnVerdict(change); });
  cluster.checklists().AddHandler([this](const auto& change) {
    queue_.Add(Item(kChecklist, change.meta.key));
    EnqueueReviewsWhere(
        [&](const auto& review) { return review.checklist == change.meta.key.name; });
  });
  cluster.authorities().AddHandler(
      [this](const auto& change) { OnAuthority(change.meta.key.name); });
  cluster.budgets().AddHandler([this](const auto& change) {
    queue_.Add(Item(kBudget, change.meta.key));
    OnReviewsOfBudget(change.meta.key);
  });
  cluster.budget_reviews().AddHandler([this](const auto& change) { OnBudgetReview(change); });
  cluster.windows().AddHandler([this](const auto& change) {
    queue_.Add(Item(kWindow, change.meta.key));
    // Which namespaces it selects may have changed with it.
    EnqueueReviewsWhere([](const auto&) { return true; });
  });
  cluster.namespaces().AddHandler([this](const auto& change) {
    EnqueueReviewsWhere([&](const auto& review) { return review.meta.ns == change.meta.key.name; });
  });
  parts_.workloads.OnChange([this](const auto& target) { OnTarget(target); });
  parts_.objects_of_evidence.OnChange([this](const auto& group, const auto& kind, const auto& key) {
    OnEvidence(group, kind, key);
  });
}

void Controller::Start() {
  EnqueueEverything();
  for (int i = 0; i < options_.workers; ++i) {
    workers_.emplace_back([this](std::stop_token stop) { Work(std::move(stop)); });
  }
}

void Controller::Stop() {
  queue_.ShutDown();
  for (std::jthread& worker : workers_) worker.request_stop();
  workers_.clear();
}

void Controller::OnReview(const kube::Change<ReviewRecord>& change) {
  queue_.Add(Item(kReview, change.meta.key));
}

void Controller::OnVerdict(const kube::Change<VerdictRecord>& change) {
  queue_.Add(Item(kVerdict, change.meta.key));
  for (const auto& record : {change.before, change.after}) {
    if (record) queue_.Add(Item(kReview, {change.meta.key.ns, record->verdict.review}));
  }
}

void Controller::OnAuthority(const std::string& name) {
  queue_.Add(Item(kAuthority, {"", name}));
  EnqueueReviewsWhere([&](const auto& review) { return review.authority == name; });
  for (const auto& entry : parts_.cluster.budgets().Snapshot()) {
    const auto& cadence = entry.value->budget.review;
    if (cadence && cadence->authority == name) OnReviewsOfBudget(entry.key);
  }
}

void Controller::OnReviewsOfBudget(const kube::ObjectKey& budget) {
  queue_.Add(Item(kBudgetReviews, budget));
  EnqueueReviewsWhere([&](const auto& review) {
    return review.meta.ns == budget.ns && review.error_budget == budget.name;
  });
}

void Controller::OnBudgetReview(const kube::Change<BudgetReviewRecord>& change) {
  for (const auto& record : {change.before, change.after}) {
    if (record) OnReviewsOfBudget({change.meta.key.ns, record->review.budget});
  }
}

void Controller::OnTarget(const resources::TargetRef& target) {
  EnqueueReviewsWhere([&](const auto& review) { return review.target == target; });
}

void Controller::OnEvidence(const std::string& group, const std::string& kind,
                            const kube::ObjectKey& key) {
  for (const std::string& name : ClusterSources::WatchNamesOf(group, kind, key)) {
    const auto readers =
        name.ends_with(' ') ? parts_.evidence.ReadersOfAny(name) : parts_.evidence.ReadersOf(name);
    for (const std::string& review : readers) queue_.Add(fmt::format("{} {}", kReview, review));
  }
}

void Controller::EnqueueReviewsWhere(
    const std::function<bool(const resources::LaunchReview&)>& wanted) {
  for (const auto& entry : parts_.cluster.reviews().Snapshot()) {
    if (wanted(entry.value->review)) queue_.Add(Item(kReview, entry.key));
  }
}

void Controller::EnqueueEverything() {
  EnqueueReviewsWhere([](const auto&) { return true; });
  for (const auto& entry : parts_.cluster.verdicts().Snapshot())
    queue_.Add(Item(kVerdict, entry.key));
  for (const auto& entry : parts_.cluster.checklists().Snapshot()) {
    queue_.Add(Item(kChecklist, entry.key));
  }
  for (const auto& entry : parts_.cluster.authorities().Snapshot()) {
    queue_.Add(Item(kAuthority, entry.key));
  }
  for (const auto& entry : parts_.cluster.budgets().Snapshot()) {
    queue_.Add(Item(kBudget, entry.key));
    queue_.Add(Item(kBudgetReviews, entry.key));
  }
  for (const auto& entry : parts_.cluster.windows().Snapshot()) {
    queue_.Add(Item(kWindow, entry.key));
  }
}

void Controller::Work(std::stop_token stop) {
  while (const auto item = queue_.Get(stop)) {
    base::Result<base::Time> next = base::Fail(base::ErrorKind::kInternal, "not run");
    try {
      next = Reconcile(*item, stop);
    } catch (const std::exception& error) {
      next = base::Fail(base::ErrorKind::kInternal, error.what());
    }
    const std::string kind(ParseItem(*item).kind);
    parts_.metrics.CountReconcile(kind, next.has_value());
    if (next) {
      queue_.Forget(*item);
      if (*next != base::kNever) queue_.AddAt(*item, *next);
    } else if (!stop.stop_requested()) {
      // A conflict is everyday life: the cache was a moment behind.
      if (next.error().kind != base::ErrorKind::kConflict) {
        log::Warning("reconcile failed; will try again",
                     {{"item", *item}, {"error", next.error().message}});
      }
      queue_.AddRateLimited(*item);
    }
    queue_.Done(*item);
  }
}

base::Result<base::Time> Controller::Reconcile(const std::string& item, std::stop_token stop) {
  // Half a view would be written as if it were the whole one.
  const bool synced = !parts_.cluster.WaitingFor() && parts_.workloads.HasSynced() &&
                      parts_.objects_of_evidence.HasSynced();
  if (!synced) return parts_.clock.Now() + kSyncRetry;
  const ParsedItem parsed = ParseItem(item);
  if (parsed.kind == kReview) return parts_.reviews.Reconcile(parsed.key, std::move(stop));
  if (parsed.kind == kVerdict) return parts_.objects.ReconcileVerdict(parsed.key, std::move(stop));
  if (parsed.kind == kChecklist) {
    return parts_.objects.ReconcileChecklist(parsed.key, std::move(stop));
  }
  if (parsed.kind == kBudget) return parts_.budgets.Reconcile(parsed.key, std::move(stop));
  if (parsed.kind == kBudgetReviews) return ReconcileBudgetReviews(parsed.key, std::move(stop));
  if (parsed.kind == kWindow) {
    const auto window = parts_.cluster.windows().Get(parsed.key);
    if (!window) return base::kNever;
    return parts_.windows.Reconcile(*window, std::move(stop));
  }
  return parts_.objects.ReconcileAuthority(parsed.key, std::move(stop));
}

base::Result<base::Time> Controller::ReconcileBudgetReviews(const kube::ObjectKey& budget,
                                                            std::stop_token stop) {
  const auto record = parts_.cluster.budgets().Get(budget);
  if (!record || !record->problems.empty() || !record->budget.review) {
    parts_.budget_reviews.Forget(budget);
    return base::kNever;
  }
  const auto next = parts_.budget_reviews.Reconcile(parts_.cluster.ReviewsOf(record->budget),
                                                    parts_.clock.Now(), std::move(stop));
  // A zone that nobody knows: the freeze that follows from it says so, and trying
  // again is of no use before the budget is edited.
  const bool no_zone = !next && next.error().kind == base::ErrorKind::kNotFound;
  return no_zone ? base::Result<base::Time>(base::kNever) : next;
}

}  // namespace launchgate::app
