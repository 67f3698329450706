// Status of the kinds that only need to say whether they are usable:
// ReadinessChecklist, LaunchAuthority, LaunchVerdict.
#pragma once

#include <stop_token>

#include "app/cluster.h"
#include "app/status_writer.h"
#include "core/verdict/signature.h"
#include "shell/clock/clock.h"

namespace launchgate::app {

// Thread-safe. Each call writes at most one status; the result is when to look
// again although nothing changes.
class ObjectReconcilers {
 public:
  ObjectReconcilers(Cluster& cluster, StatusWriter& status,
                    const verdict::SignatureVerifier& verifier, const clock::Clock& clock);

  base::Result<base::Time> ReconcileChecklist(const kube::ObjectKey& key, std::stop_token stop);
  base::Result<base::Time> ReconcileAuthority(const kube::ObjectKey& key, std::stop_token stop);
  base::Result<base::Time> ReconcileVerdict(const kube::ObjectKey& key, std::stop_token stop);

 private:
  Cluster& cluster_;
  StatusWriter& status_;
  const verdict::SignatureVerifier& verifier_;
  const clock::Clock& clock_;
};

}  // namespace launchgate::app
