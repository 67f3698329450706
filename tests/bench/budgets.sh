#!/usr/bin/env bash
# Measures what it takes to keep many ErrorBudgets evaluated: the controller beside a
# real Prometheus that has 28 days of the recording rules' tiles. Started by
# ./dev bench budgets; README.md here says how to read what it prints.
set -euo pipefail
SOURCE_DIR="${LAUNCHGATE_SOURCE_DIR:?run this through ./dev bench}"
source "$SOURCE_DIR/scripts/lib/common.sh"
source "$SOURCE_DIR/scripts/lib/tools.sh"

NAMESPACES=20
OBJECTIVES=3
DAYS=28       # The window of every budget.
TILE=300      # Seconds, as the recording rules have it.
PERIOD=60     # Between two evaluations of a budget.
CPU_PERCENT=5 # The aim.
GIVE_UP=600   # Seconds until every budget must be known.
BENCH="$SOURCE_DIR/tests/bench"

usage() {
  cat <<'HELP'
Usage: ./dev bench budgets [-o text|json] [--budgets N] [--seconds N]

  -o FORMAT    text (default) or json, on stdout; progress goes to stderr
  --budgets N  how many ErrorBudgets, with three objectives each (default: 200)
  --seconds N  how long the steady state is watched (default: 300)

Exit code 0 when everything could be measured; figures that miss an aim are told,
and are no failure.
HELP
}

source "$BENCH/at_scale.sh"
format=text count=200 seconds=300
options budgets "$@"
beside_control_plane "$BENCH/budgets.sh" budgets
budgets="$count"
source "$SOURCE_DIR/scripts/lib/operator.sh"
source "$BENCH/prometheus.sh"
source "$BENCH/measuring.sh"
WORK="$(mktemp -d "${TMPDIR:-/tmp}/launchgate-bench.XXXXXX")"
clean_up() {
  stop_operator TERM
  stop_prometheus
  rm -rf "$WORK"
}
trap clean_up EXIT

# One List: a namespace, and its share of the budgets.
write_objects() {
  jq -n --argjson budgets "$budgets" --argjson namespaces "$NAMESPACES" --argjson objectives "$OBJECTIVES" --arg window "${DAYS}d" '
    {apiVersion: "v1", kind: "List", items: [
      (range($namespaces) | {apiVersion: "v1", kind: "Namespace", metadata: {name: "team-\(.)"}}),
      (range($budgets) | {apiVersion: "launchgate.dev/v1alpha1", kind: "ErrorBudget",
        metadata: {name: "service-\(.)", namespace: "team-\(. % $namespaces)"},
        spec: {prometheus: {server: "main"}, window: {rolling: $window}, objectives: [
          range($objectives) as $objective | {name: "objective-\($objective)", target: "99.9", events: {
            total: "sum(increase(requests_total[$window]))", bad: "sum(increase(errors_total{class=\"\($objective)\"}[$window]))"}}]}})]}' \
    >"$WORK/objects.json"
}

# What the rules would have recorded: in each tile 3,000 events, one of them bad. Until an
# hour from now, so that the newest tile is there while it is measured.
write_history() {
  local now newest
  now="$(date +%s)"
  newest=$(((now + 3600) / TILE * TILE))
  "$LAUNCHGATE_BINARY" budget rules -f "$WORK/objects.json" -o json | jq -r '
    .. | objects | select(has("record")) |
    "\(.record){\(.labels | to_entries | map("\(.key)=\"\(.value)\"") | join(","))}"' >"$WORK/series"
  [[ "$(wc -l <"$WORK/series")" == $((2 * budgets * OBJECTIVES)) ]] || die "The rules do not record two series for each objective."
  awk -v first=$((now / TILE * TILE - DAYS * 86400 - TILE)) -v newest="$newest" -v tile="$TILE" '
    {value = $0 ~ /bad_events/ ? 1 : 3000
     for (at = first; at <= newest; at += tile) print $0, value, at}
    END {print "# EOF"}' "$WORK/series" >"$WORK/history.om"
}

known() {
  kubectl get errorbudgets -A -o json |
    jq '[.items[] | select(.status.conditions // [] | any(.type == "Ready" and .status == "True"))] | length'
}

