#!/usr/bin/env bash
# An error budget on a real API server and a real Prometheus, with a window of one
# minute: traffic that fails burns it, the freeze denies a new version and admits a
# rollback, recovery thaws it, and a Prometheus that is gone freezes it again.
if [[ "${LAUNCHGATE_BUDGET_TEST:-}" != inside ]]; then
  set -euo pipefail
  if [[ -z "${LAUNCHGATE_E2E_KUBECONFIG:-}" && -z "${LAUNCHGATE_E2E_REQUIRED:-}" ]]; then
    echo 'Skipped: no control plane. Run ./dev test e2e'
    exit 77
  fi
  export LAUNCHGATE_BINARY="$1" LAUNCHGATE_PAGE_SERVER="$2" LAUNCHGATE_BUDGET_TEST=inside
  exec bash "$LAUNCHGATE_SOURCE_DIR/scripts/dev/control_plane.sh" run -- bash "${BASH_SOURCE[0]}"
fi

source "$(dirname "${BASH_SOURCE[0]}")/support.sh"
source "$SOURCE_DIR/scripts/lib/common.sh"
source "$SOURCE_DIR/scripts/lib/operator.sh"
PIDS=()
stop_all() {
  stop_operator TERM
  local pid
  for pid in "${PIDS[@]}"; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
}
trap 'stop_all; clean_up' EXIT

PATIENCE=30      # For what is not measured.
FREEZE_WITHIN=60 # Of the first failure: an evaluation every ten seconds, and the burning itself.
THAW_WITHIN=120  # Of the last failure: the window of a minute, and two evaluations.
GATE_WITHIN_MS=2000

launchgate() { "$LAUNCHGATE_BINARY" "$@"; }

# --- Traffic -------------------------------------------------------------------

mkdir -p "$WORK/pages" "$WORK/prometheus"
echo 0 >"$WORK/failing"

# Twenty requests a second, all of them bad while the file `failing` says 1.
traffic() { # TOTAL BAD
  local total="$1" bad="$2"
  while true; do
    total=$((total + 10))
    bad=$((bad + 10 * $(<"$WORK/failing")))
    printf '# TYPE shop_requests_total counter\nshop_requests_total %d\n# TYPE shop_errors_total counter\nshop_errors_total %d\n' \
      "$total" "$bad" >"$WORK/metrics.new"
    mv "$WORK/metrics.new" "$WORK/pages/metrics"
    sleep 0.5
  done
}

# Five minutes that are over: a window needs its history.
backfill() {
  local now
  now="$(date +%s)"
  {
    echo '# TYPE shop_requests counter'
    seq "$((now - 300))" "$now" | awk -v first="$((now - 300))" '{printf "shop_requests_total{instance=\"%s\",job=\"shop\"} %d %d\n", "'"$PAGES"'", ($1 - first) * 20, $1}'
    echo '# TYPE shop_errors counter'
    seq "$((now - 300))" "$now" | awk '{printf "shop_errors_total{instance=\"%s\",job=\"shop\"} 0 %d\n", "'"$PAGES"'", $1}'
    echo '# EOF'
  } >"$WORK/history.om"
  promtool tsdb create-blocks-from openmetrics "$WORK/history.om" "$WORK/prometheus/data" >"$WORK/backfill.log" 2>&1 ||
    refuse "the history is stored" "$(cat "$WORK/backfill.log")"
}

setpriv --pdeathsig TERM "$LAUNCHGATE_PAGE_SERVER" "$WORK/pages" "$WORK/pages.port" </dev/null >/dev/null 2>&1 &
PIDS+=($!)
wait_for_file "$WORK/pages.port" "${PIDS[-1]}" /dev/null
PAGES="127.0.0.1:$(sed -n 's/^port=//p' "$WORK/pages.port")"
backfill
traffic 6000 0 &
PIDS+=($!)
cat >"$WORK/prometheus/prometheus.yml" <<YAML
global: {scrape_interval: 1s, evaluation_interval: 1s}
scrape_configs:
- job_name: shop
  static_configs: [{targets: ["$PAGES"]}]
