# shellcheck shell=bash
# A Prometheus with a history, for benches. Source after common.sh; needs WORK.
source "$SOURCE_DIR/scripts/lib/prometheus.sh"

PROMETHEUS_PID=""

# start_prometheus HISTORY : OpenMetrics text. As serve_prometheus.
start_prometheus() {
  # The file is read once for each block: few of them, of 20 days.
  promtool tsdb create-blocks-from openmetrics --max-block-duration=486h "$1" "$WORK/data" >/dev/null 2>"$WORK/promtool.log" ||
    die "The history could not be stored." "$(tail -n 3 "$WORK/promtool.log")"
  echo 'global: {}' >"$WORK/prometheus.yml"
  serve_prometheus "$WORK" --storage.tsdb.retention.time=100d
}

stop_prometheus() {
  [[ -n "$PROMETHEUS_PID" ]] || return 0
  kill "$PROMETHEUS_PID" 2>/dev/null || true
  wait "$PROMETHEUS_PID" 2>/dev/null || true
}
