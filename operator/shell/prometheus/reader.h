// Evidence from named Prometheus servers: each source is one request.
#pragma once

#include <string_view>

#include "core/evidence/fetcher.h"
#include "shell/prometheus/client.h"

namespace launchgate::prometheus {

// Thread-safe.
class EvidenceReader final : public evidence::PrometheusReader {
 public:
  explicit EvidenceReader(PrometheusServers& servers) : servers_(servers) {}  // Must outlive this.

  base::Result<evidence::PrometheusAnswer> Ask(std::string_view ns, const evidence::Source& source,
                                               base::Time at) override;

 private:
  PrometheusServers& servers_;
};

}  // namespace launchgate::prometheus
