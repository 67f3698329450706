#include "app/reconcile/budget_review_store.h"

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

namespace launchgate::app {

base::Result<bool> ClusterBudgetReviews::Create(const json::Json& review, std::stop_token stop) {
  if (!leadership_.MayAct()) {
    return base::Fail(base::ErrorKind::kUnavailable, "this process does not lead any more");
  }
  const auto ns = review["metadata"]["namespace"].get<std::string>();
  kube::WriteOptions options;
  options.field_manager = kFieldManager;
  const auto created = client_.Create(kube::kBudgetReviews, ns, review, options, std::move(stop));
  if (created) return true;
  if (created.error().reason == "AlreadyExists") return false;
  return tl::unexpected<base::Error>(created.error());
}

}  // namespace launchgate::app
