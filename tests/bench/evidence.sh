#!/usr/bin/env bash
# Measures how evidence is gathered at scale: many reviews with eight pieces of
# evidence each, on a real API server and a real Prometheus. Started by
# ./dev bench evidence; README.md here says how to read what it prints.
set -euo pipefail
SOURCE_DIR="${LAUNCHGATE_SOURCE_DIR:?run this through ./dev bench}"
source "$SOURCE_DIR/scripts/lib/common.sh"
source "$SOURCE_DIR/scripts/lib/tools.sh"

NAMESPACES=20
ITEMS=8
FINDINGS_WITHIN=60 # Seconds from the controller's start; the aims.
CPU_PERCENT=5
MEMORY_MIB=150
GIVE_UP=600 # Seconds until every finding must be there.
BENCH="$SOURCE_DIR/tests/bench"

usage() {
  cat <<'HELP'
Usage: ./dev bench evidence [-o text|json] [--reviews N] [--seconds N]

  -o FORMAT    text (default) or json, on stdout; progress goes to stderr
  --reviews N  how many LaunchReviews, with eight pieces of evidence each (default: 2000)
  --seconds N  how long the steady state is watched (default: 60)

Exit code 0 when everything could be measured; figures that miss an aim are told,
and are no failure.
HELP
}

source "$BENCH/at_scale.sh"
format=text count=2000 seconds=60
options reviews "$@"
beside_control_plane "$BENCH/evidence.sh" reviews
reviews="$count"
source "$SOURCE_DIR/scripts/lib/operator.sh"
WORK="$(mktemp -d "${TMPDIR:-/tmp}/launchgate-bench.XXXXXX")"
source "$BENCH/prometheus.sh"
source "$BENCH/measuring.sh"
clean_up() {
  stop_operator TERM
  stop_prometheus
  rm -rf "$WORK"
}
trap clean_up EXIT

# Two hours of redemptions for the objectives and the query, and an hour to come.
write_history() {
  local now first
  now="$(date +%s)"
  first=$((now - 7200))
  {
    echo '# TYPE gift_cards_redemptions counter'
    seq "$first" 30 "$((now + 3600))" | awk -v first="$first" '{printf "gift_cards_redemptions_total %d %d\n", ($1 - first) * 10, $1}'
    echo '# EOF'
  } >"$WORK/history.om"
}

# A Deployment, a ConfigMap with five documents and a review for each service; an
# ErrorBudget and a PodDisruptionBudget for each namespace.
write_objects() {
  local samples="$SOURCE_DIR/manifests/samples/evidence" kind
  # The kinds that this server does not have are not asked of it: only what is used.
  {
    for kind in loadTest resilience backupDrill attestation; do
      kubectl create -f "$samples/$kind.yaml" --dry-run=client -o json
    done
    sed -n '/^apiVersion: apps/,/^---/{/^---/!p}' "$samples/workload.yaml" | kubectl create -f - --dry-run=client -o json
  } | jq -s . >"$WORK/samples.json"
  jq -n --slurpfile samples "$WORK/samples.json" --argjson reviews "$reviews" --argjson namespaces "$NAMESPACES" \
    --arg now "$(date -u +%Y-%m-%dT%H:%M:%SZ)" --arg policy "$(kubectl api-versions | grep -xE 'policy/v1' || echo policy/v1beta1)" \
    -f "$BENCH/evidence.jq" >"$WORK/objects.json"
}

stored_reviews() { kubectl get --raw "/apis/launchgate.dev/v1alpha1/launchreviews?limit=1" | jq '1 + (.metadata.remainingItemCount // 0)'; }

step "Starting a Prometheus and installing the operator"
write_history
start_prometheus "$WORK/history.om"
install_operator "$WORK"
OPERATOR_FETCH="prometheus: [{name: main, url: '$PROMETHEUS', namespaces: ['*']}]"
step "Creating $reviews LaunchReviews with $ITEMS pieces of evidence each, in $NAMESPACES namespaces"
write_objects
started=$SECONDS
kubectl create -f "$WORK/objects.json" 2>"$WORK/create.log" | show_progress "$started" ||
  die "The objects could not be created." "$(head -n 5 "$WORK/create.log")"
note "Created $(stored_reviews) reviews in $(duration $((SECONDS - started)))"

