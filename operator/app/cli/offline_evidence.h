// Evidence for `check`: ConfigMaps among the files, or files of a folder.
#pragma once

#include <memory>
#include <string>

#include "app/evidence_gatherer.h"
#include "app/world.h"

namespace launchgate::app::cli {

// Owns what a gatherer needs. Not thread-safe.
class OfflineEvidence {
 public:
  virtual ~OfflineEvidence() = default;
  virtual Gathered Gather(const resources::LaunchReview& review, base::Time now) = 0;
};

// `evidence_root` may be empty. Without `allow_fetch` every URL is
// SourceUnavailable; with it the reviews' own URLs may be fetched, from wherever
// the person who asks can reach them. `world` must outlive the result.
std::unique_ptr<OfflineEvidence> MakeOfflineEvidence(const World& world, std::string evidence_root,
                                                     bool allow_fetch);

}  // namespace launchgate::app::cli
