#include <utility>

#include "core/admission/classify.h"
#include "core/admission/envelope.h"
#include "core/admission/review.h"

namespace launchgate::admission {
namespace {

struct ControllerRow {
  std::string_view account;  // Of kube-controller-manager, in kube-system.
  std::string_view child;
  std::string_view owner_group;
  std::string_view owner_kind;
};
constexpr ControllerRow kControllers[] = {
    {"replicaset-controller", "Pod", "apps", "ReplicaSet"},
    {"statefulset-controller", "Pod", "apps", "StatefulSet"},
    {"daemon-set-controller", "Pod", "apps", "DaemonSet"},
    {"job-controller", "Pod", "batch", "Job"},
    {"replication-controller", "Pod", "", "ReplicationController"},
    {"deployment-controller", "ReplicaSet", "apps", "Deployment"},
    {"cronjob-controller", "Job", "batch", "CronJob"},
};
constexpr std::string_view kSingleAccount = "system:kube-controller-manager";
constexpr std::string_view kArgoAccount = "system:serviceaccount:argo-rollouts:argo-rollouts";

}  // namespace

ControllerIdentities DefaultControllerIdentities() {
  ControllerIdentities identities;
  for (const ControllerRow& row : kControllers) {
    const std::string account = "system:serviceaccount:kube-system:" + std::string(row.account);
    for (const std::string& username : {account, std::string(kSingleAccount)}) {
      identities.children.push_back({.child = std::string(row.child),
                                     .username = username,
                                     .owner_group = std::string(row.owner_group),
                                     .owner_kind = std::string(row.owner_kind)});
    }
  }
  identities.children.push_back({.child = "ReplicaSet",
                                 .username = std::string(kArgoAccount),
                                 .owner_group = "argoproj.io",
                                 .owner_kind = "Rollout"});
  identities.rollout_controllers.emplace_back(kArgoAccount);
  return identities;
}

struct Decoder::Impl {
  ControllerIdentities identities;
  internal::ReviewParser parser;
};

Decoder::Decoder(ControllerIdentities identities)
    : impl_(std::make_unique<Impl>(Impl{std::move(identities), {}})) {}
Decoder::~Decoder() = default;

const std::string& Decoder::uid() const { return impl_->parser.uid(); }

base::Result<Decoder::Request> Decoder::Decode(std::string_view padded,
                                               const decision::GateIndex& index) {
  const auto decode = [&]() -> base::Result<Request> {
    const auto envelope = impl_->parser.Parse(padded);
    if (!envelope) return tl::unexpected(envelope.error());
    auto change = internal::Classify(*envelope, index, impl_->identities);
    if (!change) return tl::unexpected(std::move(change).error());
    return Request{.uid = std::string(envelope->uid),
                   .username = std::string(envelope->username),
                   .dry_run = envelope->dry_run,
                   .change = *std::move(change)};
  };
  auto request = decode();
  impl_->parser.Shrink();
  return request;
}

}  // namespace launchgate::admission
