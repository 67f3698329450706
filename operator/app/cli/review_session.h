// A LaunchReview and all that is needed to sign it, read from the cluster.
#pragma once

#include <memory>
#include <string>

#include "app/cli/session.h"
#include "app/world.h"
#include "core/base/result.h"
#include "core/verdict/signature.h"

namespace launchgate::app::cli {

struct OpenedReview {
  std::unique_ptr<Session> session;
  World world;
  const World::Loaded<resources::LaunchReview>* review = nullptr;  // In `world`.
};

// kNotFound when the namespace has no review of this name.
base::Result<OpenedReview> OpenReview(const ClusterFlags& flags, const std::string& name,
                                      const verdict::PublicKeyReader& reader);

}  // namespace launchgate::app::cli
