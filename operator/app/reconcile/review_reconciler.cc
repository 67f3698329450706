#include "app/reconcile/review_reconciler.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "app/reconcile/review_notices.h"
#include "core/decision/assemble.h"
#include "platform/log.h"

namespace launchgate::app {
namespace {

namespace log = platform::log;
using json::Json;

decision::Change LaunchOf(const decision::ReviewFacts& facts, const std::string& template_hash) {
  decision::Change change;
  change.ns = facts.ns;
  change.kind = resources::ToString(facts.target.kind);
  change.name = facts.target.name;
  change.target = facts.target;
  change.launch = true;
  change.what = "rolls out the present template";
  change.template_hash = template_hash;
  return change;
}

// The controller looks at complete caches and does not judge requests: its own
// health is not part of the question. A mode that gates shows what the gate would
// say, also in a namespace that has not opted in yet.
decision::Decision DecideAbout(const std::shared_ptr<const decision::ReviewFacts>& facts,
                               const std::string& template_hash, base::Time now) {
  decision::TargetFacts target;
  target.reviews.push_back(facts);
  return decision::Decide(decision::Health{true, "", true}, decision::GateMode::kEnforce, &target,
                          LaunchOf(*facts, template_hash), now);
}

// The facts once the status that is being made approves what already runs; null
// when it does not. Otherwise the first status would say what the second corrects.
std::shared_ptr<const decision::ReviewFacts> WithBaseline(
    const decision::StatusInputs& inputs, const std::shared_ptr<const decision::ReviewFacts>& facts,
    base::Time now) {
  const auto revisions = decision::ApprovedAfter(inputs, now);
  if (revisions.empty() || revisions.front().reason != decision::kBaseline) return nullptr;
  const std::string& hash = revisions.front().template_hash;
  if (std::ranges::find(facts->approved_revisions, hash) != facts->approved_revisions.end()) {
    return nullptr;
  }
  auto with_baseline = std::make_shared<decision::ReviewFacts>(*facts);
  with_baseline->approved_revisions.insert(with_baseline->approved_revisions.begin(), hash);
  return with_baseline;
}

Json ParseStatus(const std::string& text) {
  return text.empty() ? Json() : Json::parse(text, nullptr, false);
}

}  // namespace

base::Result<base::Time> ReviewReconciler::Reconcile(const kube::ObjectKey& key,
                                                     std::stop_token stop) {
  const auto review = parts_.cluster.reviews().Get(key);
  if (!review) {
    parts_.evidence.Forget(kube::ToString(key));
    return base::kNever;
  }
  const base::Time now = parts_.clock.Now();
  const Facts facts = Gather(review, now);
  const Outcome outcome = Decide(facts, now);
  const base::Status applied = Apply(facts, outcome, std::move(stop));
  if (!applied) return tl::unexpected(applied.error());
  return outcome.next;
}

ReviewReconciler::Facts ReviewReconciler::Gather(
    const kube::Informer<ReviewRecord>::Pointer& record, base::Time now) {
  const resources::LaunchReview& review = record->review;
  Facts facts;
  facts.review = record;
  facts.checklist = parts_.cluster.checklists().Get({"", review.checklist});
  facts.authority = parts_.cluster.authorities().Get({"", review.authority});
  facts.live = parts_.workloads.Find(review.target);
  const auto ns = parts_.cluster.namespaces().Get({"", review.meta.ns});
  facts.mode = ns ? ns->mode : decision::GateMode::kUnknown;
  // A review that breaks a rule is not worth a fetch.
  if (record->problems.empty()) facts.evidence = GatherEvidence(review, facts.authority.get(), now);

  decision::ReviewInputs inputs = InputsOf(*record, facts.checklist.get(), facts.authority.get());
  const auto budget = parts_.cluster.BudgetOf(review);
  const auto windows = parts_.cluster.WindowsOf(review.meta.ns);
  const BudgetReviewsInput reviews =
      budget ? parts_.cluster.ReviewsOf(budget->budget) : BudgetReviewsInput();
  const FreezeSources sources = SourcesOf(budget.get(), windows, reviews);
  inputs.freezes = FreezesAbout(review, sources, {parts_.zones, parts_.verifier}, now);
  if (FollowACalendar(sources)) {
    facts.calendar_next = CalendarStart(now) + kCalendarHorizon - kCalendarStep;
  }
  facts.verdicts = parts_.cluster.VerdictsOf(review);
  for (const auto& entry : facts.verdicts) inputs.verdicts.push_back(entry->verdict);
  inputs.cluster_id = parts_.cluster.ClusterId();
  inputs.findings = facts.evidence.findings;
  facts.review_facts = decision::Assemble(inputs, parts_.verifier);
  return facts;
}

// Keys of an authority that does not serve the namespace prove nothing there.
Gathered ReviewReconciler::GatherEvidence(const resources::LaunchReview& review,
                                          const AuthorityRecord* authority, base::Time now) {
  if (authority == nullptr || !authority->authority.Serves(review.meta.ns)) {
    return parts_.evidence.Gather(review, nullptr, "", now);
  }
  return parts_.evidence.Gather(review, &authority->trusted,
                                authority->authority.meta.resource_version, now);
}

ReviewReconciler::Outcome ReviewReconciler::Decide(const Facts& facts, base::Time now) const {
  Outcome outcome;
  // Without a live template the question is whether a new one may roll out.
  const bool has_template = facts.live && !facts.live->template_hash.empty();
  const std::string hash =
      has_template ? facts.live->template_hash : std::string(decision::kSomeNewTemplate);
  outcome.decision = DecideAbout(facts.review_facts, hash, now);
  const Json previous = ParseStatus(facts.review->status_text);
  decision::StatusInputs inputs;
  inputs.review = &facts.review->review;
  inputs.facts = facts.review_facts.get();
  inputs.checklist = facts.checklist ? &facts.checklist->checklist : nullptr;
  inputs.findings = facts.evidence.findings;
  inputs.mode = facts.mode;
  inputs.live = facts.live;
  inputs.decision = outcome.decision;
  inputs.cluster_id = parts_.cluster.ClusterId();
  inputs.previous = &previous;
  const auto with_baseline = WithBaseline(inputs, facts.review_facts, now);
  if (with_baseline) {
    outcome.decision = DecideAbout(with_baseline, hash, now);
    inputs.decision = outcome.decision;
    inputs.facts = with_baseline.get();
  }
  outcome.status = std::make_shared<const Json>(decision::BuildReviewStatus(inputs, now));
  outcome.next = std::min(
      {facts.evidence.next, decision::NextChange(*facts.review_facts, now), facts.calendar_next});
  return outcome;
}

base::Status ReviewReconciler::Apply(const Facts& facts, const Outcome& outcome,
                                     std::stop_token stop) {
  const resources::Meta& meta = facts.review->review.meta;
  const StatusTarget target{
      kube::kLaunchReviews, {meta.ns, meta.name}, meta.resource_version, facts.review->status_text};
  const auto written = parts_.status.Write(target, *outcome.status, std::move(stop));
  if (!written) return tl::unexpected(written.error());
  if (*written) Announce(facts, outcome);
  return {};
}

void ReviewReconciler::Announce(const Facts& facts, const Outcome& outcome) {
  const resources::LaunchReview& review = facts.review->review;
  kube::Event event;
  event.action = "Review";
  event.regarding = {std::string(resources::kApiVersion),
                     "LaunchReview",
                     {review.meta.ns, review.meta.name},
                     review.meta.uid};
  const std::string target_uid = parts_.workloads.UidOf(review.target);
  if (!target_uid.empty()) {
    event.related = kube::EventSubject{std::string(resources::ApiVersionOf(review.target.kind)),
                                       std::string(resources::ToString(review.target.kind)),
                                       {review.target.ns, review.target.name},
                                       target_uid};
  }
  const Json previous = ParseStatus(facts.review->status_text);
  for (Notice& notice : NoticesOf(previous, *outcome.status, review.target.Word())) {
    event.type = notice.good ? kube::EventType::kNormal : kube::EventType::kWarning;
    event.reason = std::move(notice.reason);
    event.note = std::move(notice.note);
    parts_.events.Record(event);
    if (!event.related || !notice.on_target) continue;
    kube::Event on_target = event;
    std::swap(on_target.regarding, *on_target.related);
    parts_.events.Record(on_target);
  }
  log::Info("review status written", {{"review", review.meta.Key()},
                                      {"decision", outcome.decision.allowed() ? "Allow" : "Deny"},
                                      {"reason", outcome.decision.reason()}});
}

}  // namespace launchgate::app
