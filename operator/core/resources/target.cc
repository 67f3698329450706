#include "core/resources/target.h"

#include <array>

namespace launchgate::resources {
namespace {

struct KindRow {
  TargetKind kind;
  std::string_view group;
  std::string_view name;
  std::string_view api_version;
  std::string_view word;
};

constexpr std::array kKinds = {
    KindRow{TargetKind::kDeployment, "apps", "Deployment", "apps/v1", "deployment"},
    KindRow{TargetKind::kStatefulSet, "apps", "StatefulSet", "apps/v1", "statefulset"},
    KindRow{TargetKind::kDaemonSet, "apps", "DaemonSet", "apps/v1", "daemonset"},
    KindRow{TargetKind::kCronJob, "batch", "CronJob", "batch/v1", "cronjob"},
    KindRow{TargetKind::kRollout, "argoproj.io", "Rollout", "argoproj.io/v1alpha1", "rollout"},
};

constexpr const KindRow& Row(TargetKind kind) {
  for (const KindRow& row : kKinds) {
    if (row.kind == kind) return row;
  }
  return kKinds.front();
}

}  // namespace

std::string_view ToString(TargetKind kind) { return Row(kind).name; }

std::optional<TargetKind> ParseTargetKind(std::string_view group, std::string_view kind) {
  for (const KindRow& row : kKinds) {
    if (row.group == group && row.name == kind) return row.kind;
  }
  return std::nullopt;
}

std::string_view ApiVersionOf(TargetKind kind) { return Row(kind).api_version; }

std::string_view ResourceWord(TargetKind kind) { return Row(kind).word; }

}  // namespace launchgate::resources
