#include "app/evidence_stack.h"

#include <string_view>
#include <utility>

namespace launchgate::app {
namespace {

// Evidence is read in bursts (a start, a new ConfigMap in many namespaces). The
// API server's own fairness bounds us there; this bounds what a bug could do.
kube::ClientOptions ReaderOptions() {
  kube::ClientOptions options;
  options.rate = {500, 1000};
  return options;
}

}  // namespace

// What the parts report, as metrics.
class EvidenceStack::Counters final : public EvidenceObserver, public fetch::FetchObserver {
 public:
  explicit Counters(telemetry::OperatorMetrics& metrics) : metrics_(metrics) {}

  void OnVerified(std::string_view kind, double seconds) override {
    metrics_.ObserveVerification(kind, seconds);
  }
  void OnFindings(std::string_view kind, evidence::FindingStatus status, double count) override {
    metrics_.SetFindings(kind, ToString(status), count);
  }
  void Refused(fetch::RefusalReason reason) override {
    metrics_.CountFetchRefusal(fetch::ToString(reason));
  }
  void Finished(fetch::FetchOutcome outcome, std::chrono::milliseconds took) override {
    metrics_.CountFetch(fetch::ToString(outcome), std::chrono::duration<double>(took).count());
  }

 private:
  telemetry::OperatorMetrics& metrics_;
};

base::Result<std::unique_ptr<EvidenceStack>> EvidenceStack::Make(const EvidenceStackParts& parts,
                                                                 const OperatorConfig& config) {
  auto servers = prometheus::PrometheusServers::Make(config.prometheus, parts.context.clock);
  if (!servers) return tl::unexpected(servers.error());
  return std::unique_ptr<EvidenceStack>(new EvidenceStack(parts, config, *std::move(servers)));
}

EvidenceStack::EvidenceStack(const EvidenceStackParts& parts, const OperatorConfig& config,
                             std::unique_ptr<prometheus::PrometheusServers> servers)
    : counters_(std::make_unique<Counters>(parts.metrics)),
      causes_(config.evidence.causes, config.evidence.symptom_metrics),
      client_(parts.context.transport, parts.context.clock, parts.context.waiter, ReaderOptions(),
              parts.seed),
      objects_(parts.context, client_, parts.seed + 1),
      pages_(config.fetch, {&parts.context.clock, nullptr, counters_.get()}),
      servers_(std::move(servers)),
      prometheus_(*servers_),
      sources_(objects_, pages_, prometheus_),
      gatherer_({sources_,
                 {parts.signatures, causes_},
                 parts.context.clock,
                 counters_.get(),
                 config.evidence.min_recheck_every,
                 parts.seed + 1000}) {}

EvidenceStack::~EvidenceStack() { Stop(); }

}  // namespace launchgate::app
