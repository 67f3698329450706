#!/usr/bin/env bash
# Every kind of evidence on a real API server, beside a real Prometheus: its
# finding passes, flips within five seconds of its source changing, and the gate's
# answer with it. Each kind has a namespace of its own.
if [[ "${LAUNCHGATE_EVIDENCE_TEST:-}" != inside ]]; then
  set -euo pipefail
  if [[ -z "${LAUNCHGATE_E2E_KUBECONFIG:-}" && -z "${LAUNCHGATE_E2E_REQUIRED:-}" ]]; then
    echo 'Skipped: no control plane. Run ./dev test e2e'
    exit 77
  fi
  export LAUNCHGATE_BINARY="$1" LAUNCHGATE_PAGE_SERVER="$2" LAUNCHGATE_EVIDENCE_TEST=inside
  exec bash "$LAUNCHGATE_SOURCE_DIR/scripts/dev/control_plane.sh" run -- bash "${BASH_SOURCE[0]}"
fi

source "$(dirname "${BASH_SOURCE[0]}")/support.sh"
source "$SOURCE_DIR/tests/e2e/prometheus.sh"

FLIP_WITHIN=5 # Seconds from the change of a source to the gate's new answer.
SAMPLES="$SOURCE_DIR/manifests/samples"
FILES="$SOURCE_DIR/tests/e2e/files"

# --- What the evidence is read from ------------------------------------------

good_pages() {
  cp "$SOURCE_DIR/gift-cards/runbook.md" "$WORK/pages/runbook.md"
  printf '{"status":"ok"}' >"$WORK/pages/health.json"
  printf 'gift_cards_failures_ratio 0.001\n' >"$WORK/pages/metrics"
}
good_pages

# Two hours of history for the objectives, then a server that scrapes the pages.
start_prometheus() {
  local now rules="$WORK/prometheus/rules.yaml"
  now="$(date +%s)"
  {
    echo '# TYPE gift_cards_redemptions counter'
    seq "$((now - 7200))" 30 "$now" | awk -v first="$((now - 7200))" \
      '{printf "gift_cards_redemptions_total %d %d\n", ($1 - first) * 10, $1}'
    echo '# EOF'
  } | store_history
  jq -n --argjson groups "$(rule_groups "$SYMPTOM")" '{groups: $groups}' >"$rules"
  run_prometheus gift-cards "$rules"
}

SYMPTOM='gift_cards_failures_ratio > 0.01'
# A group with a rule that records and one that pages on an expression.
rule_groups() { # EXPRESSION
  jq -n --arg expr "$1" '[{name: "gift-cards", rules: [
    {record: "gift_cards:failures:ratio", expr: "gift_cards_failures_ratio"},
    {alert: "GiftCardsFail", expr: $expr, for: "2m", labels: {severity: "page"},
     annotations: {summary: "Redemptions fail.", runbook_url: "https://runbooks.example.com/gift-cards"}}]}]'
}

# --- Reviews and what the gate says about them --------------------------------

# review NAMESPACE ITEM EVIDENCE_JSON [BUDGET] : opts a new namespace in with a
# review that has this one Blocker item.
review() {
  local budget="${4:-}"
  kubectl get namespace "$1" >/dev/null 2>&1 || kubectl create namespace "$1" >/dev/null
  jq -n --arg ns "$1" --arg item "$2" --argjson evidence "$3" --arg budget "$budget" '
    {apiVersion: "launchgate.dev/v1alpha1", kind: "LaunchReview", metadata: {name: "gift-cards", namespace: $ns},
     spec: ({target: {apiVersion: "apps/v1", kind: "Deployment", name: "gift-cards"},
       checklistRef: {name: ("only-" + $item)}, authorityRef: {name: "platform"},
       owner: {team: "payments", contact: "#payments"}, binding: "Service",
       evidence: [{item: $item} + $evidence]}
       + (if $budget == "" then {} else {errorBudgetRef: {name: $budget}} end))}' | kubectl apply -f - >/dev/null
  jq -n --arg item "$2" --arg kind "$(jq -r 'keys[0]' <<<"$3")" '
    {apiVersion: "launchgate.dev/v1alpha1", kind: "ReadinessChecklist", metadata: {name: ("only-" + $item)},
     spec: {sections: [{id: "only", title: "Only", items: [
       {id: $item, question: "Is it so?", severity: "Blocker", evidence: $kind}]}]}}' | kubectl apply -f - >/dev/null
  kubectl label namespace "$1" launchgate.dev/gate=enforce --overwrite >/dev/null
}

