#!/usr/bin/env bash
# Measures the running webhook beside a bare TLS server, in one run. Started by
# ./dev bench; README.md here says how to read what it prints.
set -euo pipefail
SOURCE_DIR="${LAUNCHGATE_SOURCE_DIR:?run this through ./dev bench}"
source "$SOURCE_DIR/scripts/lib/common.sh"
source "$SOURCE_DIR/scripts/lib/tools.sh"

REVIEWS=1000
NAMESPACES=20        # The reviews are spread over as many.
CAPTURED=shop-cap    # The namespace that the recorded requests speak of.
THREADS=2            # webhook.ioThreads, which is left at its default.
LOAD_SECONDS=30      # Until the webhook must have seen every review.
BENCH="$SOURCE_DIR/tests/bench"
RECORDED="$SOURCE_DIR/tests/testdata/admission/v1.36"

usage() {
  cat <<'HELP'
Usage: ./dev bench [-o text|json] [--rounds N] [--seconds N]

  -o FORMAT    text (default) or json, on stdout; progress goes to stderr
  --rounds N   how often each is measured, in turns; medians are shown (default: 3)
  --seconds N  how long each measurement takes (default: 5)

Exit code 0 when everything could be measured; figures that miss an aim are told,
and are no failure.
HELP
}

format=text rounds=3 seconds=5
parse() {
  while (($# > 0)); do
    case "$1" in
      -h | --help) usage; exit 0 ;;
      -o | --output | --rounds | --seconds)
        (($# >= 2)) || usage_error "$1 needs a value" bench
        case "$1" in
          --rounds) rounds="$2" ;;
          --seconds) seconds="$2" ;;
          *) format="$2" ;;
        esac
        shift
        ;;
      *) usage_error "unknown option $1" bench ;;
    esac
    shift
  done
  [[ "$format" =~ ^(text|json)$ ]] || usage_error "there is no output format \"$format\"" bench
  [[ "$rounds" =~ ^[1-9]$ ]] || usage_error "--rounds must be 1 to 9" bench
  [[ "$seconds" =~ ^[1-9][0-9]?$ ]] || usage_error "--seconds must be 1 to 99" bench
}
parse "$@"

# A control plane that lives as long as this run.
if [[ -z "${LAUNCHGATE_BENCH_INSIDE:-}" ]]; then
  require_control_plane_tools
  LAUNCHGATE_BENCH_INSIDE=yes exec bash "$SOURCE_DIR/scripts/dev/control_plane.sh" run -- \
    bash "$BENCH/run.sh" "$@"
fi
source "$SOURCE_DIR/scripts/lib/operator.sh"
source "$BENCH/measuring.sh"
WORK="$(mktemp -d "${TMPDIR:-/tmp}/launchgate-bench.XXXXXX")"
CEILING_PID=""

clean_up() {
  stop_operator TERM
  if [[ -n "$CEILING_PID" ]]; then
    kill "$CEILING_PID" 2>/dev/null || true
    wait "$CEILING_PID" 2>/dev/null || true
  fi
  rm -rf "$WORK"
}
trap clean_up EXIT

# --- What is measured --------------------------------------------------------

# One List: kubectl sends its items one by one.
review_list() {
  jq -n --argjson reviews "$REVIEWS" --argjson namespaces "$NAMESPACES" --arg captured "$CAPTURED" '
    def namespace($i): if $i % $namespaces == 0 then $captured else "team-\($i % $namespaces)" end;
    def name($i): if $i == 0 then "gift-cards" else "service-\($i)" end;
    {apiVersion: "v1", kind: "List", items: [
      (range($namespaces) | {apiVersion: "v1", kind: "Namespace",
        metadata: {name: namespace(.), labels: {"launchgate.dev/gate": "enforce"}}}),
      (range($reviews) | {apiVersion: "launchgate.dev/v1alpha1", kind: "LaunchReview",
        metadata: {name: name(.), namespace: namespace(.)},
        spec: {
          target: {apiVersion: "apps/v1", kind: "Deployment", name: name(.)},
          checklistRef: {name: "production-readiness"}, authorityRef: {name: "platform"},
          owner: {team: "team-\(. % $namespaces)", contact: "#oncall"}, binding: "Service",
          evidence: [
            {item: "load-test", loadTest: {from: {configMapRef: {name: "\(name(.))-k6", key: "summary.json"}},
              maxAge: "30d", minRequestRate: "150", maxErrorRate: "0.01",
              maxLatency: {percentile: "95", threshold: "250ms"}}},
            {item: "runbook", runbook: {url: "https://runbooks.example.com/\(name(.)).md",
              requiredSections: ["Symptoms", "Mitigation", "Rollback", "Escalation"]}}]}})]}'
}