YAML
setpriv --pdeathsig TERM prometheus --config.file="$WORK/prometheus/prometheus.yml" \
  --storage.tsdb.path="$WORK/prometheus/data" --storage.tsdb.allow-overlapping-blocks \
  --web.listen-address=127.0.0.1:0 </dev/null >"$WORK/prometheus.log" 2>&1 &
PROMETHEUS_PID=$!
PIDS+=("$PROMETHEUS_PID")
eventually "$PATIENCE" "Prometheus listens" grep -q 'msg="Listening on"' "$WORK/prometheus.log"
PROMETHEUS="http://$(sed -n 's/.*msg="Listening on" address=\([0-9.:]*\).*/\1/p' "$WORK/prometheus.log" | head -n 1)"

# --- A service that may launch ---------------------------------------------------

OPERATOR_FETCH="prometheus: [{name: main, url: '$PROMETHEUS', namespaces: [shop]}]"
start_operator "$WORK"
launchgate keys generate --out "$WORK/alice" >/dev/null
kubectl create namespace shop >/dev/null
cat >"$WORK/objects.yaml" <<YAML
apiVersion: launchgate.dev/v1alpha1
kind: LaunchAuthority
metadata: {name: platform}
spec:
  namespaces: [shop]
  maxVerdictLifetime: 90d
  roles: [{name: sre, threshold: 1}]
  keys:
  - {id: alice, identity: alice@example.com, role: sre, notBefore: "2026-01-01T00:00:00Z", publicKey: $(jq -Rs . <"$WORK/alice.pub.pem")}
---
apiVersion: launchgate.dev/v1alpha1
kind: ReadinessChecklist
metadata: {name: short}
spec:
  sections:
  - id: only
    title: Only
    items: [{id: runbook, question: "Is there a runbook?", severity: Minor, evidence: runbook}]
---
apiVersion: launchgate.dev/v1alpha1
kind: ErrorBudget
metadata: {name: gift-cards, namespace: shop}
spec:
  prometheus: {server: main}
  window: {rolling: 1m}
  objectives:
  - name: availability
    target: "90"
    events:
      total: sum(increase(shop_requests_total[\$window]))
      bad: sum(increase(shop_errors_total[\$window]))
  policy: {unknownGrace: 1m}
---
apiVersion: launchgate.dev/v1alpha1
kind: LaunchReview
metadata: {name: gift-cards, namespace: shop}
spec:
  target: {apiVersion: apps/v1, kind: Deployment, name: gift-cards}
  checklistRef: {name: short}
  authorityRef: {name: platform}
  errorBudgetRef: {name: gift-cards}
  owner: {team: payments, contact: "#payments"}
  binding: Service
  evidence: []
YAML
kubectl create deployment gift-cards -n shop --image=gift-cards:1 >/dev/null
kubectl label namespace shop launchgate.dev/gate=enforce >/dev/null
expect "the objects are stored" kubectl apply -f "$WORK/objects.yaml"

budget() { kubectl get errorbudget gift-cards -n shop -o json; }
frozen() { budget | jq -e --arg status "$1" --arg reason "$2" \
  '.status.conditions[] | select(.type == "Frozen") | .status == $status and (.reason == $reason)' >/dev/null; }
new_version() { kubectl set image -n shop deployment/gift-cards "*=gift-cards:$RANDOM" --dry-run=server; }
gate_says() { { new_version 2>&1 || true; } | grep -qE -- "$1"; }
# in_time WHAT COMMAND... : at once after the status said so, the gate does too.
in_time() {
  local what="$1" started took
  shift
  started="$(date +%s%N)"
  eventually 10 "$what" "$@"
  took=$((($(date +%s%N) - started) / 1000000))
  tell "   after $took ms"
  ((took <= GATE_WITHIN_MS)) || refuse "$what" "that took $took ms, more than $GATE_WITHIN_MS"
}