# What the gate would say to a new version, by dry run: nothing is stored.
gate_answer() {
  kubectl get deployment gift-cards -n "$1" >/dev/null 2>&1 || {
    kubectl create deployment gift-cards -n "$1" --image=new:1 --dry-run=server 2>&1 || true
    return
  }
  kubectl set image -n "$1" deployment/gift-cards "*=new:$RANDOM" --dry-run=server 2>&1 || true
}
gate_objects() { gate_answer "$1" | grep -qE -- "- $2"; }
# Nobody signed, so the answer is always a denial; evidence is no part of it.
gate_has_no_objection_to_evidence() {
  local answer
  answer="$(gate_answer "$1")"
  grep -q 'VerdictMissing' <<<"$answer" && ! grep -q -- '- Evidence' <<<"$answer"
}

passes() { eventually "$PATIENCE" "$1: evidence passes, and the gate has nothing against it" gate_has_no_objection_to_evidence "$1"; }
passes_again() { eventually "$FLIP_WITHIN" "$1: mended, it passes within ${FLIP_WITHIN} s" gate_has_no_objection_to_evidence "$1"; }
# flips NAMESPACE PATTERN COMMAND... : runs the command, then measures.
flips() {
  local ns="$1" pattern="$2" started
  shift 2
  "$@" >"$WORK/output" 2>&1 || refuse "$ns: the source can be changed" "$(cat "$WORK/output")"
  started="$(date +%s%N)"
  eventually "$FLIP_WITHIN" "$ns: the gate says $pattern" gate_objects "$ns" "$pattern"
  tell "   after $((($(date +%s%N) - started) / 1000000)) ms"
}

config_map() { # NAMESPACE NAME KEY FILE
  kubectl create configmap "$2" -n "$1" --from-file="$3=$4" --dry-run=client -o json |
    jq --arg now "$(date -u +%Y-%m-%dT%H:%M:%SZ)" '.metadata.annotations = {"launchgate.dev/recorded-at": $now}' |
    kubectl apply -f - >/dev/null
}

# sample KIND KEY : the document of a sample's ConfigMap.
sample() { kubectl create -f "$SAMPLES/evidence/$1.yaml" --dry-run=client -o json | jq -r --arg key "$2" 'select(.kind == "ConfigMap") | .data[$key]'; }

# --- The stage ------------------------------------------------------------------

start_pages
start_prometheus
OPERATOR_FETCH="fetch: {allow: [{scheme: http, host: 127.0.0.1, port: ${PAGES#*:}, addresses: [127.0.0.1]}]}
prometheus: [{name: main, url: '$PROMETHEUS', namespaces: ['*']}]
evidence: {minRecheckEvery: 1s}"
start_operator "$WORK"
for name in alice robot eve; do "$LAUNCHGATE_BINARY" keys generate --out "$WORK/$name" >/dev/null; done
cat >"$WORK/authority.yaml" <<YAML
apiVersion: launchgate.dev/v1alpha1
kind: LaunchAuthority
metadata: {name: platform}
spec:
  namespaces: ["*"]
  maxVerdictLifetime: 90d
  roles: [{name: sre, threshold: 1}, {name: ci, threshold: 1, attestations: true}]
  keys:
$(for who in alice:sre robot:ci; do
  printf '  - {id: %s, identity: %s@example.com, role: %s, notBefore: "2026-01-01T00:00:00Z", publicKey: %s}\n' \
    "${who%:*}" "${who%:*}" "${who#*:}" "$(jq -Rs . <"$WORK/${who%:*}.pub.pem")"
done)
YAML
expect "the authority is stored" kubectl apply -f "$WORK/authority.yaml"

