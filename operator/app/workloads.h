// The workloads that reviews are about, reduced to what the gate needs to know
// of a live one.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "core/decision/review_status.h"
#include "core/resources/target.h"
#include "shell/kube/informer.h"

namespace launchgate::app {

struct WorkloadRecord {
  std::string template_hash;  // Empty when the object has no template of its own.
  bool running = false;
  std::string uid;
  std::string template_of;  // A Rollout's workloadRef: the Deployment that has the template.
};

base::Result<WorkloadRecord> DecodeWorkload(const kube::RawObject& object,
                                            resources::TargetKind kind);

// Thread-safe after Start().
class Workloads {
 public:
  // `cron_jobs`: batch/v1 or batch/v1beta1, whichever the server has.
  Workloads(const kube::InformerContext& context, const kube::ResourceType& cron_jobs,
            std::uint64_t seed);
  ~Workloads() { Stop(); }

  // Before Start().
  void OnChange(const std::function<void(const resources::TargetRef& target)>& handler);
  void Start();
  void Stop();

  // Nothing when the target does not exist (or, before HasSynced(), is not known yet).
  std::optional<decision::LiveTarget> Find(const resources::TargetRef& target) const;
  // For Events; empty when the target does not exist.
  std::string UidOf(const resources::TargetRef& target) const;
  // Rollouts may be absent from a cluster; that counts as synced.
  bool HasSynced() const;

 private:
  using Collection = kube::Informer<WorkloadRecord>;
  const Collection& Of(resources::TargetKind kind) const;

  Collection deployments_;
  Collection stateful_sets_;
  Collection daemon_sets_;
  Collection cron_jobs_;
  Collection rollouts_;
};

}  // namespace launchgate::app
