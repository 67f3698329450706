#!/usr/bin/env bash
# Ways round the gate, tried on a real API server, each with the answer it must
# get. Runs on a control plane of its own: the registration is cluster-wide.
if [[ "${LAUNCHGATE_GATE_TEST:-}" != inside ]]; then
  set -euo pipefail
  if [[ -z "${LAUNCHGATE_E2E_KUBECONFIG:-}" && -z "${LAUNCHGATE_E2E_REQUIRED:-}" ]]; then
    echo 'Skipped: no control plane. Run ./dev test e2e'
    exit 77
  fi
  export LAUNCHGATE_BINARY="$1" LAUNCHGATE_PAGE_SERVER="$2" LAUNCHGATE_GATE_TEST=inside
  exec bash "$LAUNCHGATE_SOURCE_DIR/scripts/dev/control_plane.sh" run -- bash "${BASH_SOURCE[0]}"
fi

source "$(dirname "${BASH_SOURCE[0]}")/support.sh"
source "$SOURCE_DIR/scripts/lib/common.sh"
source "$SOURCE_DIR/scripts/lib/operator.sh"
trap 'stop_operator TERM; clean_up' EXIT

PATIENCE=20

launchgate() { "$LAUNCHGATE_BINARY" "$@"; }

# denied WHAT PATTERN COMMAND... : now, at the first try.
denied() { expect_failure "$@"; }

# soon_denied WHAT PATTERN COMMAND... : once the operator has heard; by dry run,
# so that nothing slips through meanwhile.
soon_denied() {
  local what="$1" pattern="$2"
  shift 2
  eventually "$PATIENCE" "$what" fails_with "$pattern" "$@" --dry-run=server
}
fails_with() {
  local pattern="$1" said
  shift
  if said="$("$@" 2>&1)"; then return 1; fi
  grep -qE -- "$pattern" <<<"$said"
}

# workload KIND NAME NAMESPACE [IMAGE_TAG] [REPLICAS]
workload() {
  local kind="$1" name="$2" ns="$3" tag="${4:-1.0.0}" replicas="${5:-1}" extra=""
  case "$kind" in
    Deployment | ReplicaSet) extra="  replicas: $replicas" ;;
    StatefulSet) extra=$'  replicas: '"$replicas"$'\n  serviceName: x' ;;
  esac
  cat <<YAML
apiVersion: apps/v1
kind: $kind
metadata: {name: $name, namespace: $ns}
spec:
$extra
  selector: {matchLabels: {app: $name}}
  template:
    metadata: {labels: {app: $name}}
    spec:
      containers: [{name: app, image: "registry.example/$name:$tag"}]
YAML
}

pod() {
  printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: %s, namespace: %s}\nspec: {containers: [{name: app, image: "x:1"}]}\n' "$1" "$2"
}

# review NAME NAMESPACE : one without any evidence, about the Deployment NAME.
review() {
  cat <<YAML
apiVersion: launchgate.dev/v1alpha1
kind: LaunchReview
metadata: {name: $1, namespace: $2}
spec:
  target: {apiVersion: apps/v1, kind: Deployment, name: $1}
  checklistRef: {name: light}
  authorityRef: {name: team}
  owner: {team: shop, contact: "#shop"}
  binding: Service
  evidence: []
YAML
}

approved_revisions() {
  kubectl get launchreview "$1" -n "$2" -o 'jsonpath={.status.approvedRevisions[*].reason}'
}
has_approved() { [[ "$(approved_revisions "$1" "$2")" == *"$3"* ]]; }
is_ready() { kubectl get "$1" "$2" -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}' | grep -q True; }
bundles_are_there() {
  [[ "$(kubectl get validatingwebhookconfiguration launchgate -o 'jsonpath={range .webhooks[*]}{.clientConfig.caBundle}{"\n"}{end}' | grep -c .)" == "${#REGISTERED_PATHS[@]}" ]]
}

start_operator "$WORK"
for name in alice eve; do launchgate keys generate --out "$WORK/$name" >/dev/null; done
cat >"$WORK/standard.yaml" <<YAML
apiVersion: launchgate.dev/v1alpha1
kind: ReadinessChecklist
metadata: {name: light}
spec:
  sections:
  - id: basics
    title: Basics
    items: [{id: workload, question: "Is it set up well?", severity: Minor, evidence: workload}]