# --- One kind after the other -----------------------------------------------------

tell "--- loadTest"
kubectl create namespace load >/dev/null
sample loadTest summary.json >"$WORK/k6.json"
config_map load k6 summary.json "$WORK/k6.json"
review load it '{"loadTest": {"from": {"configMapRef": {"name": "k6", "key": "summary.json"}}, "maxErrorRate": "0.01"}}'
passes load
jq '.metrics.http_req_failed.value = 0.2' "$WORK/k6.json" >"$WORK/k6-bad.json"
flips load 'EvidenceFailing \[it\]' config_map load k6 summary.json "$WORK/k6-bad.json"
config_map load k6 summary.json "$WORK/k6.json"
passes_again load

tell "--- resilience"
kubectl create namespace resilience >/dev/null
sample resilience report.json | jq --arg now "$(date -u +%Y-%m-%dT%H:%M:%SZ)" '.generatedAt = $now' >"$WORK/report.json"
config_map resilience report report.json "$WORK/report.json"
review resilience it '{"resilience": {"from": {"configMapRef": {"name": "report", "key": "report.json"}}}}'
passes resilience
jq '(.steps[] | select(.fault == "latency") | .overDeadline) = 7' "$WORK/report.json" >"$WORK/report-bad.json"
flips resilience 'EvidenceFailing \[it\]' config_map resilience report report.json "$WORK/report-bad.json"

tell "--- backupDrill, from a Velero Restore whose kind is installed later"
review drill it '{"backupDrill": {"from": {"objectRef": {"apiVersion": "velero.io/v1", "kind": "Restore", "name": "drill"}}, "maxRecoveryTime": "30m"}}'
eventually "$PATIENCE" "drill: the kind is not installed, and the gate says so" gate_objects drill 'EvidenceUnknown \[it\]'
expect "the kinds of Velero and of the Prometheus operator are installed" kubectl apply -f "$FILES/foreign-crds.yaml"
kubectl wait --for=condition=Established --timeout=30s crd restores.velero.io prometheusrules.monitoring.coreos.com >/dev/null
restore() { # PHASE
  jq -n --arg phase "$1" --arg started "$(date -u -d '-5 minutes' +%Y-%m-%dT%H:%M:%SZ)" --arg ended "$(date -u -d '-1 minute' +%Y-%m-%dT%H:%M:%SZ)" '
    {apiVersion: "velero.io/v1", kind: "Restore", metadata: {name: "drill", namespace: "drill"}, spec: {backupName: "b"},
     status: {phase: $phase, startTimestamp: $started, completionTimestamp: $ended}}' | kubectl apply -f -
}
restore Completed >/dev/null
passes drill
flips drill 'EvidenceFailing \[it\]' restore Failed

tell "--- backupDrill, from a finished Job"
kubectl create namespace job >/dev/null
kubectl create job drill -n job --image=restore:1 >/dev/null
review job it '{"backupDrill": {"from": {"objectRef": {"apiVersion": "batch/v1", "kind": "Job", "name": "drill"}}}}'
job_ends() { # CONDITION
  kubectl get job drill -n job -o json | jq --arg condition "$1" --arg started "$(date -u -d '-5 minutes' +%Y-%m-%dT%H:%M:%SZ)" --arg ended "$(date -u +%Y-%m-%dT%H:%M:%SZ)" '
    .status = {startTime: $started, conditions: [{type: $condition, status: "True", lastTransitionTime: $ended}]}
      + (if $condition == "Complete" then {completionTime: $ended, succeeded: 1} else {failed: 1} end)' >"$WORK/job.json"
  kubectl replace --raw /apis/batch/v1/namespaces/job/jobs/drill/status -f "$WORK/job.json" >/dev/null
}
eventually "$PATIENCE" "job: it has not finished" gate_objects job 'EvidenceUnknown \[it\]'
job_ends Complete
passes job

