#include "app/certificates/match_conditions.h"

#include <nlohmann/json.hpp>

namespace launchgate::app {
namespace {

using json::Json;

Json Condition(const char* name, const char* expression) {
  return {{"name", name}, {"expression", expression}};
}

// The gate's question is about what runs. An update that leaves the spec as it
// was cannot change that, unless the kind is one of Argo's: where a Rollout has no
// status subresource, promotions are updates of the object itself. A scale can
// change what runs only when it starts from nothing.
Json GateConditions() {
  return Json::array(
      {Condition("spec-changes",
                 "request.operation != 'UPDATE' || "
                 "(has(request.subResource) && request.subResource != '') || "
                 "!has(object.spec) || !has(oldObject.spec) || object.spec != oldObject.spec || "
                 "(request.resource.group == 'argoproj.io' && "
                 "(has(object.status) != has(oldObject.status) || "
                 "(has(object.status) && has(oldObject.status) && "
                 "object.status != oldObject.status)))"),
       Condition("scale-from-zero",
                 "!has(request.subResource) || request.subResource != 'scale' || "
                 "!has(oldObject.spec) || !has(oldObject.spec.replicas) || "
                 "oldObject.spec.replicas == 0")});
}

// Children that the cluster's own controllers make and scale are explained by
// their owners; whoever is authenticated as one of these is one. Pods are then
// replaced, and autoscalers' changes take effect, also while Launchgate is down.
// Controllers use no subresources for that, so those are sent whoever asks.
Json ChildConditions() {
  return Json::array(
      {Condition("not-written-by-a-controller",
                 "(has(request.subResource) && request.subResource != '') || "
                 "!has(request.userInfo.username) || !(request.userInfo.username in "
                 "['system:serviceaccount:kube-system:replicaset-controller', "
                 "'system:serviceaccount:kube-system:deployment-controller', "
                 "'system:serviceaccount:kube-system:statefulset-controller', "
                 "'system:serviceaccount:kube-system:daemon-set-controller', "
                 "'system:serviceaccount:kube-system:job-controller', "
                 "'system:serviceaccount:kube-system:cronjob-controller', "
                 "'system:serviceaccount:kube-system:replication-controller', "
                 "'system:kube-controller-manager'])"),
       Condition("spec-changes",
                 "request.operation != 'UPDATE' || "
                 "(has(request.subResource) && request.subResource != '') || "
                 "!has(object.spec) || !has(oldObject.spec) || object.spec != oldObject.spec")});
}

Json NamespaceConditions() {
  return Json::array({Condition(
      "gate-label-changes",
      "request.operation != 'UPDATE' || "
      "!has(oldObject.metadata.labels) || !('launchgate.dev/gate' in oldObject.metadata.labels) || "
      "!has(object.metadata.labels) || !('launchgate.dev/gate' in object.metadata.labels) || "
      "object.metadata.labels['launchgate.dev/gate'] != "
      "oldObject.metadata.labels['launchgate.dev/gate']")});
}

}  // namespace

Json MatchConditionsFor(std::string_view webhook_name) {
  if (webhook_name == "gate.launchgate.dev" || webhook_name == "audit.launchgate.dev") {
    return GateConditions();
  }
  if (webhook_name == "children.gate.launchgate.dev") return ChildConditions();
  if (webhook_name == "namespaces.guard.launchgate.dev") return NamespaceConditions();
  return Json::array();
}

}  // namespace launchgate::app
