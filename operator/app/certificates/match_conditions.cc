#include "app/certificates/match_conditions.h"

#include <nlohmann/json.hpp>

namespace launchgate::app {
namespace {

using json::Json;

Json Condition(const char* name, const char* expression) {
  return {{"name", name}, {"expression", expression}};
}

// The gate's question is about what runs. An update that leaves the spec as it
// was cannot change that; a scale can only when it starts from nothing.
Json GateConditions() {
  return Json::array(
      {Condition("spec-changes",
                 "request.operation != 'UPDATE' || "
                 "(has(request.subResource) && request.subResource != '') || "
                 "!has(object.spec) || !has(oldObject.spec) || object.spec != oldObject.spec"),
       Condition("scale-from-zero",
                 "!has(request.subResource) || request.subResource != 'scale' || "
                 "!has(oldObject.spec) || !has(oldObject.spec.replicas) || "
                 "oldObject.spec.replicas == 0")});
}

// Children made by the cluster's own controllers are explained by their owners;
// whoever is authenticated as one of these is one. Pods are then replaced also
// while Launchgate is down.
Json ChildConditions() {
  return Json::array(
      {Condition("not-made-by-a-controller",
                 "request.operation != 'CREATE' || !(request.userInfo.username in "
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
