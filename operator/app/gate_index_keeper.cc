#include "app/gate_index_keeper.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "core/decision/assemble.h"
#include "platform/log.h"

namespace launchgate::app {
namespace {

namespace log = platform::log;

// LaunchVerdicts by the review they point at.
using VerdictsByReview =
    std::map<kube::ObjectKey, std::vector<kube::Informer<VerdictRecord>::Pointer>>;

VerdictsByReview GroupVerdicts(const kube::Informer<VerdictRecord>& verdicts) {
  VerdictsByReview groups;
  for (const auto& entry : verdicts.Snapshot()) {
    if (!entry.value->problems.empty()) continue;
    groups[{entry.key.ns, entry.value->verdict.review}].push_back(entry.value);
  }
  return groups;
}

}  // namespace

GateIndexKeeper::GateIndexKeeper(Cluster& cluster, const verdict::SignatureVerifier& verifier,
                                 const budget::TimeZones& zones, const clock::Clock& clock,
                                 RebuildObserver on_rebuilt)
    : cluster_(cluster),
      verifier_(verifier),
      zones_(zones),
      clock_(clock),
      on_rebuilt_(std::move(on_rebuilt)),
      index_(std::make_shared<decision::GateIndex>()) {
  cluster_.OnAnyChange([this] { MarkDirty(); });
}

GateIndexKeeper::~GateIndexKeeper() { Stop(); }

std::shared_ptr<const decision::GateIndex> GateIndexKeeper::Current() const {
  const std::lock_guard lock(index_mutex_);
  return index_;
}

void GateIndexKeeper::Start() {
  thread_ = std::jthread([this](std::stop_token stop) { Run(std::move(stop)); });
}

void GateIndexKeeper::Stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

void GateIndexKeeper::MarkDirty() {
  const std::lock_guard lock(mutex_);
  dirty_ = true;
  changed_.notify_one();
}

void GateIndexKeeper::Run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, stop, kIndexHealthPeriod, [this] { return dirty_; });
      dirty_ = false;
    }
    try {
      Rebuild();
    } catch (const std::exception& error) {
      // The index that stands is older but right; the caches' age denies when
      // this goes on for too long.
      log::Error("could not rebuild the gate index", {{"error", error.what()}});
      MarkDirty();
    }
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, kIndexDebounce, [] { return false; });
  }
}

void GateIndexKeeper::Rebuild() {
  // The health first: an object that arrives in between is then in the index
  // of a cache that was already complete, never the other way round.
  decision::Health health;
  const auto waiting_for = cluster_.WaitingFor();
  const std::string cluster_id = cluster_.ClusterId();
  health.caches_synced = !waiting_for && !cluster_id.empty();
  health.waiting_for = waiting_for.value_or(cluster_id.empty() ? "namespace kube-system" : "");

  decision::GateIndex::Builder builder;
  builder.SetHealth(health);
  for (const auto& entry : cluster_.namespaces().Snapshot()) {
    builder.AddNamespace(entry.key.name, entry.value->mode);
  }
  VerdictsByReview verdicts = GroupVerdicts(cluster_.verdicts());
  const base::Time now = clock_.Now();
  std::map<std::string, OfNamespace> namespaces;
  std::map<kube::ObjectKey, Entry> kept;
  for (const auto& entry : cluster_.reviews().Snapshot()) {
    const std::string& ns = entry.key.ns;
    const auto [shared, first] = namespaces.try_emplace(ns);
    if (first) shared->second = {cluster_.WindowsOf(ns), cluster_.BudgetReviewsOf(ns)};
    Inputs inputs = InputsFor(entry.value, shared->second, now);
    inputs.verdicts = std::move(verdicts[entry.key]);
    inputs.cluster_id = cluster_id;
    auto facts = FactsOf(entry.key, inputs, now);
    builder.AddReview(facts);
    kept[entry.key] = {std::move(inputs), std::move(facts)};
  }
  entries_ = std::move(kept);
  auto index = std::move(builder).Build();
  {
    const std::lock_guard lock(index_mutex_);
    index_ = std::move(index);
  }
  version_.fetch_add(1, std::memory_order_release);
  if (on_rebuilt_) on_rebuilt_(entries_.size());
}

GateIndexKeeper::Inputs GateIndexKeeper::InputsFor(
    const kube::Informer<ReviewRecord>::Pointer& record, const OfNamespace& shared,
    base::Time now) const {
  const resources::LaunchReview& review = record->review;
  Inputs inputs;
  inputs.review = record;
  inputs.checklist = cluster_.checklists().Get({"", review.checklist});
  inputs.authority = cluster_.authorities().Get({"", review.authority});
  inputs.budget = cluster_.BudgetOf(review);
  inputs.windows = shared.windows;
  const resources::ErrorBudget* budget = inputs.budget ? &inputs.budget->budget : nullptr;
  if (budget != nullptr && budget->review) {
    inputs.budget_reviews = shared.budget_reviews;
    inputs.budget_authority = cluster_.AuthorityOf(*budget);
  }
  if (FollowACalendar(budget, !inputs.windows.empty())) inputs.calendar_start = CalendarStart(now);
  return inputs;
}

std::shared_ptr<const decision::ReviewFacts> GateIndexKeeper::FactsOf(const kube::ObjectKey& key,
                                                                      const Inputs& inputs,
                                                                      base::Time now) {
  const auto known = entries_.find(key);
  if (known != entries_.end() && known->second.inputs == inputs) return known->second.facts;

  decision::ReviewInputs review_inputs =
      InputsOf(*inputs.review, inputs.checklist.get(), inputs.authority.get());
  for (const VerdictPointer& verdict : inputs.verdicts) {
    review_inputs.verdicts.push_back(verdict->verdict);
  }
  BudgetReviewsInput reviews;
  if (inputs.budget) {
    reviews = {&inputs.budget->budget, inputs.budget_reviews, inputs.budget_authority,
               inputs.cluster_id};
  }
  review_inputs.freezes =
      FreezesAbout(inputs.review->review, SourcesOf(inputs.budget.get(), inputs.windows, reviews),
                   {zones_, verifier_}, now);
  review_inputs.cluster_id = inputs.cluster_id;
  review_inputs.findings = decision::RecordedFindings(inputs.review->review);
  return decision::Assemble(review_inputs, verifier_);
}

}  // namespace launchgate::app
