#!/usr/bin/env bash
# The storyline of Launchgate against a real API server, with a real service under
# review: every step shows the command and the answer, and fails the demo when the
# answer is another one. Started by ./dev demo and by the e2e test, with a private
# control plane.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
source "$ROOT/scripts/lib/authority.sh"
source "$ROOT/scripts/lib/dates.sh"
source "$ROOT/scripts/lib/operator.sh"
source "$ROOT/scripts/lib/prometheus.sh"
source "$ROOT/scripts/lib/services.sh"

WORK="$(mktemp -d "${TMPDIR:-/tmp}/launchgate-demo.XXXXXX")"
source "$ROOT/scripts/demo/telling.sh"
source "$ROOT/scripts/demo/setting.sh"

clean_up() {
  stop_everything
  rm -rf "$WORK"
}
trap clean_up EXIT

SEEDED="$ROOT/gift-cards/seeded"
WORKLOAD="$ROOT/gift-cards/deploy/statefulset.yaml"

# Until a budget with a window of a minute is known, spent or back within.
MONTH_PATIENCE=150

prepare
started=$SECONDS

chapter "The platform team opts a namespace in; a team deploys without a review"
done_by kubectl apply -f "$ROOT/prr/checklist.yaml" -f "$WORK/authority.yaml"
done_by kubectl create namespace shop
done_by kubectl label namespace shop launchgate.dev/gate=enforce
denied ReviewMissing kubectl apply -f "$SEEDED/statefulset.yaml"

chapter "The team writes a LaunchReview: what is missing is listed"
done_by kubectl apply -f "$ROOT/gift-cards/slo/error-budget.yaml" -f "$WORK/review.yaml"
denied "SourceMissing|EvidenceUnknown" kubectl apply -f "$SEEDED/statefulset.yaml"

chapter "Faults are injected into payments, under the reviewed and the repaired version"
measured fault_injection "$WORK/faults"
evidence gift-cards-resilience report.json "$WORK/faults/resilience-seeded.json"
evidence gift-cards-alerts rules.yaml "$SEEDED/alerts.yaml"
reaches "requests outlive the deadline" "Fail DeadlineExceeded" finding slow-dependency
reaches "the only alert is about a cause" "Fail " finding symptom-alerts
denied "EvidenceFailing" kubectl apply -f "$SEEDED/statefulset.yaml"

chapter "The version with a deadline and a circuit breaker takes the same faults"
evidence gift-cards-resilience report.json "$WORK/faults/resilience-fixed.json"
reaches "every answer in time, and recovered" "Pass ResilienceProven" finding slow-dependency

chapter "Symptom alerts, a load test, a restore drill, signed log tests"
evidence gift-cards-alerts rules.yaml "$ROOT/gift-cards/alerts/rules.yaml"
measured load_test "$WORK/summary.json"
evidence gift-cards-load summary.json "$WORK/summary.json"
measured restore_drill "$WORK/drill.json"
evidence gift-cards-drills restore.json "$WORK/drill.json"
done_by "$ROOT/gift-cards/logs/attest.sh" --log "$WORK/gift-cards.log" --key "$WORK/keys/ci.pem" --out "$WORK/logs.json"
evidence gift-cards-attestations logs.json "$WORK/logs.json"
for item in symptom-alerts load-test restore-drill structured-logs runbook budget-policy request-metrics health-page; do
  reaches "$item" "^Pass " finding "$item"
done

chapter "A load test that failed is told with its figures"
evidence gift-cards-load summary.json "$ROOT/tests/testdata/k6/fail.handle-summary.json"
reaches "the load test fails" "^Fail " finding load-test
denied "EvidenceFailing.*load-test|load-test" kubectl apply -f "$WORKLOAD"
evidence gift-cards-load summary.json "$WORK/summary.json"
reaches "the load test passes again" "^Pass " finding load-test

chapter "What cannot be proven before the launch is promised: owned, and until a date"
say "28 days of history cannot be there yet, and nothing runs in production."
history=(--condition "item=slos,owner=erin@example.com,due=$(in_days 29),text=28 days of history for both objectives")
promises=("${history[@]}"
  --condition "item=workload,owner=bob@example.com,due=$(in_days 1),text=two replicas are ready behind the disruption budget")
done_by launchgate sign -n shop gift-cards --go --key "$WORK/keys/alice.pem" "${promises[@]}"
denied "QuorumNotMet" kubectl apply -f "$WORKLOAD"
done_by launchgate sign -n shop gift-cards --go --key "$WORK/keys/bob.pem" "${promises[@]}"

chapter "Two roles said Go: the rollout happens"
done_by kubectl apply -f "$(disruption_budget)"
admitted kubectl apply -f "$WORKLOAD"
reaches "Pods appear" "pod/gift-cards-[01]" kubectl get pods -n shop -o name
reaches "what runs is fit to run" "Pass WorkloadReady" finding workload

chapter "Everyday work is not gated: scale, annotate, restart"
admitted kubectl scale -n shop statefulset/gift-cards --replicas=3
admitted kubectl annotate -n shop statefulset/gift-cards note=hello
admitted kubectl rollout restart -n shop statefulset/gift-cards

