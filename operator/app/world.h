// A set of objects to judge, from files or read from a cluster: what `check`,
// `explain`, `status` and the signing commands work on.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/evidence_gatherer.h"
#include "app/freezes.h"
#include "app/records.h"
#include "core/base/result.h"
#include "core/decision/decide.h"
#include "core/resources/manifest.h"
#include "core/verdict/signature.h"
#include "core/verdict/trust.h"
#include "shell/clock/time_zones.h"

namespace launchgate::app {

// Not thread-safe while it is filled; const access is.
class World {
 public:
  template <typename T>
  struct Loaded {
    T object;
    std::vector<json::Problem> problems;
  };

  explicit World(const verdict::PublicKeyReader& reader) : reader_(reader) {}

  // Every document of a YAML or JSON text; `origin` names it in errors.
  base::Status AddText(std::string_view text, const std::string& origin);
  void Add(const json::Json& object);
  void SetClusterId(std::string id) { cluster_id_ = std::move(id); }
  // Files need not say which cluster and which UIDs they are from.
  void SetOrigin(verdict::Origin origin) { origin_ = origin; }

  const std::vector<Loaded<resources::LaunchReview>>& reviews() const { return reviews_; }
  const std::vector<Loaded<resources::LaunchVerdict>>& verdicts() const { return verdicts_; }
  const std::vector<Loaded<resources::ReadinessChecklist>>& checklists() const {
    return checklists_;
  }
  const std::string& cluster_id() const { return cluster_id_; }
  const Loaded<resources::ReadinessChecklist>* FindChecklist(std::string_view name) const;
  const Loaded<resources::LaunchAuthority>* FindAuthority(std::string_view name) const;
  // The authority, where there is exactly one.
  const Loaded<resources::LaunchAuthority>* OnlyAuthority() const {
    return authorities_.size() == 1 ? &authorities_.front() : nullptr;
  }
  const std::vector<Loaded<resources::ErrorBudget>>& budgets() const { return budgets_; }
  const std::vector<Loaded<resources::FreezeWindow>>& windows() const { return windows_; }
  const Loaded<resources::ErrorBudget>* FindBudget(std::string_view ns,
                                                   std::string_view name) const;
  const resources::ConfigMap* FindConfigMap(std::string_view ns, std::string_view name) const;
  const resources::Workload* FindWorkload(const resources::TargetRef& target) const;
  // Any object as it was added; null when there is none. Versions do not matter.
  const json::Json* FindObject(std::string_view group, std::string_view kind, std::string_view ns,
                               std::string_view name) const;
  std::vector<const json::Json*> ObjectsOf(std::string_view group, std::string_view kind,
                                           std::string_view ns) const;
  // The keys that may sign for the review; nothing when its authority does not
  // exist or does not serve its namespace.
  std::optional<verdict::TrustedAuthority> TrustedBy(const resources::LaunchReview& review) const;
  decision::GateMode ModeOf(std::string_view ns) const;

  // The facts about one review at `now`, with these findings.
  std::shared_ptr<const decision::ReviewFacts> FactsOf(
      const Loaded<resources::LaunchReview>& review,
      std::map<std::string, evidence::Finding> findings, const verdict::SignatureVerifier& verifier,
      base::Time now) const;

 private:
  struct RawObject {
    std::string group;
    std::string kind;
    std::string ns;
    std::string name;
    std::shared_ptr<const json::Json> object;
  };
  void KeepRaw(const json::Json& object);
  // Null: does not exist.
  std::shared_ptr<const AuthorityRecord> Trust(std::string_view authority) const;
  // The freezes that concern a review around `now`. Files of a repository say what a budget is
  // and not how much of it is left: without a status it freezes nothing there.
  std::vector<budget::Freeze> FreezesOf(const resources::LaunchReview& review,
                                        const verdict::SignatureVerifier& verifier,
                                        base::Time now) const;
  // Files without any review of a budget do not say that there is none.
  bool KnowsReviewsOf(const resources::ErrorBudget& budget) const;
  // What the monthly reviews of a budget are judged by. Points into `authority`, who
  // signs them.
  decision::BudgetReviewInputs ReviewsOf(const resources::ErrorBudget& budget,
                                         const AuthorityRecord* authority) const;
  // Those that select a namespace; all of them when the namespace is not here.
  std::vector<SelectedWindow> WindowsOf(std::string_view ns) const;

  const verdict::PublicKeyReader& reader_;
  std::shared_ptr<const budget::TimeZones> zones_ = std::make_shared<clock::SystemTimeZones>();
  std::vector<RawObject> raw_;
  std::vector<Loaded<resources::LaunchReview>> reviews_;
  std::vector<Loaded<resources::ReadinessChecklist>> checklists_;
  std::vector<Loaded<resources::LaunchAuthority>> authorities_;
  std::vector<Loaded<resources::LaunchVerdict>> verdicts_;
  std::vector<Loaded<resources::ErrorBudget>> budgets_;
  std::vector<Loaded<resources::FreezeWindow>> windows_;
  std::vector<Loaded<resources::BudgetReview>> budget_reviews_;
  std::vector<resources::ConfigMap> config_maps_;
  std::vector<resources::Namespace> namespaces_;
  std::vector<resources::Workload> workloads_;
  std::string cluster_id_;
  verdict::Origin origin_ = verdict::Origin::kCluster;
};

}  // namespace launchgate::app
