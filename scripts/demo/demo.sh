#!/usr/bin/env bash
# The storyline of Launchgate against a real API server: every step shows the
# command and the answer, and fails the demo when the answer is another one.
# Started by ./dev demo and by the e2e test, with a private control plane.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
source "$ROOT/scripts/lib/operator.sh"

FILES="$ROOT/scripts/demo/files"
SAMPLES="$ROOT/tests/testdata/k6"
PATIENCE_SECONDS=15 # Until an answer must be the expected one.
WORK="$(mktemp -d "${TMPDIR:-/tmp}/launchgate-demo.XXXXXX")"
STEP=0
PAGES_PID=""

clean_up() {
  stop_operator TERM
  if [[ -n "$PAGES_PID" ]]; then
    kill "$PAGES_PID" 2>/dev/null || true
    wait "$PAGES_PID" 2>/dev/null || true
  fi
  rm -rf "$WORK"
}
trap clean_up EXIT

# --- How a step is told ----------------------------------------------------

chapter() {
  STEP=$((STEP + 1))
  printf '\n%s%2d. %s%s\n' "$BOLD" "$STEP" "$*" "$PLAIN"
}

show() { printf '    $ %s\n' "$*"; }
# What kubectl said, without the patch it sent.
answer() {
  sed -E -e '/^(\{"metadata"|to:|Resource:|Name:)/d' -e 's/^for: .*(admission webhook|Internal error)/\1/' \
    -e 's/^Error from server \(([A-Za-z]+)\): error when .*: admission webhook/Forbidden: admission webhook/' \
    -e 's/^/      /' "$1"
}

wrong() {
  fail "$1"
  answer "$WORK/answer"
  note "Logs of the operator:"
  tail -n 5 "$WORK/controller.log" "$WORK/webhook.log" 2>/dev/null | sed 's/^/      /' >&2
  exit 1
}

# attempt COMMAND... : 0 when it succeeded; what it said is in $WORK/answer.
attempt() { "$@" >"$WORK/answer" 2>&1; }

# until_denied REASON COMMAND... : polls with a dry run first, so that nothing
# slips through while the operator is still reading the last change.
until_denied() {
  local pattern="$1" deadline=$((SECONDS + PATIENCE_SECONDS))
  shift
  while attempt "$@" --dry-run=server || ! grep -qE "$pattern" "$WORK/answer"; do
    ((SECONDS < deadline)) || wrong "Expected a denial matching /$pattern/: $*"
    sleep 0.2
  done
}

# denied REASON COMMAND...
denied() {
  local pattern="$1"
  shift
  until_denied "$pattern" "$@"
  show "$*"
  if attempt "$@"; then wrong "This should have been denied: $*"; fi
  grep -qE "$pattern" "$WORK/answer" || wrong "The denial should say /$pattern/: $*"
  answer "$WORK/answer"
  good "denied, as it should be"
}

# admitted COMMAND...
admitted() {
  local deadline=$((SECONDS + PATIENCE_SECONDS))
  show "$*"
  until attempt "$@"; do
    ((SECONDS < deadline)) || wrong "This should have been admitted: $*"
    sleep 0.2
  done
  answer "$WORK/answer"
  good "admitted"
}

# done_by COMMAND... : a step of people, which must simply work.
done_by() {
  show "$*"
  attempt "$@" || wrong "This should have worked: $*"
  answer "$WORK/answer"
}

# reaches WHAT EXPECTED COMMAND... : until the command prints EXPECTED.
reaches() {
  local what="$1" expected="$2" deadline=$((SECONDS + PATIENCE_SECONDS))
  shift 2
  until attempt "$@" && grep -qE -- "$expected" "$WORK/answer"; do
    ((SECONDS < deadline)) || wrong "$what"
    sleep 0.2
  done
  good "$what"
}

review_condition() {
  kubectl get launchreview -n shop gift-cards -o "jsonpath={.status.conditions[?(@.type==\"$1\")].status}"
}