tell "--- alertRules, from a PrometheusRule that a real Prometheus has loaded"
kubectl create namespace alerts >/dev/null
rules() { # EXPRESSION
  jq -n --argjson groups "$(rule_groups "$1")" '{apiVersion: "monitoring.coreos.com/v1", kind: "PrometheusRule",
    metadata: {name: "gift-cards", namespace: "alerts"}, spec: {groups: $groups}}' | kubectl apply -f -
}
rules "$SYMPTOM" >/dev/null
review alerts it '{"alertRules": {"from": {"prometheusRuleRef": {"name": "gift-cards"}}, "loadedIn": {"server": "main"}, "recheckEvery": "1s"}}'
passes alerts
flips alerts 'EvidenceFailing \[it\]' rules 'rate(container_cpu_usage_seconds_total[5m]) > 0.9'
rules "$SYMPTOM" >/dev/null
passes_again alerts
jq -n '{groups: []}' >"$WORK/prometheus/rules.yaml"
flips alerts 'EvidenceFailing \[it\]' kill -HUP "$PROMETHEUS_PID"

tell "--- slo"
kubectl create namespace slo >/dev/null
budget() { # METRIC
  jq -n --arg metric "$1" '{apiVersion: "launchgate.dev/v1alpha1", kind: "ErrorBudget", metadata: {name: "gift-cards", namespace: "slo"},
    spec: {prometheus: {server: "main"}, window: {rolling: "1h"}, objectives: [{name: "availability", target: "99.9",
      events: {total: "sum(increase(\($metric)[$window]))", bad: "sum(increase(gift_cards_errors_total[$window]))"}}]}}' | kubectl apply -f -
}
budget gift_cards_redemptions_total >/dev/null
review slo it '{"slo": {"recheckEvery": "1s"}}' gift-cards
passes slo
flips slo 'Evidence(Failing|Unknown) \[it\]' budget no_such_metric_total

tell "--- workload"
kubectl create namespace workload >/dev/null
# Only the Deployment: the sample's budget is of policy/v1, which 1.20 does not have.
sed -n '/^apiVersion: apps/,/^---/{/^---/!p}' "$SAMPLES/evidence/workload.yaml" | sed 's/namespace: shop/namespace: workload/' |
  kubectl create -f - >/dev/null
policy="$(kubectl api-versions | grep -xE 'policy/v1' || echo policy/v1beta1)"
jq -n --arg version "$policy" '{apiVersion: $version, kind: "PodDisruptionBudget", metadata: {name: "gift-cards", namespace: "workload"},
  spec: {minAvailable: 2, selector: {matchLabels: {app: "gift-cards"}}}}' >"$WORK/pdb.json"
kubectl create -f "$WORK/pdb.json" >/dev/null
review workload it '{"workload": {"minReplicas": 3, "requireImageDigests": true}}'
passes workload
flips workload 'EvidenceFailing \[it\]' kubectl delete -f "$WORK/pdb.json"
kubectl create -f "$WORK/pdb.json" >/dev/null
passes_again workload
flips workload 'EvidenceFailing \[it\]' kubectl scale -n workload deployment/gift-cards --replicas=1

tell "--- query"
review query it '{"query": {"from": {"prometheus": {"server": "main", "query": "gift_cards_failures_ratio"}}, "operator": "<=", "value": "0.01", "recheckEvery": "1s"}}'
passes query
worse() { printf 'gift_cards_failures_ratio 0.5\n' >"$WORK/pages/metrics"; }
flips query 'EvidenceFailing \[it\]' worse
good_pages
passes_again query

tell "--- http"
review http it "{\"http\": {\"url\": \"http://$PAGES/health.json\", \"contains\": \"ok\", \"recheckEvery\": \"1s\"}}"
passes http
down() { printf '{"status":"down"}' >"$WORK/pages/health.json"; }
flips http 'EvidenceFailing \[it\]' down

