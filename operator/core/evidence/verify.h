// Verifiers: pure functions of (what the review asks for, the fetched
// document, now). Fetching is somebody else's work (app/gather).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/evidence/alert_causes.h"
#include "core/evidence/finding.h"
#include "core/resources/error_budget.h"
#include "core/resources/launch_review.h"
#include "core/verdict/open.h"
#include "core/verdict/signature.h"

namespace launchgate::evidence {

// A document as a source gave it.
struct Document {
  std::string body;
  // When what it tells was recorded, where the source knows: a ConfigMap's
  // annotation launchgate.dev/recorded-at. The document's own time wins.
  std::optional<base::Time> recorded_at;
};

// A page as the guarded fetcher got it (after redirects).
struct Page {
  std::string url;  // As the review names it.
  int http_status = 0;
  std::string content_type;
  std::string body;
};

// A time further in the future than this makes a finding Unknown. (DESIGN §5.)
inline constexpr base::Duration kMaxClockSkew = std::chrono::seconds(60);

// How many recheck intervals a runbook that was read stays proven.
inline constexpr int kRunbookValidity = 6;

// A Prometheus server's answer to one API request, with whatever status.
struct PrometheusAnswer {
  int http_status = 0;
  std::string body;
};

// k6 summaries in all three JSON formats; FORMATS §4 says how they differ.
Finding VerifyLoadTest(const resources::LoadTestSpec& spec, const Document& document,
                       base::Time now);

// Every URL answers 200 with a page that has the required sections, names the
// service (`service`: the target's name) and says whom to call. `fetched_at`:
// when the pages were got; a pass is valid for kRunbookValidity rechecks after it,
// so that a source that is down for a while does not take a good runbook away.
Finding VerifyRunbook(const resources::RunbookSpec& spec, std::string_view service,
                      const std::vector<Page>& pages, base::Time fetched_at, base::Time now);

// The newest restore of the document succeeded, recently, quickly enough, and
// lost little enough. What the document is follows the source that `spec` names:
// a drill record (docs/evidence.md) from a ConfigMap or URL, a Job or a Velero
// Restore from an object, an instant query's answer from Prometheus.
Finding VerifyBackupDrill(const resources::BackupDrillSpec& spec, const Document& document,
                          base::Time now);

// A fault-injection report (docs/evidence.md): with the dependency slow no
// request outlived its deadline, with it failing the breaker opened and later
// closed, and the figures are within the limits.
Finding VerifyResilience(const resources::ResilienceSpec& spec, const Document& document,
                         base::Time now);

// The live target as the API server stores it (`object`: its JSON) and the
// PodDisruptionBudgets of its namespace (JSON objects).
struct LiveWorkload {
  resources::TargetKind kind = resources::TargetKind::kDeployment;
  std::string object;
  std::vector<std::string> disruption_budgets;
};
Finding VerifyWorkload(const resources::WorkloadSpec& spec, const LiveWorkload& live,
                       base::Time now);

// The answer's only sample compares as the spec says. A pass is valid for
// kQueryValidity rechecks.
Finding VerifyQuery(const resources::QuerySpec& spec, const PrometheusAnswer& answer,
                    base::Time asked_at, base::Time now);
inline constexpr int kQueryValidity = 3;

// The URL answered with the wanted status and text. A pass is valid for
// kQueryValidity rechecks.
Finding VerifyHttp(const resources::HttpSpec& spec, const Page& page, base::Time fetched_at,
                   base::Time now);

// A DSSE envelope with an in-toto statement, signed by a key of the named role
// whose record is valid now and not revoked, of the named predicate type, about
// the named subject. A test-result predicate must say PASSED.
Finding VerifyAttestation(const resources::AttestationSpec& spec,
                          const verdict::TrustedAuthority& authority,
                          const verdict::SignatureVerifier& verifier, const Document& document,
                          base::Time now);

// One objective of an ErrorBudget and the answers of a range query of its total
// events over the budget's window (kSloSteps steps).
struct ObjectiveHistory {
  resources::Objective objective;
  PrometheusAnswer total;
};
// Every named objective exists, is more than 0 and less than 100 %, and its
// events have data in every step of the window.
Finding VerifySlo(const resources::SloSpec& spec, const resources::ErrorBudget& budget,
                  const std::vector<ObjectiveHistory>& histories, base::Time asked_at,
                  base::Time now);
inline constexpr int kSloSteps = 28;

// What alerting rules are judged by.
struct AlertRulesInputs {
  // A rule file (YAML or JSON, from a ConfigMap), a PrometheusRule object
  // (JSON), or the body of /api/v1/rules: what `spec.from` names.
  Document rules;
  // Of /api/v1/rules of the server spec.loaded_in; nothing when that is empty.
  std::optional<PrometheusAnswer> loaded;
  // Of the review's ErrorBudget; empty when it has none.
  std::vector<resources::Objective> objectives;
  const CauseCatalogue* causes = nullptr;  // Never null.
};
Finding VerifyAlertRules(const resources::AlertRulesSpec& spec, const AlertRulesInputs& inputs,
                         base::Time asked_at, base::Time now);

// The source could not be read. `error.kind` picks the reason: SourceMissing
// (kNotFound), SourceForbidden (kForbidden), SourceRefused (kInvalid: the
// destination is not allowed), SourceNotInstalled (kUnsupported: the kind of
// object does not exist in this cluster), SourceTooLarge (kExhausted),
// SourceUnavailable.
Finding SourceFailed(const base::Error& error);

// Evidence kinds this version cannot verify.
Finding NotSupported(std::string_view kind_word);

}  // namespace launchgate::evidence
