// Everything that evidence takes in the operator, wired: what is followed, what
// is fetched, who is asked, and the gatherer that joins them.
#pragma once

#include <memory>

#include "app/cluster_sources.h"
#include "app/config.h"
#include "app/evidence_gatherer.h"
#include "app/followed_objects.h"
#include "core/base/result.h"
#include "core/evidence/alert_causes.h"
#include "core/verdict/signature.h"
#include "shell/fetch/guarded_fetcher.h"
#include "shell/kube/client.h"
#include "shell/kube/informer.h"
#include "shell/prometheus/client.h"
#include "shell/prometheus/reader.h"
#include "shell/telemetry/operator_metrics.h"

namespace launchgate::app {

// All of it outlives the stack.
struct EvidenceStackParts {
  const kube::InformerContext& context;
  const verdict::SignatureVerifier& signatures;
  telemetry::OperatorMetrics& metrics;
  std::uint64_t seed = 0;
};

// Thread-safe after Start().
class EvidenceStack {
 public:
  // kInvalid when a configured Prometheus server cannot be used (its CA file is
  // not there); the message names the field.
  static base::Result<std::unique_ptr<EvidenceStack>> Make(const EvidenceStackParts& parts,
                                                           const OperatorConfig& config);
  ~EvidenceStack();

  FollowedObjects& objects() { return objects_; }
  EvidenceGatherer& gatherer() { return gatherer_; }
  prometheus::PrometheusServers& servers() { return *servers_; }

  void Start() { objects_.Start(ClusterSources::UsualKinds()); }
  void Stop() { objects_.Stop(); }

 private:
  class Counters;

  EvidenceStack(const EvidenceStackParts& parts, const OperatorConfig& config,
                std::unique_ptr<prometheus::PrometheusServers> servers);

  std::unique_ptr<Counters> counters_;
  const evidence::CauseCatalogue causes_;
  kube::Client client_;
  FollowedObjects objects_;
  fetch::GuardedFetcher pages_;
  std::unique_ptr<prometheus::PrometheusServers> servers_;
  prometheus::EvidenceReader prometheus_;
  ClusterSources sources_;
  EvidenceGatherer gatherer_;
};

}  // namespace launchgate::app