launchgate() { "$LAUNCHGATE_BINARY" "$@"; }

# with_image TAG : the Deployment with another image, as a file.
with_image() {
  sed "s/gift-cards:1.0.0/gift-cards:$1/" "$FILES/gift-cards.yaml" >"$WORK/gift-cards-$1.yaml"
  printf '%s\n' "$WORK/gift-cards-$1.yaml"
}

load_test_result() {
  kubectl create configmap gift-cards-k6 -n shop --from-file=summary.json="$SAMPLES/$1.handle-summary.json" \
    --dry-run=client -o yaml |
    kubectl annotate --local -f - "launchgate.dev/recorded-at=$(date -u +%Y-%m-%dT%H:%M:%SZ)" -o yaml >"$WORK/k6.yaml"
  show "kubectl apply -f k6-result.yaml     # $1.handle-summary.json of a real k6 run"
  attempt kubectl apply -f "$WORK/k6.yaml" || wrong "The result could not be stored."
  answer "$WORK/answer"
}

# --- The setting -----------------------------------------------------------

prepare() {
  step "Starting the operator with the rights of manifests/base"
  mkdir -p "$WORK/pages" "$WORK/keys"
  cp "$FILES/runbook.md" "$WORK/pages/"
  setpriv --pdeathsig TERM "$LAUNCHGATE_PAGE_SERVER" "$WORK/pages" "$WORK/pages.port" </dev/null &
  PAGES_PID=$!
  wait_for_file "$WORK/pages.port" "$PAGES_PID" /dev/null
  PAGES_PORT="$(sed -n 's/^port=//p' "$WORK/pages.port")"
  # shellcheck disable=SC2034  # Read by operator_configuration.
  OPERATOR_FETCH="fetch: {allow: [{scheme: http, host: 127.0.0.1, port: $PAGES_PORT, addresses: [127.0.0.1]}]}"
  start_operator "$WORK"
  local name
  for name in alice bob oncall; do
    launchgate keys generate --out "$WORK/keys/$name" >/dev/null
  done
  {
    cat <<'YAML'
apiVersion: launchgate.dev/v1alpha1
kind: LaunchAuthority
metadata: {name: platform}
spec:
  namespaces: [shop]
  maxVerdictLifetime: 90d
  roles:
  - {name: sre, threshold: 1}
  - {name: service-owner, threshold: 1}
  - {name: incident-commander, threshold: 1, breakGlass: true}
  keys:
YAML
    authority_key alice sre
    authority_key bob service-owner
    authority_key oncall incident-commander
  } >"$WORK/authority.yaml"
  sed "s#RUNBOOK_URL#http://127.0.0.1:$PAGES_PORT/runbook.md#" "$FILES/review.yaml" >"$WORK/review.yaml"
}

authority_key() {
  printf '  - id: %s\n    identity: %s@example.com\n    role: %s\n    notBefore: "2026-01-01T00:00:00Z"\n    publicKey: |\n' "$1" "$1" "$2"
  sed 's/^/      /' "$WORK/keys/$1.pub.pem"
}

# --- The story ---------------------------------------------------------------

prepare
started=$SECONDS

chapter "The platform team opts a namespace in; a team deploys without a review"
done_by kubectl apply -f "$FILES/checklist.yaml" -f "$WORK/authority.yaml"
done_by kubectl create namespace shop
done_by kubectl label namespace shop launchgate.dev/gate=enforce
denied ReviewMissing kubectl apply -f "$FILES/gift-cards.yaml"

chapter "The team writes a LaunchReview: what is missing is listed"
done_by kubectl apply -f "$WORK/review.yaml"
denied "EvidenceUnknown.*load-test|load-test.*EvidenceUnknown|SourceMissing|load-test" kubectl apply -f "$FILES/gift-cards.yaml"

chapter "A real k6 result and a served runbook: the evidence passes, nobody has signed"
load_test_result pass
reaches "evidence verified" True review_condition EvidenceVerified
denied VerdictMissing kubectl apply -f "$FILES/gift-cards.yaml"

