#include "core/admission/kinds.h"

#include <algorithm>

namespace launchgate::admission {
namespace {

using resources::TargetKind;

constexpr std::string_view kFromZero = "scales it up from zero";
constexpr std::string_view kNewTemplate = "changes the pod template";
constexpr std::string_view kNewImages = "changes its containers";
constexpr std::string_view kUnpauses = "unpauses its rollout";
constexpr std::string_view kRolls = "turns on rolling updates";

constexpr std::array kDeployment = {
    ReleaseSwitch{"spec.template", Rule::kAnyChange, kNewTemplate},
    ReleaseSwitch{"spec.paused", Rule::kTrueToFalse, kUnpauses},
    ReleaseSwitch{"spec.replicas", Rule::kZeroToMore, kFromZero},
};
constexpr std::array kStatefulSet = {
    ReleaseSwitch{"spec.template", Rule::kAnyChange, kNewTemplate},
    ReleaseSwitch{"spec.updateStrategy.rollingUpdate.partition", Rule::kLowered,
                  "lowers the partition of its rollout"},
    ReleaseSwitch{"spec.updateStrategy.type", Rule::kOnDeleteToRolling, kRolls},
    ReleaseSwitch{"spec.replicas", Rule::kZeroToMore, kFromZero},
};
constexpr std::array kDaemonSet = {
    ReleaseSwitch{"spec.template", Rule::kAnyChange, kNewTemplate},
    ReleaseSwitch{"spec.updateStrategy.type", Rule::kOnDeleteToRolling, kRolls},
};
constexpr std::array kCronJob = {
    ReleaseSwitch{"spec.jobTemplate.spec.template", Rule::kAnyChange, kNewTemplate},
    ReleaseSwitch{"spec.jobTemplate.spec", Rule::kAnyChangeInJobSpec, "changes its job template"},
    ReleaseSwitch{"spec.suspend", Rule::kTrueToFalse, "resumes its schedule"},
};
// The rows about status hold for rollouts/status too: `promote`, `promote
// --full` and `retry` of the Argo plugin are writes of status. (THREATS T03.)
constexpr std::array kRollout = {
    ReleaseSwitch{"spec.template", Rule::kAnyChange, kNewTemplate},
    ReleaseSwitch{"spec.workloadRef", Rule::kAnyChange,
                  "takes its pod template from another workload"},
    ReleaseSwitch{"spec.paused", Rule::kTrueToFalse, kUnpauses},
    ReleaseSwitch{"spec.replicas", Rule::kZeroToMore, kFromZero},
    ReleaseSwitch{"status.promoteFull", Rule::kFalseToTrue, "promotes it in full"},
    ReleaseSwitch{"status.abort", Rule::kTrueToFalse, "retries its aborted rollout", true},
    ReleaseSwitch{"status.pauseConditions", Rule::kEmptied, "ends a pause of its rollout", true},
    ReleaseSwitch{"status.currentStepIndex", Rule::kRaised, "skips a step of its rollout", true},
};
constexpr std::array kReplicas = {
    // ReplicaSet, ReplicationController.
    ReleaseSwitch{"spec.template", Rule::kAnyChange, kNewTemplate},
    ReleaseSwitch{"spec.replicas", Rule::kZeroToMore, kFromZero},
};
constexpr std::array kJob = {
    ReleaseSwitch{"spec.template", Rule::kAnyChange, kNewTemplate},
    ReleaseSwitch{"spec.suspend", Rule::kTrueToFalse, "resumes it"},
    ReleaseSwitch{"spec.parallelism", Rule::kZeroToMore, kFromZero},
};
constexpr std::array kPod = {
    ReleaseSwitch{"spec.containers", Rule::kImages, kNewImages},
    ReleaseSwitch{"spec.initContainers", Rule::kImages, kNewImages},
    ReleaseSwitch{"spec.ephemeralContainers", Rule::kImages, kNewImages},
};

constexpr std::string_view kInSpec = "spec.template";
constexpr std::string_view kInJobTemplate = "spec.jobTemplate.spec.template";
constexpr Gated kAnywhere = Gated::kWherever;
constexpr Gated kStrict = Gated::kInStrictOnly;
constexpr std::optional<TargetKind> kNone;

// clang-format off
constexpr std::array kKinds = {
  //      group          kind                     resource                  versions           target                   gated      scale  template        switches
  KindRow{"apps",        "Deployment",            "deployments",            {"v1"},            TargetKind::kDeployment,  kAnywhere, true,  kInSpec,        kDeployment},
  KindRow{"apps",        "StatefulSet",           "statefulsets",           {"v1"},            TargetKind::kStatefulSet, kAnywhere, true,  kInSpec,        kStatefulSet},
  KindRow{"apps",        "DaemonSet",             "daemonsets",             {"v1"},            TargetKind::kDaemonSet,   kAnywhere, false, kInSpec,        kDaemonSet},
  KindRow{"batch",       "CronJob",               "cronjobs",               {"v1", "v1beta1"}, TargetKind::kCronJob,     kAnywhere, false, kInJobTemplate, kCronJob},
  KindRow{"argoproj.io", "Rollout",               "rollouts",               {"v1alpha1"},      TargetKind::kRollout,     kAnywhere, true,  kInSpec,        kRollout},
  KindRow{"apps",        "ReplicaSet",            "replicasets",            {"v1"},            kNone,                    kStrict,   true,  kInSpec,        kReplicas},
  KindRow{"",            "ReplicationController", "replicationcontrollers", {"v1"},            kNone,                    kStrict,   true,  kInSpec,        kReplicas},
  KindRow{"batch",       "Job",                   "jobs",                   {"v1"},            kNone,                    kStrict,   false, kInSpec,        kJob},
  KindRow{"",            "Pod",                   "pods",                   {"v1"},            kNone,                    kStrict,   false, "",             kPod},
};
// clang-format on

template <typename Matches>
const KindRow* FindRow(Matches matches) {
  const auto row = std::find_if(kKinds.begin(), kKinds.end(), matches);
  return row == kKinds.end() ? nullptr : &*row;
}

}  // namespace

std::span<const KindRow> Kinds() { return kKinds; }

const KindRow* FindKind(std::string_view group, std::string_view kind) {
  return FindRow([&](const KindRow& row) { return row.group == group && row.kind == kind; });
}

const KindRow* FindResource(std::string_view group, std::string_view resource) {
  return FindRow(
      [&](const KindRow& row) { return row.group == group && row.resource == resource; });
}

std::string_view GroupOf(std::string_view api_version) {
  const std::size_t slash = api_version.find('/');
  return slash == std::string_view::npos ? std::string_view() : api_version.substr(0, slash);
}

}  // namespace launchgate::admission
