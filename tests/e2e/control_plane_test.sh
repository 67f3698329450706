#!/usr/bin/env bash
# The control plane is a real one: controllers act, RBAC refuses, requests are
# recorded, and a webhook on loopback is called.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"
require_control_plane
create_namespace control-plane

replica_sets() {
  kubectl -n "$NAMESPACE" get replicasets -l app=web -o name | grep -q .
}
pods_are() {
  [[ "$(kubectl -n "$NAMESPACE" get pods -l app=web -o name | wc -l)" == "$1" ]]
}

expect "a Deployment can be created" \
  kubectl -n "$NAMESPACE" create deployment web --image=registry.example.com/web:1
eventually 20 "its ReplicaSet appears" replica_sets
eventually 20 "its Pod appears" pods_are 1
expect "it can be scaled" kubectl -n "$NAMESPACE" scale deployment web --replicas=3
eventually 20 "the other Pods appear" pods_are 3

expect "a StatefulSet, a DaemonSet and a Job are known" \
  kubectl -n "$NAMESPACE" get statefulsets,daemonsets,jobs,cronjobs

alice="$("$LAUNCHGATE_E2E_MINT_USER" "alice-$$" developers)"
expect_failure "RBAC refuses a user without a role" "forbidden.*|Forbidden.*alice" \
  kubectl --kubeconfig "$alice" -n "$NAMESPACE" get deployments
expect "a role can be bound to a group" \
  kubectl -n "$NAMESPACE" create rolebinding developers --clusterrole=view --group=developers
eventually 10 "then the user may read" kubectl --kubeconfig "$alice" -n "$NAMESPACE" get deployments
expect_failure "but not write" "forbidden" \
  kubectl --kubeconfig "$alice" -n "$NAMESPACE" delete deployment web

recorded() {
  jq -en --arg namespace "$NAMESPACE" 'first(inputs | select(.verb == "create" and
    .objectRef.resource == "deployments" and .objectRef.namespace == $namespace) |
    .requestObject.spec.template != null)' "$LAUNCHGATE_E2E_AUDIT_LOG"
}
eventually 10 "the audit log holds the whole request" recorded

# Nobody listens on port 1 of this machine: the API server's attempt to call is
# what its refusal tells.
ca="$(base64 -w0 "$LAUNCHGATE_E2E_DIR/pki/ca.crt")"
cat >"$WORK/webhook.yaml" <<YAML
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: $NAMESPACE}
webhooks:
- name: probe.example.com
  admissionReviewVersions: [v1]
  sideEffects: None
  failurePolicy: Fail
  timeoutSeconds: 5
  clientConfig: {url: "https://127.0.0.1:1/", caBundle: $ca}
  objectSelector: {matchLabels: {probe: $NAMESPACE}}
  rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [configmaps]}]
YAML
expect "a webhook at a loopback address can be registered" kubectl apply -f "$WORK/webhook.yaml"
cat >"$WORK/probe.yaml" <<YAML
apiVersion: v1
kind: ConfigMap
metadata: {name: probe, namespace: $NAMESPACE, labels: {probe: $NAMESPACE}}
YAML
webhook_is_called() {
  local refusal
  refusal="$(kubectl create --dry-run=server -f "$WORK/probe.yaml" 2>&1)" && return 1
  [[ "$refusal" == *"failed calling webhook"*"127.0.0.1:1"* ]]
}
eventually 20 "the API server calls it" webhook_is_called
expect "it can be removed" kubectl delete validatingwebhookconfiguration "$NAMESPACE"

# kubectl names its cache after the server: 127.0.0.1_6443.
server="${LAUNCHGATE_E2E_SERVER#https://}"
expect "kubectl keeps its cache in the control plane's folder" \
  test -d "$LAUNCHGATE_E2E_DIR/home/.kube/cache/discovery/${server/:/_}"
expect "and not in the user's home" test ! -e "$HOME/.kube/cache/discovery/${server/:/_}"