chapter "A load test that failed is told with its figures"
load_test_result fail
reaches "evidence no longer verified" False review_condition EvidenceVerified
denied "EvidenceFailing" kubectl apply -f "$FILES/gift-cards.yaml"
load_test_result pass
reaches "evidence verified again" True review_condition EvidenceVerified

chapter "Two roles sign a Go: the rollout happens"
done_by launchgate sign -n shop gift-cards --go --key "$WORK/keys/alice.pem"
denied "QuorumNotMet" kubectl apply -f "$FILES/gift-cards.yaml"
done_by launchgate sign -n shop gift-cards --go --key "$WORK/keys/bob.pem"
admitted kubectl apply -f "$FILES/gift-cards.yaml"
reaches "ReplicaSets appear" "gift-cards-" kubectl get replicasets -n shop -o name

chapter "Everyday work is not gated: scale, annotate, restart"
admitted kubectl scale -n shop deployment/gift-cards --replicas=3
admitted kubectl annotate -n shop deployment/gift-cards note=hello
admitted kubectl rollout restart -n shop deployment/gift-cards

chapter "The review is edited after it was signed"
reaches "the running template is an approved revision" "v1:sha256" \
  kubectl get launchreview -n shop gift-cards -o 'jsonpath={.status.approvedRevisions[*].templateHash}'
done_by kubectl patch launchreview -n shop gift-cards --type merge -p '{"spec":{"owner":{"contact":"#payments"}}}'
denied ReviewChanged kubectl apply -f "$(with_image 1.1.0)"

chapter "Signed again: the new image is admitted, and so is going back"
done_by launchgate sign -n shop gift-cards --go --key "$WORK/keys/alice.pem"
done_by launchgate sign -n shop gift-cards --go --key "$WORK/keys/bob.pem"
admitted kubectl apply -f "$(with_image 1.1.0)"
admitted kubectl rollout undo -n shop deployment/gift-cards

chapter "Somebody says no: new versions stop, going back stays possible"
reaches "the template of 1.0.0 is live and approved" "v1:sha256" \
  kubectl get launchreview -n shop gift-cards -o 'jsonpath={.status.templateHash}'
done_by launchgate sign -n shop gift-cards --no-go --reason "error rate doubled" --key "$WORK/keys/alice.pem"
denied NoGo kubectl apply -f "$(with_image 1.2.0)"
admitted kubectl rollout undo -n shop deployment/gift-cards

chapter "An emergency: BreakGlass for exactly one template"
done_by launchgate sign -n shop gift-cards --break-glass --class P0 --ticket INC-42 \
  --reason "redemptions are down" --valid-for 4h --template-from "$(with_image 1.2.1)" --key "$WORK/keys/oncall.pem"
denied NoGo kubectl apply -f "$(with_image 1.2.2)"
admitted kubectl apply -f "$WORK/gift-cards-1.2.1.yaml"

chapter "Launchgate is killed: new versions are denied, other namespaces do not notice"
stop_operator KILL
show "kill -9 (controller and webhook)"
done_by kubectl create namespace elsewhere
sed 's/namespace: shop/namespace: elsewhere/' "$FILES/gift-cards.yaml" >"$WORK/elsewhere.yaml"
admitted kubectl apply -f "$WORK/elsewhere.yaml"
show "kubectl apply -f gift-cards-1.3.0.yaml"
if attempt kubectl apply -f "$(with_image 1.3.0)"; then wrong "A dead gate let a new version through."; fi
grep -q "failed calling webhook" "$WORK/answer" || wrong "The refusal should be the API server's own."
answer "$WORK/answer"
good "denied, as it should be"

printf '\n%sEvery step was answered as expected (%ss).%s\n' "$GREEN" "$((SECONDS - started))" "$PLAIN"
printf 'Look next at: README.md (install), docs/api.md (write a review), launchgate --help\n'
