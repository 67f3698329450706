// All objects behind one decision of the gate, and the facts that the gate makes
// of them: with the real time zones, and as gate_index_keeper.cc does it.
#pragma once

#include <memory>
#include <vector>

#include "app/freezes.h"
#include "core/base/time.h"
#include "core/budget/time_zone.h"
#include "core/decision/decide.h"
#include "core/resources/budget_review.h"
#include "core/resources/error_budget.h"
#include "core/resources/freeze_window.h"
#include "core/resources/launch_review.h"
#include "core/resources/readiness_checklist.h"
#include "tests/support/sign_off_builder.h"

namespace launchgate::app {

const budget::TimeZones& Zones();

// The review shop/gift-cards of ReadyReview() with the ErrorBudget that it names.
// Copies are independent of each other.
struct GateObjects {
  // Allowed from 5 days before `around` to 5 days after it. The budget has no cadence.
  explicit GateObjects(base::Time around);

  resources::RecordedFinding& Finding(std::string_view item);
  void Freeze(resources::FreezeWindow window);
  // Makes the review of `month` exist, with an agenda and nothing else.
  resources::BudgetReview& AddReview(std::chrono::year_month month);
  // What a sign-off of the month has to be about.
  verdict::SignOffSubject SubjectOf(std::chrono::year_month month) const;

  std::shared_ptr<const decision::ReviewFacts> FactsAt(base::Time now) const;
  bool FollowACalendar() const;

  resources::LaunchReview review;
  resources::ReadinessChecklist checklist;
  test_support::AuthorityBuilder authority;
  std::vector<resources::LaunchVerdict> verdicts;
  resources::ErrorBudget budget;
  std::vector<resources::BudgetReview> budget_reviews;
  std::vector<resources::FreezeWindow> windows;

 private:
  FreezeSources Sources(const verdict::TrustedAuthority& trusted) const;
};

// What the gate says to a rollout at `now`, from facts that it made earlier.
decision::Decision DecideFrom(const std::shared_ptr<const decision::ReviewFacts>& facts,
                              base::Time now);

resources::FreezeWindow OneOffWindow(base::Time start, base::Time end);
resources::FreezeWindow CalendarWindow(const std::string& cron, base::Duration duration,
                                       const std::string& zone);

}  // namespace launchgate::app
