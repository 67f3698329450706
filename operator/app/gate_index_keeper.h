// Keeps the webhook's GateIndex up to date: rebuilds it after changes, off the
// request path, and swaps it in.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "app/cluster.h"
#include "core/decision/gate_index.h"
#include "core/verdict/signature.h"
#include "shell/clock/clock.h"
#include "shell/webhook/index_source.h"

namespace launchgate::app {

// Changes that come within this time are built into one index. It bounds the
// work under a storm and is the delay that a single change sees.
inline constexpr std::chrono::milliseconds kIndexDebounce{10};
// Without any change the health is looked at this often.
inline constexpr std::chrono::milliseconds kIndexHealthPeriod{1'000};

// Thread-safe. Signatures are verified once per object version: a review whose
// inputs did not change keeps its facts.
class GateIndexKeeper final : public webhook::IndexSource {
 public:
  // Told after every rebuild, on the rebuilding thread: how many reviews the new index holds.
  using RebuildObserver = std::function<void(std::size_t reviews)>;

  // Call before cluster.Start(): it registers a handler. All but the observer
  // must outlive the keeper.
  GateIndexKeeper(Cluster& cluster, const verdict::SignatureVerifier& verifier,
                  const budget::TimeZones& zones, const clock::Clock& clock,
                  RebuildObserver on_rebuilt);
  ~GateIndexKeeper() override;

  std::shared_ptr<const decision::GateIndex> Current() const override;
  std::uint64_t Version() const override { return version_.load(std::memory_order_acquire); }

  void Start();
  void Stop();

  // One rebuild, on the calling thread. What the thread does; public for tests.
  void Rebuild();

 private:
  using VerdictPointer = kube::Informer<VerdictRecord>::Pointer;
  using WindowPointer = kube::Informer<FreezeWindowRecord>::Pointer;
  using BudgetReviewPointer = kube::Informer<BudgetReviewRecord>::Pointer;

  // The objects that a review's facts were made of. Informers share one value
  // per object version, so equal pointers mean equal inputs.
  struct Inputs {
    kube::Informer<ReviewRecord>::Pointer review;
    kube::Informer<ChecklistRecord>::Pointer checklist;
    kube::Informer<AuthorityRecord>::Pointer authority;
    kube::Informer<BudgetRecord>::Pointer budget;
    // Both only where the budget has a cadence.
    std::vector<BudgetReviewPointer> budget_reviews;
    kube::Informer<AuthorityRecord>::Pointer budget_authority;
    std::vector<WindowPointer> windows;
    base::Time calendar_start{};  // Of the freezes; 0 where none follows a calendar.
    std::vector<VerdictPointer> verdicts;
    std::string cluster_id;
    friend bool operator==(const Inputs&, const Inputs&) = default;
  };
  struct Entry {
    Inputs inputs;
    std::shared_ptr<const decision::ReviewFacts> facts;
  };
  // What the reviews of one namespace share.
  struct OfNamespace {
    std::vector<WindowPointer> windows;
    std::vector<BudgetReviewPointer> budget_reviews;
  };

  void MarkDirty();
  Inputs InputsFor(const kube::Informer<ReviewRecord>::Pointer& record, const OfNamespace& shared,
                   base::Time now) const;
  void Run(std::stop_token stop);
  std::shared_ptr<const decision::ReviewFacts> FactsOf(const kube::ObjectKey& key,
                                                       const Inputs& inputs, base::Time now);

  Cluster& cluster_;
  const verdict::SignatureVerifier& verifier_;
  const budget::TimeZones& zones_;
  const clock::Clock& clock_;
  const RebuildObserver on_rebuilt_;

  std::map<kube::ObjectKey, Entry> entries_;  // Only the rebuilding thread.

  mutable std::mutex index_mutex_;  // Guards index_; held for a pointer copy only.
  std::shared_ptr<const decision::GateIndex> index_;
  std::atomic<std::uint64_t> version_{0};

  std::mutex mutex_;  // Guards dirty_.
  std::condition_variable_any changed_;
  bool dirty_ = true;
  std::jthread thread_;
};

}  // namespace launchgate::app
