// Which workload a review is about, and how one is named everywhere.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace launchgate::resources {

enum class TargetKind {
  kDeployment,
  kStatefulSet,
  kDaemonSet,
  kCronJob,
  kRollout,  // argoproj.io
};

std::string_view ToString(TargetKind kind);  // "Deployment", …
// From a kind and the group of its apiVersion ("apps", "batch", "argoproj.io");
// the version does not matter. Nothing for kinds that cannot be reviewed.
std::optional<TargetKind> ParseTargetKind(std::string_view group, std::string_view kind);
// "apps/v1", "batch/v1", "argoproj.io/v1alpha1".
std::string_view ApiVersionOf(TargetKind kind);
// "deployment", as in `kubectl launchgate explain deployment/gift-cards`.
std::string_view ResourceWord(TargetKind kind);

// Identity of a target: kind, namespace and name. Never a label.
struct TargetRef {
  TargetKind kind = TargetKind::kDeployment;
  std::string ns;
  std::string name;

  // "deployment/gift-cards".
  std::string Word() const { return std::string(ResourceWord(kind)) + "/" + name; }
  friend auto operator<=>(const TargetRef&, const TargetRef&) = default;
};

}  // namespace launchgate::resources