---
apiVersion: launchgate.dev/v1alpha1
kind: LaunchAuthority
metadata: {name: team}
spec:
  namespaces: ["*"]
  maxVerdictLifetime: 90d
  roles: [{name: sre, threshold: 1}]
  keys:
  - id: alice
    identity: alice@example.com
    role: sre
    notBefore: "2026-01-01T00:00:00Z"
    publicKey: |
$(sed 's/^/      /' "$WORK/alice.pub.pem")
YAML
expect "the standard is stored" kubectl apply -f "$WORK/standard.yaml"
eventually "$PATIENCE" "the checklist is ready" is_ready readinesschecklist light
eventually "$PATIENCE" "the authority is ready" is_ready launchauthority team

tell "--- the namespace's label"
kubectl create namespace gated >/dev/null
workload Deployment legacy gated 1.0.0 0 | kubectl apply -f - >/dev/null
workload Deployment running gated | kubectl apply -f - >/dev/null
expect "a namespace is opted in" kubectl label namespace gated launchgate.dev/gate=enforce
soon_denied "it is gated at once" ReviewMissing kubectl create deployment fresh -n gated --image=x:1
denied "removing the label is denied, for system:masters too" GateWeakened kubectl label namespace gated launchgate.dev/gate-
denied "weakening it is denied" GateWeakened kubectl label namespace gated --overwrite launchgate.dev/gate=audit
kubectl get namespace gated -o json | jq 'del(.metadata.labels["launchgate.dev/gate"])' >"$WORK/escape.json"
denied "not through status" GateWeakened kubectl replace --raw /api/v1/namespaces/gated/status -f "$WORK/escape.json"
denied "not through finalize" GateWeakened kubectl replace --raw /api/v1/namespaces/gated/finalize -f "$WORK/escape.json"
expect "another label is nobody's business" kubectl label namespace gated color=blue
expect "strengthening is allowed" kubectl label namespace gated --overwrite launchgate.dev/gate=strict
expect "a gate admin may weaken it" kubectl label namespace gated --overwrite launchgate.dev/gate=enforce \
  --as=admin --as-group=launchgate:gate-admins --as-group=system:masters

tell "--- every verb and kind"
for kind in Deployment StatefulSet DaemonSet; do
  workload "$kind" new-one gated >"$WORK/new.yaml"
  denied "create $kind" ReviewMissing kubectl create -f "$WORK/new.yaml"
  denied "server-side apply $kind" ReviewMissing kubectl apply --server-side -f "$WORK/new.yaml"
  denied "dry run $kind" ReviewMissing kubectl create --dry-run=server -f "$WORK/new.yaml"
done
cron_api="$(kubectl api-versions | grep -xE 'batch/v1beta1' || echo batch/v1)"
cat >"$WORK/cron.yaml" <<YAML
apiVersion: $cron_api
kind: CronJob
metadata: {name: nightly, namespace: gated}
spec:
  schedule: "0 1 * * *"
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: app, image: "x:1"}]}}}}
YAML
denied "create CronJob" ReviewMissing kubectl create -f "$WORK/cron.yaml"
denied "json patch" ReviewMissing kubectl patch deployment running -n gated --type json \
  -p '[{"op":"replace","path":"/spec/template/spec/containers/0/image","value":"evil:1"}]'
denied "merge patch" ReviewMissing kubectl patch deployment running -n gated --type merge \
  -p '{"spec":{"template":{"spec":{"containers":[{"name":"app","image":"evil:1"}]}}}}'
denied "strategic patch" ReviewMissing kubectl set image -n gated deployment/running app=evil:1
denied "an init container is a new template" ReviewMissing kubectl patch deployment running -n gated --type json \
  -p '[{"op":"add","path":"/spec/template/spec/initContainers","value":[{"name":"i","image":"evil:1"}]}]'
denied "scaling a never approved template up from zero" ReviewMissing kubectl scale -n gated deployment/legacy --replicas=1
expect "scaling what runs" kubectl scale -n gated deployment/running --replicas=3
expect "metadata" kubectl annotate -n gated deployment/running a=b
expect "restarting" kubectl rollout restart -n gated deployment/running
expect "deleting" kubectl delete -n gated deployment/legacy
expect "a bare Pod is not gated in enforce" bash -c "$(declare -f pod); pod bare gated | kubectl create -f -"

