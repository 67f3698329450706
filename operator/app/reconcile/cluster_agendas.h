// The agendas of monthly reviews, from the caches and from Prometheus.
#pragma once

#include <stop_token>

#include "app/budget_evaluator.h"
#include "app/cluster.h"
#include "app/reconcile/budget_review_reconciler.h"
#include "core/budget/time_zone.h"
#include "core/verdict/signature.h"

namespace launchgate::app {

class ClusterAgendas final : public AgendaSource {
 public:
  // All must outlive this object.
  ClusterAgendas(Cluster& cluster, BudgetEvaluator& evaluator, const budget::TimeZones& zones,
                 const verdict::SignatureVerifier& verifier)
      : cluster_(cluster), evaluator_(evaluator), zones_(zones), verifier_(verifier) {}

  budget::AgendaMaterial MaterialOf(const resources::ErrorBudget& budget,
                                    const budget::ReviewTimes& times, base::Time now,
                                    std::stop_token stop) override;

 private:
  resources::ErrorBudgetStatus FiguresOf(const resources::ErrorBudget& budget,
                                         const budget::ReviewTimes& times, base::Time now,
                                         std::stop_token stop);
  void AddFreezes(const resources::ErrorBudget& budget, const budget::ReviewTimes& times,
                  base::Time now, budget::AgendaMaterial& material) const;
  void AddServices(const resources::ErrorBudget& budget, base::Time now,
                   budget::AgendaMaterial& material) const;

  Cluster& cluster_;
  BudgetEvaluator& evaluator_;
  const budget::TimeZones& zones_;
  const verdict::SignatureVerifier& verifier_;
};

}  // namespace launchgate::app