indexed_reviews() {
  curl -fsS "http://127.0.0.1:$WEBHOOK_HEALTH_PORT/metrics" | sed -n 's/^launchgate_reviews \([0-9]*\).*/\1/p'
}

load_reviews() {
  local started=$SECONDS
  step "Creating $REVIEWS LaunchReviews in $NAMESPACES namespaces"
  kubectl create -f "$SOURCE_DIR/tests/bench/checklist.yaml" >/dev/null
  review_list >"$WORK/reviews.json"
  kubectl create -f "$WORK/reviews.json" 2>"$WORK/create.log" | show_progress "$started"
  [[ "${PIPESTATUS[0]}" == 0 ]] || die "The reviews could not be created." "$(head -n 5 "$WORK/create.log")"
  until [[ "$(indexed_reviews)" == "$REVIEWS" ]]; do
    ((SECONDS - started < 4 * LOAD_SECONDS)) || die "The webhook sees $(indexed_reviews) reviews, not $REVIEWS."
    sleep 0.2
  done
  note "Loaded in $(duration $((SECONDS - started)))"
}

# The recorded requests that the registration would send to the gate.
choose_requests() {
  local file
  REQUESTS=()
  for file in "$RECORDED"/*.json; do
    if jq -e --arg ns "$CAPTURED" '.request | .namespace == $ns and (.operation | . == "CREATE" or . == "UPDATE")
          and (.resource.resource | . != "namespaces")' "$file" >/dev/null; then
      REQUESTS+=("$WORK/requests/$(basename "$file")")
      jq -c . "$file" >"${REQUESTS[-1]}" # An API server sends them without white space.
    fi
  done
  ((${#REQUESTS[@]} > 0)) || die "No recorded request speaks of namespace $CAPTURED."
}

# Every answer is looked at once, so that no wrong one is measured. The ceiling
# answers with the one of median size.
check_answers() {
  local request answer index=0
  for request in "${REQUESTS[@]}"; do
    answer="$WORK/answers/$(basename "$request")"
    curl -fsSk -H 'Content-Type: application/json' --data-binary "@$request" "$WEBHOOK_URL/v1/gate" >"$answer"
    jq -e --slurpfile sent "$request" '.response.uid == $sent[0].request.uid and
      (.response.allowed or (.response.status.message | contains("LaunchReview")))' "$answer" >/dev/null ||
      die "A wrong answer to $(basename "$request"):" "$(head -c 1000 "$answer")"
    index=$((index + 1))
  done
  ALLOWED="$(jq -s 'map(select(.response.allowed)) | length' "$WORK"/answers/*.json)"
  MEAN_BYTES="$(($(cat "${REQUESTS[@]}" | wc -c) / ${#REQUESTS[@]}))"
  local -a by_size
  mapfile -t by_size < <(find "$WORK/answers" -name '*.json' -printf '%s %p\n' | sort -n | cut -d' ' -f2)
  cp "${by_size[$((${#by_size[@]} / 2))]}" "$WORK/constant.json"
  note "${#REQUESTS[@]} recorded requests of $MEAN_BYTES bytes on average; $ALLOWED allowed, $((${#REQUESTS[@]} - ALLOWED)) denied"
}

start_ceiling() {
  # The webhook's certificates are for P-256 keys too.
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=ceiling \
    -addext subjectAltName=IP:127.0.0.1 -keyout "$WORK/ceiling.key" -out "$WORK/ceiling.pem" 2>/dev/null
  setpriv --pdeathsig TERM "$LAUNCHGATE_BUILD_DIR/tests/bench/tls_ceiling" "$WORK/ceiling.pem" "$WORK/ceiling.key" \
    "$WORK/constant.json" "$THREADS" "$WORK/ceiling.port" </dev/null &
  CEILING_PID=$!
  wait_for_file "$WORK/ceiling.port" "$CEILING_PID" /dev/null
  CEILING_URL="https://127.0.0.1:$(sed -n 's/^port=//p' "$WORK/ceiling.port")"
}

# --- Measuring ---------------------------------------------------------------

# measure WHO URL CONNECTIONS SECONDS : one line of JSON.
measure() {
  local result pid="$WEBHOOK_PID" before after
  if [[ "$1" == ceiling ]]; then pid="$CEILING_PID"; fi
  before="$(cpu_ticks "$pid")"
  wrk -t1 -c"$3" -d"$4s" --latency -s "$BENCH/load.lua" "$2/v1/gate" -- "${REQUESTS[@]}" >"$WORK/wrk.log" 2>&1 ||
    die "wrk failed." "$(tail -n 5 "$WORK/wrk.log")"
  after="$(cpu_ticks "$pid")"
  result="$(sed -n 's/^RESULT //p' "$WORK/wrk.log")"
  jq -e '.errors == 0 and .requests > 0' <<<"$result" >/dev/null || die "$1 did not answer every request: $result"
  jq -c --arg who "$1" --argjson connections "$3" --argjson cpu "$(((after - before) * 1000000 / $(getconf CLK_TCK)))" \
    '. + {who: $who, connections: $connections, rate: (.requests / .seconds), cpu_us: ($cpu / .requests)}' <<<"$result"
}

# In turns, so that what else the machine does meets both.
measure_all() {
  local connections round line
  step "Measuring $rounds x ${seconds}s each, webhook and ceiling in turns"
  measure webhook "$WEBHOOK_URL" 16 1 >/dev/null # Caches and pages get warm.
  measure ceiling "$CEILING_URL" 16 1 >/dev/null
  for connections in 1 16; do
    for ((round = 1; round <= rounds; ++round)); do
      for line in "webhook $WEBHOOK_URL" "ceiling $CEILING_URL"; do
        # shellcheck disable=SC2086  # Two words.
        measure $line "$connections" "$seconds" >>"$WORK/results"
        note "$(tail -n 1 "$WORK/results" | jq -r '"\(.who), \(.connections) connections: \(.rate | round)/s, p50 \(.p50_us) us, p99 \(.p99_us) us"')"
      done
    done
  done
}

# memory PID : in KiB, as the kernel counts.
memory() {
  awk '/^VmHWM:/ {peak = $2} /^VmRSS:/ {now = $2} /^RssAnon:/ {anon = $2} /^Threads:/ {threads = $2}
    END {printf "{\"peak_kib\":%d,\"resident_kib\":%d,\"anonymous_kib\":%d,\"threads\":%d}\n", peak, now, anon, threads}' \
    "/proc/$1/status"
}

report() {
  jq -s --argjson webhook "$(memory "$WEBHOOK_PID")" --argjson ceiling "$(memory "$CEILING_PID")" \
    --argjson reviews "$REVIEWS" --argjson bytes "$MEAN_BYTES" --argjson kinds "${#REQUESTS[@]}" \
    --argjson allowed "$ALLOWED" --argjson threads "$THREADS" -f "$BENCH/report.jq" "$WORK/results" >"$WORK/report.json"
  if [[ "$format" == json ]]; then
    cat "$WORK/report.json"
  else
    jq -r -f "$BENCH/table.jq" "$WORK/report.json"
  fi
}

mkdir -p "$WORK/requests" "$WORK/answers"
step "Starting the operator with the rights of manifests/base"
start_operator "$WORK"
# The controller has issued the certificate, and would now work on the reviews
# while the webhook is measured; and nobody but wrk shall ask.
kubectl delete validatingwebhookconfiguration launchgate >/dev/null
kill "$CONTROLLER_PID"
wait "$CONTROLLER_PID" || true
CONTROLLER_PID=""
load_reviews
choose_requests
check_answers
start_ceiling
measure_all
report
