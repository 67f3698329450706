// What kinds of objects exist on an API server, how one of them is named, and
// the path that leads to it. Pure values and functions, safe from any thread.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace launchgate::kube {

// One kind as the API server serves it. Every member of the constants below
// has static storage.
struct ResourceType {
  std::string_view group;  // Empty for the core group.
  std::string_view version;
  std::string_view plural;
  std::string_view kind;
  bool namespaced = true;

  friend bool operator==(const ResourceType&, const ResourceType&) = default;
};

// "v1", "apps/v1": the value of `apiVersion`.
std::string ApiVersion(const ResourceType& type);

// "deployments.apps", "pods": how people and metrics name a kind.
std::string QualifiedName(const ResourceType& type);

// Names one object of a known kind. Ordered by namespace, then name.
struct ObjectKey {
  std::string ns;  // Empty for cluster-scoped objects.
  std::string name;

  friend auto operator<=>(const ObjectKey&, const ObjectKey&) = default;
};

// "shop/gift-cards", or "gift-cards" for a cluster-scoped object. Not escaped:
// names from outside go through base::Printable before they are shown.
std::string ToString(const ObjectKey& key);

// Part of an object that is served under its own path.
enum class Subresource { kNone, kStatus, kScale };

// The path of a collection: "/apis/apps/v1/namespaces/shop/deployments".
// An empty `ns` means every namespace. kInvalid when `ns` is not a DNS label or
// names a namespace for a cluster-scoped kind. (THREATS T46.)
base::Result<std::string> CollectionPath(const ResourceType& type, std::string_view ns);

// The path of one object or of one of its subresources. kInvalid when a name is
// not a DNS-1123 name, or when the namespace does not fit the kind's scope.
base::Result<std::string> ObjectPath(const ResourceType& type, const ObjectKey& key,
                                     Subresource subresource = Subresource::kNone);

// Percent-encodes everything but RFC 3986's unreserved characters: the form a
// value has inside a query.
std::string PercentEncode(std::string_view text);

// The kinds Launchgate reads or writes.
inline constexpr ResourceType kNamespaces{"", "v1", "namespaces", "Namespace", false};
inline constexpr ResourceType kConfigMaps{"", "v1", "configmaps", "ConfigMap"};
inline constexpr ResourceType kSecrets{"", "v1", "secrets", "Secret"};
inline constexpr ResourceType kPods{"", "v1", "pods", "Pod"};
inline constexpr ResourceType kDeployments{"apps", "v1", "deployments", "Deployment"};
inline constexpr ResourceType kStatefulSets{"apps", "v1", "statefulsets", "StatefulSet"};
inline constexpr ResourceType kDaemonSets{"apps", "v1", "daemonsets", "DaemonSet"};
inline constexpr ResourceType kReplicaSets{"apps", "v1", "replicasets", "ReplicaSet"};
inline constexpr ResourceType kJobs{"batch", "v1", "jobs", "Job"};
inline constexpr ResourceType kCronJobs{"batch", "v1", "cronjobs", "CronJob"};
// Where CronJobs live on servers before 1.21; discovery.h tells which one a server has.
inline constexpr ResourceType kCronJobsV1Beta1{"batch", "v1beta1", "cronjobs", "CronJob"};
inline constexpr ResourceType kRollouts{"argoproj.io", "v1alpha1", "rollouts", "Rollout"};
inline constexpr ResourceType kLeases{"coordination.k8s.io", "v1", "leases", "Lease"};
inline constexpr ResourceType kEvents{"events.k8s.io", "v1", "events", "Event"};
inline constexpr ResourceType kValidatingWebhookConfigurations{
    "admissionregistration.k8s.io", "v1", "validatingwebhookconfigurations",
    "ValidatingWebhookConfiguration", false};
inline constexpr ResourceType kValidatingAdmissionPolicies{"admissionregistration.k8s.io", "v1",
                                                           "validatingadmissionpolicies",
                                                           "ValidatingAdmissionPolicy", false};
inline constexpr ResourceType kCustomResourceDefinitions{
    "apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", false};
inline constexpr ResourceType kLaunchReviews{"launchgate.dev", "v1alpha1", "launchreviews",
                                             "LaunchReview"};
inline constexpr ResourceType kReadinessChecklists{
    "launchgate.dev", "v1alpha1", "readinesschecklists", "ReadinessChecklist", false};
inline constexpr ResourceType kLaunchVerdicts{"launchgate.dev", "v1alpha1", "launchverdicts",
                                              "LaunchVerdict"};
inline constexpr ResourceType kLaunchAuthorities{"launchgate.dev", "v1alpha1", "launchauthorities",
                                                 "LaunchAuthority", false};
inline constexpr ResourceType kErrorBudgets{"launchgate.dev", "v1alpha1", "errorbudgets",
                                            "ErrorBudget"};
inline constexpr ResourceType kFreezeWindows{"launchgate.dev", "v1alpha1", "freezewindows",
                                             "FreezeWindow", false};
inline constexpr ResourceType kBudgetReviews{"launchgate.dev", "v1alpha1", "budgetreviews",
                                             "BudgetReview"};

}  // namespace launchgate::kube
