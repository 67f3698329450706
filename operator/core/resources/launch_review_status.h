// The status of a LaunchReview, read leniently. Internal to this module.
#pragma once

#include "core/json/json.h"
#include "core/resources/launch_review.h"

namespace launchgate::resources::internal {

// `review` is the whole object. Never fails: what does not make sense is left out.
LaunchReviewStatus ReadLaunchReviewStatus(const json::Json& review);

}  // namespace launchgate::resources::internal