tell "--- strict and audit namespaces"
for mode in strict audit enforced-with-a-typo; do
  kubectl create namespace "in-$mode" >/dev/null
  kubectl label namespace "in-$mode" "launchgate.dev/gate=$mode" >/dev/null
done
soon_denied "a typing error in the label gates" ReviewMissing kubectl create deployment x -n in-enforced-with-a-typo --image=x:1
soon_denied "strict: a Deployment" ReviewMissing kubectl create deployment x -n in-strict --image=x:1
pod bare in-strict >"$WORK/pod.yaml"
denied "strict: a bare Pod" ReviewMissing kubectl create -f "$WORK/pod.yaml"
workload ReplicaSet rs in-strict >"$WORK/rs.yaml"
denied "strict: a bare ReplicaSet" ReviewMissing kubectl create -f "$WORK/rs.yaml"
denied "strict: a Job" ReviewMissing kubectl create job j -n in-strict --image=x:1
expect "audit admits" kubectl create deployment x -n in-audit --image=x:1
says_would_be_denied() { kubectl create deployment "x-$RANDOM" -n in-audit --image=x:1 --dry-run=server 2>&1 | grep -q "would be denied"; }
eventually "$PATIENCE" "audit warns" says_would_be_denied

tell "--- status is written by the controller only"
review running gated | kubectl apply -f - >/dev/null
eventually "$PATIENCE" "what ran before is the baseline" has_approved running gated Baseline
kubectl get launchreview running -n gated -o json |
  jq '.status.approvedRevisions += [{"templateHash": ("v1:sha256:" + ("0" * 64)), "approvedAt": "2026-01-01T00:00:00Z", "reason": "Go"}]' >"$WORK/forged.json"
denied "a forged status" StatusForged kubectl replace --raw \
  /apis/launchgate.dev/v1alpha1/namespaces/gated/launchreviews/running/status -f "$WORK/forged.json"

tell "--- verdicts"
soon_denied "nobody has signed" VerdictMissing kubectl set image -n gated deployment/running app=x:2
denied "a key that nobody trusts" "does not list this key" launchgate sign -n gated running --go --key "$WORK/eve.pem"
expect "alice says go" launchgate sign -n gated running --go --key "$WORK/alice.pem"
eventually "$PATIENCE" "a new image is admitted" kubectl set image -n gated deployment/running app=x:2
eventually "$PATIENCE" "it becomes an approved revision" has_approved running gated Go
go="$(kubectl get launchverdicts -n gated -o name | head -n 1)"
denied "a verdict cannot be changed" "VerdictImmutable|immutable" kubectl patch -n gated "$go" --type merge -p '{"spec":{"reviewRef":{"name":"other"}}}'
expect "the signature verifies outside" launchgate verify -n gated running
expect "alice says no" launchgate sign -n gated running --no-go --reason "incident" --key "$WORK/alice.pem"
soon_denied "no means no" NoGo kubectl set image -n gated deployment/running app=x:3
remembers_sequence() { kubectl get launchreview running -n gated -o 'jsonpath={.status.verdict.highestSequences[0].sequence}' | grep -q '^2$'; }
eventually "$PATIENCE" "the newest sequence is remembered" remembers_sequence
for verdict in $(kubectl get launchverdicts -n gated -o name | grep nogo); do
  expect "the No is deleted" kubectl delete -n gated "$verdict"
done
soon_denied "deleting a No does not bring the Go back" "VerdictMissing|Superseded|QuorumNotMet" kubectl set image -n gated deployment/running app=x:3

