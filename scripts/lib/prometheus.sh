# shellcheck shell=bash
# Runs a Prometheus on a free port of loopback. Source after common.sh; the program is
# $LAUNCHGATE_PROMETHEUS, or `prometheus` of PATH.

PROMETHEUS_START_SECONDS=30

# serve_prometheus DIR [FLAG...] : with DIR/prometheus.yml and the samples in DIR/data; its
# log is DIR/prometheus.log. Sets PROMETHEUS_PID and PROMETHEUS, its URL, and returns when
# it is ready. Never call it in a subshell: it ends with the shell that started it.
serve_prometheus() {
  local dir="$1" log="$1/prometheus.log" deadline=$((SECONDS + PROMETHEUS_START_SECONDS))
  shift
  setpriv --pdeathsig TERM "${LAUNCHGATE_PROMETHEUS:-prometheus}" --config.file="$dir/prometheus.yml" \
    --storage.tsdb.path="$dir/data" --web.listen-address=127.0.0.1:0 "$@" </dev/null >"$log" 2>&1 &
  PROMETHEUS_PID=$! PROMETHEUS=""
  # It says where it listens and that it is ready from two threads, in either order.
  until [[ -n "$PROMETHEUS" ]] && curl -fsS "$PROMETHEUS/-/ready" >/dev/null 2>&1; do
    if ! kill -0 "$PROMETHEUS_PID" 2>/dev/null || ((SECONDS >= deadline)); then
      die "Prometheus did not start." "$(tail -n 5 "$log")"
    fi
    sleep 0.05
    PROMETHEUS="$(sed -n 's#.*msg="Listening on" address=\([0-9.:]*\).*#http://\1#p' "$log" | head -n 1)"
  done
}
