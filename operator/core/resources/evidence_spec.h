// What a LaunchReview asks of each kind of evidence: one struct per kind, and
// where its document is found. The fields are described for users in
// docs/api.md, what passes in docs/evidence.md.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/time.h"
#include "core/json/reader.h"
#include "core/resources/readiness_checklist.h"

namespace launchgate::resources {

// Where a document is found; exactly one of the sources is set. References are
// always in the review's own namespace. (THREATS T44.)
struct EvidenceSource {
  struct ConfigMapKey {
    std::string name;
    std::string key;
    friend bool operator==(const ConfigMapKey&, const ConfigMapKey&) = default;
  };
  // Any object but a Secret: whoever may write reviews need not be allowed to
  // read Secrets. (THREATS T44.)
  struct ObjectRef {
    std::string api_version;  // "batch/v1"
    std::string kind;         // "Job"
    std::string name;
    friend bool operator==(const ObjectRef&, const ObjectRef&) = default;
  };
  struct PrometheusRuleRef {
    std::string name;
    friend bool operator==(const PrometheusRuleRef&, const PrometheusRuleRef&) = default;
  };
  // A server that the operator's configuration names, never an address.
  struct Prometheus {
    std::string server;
    std::string query;  // Empty where the kind of evidence asks for rules, not for samples.
    friend bool operator==(const Prometheus&, const Prometheus&) = default;
  };
  std::optional<ConfigMapKey> config_map;
  std::optional<std::string> url;
  std::optional<ObjectRef> object;
  std::optional<PrometheusRuleRef> prometheus_rule;
  std::optional<Prometheus> prometheus;
};

// "p95 at most 250 ms".
struct LatencyLimit {
  double percentile = 0;  // In (0, 100).
  std::string percentile_text;
  base::Duration threshold{};
};

struct RunbookSpec {
  std::vector<std::string> urls;  // `url`, or `urls`.
  std::vector<std::string> required_sections;
  base::Duration recheck_every{};
};

struct BackupDrillSpec {
  EvidenceSource from;  // configMapRef, url, objectRef or prometheus.
  base::Duration max_age{};
  std::optional<base::Duration> max_recovery_time;
  std::optional<base::Duration> max_data_loss;
  base::Duration recheck_every{};
};

struct AlertRulesSpec {
  EvidenceSource from;                         // configMapRef, prometheusRuleRef or prometheus.
  std::vector<std::string> covers_objectives;  // Names of objectives of the review's ErrorBudget.
  std::vector<std::string> allowed_causes;     // Names of alerts that may page on a cause.
  std::string loaded_in;  // Named Prometheus that must have the rules loaded and healthy; or empty.
  base::Duration recheck_every{};
};

struct LoadTestSpec {
  EvidenceSource from;  // configMapRef or url.
  base::Duration max_age{};
  std::optional<double> min_request_rate;  // Requests per second.
  std::optional<LatencyLimit> max_latency;
  std::optional<double> max_error_rate;  // Share in [0, 1].
  base::Duration recheck_every{};        // Of a URL; a ConfigMap is watched instead.
};

struct SloSpec {
  std::vector<std::string> objectives;  // Empty: every objective of the ErrorBudget.
  base::Duration recheck_every{};
};

struct ResilienceSpec {
  EvidenceSource from;  // configMapRef or url.
  base::Duration max_age{};
  std::optional<LatencyLimit> max_latency;          // While the dependency is slow or failing.
  std::optional<base::Duration> max_recovery_time;  // From the end of the fault to normal answers.
  base::Duration recheck_every{};
};

struct WorkloadSpec {
  int min_replicas = 2;               // Where the target has replicas.
  std::string single_replica_reason;  // Not empty: one replica is enough, because.
  bool require_image_digests = false;
  bool require_disruption_budget = true;
};

// How an observed number is compared: observed OPERATOR value.
enum class Comparison { kLess, kAtMost, kEqual, kNotEqual, kAtLeast, kGreater };
std::string_view ToString(Comparison comparison);  // "<", "<=", "==", "!=", ">=", ">"
std::optional<Comparison> ParseComparison(std::string_view text);
bool Holds(Comparison comparison, double observed, double value);

struct QuerySpec {
  EvidenceSource from;  // prometheus.
  Comparison comparison = Comparison::kAtMost;
  double value = 0;
  base::Duration recheck_every{};
};

struct HttpSpec {
  std::string url;
  int status = 200;
  std::string contains;  // Text that the body must have; empty: none.
  base::Duration recheck_every{};
};

struct AttestationSpec {
  EvidenceSource from;  // configMapRef or url.
  std::string role;     // Of the review's authority; one of its keys must have signed.
  std::string predicate_type;
  std::string subject;         // Name of a subject of the statement.
  std::string subject_sha256;  // Its digest, lowercase hex; empty: any.
  base::Duration max_age{};
  base::Duration recheck_every{};
};

using EvidenceSpec =
    std::variant<std::monostate, RunbookSpec, BackupDrillSpec, AlertRulesSpec, LoadTestSpec,
                 SloSpec, ResilienceSpec, WorkloadSpec, QuerySpec, HttpSpec, AttestationSpec>;

inline constexpr std::size_t kMaxRunbookUrls = 8;
inline constexpr std::size_t kMaxRequiredSections = 16;
inline constexpr std::size_t kMaxObjectivesNamed = 32;
inline constexpr std::size_t kMaxAllowedCauses = 32;
inline constexpr std::size_t kMaxUrlLength = 2048;    // Characters.
inline constexpr std::size_t kMaxQueryLength = 2048;  // Characters.
inline constexpr int kMaxRequiredReplicas = 1000;
inline constexpr base::Duration kShortestMaxAge = std::chrono::minutes(1);
inline constexpr base::Duration kLongestMaxAge = std::chrono::hours(24 * 366);
// The operator's configuration may demand longer ones (evidence.minRecheckEvery).
inline constexpr base::Duration kShortestRecheckEvery = std::chrono::seconds(1);
inline constexpr base::Duration kLongestRecheckEvery = std::chrono::hours(24 * 7);
inline constexpr base::Duration kLongestLatency = std::chrono::hours(1);
inline constexpr base::Duration kLongestRecovery = std::chrono::hours(24 * 30);
inline constexpr base::Duration kDefaultMaxAge = std::chrono::hours(24 * 30);
inline constexpr base::Duration kDefaultRecheckEvery = std::chrono::minutes(10);

// The spec under the field of its kind. Everything wrong is added to the
// reader's problems. std::monostate for EvidenceKind::kUnknown.
EvidenceSpec ReadEvidenceSpec(EvidenceKind kind, json::Reader reader);

// The source that `spec` names for its document; null for kinds that have none.
const EvidenceSource* SourceOf(const EvidenceSpec& spec);
// Of what cannot be watched; kDefaultRecheckEvery for kinds without the field.
base::Duration RecheckEvery(const EvidenceSpec& spec);
// `spec` with its recheckEvery raised to `shortest` where it is less.
EvidenceSpec WithRecheckOfAtLeast(EvidenceSpec spec, base::Duration shortest);

}  // namespace launchgate::resources
