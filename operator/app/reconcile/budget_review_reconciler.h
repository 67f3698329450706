// Opens the monthly reviews of a budget, takes their agendas and keeps their
// status true: Gather, Decide, Apply.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "app/reconcile/budget_review_store.h"
#include "app/reconcile/review_notices.h"
#include "app/records.h"
#include "core/budget/agenda.h"
#include "core/budget/review_cycle.h"
#include "core/budget/time_zone.h"
#include "core/decision/budget_reviews.h"
#include "core/verdict/signature.h"
#include "shell/kube/events.h"

namespace launchgate::app {

// Where an agenda comes from. What is not known is left out: an objective that is
// not among the figures is waited for (budget::FiguresWillDo()).
class AgendaSource {
 public:
  virtual ~AgendaSource() = default;
  // The figures are those of budget::FiguresSpan(). `actions` stays empty: the
  // reconciler has them. May ask a Prometheus; thread-safe.
  virtual budget::AgendaMaterial MaterialOf(const resources::ErrorBudget& budget,
                                            const budget::ReviewTimes& times, base::Time now,
                                            std::stop_token stop) = 0;
};

// How the reviews stand that are asked for at an instant; each is counted once.
struct ReviewStates {
  int open = 0;
  int overdue = 0;  // Not signed off, and so it freezes launches.
  int signed_off = 0;
  friend bool operator==(const ReviewStates&, const ReviewStates&) = default;
};

// Who is told what people should see. Thread-safe.
class BudgetReviewAnnouncer {
 public:
  virtual ~BudgetReviewAnnouncer() = default;
  // An Event on the budget or on its review.
  virtual void Announce(const kube::EventSubject& subject, const Notice& notice) = 0;
  // After each reconcile; none at all where the budget has no reviews (any more).
  virtual void Count(const kube::ObjectKey& budget, const ReviewStates& states) = 0;
};

// What is worth an Event when a BudgetReview's status changes: a pure function.
//   BudgetReviewSignedOff   the quorum is met
//   BudgetReviewOverdue     it is past its due day, or freezes launches from now on
std::vector<Notice> BudgetReviewNotices(const json::Json& before, const json::Json& after);

// While an agenda waits for figures, they are asked for again so often.
inline constexpr base::Duration kFiguresRetry = std::chrono::minutes(5);

// Thread-safe for different budgets.
class BudgetReviewReconciler {
 public:
  // All must outlive this object.
  BudgetReviewReconciler(BudgetReviewStore& store, AgendaSource& agendas,
                         BudgetReviewAnnouncer& announcer, const budget::TimeZones& zones,
                         const verdict::SignatureVerifier& verifier)
      : store_(store),
        agendas_(agendas),
        announcer_(announcer),
        zones_(zones),
        verifier_(verifier) {}

  // Creates the reviews that are open and not there, and brings the status of the
  // others up to date. A review that is history is left as it is. The result is
  // when to look again although nothing changes. The status of a review that was
  // just created is written when the caches have it: its creation is a change.
  // kNotFound and kUnavailable also when the time zone cannot be read.
  base::Result<base::Time> Reconcile(const BudgetReviewsInput& input, base::Time now,
                                     std::stop_token stop);
  // The budget is gone, has no cadence or cannot be read: nothing is opened for it.
  void Forget(const kube::ObjectKey& budget) { announcer_.Count(budget, {}); }

 private:
  // One call of Reconcile().
  struct Work {
    const BudgetReviewsInput& input;
    const decision::BudgetReviewInputs inputs;
    base::Time now;
    std::stop_token stop;
    base::Time next;
    ReviewStates states;
  };
  base::Status Open(Work& work, const budget::ReviewTimes& times);
  base::Status Update(Work& work, const budget::ReviewTimes& times,
                      const BudgetReviewRecord& record);
  std::optional<resources::BudgetAgenda> TakeAgenda(Work& work, const budget::ReviewTimes& times);

  BudgetReviewStore& store_;
  AgendaSource& agendas_;
  BudgetReviewAnnouncer& announcer_;
  const budget::TimeZones& zones_;
  const verdict::SignatureVerifier& verifier_;
};

}  // namespace launchgate::app