step "Writing $DAYS days of tiles for $budgets ErrorBudgets with $OBJECTIVES objectives each"
write_objects
write_history
step "Storing $(wc -l <"$WORK/history.om") samples"
start_prometheus "$WORK/history.om"
rm "$WORK/history.om"
step "Installing the operator"
install_operator "$WORK"
OPERATOR_FETCH="prometheus: [{name: main, url: '$PROMETHEUS', namespaces: ['*']}]"
kubectl create -f "$WORK/objects.json" >"$WORK/create.log" 2>&1 ||
  die "The objects could not be created." "$(tail -n 3 "$WORK/create.log")"

step "Starting the controller with the rights of manifests/base"
operator_configuration controller "$WORK"
begun="$(date +%s%N)"
start_role "$WORK" controller
CONTROLLER_PID=$!
wait_for_file "$WORK/controller.ports" "$CONTROLLER_PID" "$WORK/controller.log"
CONTROLLER="http://127.0.0.1:$(sed -n 's/^health_port=//p' "$WORK/controller.ports")"
started=$SECONDS
until (($(known) == budgets)); do
  ((SECONDS - started < GIVE_UP)) || die "Only $(known) of $budgets budgets are known after $GIVE_UP s." "$(tail -n 5 "$WORK/controller.log")"
  note "$(known) of $budgets budgets are known"
  sleep 2
done
took_ms=$((($(date +%s%N) - begun) / 1000000))
start_cpu="$(cpu_ticks "$CONTROLLER_PID")"
note "All of them after $took_ms ms"

# After one period, in which the evaluations of the start come round for the first time.
# Five minutes hold one refresh of every status.
step "Watching the steady state for $seconds s"
sleep "$PERIOD"
figures() {
  jq -n --argjson controller "$(cpu_ticks "$CONTROLLER_PID")" --argjson prometheus "$(cpu_ticks "$PROMETHEUS_PID")" \
    --argjson writes "$(metrics_sum "$CONTROLLER" 'launchgate_status_writes_total{kind="ErrorBudget"}')" \
    --argjson queries "$(metrics_sum "$PROMETHEUS" 'prometheus_http_request_duration_seconds_count{handler="/api/v1/query')" \
    --argjson query_seconds "$(metrics_sum "$PROMETHEUS" 'prometheus_http_request_duration_seconds_sum{handler="/api/v1/query')" '$ARGS.named'
}
before="$(figures)"
sleep "$seconds"
after="$(figures)"

jq -n --argjson budgets "$budgets" --argjson objectives "$OBJECTIVES" --argjson took "$took_ms" --argjson start_cpu "$start_cpu" \
  --argjson before "$before" --argjson after "$after" --argjson hertz "$(getconf CLK_TCK)" --argjson seconds "$seconds" \
  --argjson peak "$(peak_kib "$CONTROLLER_PID")" --argjson cpu "$CPU_PERCENT" '
  def rounded: . * 100 | round / 100;
  def moved($name): $after[$name] - $before[$name];
  {budgets: $budgets, objectives: $objectives,
   startSeconds: ($took / 1000), startCpuSeconds: ($start_cpu / $hertz),
   controllerCpuPercent: (100 * moved("controller") / $hertz / $seconds | rounded),
   peakMib: ($peak / 1024 | rounded),
   statusWritesPerMinute: (60 * moved("writes") / $seconds | rounded),
   queriesPerSecond: (moved("queries") / $seconds | rounded),
   millisecondsPerQuery: (1000 * moved("query_seconds") / ([moved("queries"), 1] | max) | rounded),
   prometheusCpuPercent: (100 * moved("prometheus") / $hertz / $seconds | rounded)}
  | .aims = {controllerCpuPercent: (.controllerCpuPercent < $cpu)}' >"$WORK/report.json"
if [[ "$format" == json ]]; then
  cat "$WORK/report.json"
else
  jq -r --argjson cpu "$CPU_PERCENT" '
    def met($aim): if $aim then "met" else "MISSED" end;
    "\(.budgets) ErrorBudgets with \(.objectives) objectives each, over 28 days",
    "",
    "all known after the start       \(.startSeconds) s (\(.startCpuSeconds) s of CPU)",
    "controller, steady              \(.controllerCpuPercent) % of one core   aim: under \($cpu) %  \(met(.aims.controllerCpuPercent))",
    "peak resident memory            \(.peakMib) MiB",
    "status writes                   \(.statusWritesPerMinute) a minute",
    "queries to Prometheus           \(.queriesPerSecond) a second, \(.millisecondsPerQuery) ms each",
    "Prometheus, steady              \(.prometheusCpuPercent) % of one core"' "$WORK/report.json"
fi