tell "--- runbook, rechecked when somebody asks"
review runbook it "{\"runbook\": {\"url\": \"http://$PAGES/runbook.md\", \"requiredSections\": [\"Rollback\"], \"recheckEvery\": \"1h\"}}"
passes runbook
printf '# gift-cards\n\nWe lost the rollback section of this runbook somewhere, ask sre@example.com\n' >"$WORK/pages/runbook.md"
flips runbook 'EvidenceFailing \[it\]' kubectl annotate launchreview gift-cards -n runbook launchgate.dev/recheck=now
good_pages
kubectl annotate launchreview gift-cards -n runbook launchgate.dev/recheck=again --overwrite >/dev/null
passes_again runbook

tell "--- attestation"
kubectl create namespace attestation >/dev/null
attest() { # KEY RESULT : signs a test result as anybody with openssl would.
  local type=application/vnd.in-toto+json
  jq -cn --arg result "$2" '{_type: "https://in-toto.io/Statement/v1", subject: [{name: "gift-cards", digest: {sha256: ("3" * 64)}}],
    predicateType: "https://in-toto.io/attestation/test-result/v0.1", predicate: {result: $result, configuration: []}}' | tr -d '\n' >"$WORK/statement"
  { printf 'DSSEv1 %d %s %d ' "${#type}" "$type" "$(stat -c%s "$WORK/statement")"; cat "$WORK/statement"; } >"$WORK/pae"
  openssl pkeyutl -sign -rawin -inkey "$WORK/$1.pem" -in "$WORK/pae" -out "$WORK/signature"
  jq -n --arg type "$type" --arg payload "$(base64 -w0 "$WORK/statement")" --arg signature "$(base64 -w0 "$WORK/signature")" \
    '{payloadType: $type, payload: $payload, signatures: [{keyid: "", sig: $signature}]}' >"$WORK/envelope.json"
  config_map attestation tests tests.json "$WORK/envelope.json"
}
attest robot PASSED
review attestation it '{"attestation": {"from": {"configMapRef": {"name": "tests", "key": "tests.json"}}, "role": "ci",
  "predicateType": "https://in-toto.io/attestation/test-result/v0.1", "subject": "gift-cards"}}'
passes attestation
flips attestation 'EvidenceFailing \[it\]' attest robot FAILED
attest robot PASSED
passes_again attestation
flips attestation 'EvidenceFailing \[it\]' attest eve PASSED
attest alice PASSED
eventually "$PATIENCE" "attestation: who may say go may not attest" gate_objects attestation 'EvidenceFailing \[it\]'
attest robot PASSED
passes_again attestation
flips attestation 'EvidenceFailing \[it\]' kubectl patch launchauthority platform --type json \
  -p '[{"op":"add","path":"/spec/keys/1/revoked","value":true}]'

tell "--- what is told and counted"
said() { kubectl get events -n load -o json | jq -e '[.items[] | select(.reason == "EvidenceFail")] | length >= 1' >/dev/null; }
eventually "$PATIENCE" "a finding that changed has an Event" said
health="$(sed -n 's/^health_port=//p' "$WORK/controller.ports")"
metrics="$(curl -fsS "http://127.0.0.1:$health/metrics")"
for line in 'launchgate_evidence_findings{kind="loadTest",finding="Pass"} 1' 'launchgate_evidence_findings{kind="attestation",finding="Fail"} 1' \
  'launchgate_evidence_fetches_total{outcome="answered"}' 'launchgate_evidence_verification_seconds_count{kind="query"}'; do
  grep -qF "$line" <<<"$metrics" || refuse "metrics hold $line" "$(grep launchgate_evidence <<<"$metrics")"
done
tell "ok: findings, fetches and durations are counted"
forbidden="$(jq -r 'select(.user.username | startswith("system:serviceaccount:launchgate-system:")) |
  select(.responseStatus.code == 403) | "\(.user.username) \(.verb) \(.requestURI)"' "$LAUNCHGATE_E2E_AUDIT_LOG" | sort -u)"
[[ -z "$forbidden" ]] || refuse "the manifests grant every right that is used" "$forbidden"
tell "ok: the manifests grant every right that is used"
