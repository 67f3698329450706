# shellcheck shell=bash
# What the story of the demo takes place in: the operator with the rights of
# manifests/base, the services, a Prometheus that scrapes them, a page server, and the
# people with their keys. Source after telling.sh; needs WORK and the variables that
# scripts/dev/demo.sh exports.

PIDS=()

# Ends what was started here, last first.
stop_everything() {
  local index
  stop_operator TERM
  for ((index = ${#PIDS[@]} - 1; index >= 0; index--)); do
    kill "${PIDS[index]}" 2>/dev/null || true
    wait "${PIDS[index]}" 2>/dev/null || true
  done
}

prepare() {
  step "Starting payments, both versions of gift-cards, Prometheus and the operator"
  mkdir -p "$WORK/pages" "$WORK/keys" "$WORK/prometheus" "$WORK/objects" "$WORK/faults"
  start_payments_stub "$WORK"
  PIDS+=("$PAYMENTS_PID")
  start_seeded "$WORK"
  PIDS+=("$SEEDED_PID")
  start_gift_cards "$WORK"
  PIDS+=("$GIFT_CARDS_PID")
  start_pages
  start_prometheus
  # shellcheck disable=SC2034  # Read by operator_configuration.
  OPERATOR_FETCH="$(
    cat <<YAML
fetch:
  allow:
  - {scheme: http, host: 127.0.0.1, port: $PAGES_PORT, addresses: [127.0.0.1]}
  - {scheme: http, host: 127.0.0.1, port: $GIFT_CARDS_PORT, addresses: [127.0.0.1]}
prometheus: [{name: main, url: "$PROMETHEUS", namespaces: [shop]}]
evidence: {minRecheckEvery: 1s}
YAML
  )"
  start_operator "$WORK"
  local name
  for name in alice bob oncall ci; do
    launchgate keys generate --out "$WORK/keys/$name" >/dev/null
  done
  authority >"$WORK/authority.yaml"
  review >"$WORK/review.yaml"
}

# The pages that people would publish.
start_pages() {
  cp "$ROOT/gift-cards/runbook.md" "$WORK/pages/runbook.md"
  cp "$ROOT/prr/error-budget-review.md" "$WORK/pages/other.md"
  setpriv --pdeathsig TERM "$LAUNCHGATE_PAGE_SERVER" "$WORK/pages" "$WORK/pages.port" </dev/null &
  PIDS+=($!)
  wait_for_file "$WORK/pages.port" "${PIDS[-1]}" /dev/null
  PAGES_PORT="$(sed -n 's/^port=//p' "$WORK/pages.port")"
}

start_prometheus() {
  cp "$ROOT/gift-cards/alerts/rules.yaml" "$WORK/prometheus/rules.yaml"
  cat >"$WORK/prometheus/prometheus.yml" <<YAML
global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: ["$WORK/prometheus/rules.yaml"]
scrape_configs:
- job_name: gift-cards
  static_configs: [{targets: ["127.0.0.1:$GIFT_CARDS_PORT"]}]
- job_name: payments-stub
  static_configs: [{targets: ["127.0.0.1:$PAYMENTS_PORT"]}]
YAML
  serve_prometheus "$WORK/prometheus"
  PIDS+=("$PROMETHEUS_PID")
}

# Who may sign. The keys are made for this run and end with it.
authority() {
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
  - {name: ci, threshold: 1, attestations: true}
  keys:
YAML
  local name role
  while read -r name role; do
    authority_key "$name" "$role" "$WORK/keys/$name.pub.pem" 2026-01-01T00:00:00Z
  done <<'PEOPLE'
alice sre
bob service-owner
oncall incident-commander
ci ci
PEOPLE
}

# The review of prr/, with the addresses of this run.
review() {
  sed -e "s#https://runbooks.example.com/gift-cards/error-budget-review#http://127.0.0.1:$PAGES_PORT/other.md#" \
    -e "s#https://runbooks.example.com/gift-cards#http://127.0.0.1:$PAGES_PORT/runbook.md#" \
    -e "s#https://gift-cards.shop.example.com#http://127.0.0.1:$GIFT_CARDS_PORT#" "$ROOT/prr/review.yaml"
}

# evidence NAME KEY FILE : stores FILE as evidence that was recorded now.
evidence() {
  local object="$WORK/objects/$1.yaml"
  kubectl create configmap "$1" -n shop --from-file="$2=$3" --dry-run=client -o yaml |
    kubectl annotate --local -f - "launchgate.dev/recorded-at=$(date -u +%Y-%m-%dT%H:%M:%SZ)" -o yaml >"$object"
  done_by kubectl apply -f "$object"
}

# The faults of ./dev resilience --quick, on the services of this story.
fault_injection() {
  "$LAUNCHGATE_HARNESS" resilience --quick --payments-url "$PAYMENTS_URL" --seeded-url "$SEEDED_URL" \
    --fixed-url "$GIFT_CARDS_URL" --out "$1"
}

# The search of ./dev load, shortened and ended at three times the expected peak.
load_test() {
  "$LAUNCHGATE_HARNESS" load --service-url "$GIFT_CARDS_URL" --peak 100 --start 150 --most 300 \
    --step-seconds 1 --hold-seconds 4 --out "$1" | grep -v '^slo_rate='
}

restore_drill() {
  "$ROOT/gift-cards/drill/restore_drill.sh" --binary "$(gift_cards_binary)" --database "$WORK/gift-cards.db" --out "$1"
}

# finding ITEM : the finding and its reason, as the review's status has them.
finding() {
  kubectl get launchreview -n shop gift-cards \
    -o "jsonpath={range .status.items[?(@.item==\"$1\")]}{.finding} {.reason}{end}"
}

# condition KIND NAME TYPE : the reason of a condition.
condition() { kubectl get "$1" -n shop "$2" -o "jsonpath={.status.conditions[?(@.type==\"$3\")].reason}"; }

launchgate() { "$LAUNCHGATE_BINARY" "$@"; }

# Customers: ten redemptions a second, of new codes, until the demo ends.
start_customers() {
  curl --silent --rate 10/s --request POST --output /dev/null \
    "$GIFT_CARDS_URL/giftcards/redeem?code=MNTH-[1000-9999]-DEMO-0001&amount=2500" </dev/null &
  PIDS+=($!)
}

# payments_fail RATE : this share of the charges fails from now on.
payments_fail() {
  curl --fail --silent --show-error --write-out '\n' --request PUT --header 'Content-Type: application/json' \
    --data "{\"FAIL_RATE\": $1}" "$PAYMENTS_URL/knobs"
}

# missed_review MONTH : a BudgetReview of an earlier month, as a file.
missed_review() {
  cat >"$WORK/missed-review.yaml" <<YAML
apiVersion: launchgate.dev/v1alpha1
kind: BudgetReview
metadata: {name: gift-cards-$1, namespace: shop}
spec: {budgetRef: {name: gift-cards}, month: "$1"}
YAML
  printf '%s\n' "$WORK/missed-review.yaml"
}

# overdue_reviews : of the two last months, those that launches are frozen by. With a
# grace that ends with the 10th the last month's is not always one of them.
overdue_reviews() {
  printf 'gift-cards-%s\n' "$(month_back 2)"
  if ((10#$(date -u +%d) > 10)); then printf 'gift-cards-%s\n' "$(month_back 1)"; fi
}

# version TAG : the workload of the fixed service with another image, as a file.
version() {
  local file="$WORK/gift-cards-$1.yaml" digest
  digest="$(printf '%s' "$1" | sha256sum | cut -d ' ' -f 1)"
  sed -E "s/@sha256:[0-9a-f]{64}/@sha256:$digest/" "$ROOT/gift-cards/deploy/statefulset.yaml" >"$file"
  printf '%s\n' "$file"
}

# The disruption budget of the workload, in a version that this server has.
disruption_budget() {
  local version=policy/v1
  kubectl api-versions | grep -qx "$version" || version=policy/v1beta1
  sed "s#^apiVersion: policy/v1\$#apiVersion: $version#" "$ROOT/gift-cards/deploy/pdb.yaml" >"$WORK/pdb.yaml"
  printf '%s\n' "$WORK/pdb.yaml"
}
