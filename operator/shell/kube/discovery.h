// What the API server at hand has. Nothing is assumed from its name or age that
// can be asked; where asking is impossible, the version decides.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "shell/clock/clock.h"
#include "shell/kube/client.h"
#include "shell/kube/resource.h"

namespace launchgate::kube {

struct ServerVersion {
  int major = 0;
  int minor = 0;
  std::string git_version;  // "v1.20.2"; printable.

  bool AtLeast(int wanted_major, int wanted_minor) const {
    return major != wanted_major ? major > wanted_major : minor >= wanted_minor;
  }
  friend bool operator==(const ServerVersion&, const ServerVersion&) = default;
};

// Reads the answer of /version. Vendors write minors such as "20+".
base::Result<ServerVersion> ReadVersion(std::string_view text);

// Plural names in an APIResourceList, without subresources ("deployments/scale").
base::Result<std::vector<std::string>> ReadResourceNames(std::string_view text);

struct Capabilities {
  ServerVersion version;
  // Where CronJobs are served (batch/v1 since 1.21, batch/v1beta1 until 1.24);
  // null when neither is.
  const ResourceType* cron_jobs = nullptr;
  bool rollouts = false;  // Argo Rollouts are installed.
  // Our own kinds whose CRDs are not installed (yet): "launchreviews.launchgate.dev".
  std::vector<std::string> missing_launchgate_kinds;
  bool validating_admission_policies = false;
  // Webhooks can leave requests alone by CEL expression. Not discoverable: on
  // by default since 1.28 (KEP-3716 beta).
  bool webhook_match_conditions = false;
  // CRDs can carry CEL rules: on by default since 1.25 (KEP-2876 beta).
  bool crd_validation_rules = false;

  friend bool operator==(const Capabilities&, const Capabilities&) = default;
};

struct DiscoveryOptions {
  // CRDs come and go while we run; a watch on an absent kind only gives 404.
  std::chrono::milliseconds max_age{std::chrono::minutes(5)};
};

// Asks once and remembers. A group that is absent (404) is a value; a group
// that cannot be asked about (aggregated API down, 403) is an error, because
// taking "unknown" for "absent" would leave workloads ungated. Thread-safe;
// concurrent callers wait for one round of questions.
class Discovery {
 public:
  // Both must outlive this object.
  Discovery(Client& client, const clock::Clock& clock, const DiscoveryOptions& options);

  // From memory when younger than max_age. When asking fails but something is
  // remembered, the error is returned and the memory kept.
  base::Result<Capabilities> Get(std::stop_token stop);
  // The next Get() asks again: call it when a kind turned out to be absent or new.
  void Invalidate();

 private:
  base::Result<Capabilities> AskLocked(std::stop_token stop);
  base::Result<std::vector<std::string>> ResourcesOf(const ResourceType& type,
                                                     std::stop_token stop);

  Client& client_;
  const clock::Clock& clock_;
  const DiscoveryOptions options_;
  // Guards everything below, and makes callers wait for each other.
  std::mutex mutex_;
  std::optional<Capabilities> known_;
  std::chrono::steady_clock::time_point asked_at_;
};

}  // namespace launchgate::kube
