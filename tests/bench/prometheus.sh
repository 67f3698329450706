# shellcheck shell=bash
# A Prometheus with a history, for benches. Source after common.sh; needs WORK.

PROMETHEUS_PID=""

# start_prometheus HISTORY : OpenMetrics text; sets PROMETHEUS and PROMETHEUS_PID.
start_prometheus() {
  # The file is read once for each block: few of them, of 20 days.
  promtool tsdb create-blocks-from openmetrics --max-block-duration=486h "$1" "$WORK/data" >/dev/null 2>"$WORK/promtool.log" ||
    die "The history could not be stored." "$(tail -n 3 "$WORK/promtool.log")"
  echo 'global: {}' >"$WORK/prometheus.yml"
  setpriv --pdeathsig TERM prometheus --config.file="$WORK/prometheus.yml" --storage.tsdb.path="$WORK/data" \
    --storage.tsdb.retention.time=100d --web.listen-address=127.0.0.1:0 </dev/null >"$WORK/prometheus.log" 2>&1 &
  PROMETHEUS_PID=$!
  until grep -q 'msg="Listening on"' "$WORK/prometheus.log"; do
    kill -0 "$PROMETHEUS_PID" 2>/dev/null || die "Prometheus did not start." "$(tail -n 3 "$WORK/prometheus.log")"
    sleep 0.1
  done
  PROMETHEUS="http://$(sed -n 's/.*msg="Listening on" address=\([0-9.:]*\).*/\1/p' "$WORK/prometheus.log" | head -n 1)"
  until curl -fsS "$PROMETHEUS/-/ready" >/dev/null 2>&1; do sleep 0.1; done
}

stop_prometheus() {
  [[ -n "$PROMETHEUS_PID" ]] || return 0
  kill "$PROMETHEUS_PID" 2>/dev/null || true
  wait "$PROMETHEUS_PID" 2>/dev/null || true
}

# metrics_sum URL PREFIX : of the series whose text begins so.
metrics_sum() { curl -fsS "$1/metrics" | awk -v prefix="$2" 'index($1, prefix) == 1 {sum += $NF} END {printf "%.3f\n", sum}'; }
# Processor time that a process has used, in ticks.
cpu_ticks() { sed 's/.*) //' "/proc/$1/stat" | awk '{print $12 + $13}'; }
