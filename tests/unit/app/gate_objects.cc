#include "tests/unit/app/gate_objects.h"

#include <algorithm>
#include <utility>

#include "core/decision/assemble.h"
#include "shell/clock/time_zones.h"

namespace launchgate::app {
namespace {

using resources::EvidenceKind;
using resources::Severity;
using test_support::FakeSignatures;
using test_support::GoBy;
using test_support::kAlice;
using test_support::kBob;
using test_support::kDay;

const std::vector<json::Problem>& NoProblems() {
  static const std::vector<json::Problem> none;
  return none;
}

resources::ErrorBudget BudgetOf(const std::string& ns, base::Time around) {
  const verdict::SignOffSubject subject = test_support::OctoberSubject();
  resources::ErrorBudget budget;
  budget.meta.ns = ns;
  budget.meta.name = subject.budget;
  budget.meta.uid = subject.budget_uid;
  budget.meta.created = around - 100 * kDay;
  budget.policy.unknown_grace = 30 * kDay;
  budget.status.known_at = around - 10 * kDay;
  return budget;
}

resources::FreezeWindow Window() {
  resources::FreezeWindow window;
  window.meta.name = "holidays";
  window.reason = "nobody is there";
  window.team = "platform";
  window.contact = "#platform";
  return window;
}

}  // namespace

const budget::TimeZones& Zones() {
  static const clock::SystemTimeZones zones;
  return zones;
}

GateObjects::GateObjects(base::Time around) {
  const verdict::Subject subject = test_support::ReadySubject();
  review.meta.ns = subject.review_ns;
  review.meta.name = subject.review_name;
  review.meta.uid = subject.review_uid;
  review.target = subject.target;
  review.checklist = subject.checklist;
  review.authority = "platform";
  review.spec_digest = subject.review_digest;
  review.status.template_hash = test_support::TemplateHash();
  checklist.meta.name = subject.checklist;
  checklist.spec_digest = subject.checklist_digest;
  for (const char* item : {"load-test", "runbook", "dashboard"}) {
    review.evidence.push_back({item, EvidenceKind::kHttp, "http", {}});
    review.status.items.push_back({item, "Pass", "AsStated", "", {}, {}, {}});
    checklist.items.emplace_back();
    checklist.items.back().id = item;
    checklist.items.back().evidence = EvidenceKind::kHttp;
    checklist.items.back().evidence_word = "http";
    checklist.items.back().severity = Severity::kBlocker;
  }
  checklist.items.back().severity = Severity::kMinor;
  for (const auto& signer : {kAlice, kBob}) {
    verdicts.push_back(GoBy(signer).Issued(around - 10 * kDay).Until(around + 20 * kDay).Stored());
  }
  budget = BudgetOf(subject.review_ns, around);
  review.error_budget = budget.meta.name;
}

resources::RecordedFinding& GateObjects::Finding(std::string_view item) {
  return *std::ranges::find(review.status.items, item, &resources::RecordedFinding::item);
}

void GateObjects::Freeze(resources::FreezeWindow window) { windows.push_back(std::move(window)); }

resources::BudgetReview& GateObjects::AddReview(std::chrono::year_month month) {
  resources::BudgetReview& added = budget_reviews.emplace_back();
  added.meta.ns = budget.meta.ns;
  added.meta.name = resources::BudgetReviewName(budget.meta.name, month);
  added.budget = budget.meta.name;
  added.month = month;
  added.status.agenda_digest = test_support::OctoberSubject().agenda_digest;
  return added;
}

verdict::SignOffSubject GateObjects::SubjectOf(std::chrono::year_month month) const {
  verdict::SignOffSubject subject = test_support::OctoberSubject();
  subject.month = resources::FormatMonth(month);
  return subject;
}

FreezeSources GateObjects::Sources(const verdict::TrustedAuthority& trusted) const {
  FreezeSources sources;
  sources.budget = &budget;
  sources.budget_problems = &NoProblems();
  for (const resources::FreezeWindow& window : windows) {
    sources.windows.push_back({&window, &NoProblems()});
  }
  if (!budget.review) return sources;
  sources.reviews.emplace();
  sources.reviews->budget = &budget;
  sources.reviews->authority = &trusted;
  sources.reviews->authority_serves_namespace = true;
  sources.reviews->cluster_id = test_support::ReadySubject().cluster_id;
  for (const resources::BudgetReview& known : budget_reviews) {
    sources.reviews->reviews.push_back({&known, true});
  }
  return sources;
}

bool GateObjects::FollowACalendar() const {
  return app::FollowACalendar(Sources(authority.Build()));
}

std::shared_ptr<const decision::ReviewFacts> GateObjects::FactsAt(base::Time now) const {
  const FakeSignatures verifier;
  const verdict::TrustedAuthority trusted = authority.Build();
  decision::ReviewInputs inputs;
  inputs.review = &review;
  inputs.checklist = &checklist;
  inputs.authority = &trusted;
  inputs.authority_serves_namespace = true;
  inputs.verdicts = verdicts;
  inputs.cluster_id = test_support::ReadySubject().cluster_id;
  inputs.findings = decision::RecordedFindings(review);
  inputs.freezes = FreezesAbout(review, Sources(trusted), {Zones(), verifier}, now);
  return decision::Assemble(inputs, verifier);
}

decision::Decision DecideFrom(const std::shared_ptr<const decision::ReviewFacts>& facts,
                              base::Time now) {
  const decision::TargetFacts target{{facts}};
  return decision::Decide(test_support::Healthy(), decision::GateMode::kEnforce, &target,
                          test_support::Rollout(), now);
}

resources::FreezeWindow OneOffWindow(base::Time start, base::Time end) {
  resources::FreezeWindow window = Window();
  window.when = resources::OneOffFreeze{start, end};
  return window;
}

resources::FreezeWindow CalendarWindow(const std::string& cron, base::Duration duration,
                                       const std::string& zone) {
  resources::FreezeWindow window = Window();
  window.when =
      resources::CalendarFreeze{resources::CronSchedule::Parse(cron).value(), duration, zone};
  return window;
}

}  // namespace launchgate::app