chapter "The review is edited after it was signed"
reaches "the running template is an approved revision" "v1:sha256" \
  kubectl get launchreview -n shop gift-cards -o 'jsonpath={.status.approvedRevisions[*].templateHash}'
done_by kubectl patch launchreview -n shop gift-cards --type merge -p '{"spec":{"owner":{"contact":"#payments"}}}'
denied ReviewChanged kubectl apply -f "$(version 1.1.0)"

chapter "Signed again: the new image is admitted, and so is going back"
done_by launchgate sign -n shop gift-cards --go --key "$WORK/keys/alice.pem" "${history[@]}"
done_by launchgate sign -n shop gift-cards --go --key "$WORK/keys/bob.pem" "${history[@]}"
admitted kubectl apply -f "$(version 1.1.0)"
admitted kubectl rollout undo -n shop statefulset/gift-cards

chapter "A month in a minute: payments fail, and customers spend the error budget"
say "The window of the budget is 28 days. For this story it is made one minute, and its evaluation quicker."
start_customers
done_by kubectl patch errorbudget -n shop gift-cards --type merge \
  -p '{"spec": {"window": {"rolling": "1m"}, "policy": {"unknownGrace": "1m"}}}'
PATIENCE_SECONDS=$MONTH_PATIENCE reaches "the budget is known" WithinBudget condition errorbudget gift-cards Frozen
done_by payments_fail 1
PATIENCE_SECONDS=$MONTH_PATIENCE reaches "it is spent" BudgetSpent condition errorbudget gift-cards Frozen
done_by launchgate budget show -n shop
denied BudgetSpent kubectl apply -f "$(version 1.1.1)"
admitted kubectl apply -f "$(version 1.1.0)"
admitted kubectl rollout undo -n shop statefulset/gift-cards
admitted kubectl scale -n shop statefulset/gift-cards --replicas=2

chapter "Payments recover: the freeze ends by itself"
done_by payments_fail 0
say "The failures leave the window within a minute."
PATIENCE_SECONDS=$MONTH_PATIENCE reaches "the budget is back within" WithinBudget condition errorbudget gift-cards Frozen
admitted kubectl apply -f "$(version 1.1.1)" --dry-run=server

chapter "A monthly review was missed: launches wait for it, and for nothing else"
done_by kubectl apply -f "$(missed_review "$(month_back 2)")"
denied BudgetReviewOverdue kubectl apply -f "$(version 1.1.1)"
admitted kubectl rollout undo -n shop statefulset/gift-cards
for review in $(overdue_reviews); do
  reaches "the agenda is taken" AgendaTaken condition budgetreview "$review" Ready
  done_by launchgate agenda -n shop "$review"
  done_by launchgate sign -n shop --budget-review "$review" --key "$WORK/keys/alice.pem"
  done_by launchgate sign -n shop --budget-review "$review" --key "$WORK/keys/bob.pem" \
    --action "give the payments client a deadline;bob@example.com;$(in_days 14)"
done
admitted kubectl apply -f "$(version 1.1.1)"
admitted kubectl rollout undo -n shop statefulset/gift-cards

chapter "Somebody says no: new versions stop, going back stays possible"
reaches "the template of the first version is live and approved" "v1:sha256" \
  kubectl get launchreview -n shop gift-cards -o 'jsonpath={.status.templateHash}'
done_by launchgate sign -n shop gift-cards --no-go --reason "error rate doubled" --key "$WORK/keys/alice.pem"
denied NoGo kubectl apply -f "$(version 1.2.0)"
admitted kubectl rollout undo -n shop statefulset/gift-cards

chapter "An emergency: BreakGlass for exactly one template"
done_by launchgate sign -n shop gift-cards --break-glass --class P0 --ticket INC-42 \
  --reason "redemptions are down" --valid-for 4h --template-from "$(version 1.2.1)" --key "$WORK/keys/oncall.pem"
denied NoGo kubectl apply -f "$(version 1.2.2)"
admitted kubectl apply -f "$WORK/gift-cards-1.2.1.yaml"

chapter "Launchgate is killed: new versions are denied, other namespaces do not notice"
stop_operator KILL
show "kill -9 (controller and webhook)"
done_by kubectl create namespace elsewhere
sed 's/namespace: shop/namespace: elsewhere/' "$WORKLOAD" >"$WORK/elsewhere.yaml"
admitted kubectl apply -f "$WORK/elsewhere.yaml"
show "kubectl apply -f gift-cards-1.3.0.yaml"
if attempt kubectl apply -f "$(version 1.3.0)"; then wrong "A dead gate let a new version through."; fi
grep -q "failed calling webhook" "$WORK/answer" || wrong "The refusal should be the API server's own."
answer "$WORK/answer"
good "denied, as it should be"

printf '\n%sEvery step was answered as expected (%ss).%s\n' "$GREEN" "$((SECONDS - started))" "$PLAIN"
printf 'Look next at: README.md (install), prr/ (the records of this review), launchgate --help\n'
