# shellcheck shell=bash
# For e2e scripts that run the operator beside a page server and a real
# Prometheus: sourced after support.sh. Everything started here, and every process
# in PIDS, ends with the script.
source "$SOURCE_DIR/scripts/lib/common.sh"
source "$SOURCE_DIR/scripts/lib/operator.sh"
source "$SOURCE_DIR/scripts/lib/prometheus.sh"
source "$SOURCE_DIR/scripts/lib/dates.sh"

# shellcheck disable=SC2034  # For those who source this.
PATIENCE=30 # For what is not measured.
PIDS=()
mkdir -p "$WORK/pages" "$WORK/prometheus"

stop_all() {
  stop_operator TERM
  local pid
  for pid in "${PIDS[@]}"; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
}
trap 'stop_all; clean_up' EXIT

# Serves $WORK/pages on $PAGES.
start_pages() {
  setpriv --pdeathsig TERM "$LAUNCHGATE_PAGE_SERVER" "$WORK/pages" "$WORK/pages.port" </dev/null >/dev/null 2>&1 &
  PIDS+=($!)
  wait_for_file "$WORK/pages.port" "${PIDS[-1]}" /dev/null
  PAGES="127.0.0.1:$(sed -n 's/^port=//p' "$WORK/pages.port")"
}

# What happened before the test, as OpenMetrics on standard input.
store_history() {
  cat >"$WORK/history.om"
  promtool tsdb create-blocks-from openmetrics "$WORK/history.om" "$WORK/prometheus/data" >"$WORK/backfill.log" 2>&1 ||
    refuse "the history is stored" "$(cat "$WORK/backfill.log")"
}

# run_prometheus JOB [RULE_FILE] : scrapes the pages every second; on $PROMETHEUS, as $PROMETHEUS_PID.
run_prometheus() {
  cat >"$WORK/prometheus/prometheus.yml" <<YAML
global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [${2:-}]
scrape_configs:
- job_name: $1
  static_configs: [{targets: ["$PAGES"]}]
YAML
  serve_prometheus "$WORK/prometheus" --storage.tsdb.allow-overlapping-blocks
  PIDS+=("$PROMETHEUS_PID")
}
