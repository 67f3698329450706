// The one place that writes status.
#pragma once

#include <stop_token>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/json/json.h"
#include "shell/kube/client.h"
#include "shell/kube/lease.h"
#include "shell/telemetry/operator_metrics.h"

namespace launchgate::app {

inline constexpr std::string_view kFieldManager = "launchgate-controller";

// Whose status is written, as the cache saw it.
struct StatusTarget {
  kube::ResourceType type;
  kube::ObjectKey key;
  std::string resource_version;
  std::string status_text;  // Canonical JSON of the status that stands.
};

// Thread-safe.
class StatusWriter {
 public:
  StatusWriter(kube::Client& client, const kube::LeadershipGuard& leadership,
               telemetry::OperatorMetrics& metrics);

  // Nothing is sent when `status` is what stands. A write carries the version
  // it is based on (kConflict when somebody was faster) and is not sent by a
  // process that does not lead any more (kUnavailable). True when written.
  base::Result<bool> Write(const StatusTarget& target, const json::Json& status,
                           std::stop_token stop);

 private:
  kube::Client& client_;
  const kube::LeadershipGuard& leadership_;
  telemetry::OperatorMetrics& metrics_;
};

}  // namespace launchgate::app
