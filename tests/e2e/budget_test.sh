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
source "$SOURCE_DIR/tests/e2e/prometheus.sh"
source "$SOURCE_DIR/scripts/lib/authority.sh"

FREEZE_WITHIN=60 # Of the first failure: an evaluation every ten seconds, and the burning itself.
THAW_WITHIN=120  # Of the last failure: the window of a minute, and two evaluations.
GATE_WITHIN_MS=2000

launchgate() { "$LAUNCHGATE_BINARY" "$@"; }

# --- Traffic -------------------------------------------------------------------

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
  } | store_history
}

start_pages
backfill
traffic 6000 0 &
PIDS+=($!)
run_prometheus shop

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
$(authority_key alice sre "$WORK/alice.pub.pem" 2026-01-01T00:00:00Z)
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
forge() {
  budget | jq 'del(.status.frozenSince)' |
    kubectl replace --raw /apis/launchgate.dev/v1alpha1/namespaces/shop/errorbudgets/gift-cards/status -f -
}
expect_failure "nobody thaws it by hand" 'StatusForged' forge
expect "the budget can be shown" launchgate budget show -n shop
grep -q 'frozen (BudgetSpent)' "$WORK/output" || refuse "budget show tells of the freeze" "$(cat "$WORK/output")"
launchgate budget show -n shop -o json | jq -e '.[0].objectives[0] | .consumed > 1 and .state == "BudgetSpent"' >/dev/null ||
  refuse "budget show -o json has the figures" "$(launchgate budget show -n shop -o json)"
HEALTH_PORT="$(sed -n 's/^health_port=//p' "$WORK/controller.ports")"
# Read to the end: curl takes a pipe that closes early for a failure.
metric() { curl -fsS "http://127.0.0.1:$HEALTH_PORT/metrics" | grep -E -- "$1"; }
expect "the metric counts it" metric 'launchgate_error_budgets\{state="BudgetSpent"\} 1$'
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

# --- Month after month ----------------------------------------------------------------------

OLDER="gift-cards-$(month_back 2)"
LAST="gift-cards-$(month_back 1)"
review_is() { # NAME TYPE STATUS
  kubectl get budgetreview "$1" -n shop -o json |
    jq -e --arg type "$2" --arg status "$3" '.status.conditions[] | select(.type == $type) | .status == $status' >/dev/null
}

expect "the budget gets a monthly review" kubectl patch errorbudget gift-cards -n shop --type merge -p '{"spec": {"review":
  {"authorityRef": {"name": "platform"}, "timeZone": "Etc/UTC", "cadenceDay": 1, "dueDay": 1, "graceDays": 0}}}'
expect "of the months before it was made none is asked for" new_version
jq -n --arg name "$OLDER" --arg month "$(month_back 2)" '{apiVersion: "launchgate.dev/v1alpha1", kind: "BudgetReview",
  metadata: {name: $name, namespace: "shop"}, spec: {budgetRef: {name: "gift-cards"}, month: $month}}' >"$WORK/older.json"
expect "a review of an earlier budget of this name is there" kubectl apply -f "$WORK/older.json"
in_time "the gate denies a new version: nobody signed it" gate_says "BudgetReviewOverdue.*the review of $(month_back 2) was due on"
expect "a rollback is admitted" kubectl set image -n shop deployment/gift-cards '*=gift-cards:1' --dry-run=server
eventually "$PATIENCE" "its agenda is taken" review_is "$OLDER" Ready True
eventually "$PATIENCE" "it says that it freezes launches" review_is "$OLDER" Overdue True
eventually "$PATIENCE" "the review of the last month is opened" review_is "$LAST" SignedOff False
eventually "$PATIENCE" "the metric counts what is overdue" metric 'launchgate_budget_reviews\{state="Overdue"\} [12]$'
expect "the agenda is a page" launchgate agenda -n shop "$OLDER" -o html
expect "alice signs it off" launchgate sign -n shop --budget-review "$OLDER" --key "$WORK/alice.pem" --action "give it a deadline;alice@example.com;2027-01-01T00:00:00Z"
if review_is "$LAST" Overdue True; then # Not on the first of a month.
  in_time "the gate asks for the other" gate_says "BudgetReviewOverdue.*the review of $(month_back 1) was due on"
  expect "alice signs that off too" launchgate sign -n shop --budget-review "$LAST" --key "$WORK/alice.pem"
fi
in_time "the gate admits a new version" new_version
eventually "$PATIENCE" "the status says that it is signed off" review_is "$OLDER" SignedOff True
overdue_event() { kubectl get events -n shop -o json | jq -e '.items[] | select(.reason == "BudgetReviewOverdue" and .involvedObject.kind == "BudgetReview")' >/dev/null; }
eventually "$PATIENCE" "an Event tells that it was overdue" overdue_event

# --- Nobody knows ------------------------------------------------------------------------

kill "$PROMETHEUS_PID"
eventually "$THAW_WITHIN" "without Prometheus the figures are unknown for longer than the grace" frozen True BudgetUnknown
in_time "the gate denies a new version" gate_says 'BudgetUnknown'
kubectl delete errorbudget gift-cards -n shop >/dev/null
in_time "deleting the budget does not thaw" gate_says 'BudgetUnknown.*does not exist'
tell "error budgets freeze and thaw"
