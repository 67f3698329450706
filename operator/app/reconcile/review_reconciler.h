// Keeps LaunchReview.status true: Gather, Decide, Apply.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

#include "app/cluster.h"
#include "app/evidence_gatherer.h"
#include "app/status_writer.h"
#include "app/workloads.h"
#include "core/decision/review_status.h"
#include "core/verdict/signature.h"
#include "shell/clock/clock.h"
#include "shell/kube/events.h"

namespace launchgate::app {

// What the reconciler works with; all of it outlives the reconciler.
struct ReviewReconcilerParts {
  Cluster& cluster;
  Workloads& workloads;
  EvidenceGatherer& evidence;
  StatusWriter& status;
  kube::EventRecorder& events;
  const verdict::SignatureVerifier& verifier;
  const budget::TimeZones& zones;
  const clock::Clock& clock;
};

// Thread-safe for different reviews.
class ReviewReconciler {
 public:
  explicit ReviewReconciler(ReviewReconcilerParts parts) : parts_(parts) {}

  // Brings the status of one review up to date. The result is when to look
  // again although nothing changes (kNever: only then).
  base::Result<base::Time> Reconcile(const kube::ObjectKey& key, std::stop_token stop);

 private:
  // Everything that was found out about one review.
  struct Facts {
    kube::Informer<ReviewRecord>::Pointer review;
    kube::Informer<ChecklistRecord>::Pointer checklist;
    kube::Informer<AuthorityRecord>::Pointer authority;
    std::vector<kube::Informer<VerdictRecord>::Pointer> verdicts;
    std::optional<decision::LiveTarget> live;
    decision::GateMode mode = decision::GateMode::kNotOptedIn;
    base::Time calendar_next = base::kNever;  // When calendars must be laid out anew.
    Gathered evidence;
    std::shared_ptr<const decision::ReviewFacts> review_facts;
  };
  struct Outcome {
    std::shared_ptr<const json::Json> status;
    decision::Decision decision;
    base::Time next = base::kNever;
  };

  Facts Gather(const kube::Informer<ReviewRecord>::Pointer& review, base::Time now);
  Gathered GatherEvidence(const resources::LaunchReview& review, const AuthorityRecord* authority,
                          base::Time now);
  Outcome Decide(const Facts& facts, base::Time now) const;
  base::Status Apply(const Facts& facts, const Outcome& outcome, std::stop_token stop);

  void Announce(const Facts& facts, const Outcome& outcome);

  ReviewReconcilerParts parts_;
};

}  // namespace launchgate::app
