#include "app/status_writer.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace launchgate::app {

StatusWriter::StatusWriter(kube::Client& client, const kube::LeadershipGuard& leadership,
                           telemetry::OperatorMetrics& metrics)
    : client_(client), leadership_(leadership), metrics_(metrics) {}

base::Result<bool> StatusWriter::Write(const StatusTarget& target, const json::Json& status,
                                       std::stop_token stop) {
  if (json::Canonical(status) == target.status_text) return false;
  if (!leadership_.MayAct()) {
    return base::Fail(base::ErrorKind::kUnavailable, "this process does not lead any more");
  }
  json::Json object = {{"metadata", {{"resourceVersion", target.resource_version}}},
                       {"status", status}};
  kube::ApplyOptions options;
  options.field_manager = kFieldManager;
  options.force = true;  // Whoever else wrote status was not allowed to.
  const auto written =
      client_.ApplyStatus(target.type, target.key, object, options, std::move(stop));
  if (!written) return tl::unexpected<base::Error>(written.error());
  metrics_.CountStatusWrite(target.type.kind);
  return true;
}

}  // namespace launchgate::app
