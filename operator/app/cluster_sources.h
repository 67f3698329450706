// Evidence in the cluster and on the network: the one place that joins objects,
// tenants' URLs and Prometheus to what verifiers ask for.
#pragma once

#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "app/evidence_sources.h"
#include "app/followed_objects.h"
#include "core/evidence/fetcher.h"

namespace launchgate::app {

// Objects that were just read: the items of one review often name the same one.
inline constexpr std::size_t kMaxRecentObjects = 16;

// Thread-safe.
class ClusterSources final : public EvidenceSources {
 public:
  // All must outlive this object.
  ClusterSources(FollowedObjects& objects, evidence::PageFetcher& pages,
                 evidence::PrometheusReader& prometheus)
      : objects_(objects), pages_(pages), prometheus_(prometheus) {}

  std::string VersionOf(const std::string& ns, const evidence::Source& source) override;
  base::Result<evidence::Reading> Read(const std::string& ns, const evidence::Source& source,
                                       base::Time now) override;

  // What is followed from the start, because nearly every review uses it.
  static std::vector<FollowedKind> UsualKinds();

  // The watch names (evidence_sources.h) that a change of this object touches; one
  // that ends with a space stands for all that begin with it.
  static std::vector<std::string> WatchNamesOf(const std::string& group, const std::string& kind,
                                               const kube::ObjectKey& key);

 private:
  struct Recent {
    FollowedKind kind;
    kube::Object object;
  };

  base::Result<kube::Object> ReadObject(const FollowedKind& kind, const kube::ObjectKey& key);

  FollowedObjects& objects_;
  evidence::PageFetcher& pages_;
  evidence::PrometheusReader& prometheus_;

  std::mutex mutex_;  // Guards what follows.
  std::deque<Recent> recent_;
};

}  // namespace launchgate::app
