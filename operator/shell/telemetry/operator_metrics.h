// Every metric of the operator, with verbs. Names and labels are documented in
// docs/metrics.md, which a test compares with this registry.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <unordered_map>

#include "platform/metrics.h"

namespace launchgate::telemetry {

// Asked at every scrape, on the scraping thread, so that a thread that hangs cannot
// leave a good figure behind. Must not block. Without one its metric stays 0.
struct LiveReadings {
  std::function<double()> cache_age_seconds;  // Infinite before the first complete list.
  std::function<bool()> caches_ready;
  std::function<bool()> clock_trusted;
};

// Thread-safe. Labels are closed sets; a reason that is not known at start-up is
// counted as "other".
class OperatorMetrics {
 public:
  explicit OperatorMetrics(LiveReadings readings = {});

  // launchgate_admission_decisions_total{entry,decision,reason} and
  // launchgate_admission_duration_seconds{entry}. Lock-free.
  void CountDecision(std::string_view entry, bool allowed, std::string_view reason, double seconds);

  // launchgate_reconciles_total{kind,result}: result is "ok" or "error".
  void CountReconcile(std::string_view kind, bool ok);
  // launchgate_status_writes_total{kind}
  void CountStatusWrite(std::string_view kind);
  // launchgate_leader: 1 while this process leads.
  void SetLeading(bool leading);
  // launchgate_certificate_expiry_timestamp_seconds{certificate}
  void SetCertificateExpiry(std::string_view certificate, double unix_seconds);
  // launchgate_registered_entries{failure_policy}
  void SetRegisteredEntries(std::string_view failure_policy, double count);
  // launchgate_reviews: LaunchReviews in the gate's index.
  void SetReviews(double count);
  // launchgate_error_budgets{state}
  void SetErrorBudgets(std::string_view state, double count);
  // launchgate_budget_reviews{state}
  void SetBudgetReviews(std::string_view state, double count);

  // launchgate_evidence_findings{kind,finding}
  void SetFindings(std::string_view kind, std::string_view finding, double count);
  // launchgate_evidence_verification_seconds{kind}: reading the sources and judging.
  void ObserveVerification(std::string_view kind, double seconds);
  // launchgate_evidence_fetches_total{outcome} and
  // launchgate_evidence_fetch_seconds: of URLs that reviews name.
  void CountFetch(std::string_view outcome, double seconds);
  // launchgate_evidence_fetch_refusals_total{reason}: by a rule or bound of ours.
  void CountFetchRefusal(std::string_view reason);

  platform::MetricsRegistry& registry() { return registry_; }

 private:
  // launchgate_cache_age_seconds, launchgate_caches_ready, launchgate_clock_trusted
  void AddLiveReadings(LiveReadings readings);
  platform::Counter& DecisionCounter(std::string_view entry, bool allowed, std::string_view reason);

  platform::MetricsRegistry registry_;
  platform::Family<platform::Counter>& decisions_;
  platform::Family<platform::Histogram>& duration_;
  platform::Family<platform::Counter>& reconciles_;
  platform::Family<platform::Counter>& status_writes_;
  platform::Family<platform::Gauge>& certificate_expiry_;
  platform::Family<platform::Gauge>& budgets_;
  platform::Family<platform::Gauge>& budget_reviews_;
  platform::Family<platform::Gauge>& registered_entries_;
  platform::Family<platform::Gauge>& findings_;
  platform::Family<platform::Histogram>& verification_;
  platform::Family<platform::Counter>& fetches_;
  platform::Family<platform::Counter>& fetch_refusals_;
  platform::Histogram& fetch_duration_;
  platform::Gauge& leading_;
  platform::Gauge& reviews_;
  // Resolved once, read-only afterwards: the hot path takes no mutex.
  struct EntryMetrics {
    platform::Histogram* duration = nullptr;
    std::unordered_map<std::string_view, platform::Counter*> allowed;
    std::unordered_map<std::string_view, platform::Counter*> denied;
    platform::Counter* other_allowed = nullptr;
    platform::Counter* other_denied = nullptr;
  };
  std::unordered_map<std::string_view, EntryMetrics> entries_;
};

}  // namespace launchgate::telemetry
