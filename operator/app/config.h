// The operator's configuration: one YAML document, all of it optional.
// Documented field by field in docs/configuration.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/evidence_gatherer.h"
#include "core/admission/guards.h"
#include "core/base/result.h"
#include "core/evidence/alert_causes.h"
#include "shell/fetch/guarded_fetcher.h"
#include "shell/prometheus/client.h"

namespace launchgate::app {

struct ListenAddress {
  std::string address = "0.0.0.0";
  std::uint16_t port = 0;  // 0: any free one.
};

struct WebhookConfig {
  ListenAddress listen{"0.0.0.0", 8443};
  int io_threads = 2;
  // How the API server reaches us. Inside a cluster by the Service
  // <service_name>.<namespace>.svc; where the process runs outside, by address:
  // names and addresses listed here are put into the serving certificate.
  std::string service_name = "launchgate-webhook";
  std::vector<std::string> extra_names;
  // The object whose caBundle and matchConditions the controller maintains.
  std::string configuration_name = "launchgate";
};

struct EvidenceConfig {
  base::Duration min_recheck_every = kDefaultMinRecheckEvery;
  // Added to the built-in catalogue (core/evidence/alert_causes.h).
  std::vector<evidence::CausePattern> causes;
  std::vector<std::string> symptom_metrics;
};

struct OperatorConfig {
  std::string ns = "launchgate-system";
  WebhookConfig webhook;
  ListenAddress health{"0.0.0.0", 8080};  // /healthz, /readyz, /metrics; plain HTTP.
  std::string lease_name = "launchgate-controller";
  std::string certificate_secret = "launchgate-webhook-tls";
  admission::GuardOptions guards = admission::DefaultGuardOptions();
  fetch::FetchOptions fetch;
  std::vector<prometheus::ServerOptions> prometheus;  // Names are unique.
  EvidenceConfig evidence;
  std::string log_level = "info";
};

inline constexpr std::size_t kMaxFetchRules = 256;
inline constexpr std::size_t kMaxExtraNames = 16;
inline constexpr std::size_t kMaxPrometheusServers = 32;
inline constexpr std::size_t kMaxPrometheusNamespaces = 1000;
inline constexpr std::size_t kMaxCausePatterns = 256;
inline constexpr std::size_t kMaxSymptomMetrics = 256;
inline constexpr base::Duration kLongestMinRecheckEvery = std::chrono::hours(1);

// kInvalid lists every problem with the path of its field.
base::Result<OperatorConfig> ParseOperatorConfig(std::string_view yaml);

}  // namespace launchgate::app
