#include "app/cli/review_session.h"

#include <utility>

#include "app/cli/signing.h"

namespace launchgate::app::cli {

base::Result<OpenedReview> OpenReview(const ClusterFlags& flags, const std::string& name,
                                      const verdict::PublicKeyReader& reader) {
  auto session = Session::Open(flags);
  if (!session) return tl::unexpected(session.error());
  auto world = (*session)->ReadWorld(reader);
  if (!world) return tl::unexpected(world.error());
  OpenedReview opened{*std::move(session), *std::move(world), nullptr};
  const auto review = FindReview(opened.world, opened.session->ns(), name);
  if (!review) return tl::unexpected(review.error());
  opened.review = *review;
  return opened;
}

}  // namespace launchgate::app::cli
