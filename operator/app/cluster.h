// Everything both roles follow on the API server: the objects that decide.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/records.h"
#include "shell/kube/informer.h"

namespace launchgate::app {

// When the API server has been silent for longer than this, what the cache
// says is history: the gate denies with NotReady rather than trust it.
inline constexpr std::chrono::milliseconds kMaxCacheAge{120'000};

struct ClusterOptions {
  KeepStatus keep_status = KeepStatus::kNo;
  std::uint64_t seed = 0;  // Of the watches' jitter.
};

// Thread-safe after Start().
class Cluster {
 public:
  Cluster(const kube::InformerContext& context, const verdict::PublicKeyReader& reader,
          const ClusterOptions& options);
  ~Cluster();

  kube::Informer<NamespaceRecord>& namespaces() { return namespaces_; }
  kube::Informer<ReviewRecord>& reviews() { return reviews_; }
  kube::Informer<ChecklistRecord>& checklists() { return checklists_; }
  kube::Informer<AuthorityRecord>& authorities() { return authorities_; }
  kube::Informer<VerdictRecord>& verdicts() { return verdicts_; }
  kube::Informer<BudgetRecord>& budgets() { return budgets_; }
  kube::Informer<FreezeWindowRecord>& windows() { return windows_; }
  kube::Informer<BudgetReviewRecord>& budget_reviews() { return budget_reviews_; }

  // Before Start(): called after any object or any sync state changed, on the
  // informers' threads.
  void OnAnyChange(const std::function<void()>& handler);

  void Start();
  void Stop();

  // What is not there yet or too old to trust, for people; nothing when all is well.
  std::optional<std::string> WaitingFor() const;
  // Since the quietest collection last gave a sign of life.
  std::chrono::milliseconds Age() const;
  // The LaunchVerdicts about a review that were read without a problem.
  std::vector<kube::Informer<VerdictRecord>::Pointer> VerdictsOf(
      const resources::LaunchReview& review) const;
  // The ErrorBudget that a review names; null when it names none, or one that does not exist.
  kube::Informer<BudgetRecord>::Pointer BudgetOf(const resources::LaunchReview& review) const;
  // The FreezeWindows that select a namespace; all of them when it is not known.
  std::vector<kube::Informer<FreezeWindowRecord>::Pointer> WindowsOf(const std::string& ns) const;
  // The BudgetReviews of a namespace, of whichever budget, in the order of their names.
  std::vector<kube::Informer<BudgetReviewRecord>::Pointer> BudgetReviewsOf(
      const std::string& ns) const;
  // The LaunchAuthority that signs a budget's monthly reviews off; null when it has
  // none, or one that does not exist.
  kube::Informer<AuthorityRecord>::Pointer AuthorityOf(const resources::ErrorBudget& budget) const;
  // What the monthly reviews of a budget are judged by.
  BudgetReviewsInput ReviewsOf(const resources::ErrorBudget& budget) const;
  // The UID of kube-system, which identifies the cluster; empty until known.
  std::string ClusterId() const;

 private:
  kube::Informer<NamespaceRecord> namespaces_;
  kube::Informer<ReviewRecord> reviews_;
  kube::Informer<ChecklistRecord> checklists_;
  kube::Informer<AuthorityRecord> authorities_;
  kube::Informer<VerdictRecord> verdicts_;
  kube::Informer<BudgetRecord> budgets_;
  kube::Informer<FreezeWindowRecord> windows_;
  kube::Informer<BudgetReviewRecord> budget_reviews_;
};

}  // namespace launchgate::app