step "Starting the controller with the rights of manifests/base"
operator_configuration controller "$WORK"
begun="$(date +%s%N)"
start_role "$WORK" controller
CONTROLLER_PID=$!
wait_for_file "$WORK/controller.ports" "$CONTROLLER_PID" "$WORK/controller.log"
CONTROLLER="http://127.0.0.1:$(sed -n 's/^health_port=//p' "$WORK/controller.ports")"
wanted=$((reviews * ITEMS)) passing=0 last_told=$SECONDS
while true; do
  passing="$(metrics_sum "$CONTROLLER" 'launchgate_evidence_findings{')"
  written="$(metrics_sum "$CONTROLLER" 'launchgate_status_writes_total{kind="LaunchReview"}')"
  if ((passing >= wanted && written >= reviews)); then break; fi
  ((SECONDS - started < GIVE_UP)) || die "Only $passing of $wanted findings after $GIVE_UP s." "$(tail -n 5 "$WORK/controller.log")"
  if ((SECONDS - last_told >= 5)); then
    note "$passing of $wanted findings, $written statuses written"
    last_told=$SECONDS
  fi
  sleep 0.2
done
took_ms=$((($(date +%s%N) - begun) / 1000000))
start_cpu="$(cpu_ticks "$CONTROLLER_PID")"
not_passing="$(curl -fsS "$CONTROLLER/metrics" | awk '/^launchgate_evidence_findings/ && !/finding="Pass"/ {sum += $2} END {print sum + 0}')"
note "All findings after $took_ms ms; $not_passing of them do not pass"

step "Watching the steady state for $seconds s"
sleep 5 # Until the last answers to its own writes have come back.
writes_before="$(metrics_sum "$CONTROLLER" 'launchgate_status_writes_total{')"
before="$(cpu_ticks "$CONTROLLER_PID")"
sleep "$seconds"
after="$(cpu_ticks "$CONTROLLER_PID")"
writes_after="$(metrics_sum "$CONTROLLER" 'launchgate_status_writes_total{')"

jq -n --argjson reviews "$reviews" --argjson items "$ITEMS" --argjson took "$took_ms" --argjson not_passing "$not_passing" \
  --argjson start_cpu "$start_cpu" --argjson ticks $((after - before)) --argjson hertz "$(getconf CLK_TCK)" --argjson seconds "$seconds" \
  --argjson peak "$(peak_kib "$CONTROLLER_PID")" --argjson writes $((writes_after - writes_before)) \
  --argjson within "$FINDINGS_WITHIN" --argjson cpu "$CPU_PERCENT" --argjson memory "$MEMORY_MIB" '
  {reviews: $reviews, items: $items, notPassing: $not_passing,
   startSeconds: ($took / 1000), startCpuSeconds: ($start_cpu / $hertz),
   steadyCpuPercent: (100 * $ticks / $hertz / $seconds | . * 100 | round / 100),
   peakMib: ($peak / 1024 | . * 10 | round / 10), steadyWrites: $writes}
  | .aims = {startSeconds: (.startSeconds <= $within), steadyCpuPercent: (.steadyCpuPercent < $cpu),
             peakMib: (.peakMib < $memory), steadyWrites: (.steadyWrites == 0)}' >"$WORK/report.json"
if [[ "$format" == json ]]; then
  cat "$WORK/report.json"
else
  jq -r --argjson within "$FINDINGS_WITHIN" --argjson cpu "$CPU_PERCENT" --argjson memory "$MEMORY_MIB" '
    def met($aim): if $aim then "met" else "MISSED" end;
    "\(.reviews) reviews with \(.items) pieces of evidence each; \(.notPassing) findings do not pass",
    "",
    "all findings after the start    \(.startSeconds) s (\(.startCpuSeconds) s of CPU)   aim: \($within) s     \(met(.aims.startSeconds))",
    "CPU in the steady state         \(.steadyCpuPercent) % of one core                  aim: under \($cpu) %  \(met(.aims.steadyCpuPercent))",
    "peak resident memory            \(.peakMib) MiB                                     aim: under \($memory) MiB  \(met(.aims.peakMib))",
    "status writes in that time      \(.steadyWrites)                                    aim: none      \(met(.aims.steadyWrites))"' "$WORK/report.json"
fi