tell "--- replay"
kubectl create namespace second >/dev/null
workload Deployment running second | kubectl apply -f - >/dev/null
kubectl label namespace second launchgate.dev/gate=enforce >/dev/null
review running second | kubectl apply -f - >/dev/null
kubectl get -n gated "$go" -o json | jq '{apiVersion,kind,spec,metadata:{name:.metadata.name,namespace:"second"}}' | kubectl apply -f - >/dev/null
soon_denied "a verdict of another namespace" "VerdictMissing" kubectl set image -n second deployment/running app=x:2
expect "signed for itself" launchgate sign -n second running --go --key "$WORK/alice.pem"
eventually "$PATIENCE" "admitted" kubectl set image -n second deployment/running app=x:2
kubectl delete launchreview running -n second >/dev/null
soon_denied "without its review" ReviewMissing kubectl set image -n second deployment/running app=x:3
review running second | kubectl apply -f - >/dev/null
soon_denied "a review made anew is another review" "VerdictMissing" kubectl set image -n second deployment/running app=x:3
expect "signed once more" launchgate sign -n second running --go --key "$WORK/alice.pem"
eventually "$PATIENCE" "admitted again" kubectl set image -n second deployment/running app=x:3
expect "alice's key is revoked" kubectl patch launchauthority team --type json -p '[{"op":"add","path":"/spec/keys/0/revoked","value":true}]'
soon_denied "revoked" KeyRevoked kubectl set image -n second deployment/running app=x:4

tell "--- the registration heals"
kubectl patch validatingwebhookconfiguration launchgate --type json -p '[{"op":"remove","path":"/webhooks/0/clientConfig/caBundle"}]' >/dev/null
eventually 30 "a caBundle that was removed comes back" bundles_are_there
expect "the certificate is deleted" kubectl delete secret launchgate-webhook-tls -n "$OPERATOR_NAMESPACE"
eventually 30 "and made anew" kubectl get secret launchgate-webhook-tls -n "$OPERATOR_NAMESPACE"
eventually 30 "and the gate answers under it" fails_with KeyRevoked kubectl set image -n second deployment/running app=x:4 --dry-run=server

tell "--- restarts"
kill -KILL "$WEBHOOK_PID"
wait "$WEBHOOK_PID" 2>/dev/null || true
denied "a dead webhook denies" "failed calling webhook" kubectl set image -n second deployment/running app=x:4
expect "deleting works while it is dead" kubectl delete deployment x -n in-audit
kubectl delete pods -n gated -l app=running --wait=false >/dev/null
pods_are_back() { (($(kubectl get pods -n gated -l app=running -o name | wc -l) >= 3)); }
eventually "$PATIENCE" "Pods are replaced while it is dead" pods_are_back
start_webhook "$WORK"
eventually "$PATIENCE" "it answers again after its restart" fails_with KeyRevoked kubectl set image -n second deployment/running app=x:4 --dry-run=server

tell "--- what it counts and what it may"
metrics="$(curl -fsS "http://127.0.0.1:$WEBHOOK_HEALTH_PORT/metrics")"
grep -q 'launchgate_admission_decisions_total{.*reason="KeyRevoked".*} [1-9]' <<<"$metrics" || refuse "decisions are counted" "$metrics"
tell "ok: decisions are counted"
for line in 'launchgate_certificate_expiry_timestamp_seconds{certificate="loaded"} 1' 'launchgate_caches_ready 1' \
  'launchgate_clock_trusted 1' 'launchgate_cache_age_seconds '; do
  grep -qF "$line" <<<"$metrics" || refuse "the webhook says how it is: $line" "$metrics"
done
tell "ok: the webhook says how it is"
controller="$(curl -fsS "http://127.0.0.1:$(sed -n 's/^health_port=//p' "$WORK/controller.ports")/metrics")"
for line in 'launchgate_registered_entries{failure_policy="Fail"} 4' 'launchgate_registered_entries{failure_policy="Ignore"} 1' \
  'launchgate_certificate_expiry_timestamp_seconds{certificate="serving"} 1' 'launchgate_leader 1' 'launchgate_caches_ready 1'; do
  grep -qF "$line" <<<"$controller" || refuse "the controller says what it found: $line" "$controller"
done
tell "ok: the controller says what it found"
forbidden="$(jq -r 'select(.user.username | startswith("system:serviceaccount:launchgate-system:")) |
  select(.responseStatus.code == 403) | "\(.user.username) \(.verb) \(.requestURI)"' "$LAUNCHGATE_E2E_AUDIT_LOG" | sort -u)"
[[ -z "$forbidden" ]] || refuse "the manifests grant every right that is used" "$forbidden"
tell "ok: the manifests grant every right that is used"