eventually "$PATIENCE" "the figures are known" frozen False WithinBudget
expect "alice says go" launchgate sign -n shop gift-cards --go --key "$WORK/alice.pem"
eventually "$PATIENCE" "a new version may roll out" new_version
expect "version 2 is rolled out" kubectl set image -n shop deployment/gift-cards '*=gift-cards:2'
approved() { kubectl get launchreview gift-cards -n shop -o json | jq -e '.status.approvedRevisions | length >= 2' >/dev/null; }
eventually "$PATIENCE" "both versions are approved revisions" approved

# --- The budget is spent ------------------------------------------------------------

echo 1 >"$WORK/failing"
eventually "$FREEZE_WITHIN" "failing traffic spends the budget" frozen True BudgetSpent
in_time "the gate denies a new version" gate_says 'BudgetSpent.*ErrorBudget shop/gift-cards: availability: [0-9.]+ % of the budget is spent'
expect "a rollback is admitted" kubectl set image -n shop deployment/gift-cards '*=gift-cards:1' --dry-run=server
expect "scaling is admitted" kubectl scale -n shop deployment/gift-cards --replicas=3 --dry-run=server
expect "a restart is admitted" kubectl rollout restart -n shop deployment/gift-cards
expect "the budget can be shown" launchgate budget show -n shop
grep -q 'frozen (BudgetSpent)' "$WORK/output" || refuse "budget show tells of the freeze" "$(cat "$WORK/output")"
launchgate budget show -n shop -o json | jq -e '.[0].objectives[0] | .consumed > 1 and .state == "BudgetSpent"' >/dev/null ||
  refuse "budget show -o json has the figures" "$(launchgate budget show -n shop -o json)"
HEALTH_PORT="$(sed -n 's/^health_port=//p' "$WORK/controller.ports")"
metric() { curl -fsS "http://127.0.0.1:$HEALTH_PORT/metrics" | grep -q "$1"; }
expect "the metric counts it" metric 'launchgate_error_budgets{state="BudgetSpent"} 1'
event() { kubectl get events -n shop -o json | jq -e '.items[] | select(.reason == "BudgetSpent" and .involvedObject.kind == "ErrorBudget")' >/dev/null; }
eventually "$PATIENCE" "an Event tells of it" event

# --- It recovers -----------------------------------------------------------------------

echo 0 >"$WORK/failing"
eventually "$THAW_WITHIN" "a minute without failures gives it back" frozen False WithinBudget
in_time "the gate admits a new version" new_version

# --- By the calendar ------------------------------------------------------------------------

window() { # SELECTOR_VALUE : in force from now on for an hour.
  jq -n --arg start "$(date -u +%Y-%m-%dT%H:%M:%SZ)" --arg until "$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)" --arg value "$1" '
    {apiVersion: "launchgate.dev/v1alpha1", kind: "FreezeWindow", metadata: {name: "sale"},
     spec: {reason: "The big sale", owner: {team: "sre", contact: "#sre"}, start: $start, end: $until,
       namespaceSelector: {matchLabels: {"launchgate.dev/gate": $value}}}}' | kubectl apply -f -
}
expect "a freeze of other namespaces is declared" window strict
active() { kubectl get freezewindow sale -o json | jq -e '.status.active and (.status.nextOpen != null)' >/dev/null; }
eventually "$PATIENCE" "its status says that it is active, and until when" active
expect "it does not concern this namespace" new_version
expect "it is declared for this one" window enforce
in_time "the gate denies a new version until it is over" gate_says 'FreezeWindow.*sale: .*The big sale.*; opens at '
kubectl delete freezewindow sale >/dev/null
in_time "lifted, the gate admits a new version" new_version

# --- Nobody knows ------------------------------------------------------------------------

kill "$PROMETHEUS_PID"
eventually "$THAW_WITHIN" "without Prometheus the figures are unknown for longer than the grace" frozen True BudgetUnknown
in_time "the gate denies a new version" gate_says 'BudgetUnknown'
kubectl delete errorbudget gift-cards -n shop >/dev/null
in_time "deleting the budget does not thaw" gate_says 'BudgetUnknown.*does not exist'
tell "error budgets freeze and thaw"
