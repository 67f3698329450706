#include "shell/telemetry/operator_metrics.h"

#include <array>
#include <utility>

namespace launchgate::telemetry {
namespace {

constexpr std::array<std::string_view, 3> kEntries = {"gate", "audit", "guard"};

// What an admission can come to. A reason that is missing here is counted as
// "other"; a test holds this list against the reason codes of core.
constexpr std::array<std::string_view, 7> kAllowReasons = {
    "NotGated", "NoLaunchChange", "Rollback", "BreakGlass", "Go", "Unchanged", "Permitted",
};
constexpr std::array<std::string_view, 30> kDenyReasons = {
    "NotReady",         "ClockUntrusted",      "ReviewMissing",   "ReviewAmbiguous",
    "ReviewInvalid",    "TemplateUnknown",     "BudgetSpent",     "BudgetUnknown",
    "FreezeWindow",     "BudgetReviewOverdue", "EvidenceFailing", "EvidenceStale",
    "EvidenceUnknown",  "EvidenceMissing",     "VerdictMissing",  "NoGo",
    "VerdictExpired",   "VerdictNotYetValid",  "KeyRevoked",      "KeyExpired",
    "QuorumNotMet",     "ReviewChanged",       "OtherRevision",   "ConditionOverdue",
    "InternalError",    "RequestInvalid",      "GateWeakened",    "StatusForged",
    "VerdictImmutable", "VerdictConflict",
};
constexpr std::size_t kMaxDecisionSeries = 256;

// Reading evidence takes from a lookup in memory to a slow server's deadline.
const std::vector<double> kEvidenceBounds = {0.001, 0.005, 0.025, 0.1, 0.5, 1, 2.5, 5, 10, 30};

platform::MetricOptions Options(std::string name, std::string help,
                                std::vector<std::string> labels) {
  platform::MetricOptions options;
  options.name = std::move(name);
  options.help = std::move(help);
  options.labels = std::move(labels);
  return options;
}

platform::MetricOptions DecisionOptions() {
  auto options = Options("launchgate_admission_decisions_total",
                         "Admission requests answered, by entry, decision and reason.",
                         {"entry", "decision", "reason"});
  options.max_series = kMaxDecisionSeries;
  return options;
}

platform::HistogramOptions DurationOptions() {
  platform::HistogramOptions options;
  options.metric = Options("launchgate_admission_duration_seconds",
                           "Time from the whole request read to the answer encoded.", {"entry"});
  options.bounds = {0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1};
  return options;
}

platform::HistogramOptions EvidenceDuration(std::string name, std::string help,
                                            std::vector<std::string> labels) {
  platform::HistogramOptions options;
  options.metric = Options(std::move(name), std::move(help), std::move(labels));
  options.bounds = kEvidenceBounds;
  return options;
}

}  // namespace

OperatorMetrics::OperatorMetrics(LiveReadings readings)
    : decisions_(registry_.AddCounterFamily(DecisionOptions())),
      duration_(registry_.AddHistogramFamily(DurationOptions())),
      reconciles_(registry_.AddCounterFamily(Options("launchgate_reconciles_total",
                                                     "Reconciles finished, by kind and result.",
                                                     {"kind", "result"}))),
      status_writes_(registry_.AddCounterFamily(
          Options("launchgate_status_writes_total",
                  "Status writes sent to the API server, by kind.", {"kind"}))),
      certificate_expiry_(registry_.AddGaugeFamily(
          Options("launchgate_certificate_expiry_timestamp_seconds",
                  "When the webhook's certificates end, in Unix time.", {"certificate"}))),
      budgets_(registry_.AddGaugeFamily(
          Options("launchgate_error_budgets",
                  "ErrorBudgets, by state: WithinBudget, BudgetSpent, BudgetUnknown.", {"state"}))),
      budget_reviews_(registry_.AddGaugeFamily(
          Options("launchgate_budget_reviews",
                  "Monthly reviews that are asked for, by state: Open, Overdue (it freezes "
                  "launches), SignedOff.",
                  {"state"}))),
      registered_entries_(registry_.AddGaugeFamily(Options(
          "launchgate_registered_entries",
          "Entries of the webhook's registration, by failure policy.", {"failure_policy"}))),
      findings_(registry_.AddGaugeFamily(
          Options("launchgate_evidence_findings",
                  "Evidence of all reviews, by kind and present finding.", {"kind", "finding"}))),
      verification_(registry_.AddHistogramFamily(EvidenceDuration(
          "launchgate_evidence_verification_seconds",
          "Time to read the sources of one piece of evidence and judge it.", {"kind"}))),
      fetches_(registry_.AddCounterFamily(Options("launchgate_evidence_fetches_total",
                                                  "Fetches of URLs that reviews name, by outcome.",
                                                  {"outcome"}))),
      fetch_refusals_(registry_.AddCounterFamily(
          Options("launchgate_evidence_fetch_refusals_total",
                  "Fetches that a rule or bound of ours stopped, by reason.", {"reason"}))),
      fetch_duration_(registry_.AddHistogram("launchgate_evidence_fetch_seconds",
                                             "Time of one fetch of a URL that a review names.",
                                             kEvidenceBounds)),
      leading_(registry_.AddGauge("launchgate_leader", "1 while this process leads, else 0.")),
      reviews_(registry_.AddGauge("launchgate_reviews", "LaunchReviews in the gate's index.")) {
  AddLiveReadings(std::move(readings));
  for (const std::string_view entry : kEntries) {
    EntryMetrics& metrics = entries_[entry];
    metrics.duration = &duration_.With({entry});
    metrics.other_allowed = &decisions_.With({entry, "Allow", platform::kOverflowLabel});
    metrics.other_denied = &decisions_.With({entry, "Deny", platform::kOverflowLabel});
    for (const std::string_view reason : kAllowReasons) {
      metrics.allowed[reason] = &decisions_.With({entry, "Allow", reason});
    }
    for (const std::string_view reason : kDenyReasons) {
      metrics.denied[reason] = &decisions_.With({entry, "Deny", reason});
    }
  }
}

void OperatorMetrics::AddLiveReadings(LiveReadings readings) {
  const auto flag = [](std::function<bool()> read) {
    return [read = std::move(read)] { return read && read() ? 1.0 : 0.0; };
  };
  registry_.AddGaugeCallback(
      "launchgate_cache_age_seconds",
      "Time since the API server last spoke, of the quietest collection.",
      [read = std::move(readings.cache_age_seconds)] { return read ? read() : 0.0; });
  registry_.AddGaugeCallback("launchgate_caches_ready",
                             "1 while every collection that decides is complete and fresh, else 0.",
                             flag(std::move(readings.caches_ready)));
  registry_.AddGaugeCallback("launchgate_clock_trusted",
                             "1 while the wall clock agrees with the API server's, else 0.",
                             flag(std::move(readings.clock_trusted)));
}

platform::Counter& OperatorMetrics::DecisionCounter(std::string_view entry, bool allowed,
                                                    std::string_view reason) {
  EntryMetrics& metrics = entries_.at(entry);
  const auto& known = allowed ? metrics.allowed : metrics.denied;
  const auto found = known.find(reason);
  if (found != known.end()) return *found->second;
  return allowed ? *metrics.other_allowed : *metrics.other_denied;
}

void OperatorMetrics::CountDecision(std::string_view entry, bool allowed, std::string_view reason,
                                    double seconds) {
  DecisionCounter(entry, allowed, reason).Increment();
  entries_.at(entry).duration->Observe(seconds);
}

void OperatorMetrics::CountReconcile(std::string_view kind, bool ok) {
  reconciles_.With({kind, ok ? "ok" : "error"}).Increment();
}

void OperatorMetrics::CountStatusWrite(std::string_view kind) {
  status_writes_.With({kind}).Increment();
}

void OperatorMetrics::SetLeading(bool leading) { leading_.Set(leading ? 1 : 0); }

void OperatorMetrics::SetCertificateExpiry(std::string_view certificate, double unix_seconds) {
  certificate_expiry_.With({certificate}).Set(unix_seconds);
}

void OperatorMetrics::SetErrorBudgets(std::string_view state, double count) {
  budgets_.With({state}).Set(count);
}

void OperatorMetrics::SetBudgetReviews(std::string_view state, double count) {
  budget_reviews_.With({state}).Set(count);
}

void OperatorMetrics::SetRegisteredEntries(std::string_view failure_policy, double count) {
  registered_entries_.With({failure_policy}).Set(count);
}

void OperatorMetrics::SetFindings(std::string_view kind, std::string_view finding, double count) {
  findings_.With({kind, finding}).Set(count);
}

void OperatorMetrics::ObserveVerification(std::string_view kind, double seconds) {
  verification_.With({kind}).Observe(seconds);
}

void OperatorMetrics::CountFetch(std::string_view outcome, double seconds) {
  fetches_.With({outcome}).Increment();
  fetch_duration_.Observe(seconds);
}

void OperatorMetrics::CountFetchRefusal(std::string_view reason) {
  fetch_refusals_.With({reason}).Increment();
}

void OperatorMetrics::SetReviews(double count) { reviews_.Set(count); }

}  // namespace launchgate::telemetry
