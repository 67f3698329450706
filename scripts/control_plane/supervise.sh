#!/usr/bin/env bash
# supervise.sh DIR OWNER-PID|- AUDIT-POLICY REMOVE|KEEP [APISERVER-FLAG...]
#
# Starts etcd, kube-apiserver and kube-controller-manager in DIR, says "ready" on
# stdout, and stops them when it is told to (TERM, INT, HUP), when one of them
# ends, or when OWNER-PID ends. Nothing survives it: its children are killed by
# the kernel should this script itself be killed (PR_SET_PDEATHSIG).
# Started by scripts/lib/control_plane.sh; not meant to be called by hand.
set -euo pipefail
umask 077
source "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
source "$ROOT/scripts/lib/packages.sh"
source "$ROOT/scripts/lib/tools.sh"
source "$ROOT/scripts/control_plane/pki.sh"
source "$ROOT/scripts/lib/control_plane.sh"

DIR="$1" OWNER="$2" AUDIT_POLICY="$3" AT_EXIT="$4"
shift 4
EXTRA_APISERVER_FLAGS=("$@")

readonly STARTUP_SECONDS=60  # A loaded machine is slow, not broken.
readonly GRACE_SECONDS=2     # Then SIGKILL: nothing here is worth keeping.
readonly ATTEMPTS=3          # A free port can be taken before we listen on it.

CHILDREN=()

stop_children() {
  ((${#CHILDREN[@]} > 0)) || return 0
  kill -TERM "${CHILDREN[@]}" 2>/dev/null || true
  # The API server would wait up to a minute for open watches.
  setpriv --pdeathsig KILL bash -c 'sleep "$0"; kill -KILL "$@" 2>/dev/null' \
    "$GRACE_SECONDS" "${CHILDREN[@]}" &
  local killer=$!
  wait "${CHILDREN[@]}" 2>/dev/null || true
  kill -KILL "$killer" 2>/dev/null || true
  wait "$killer" 2>/dev/null || true
  CHILDREN=()
}

finish() {
  trap '' TERM INT HUP
  stop_children
  rm -f "$DIR/supervisor"
  if [[ "$AT_EXIT" == REMOVE ]]; then rm -rf "$DIR"; fi
}
trap finish EXIT
trap 'exit 0' TERM INT HUP

# start NAME PROGRAM FLAG... : in the background; its output goes to logs/NAME.log.
start() {
  local name="$1"
  shift
  setpriv --pdeathsig KILL "$@" >>"$DIR/logs/$name.log" 2>&1 </dev/null &
  CHILDREN+=("$!")
}

# free_ports N : that many TCP ports of 127.0.0.1 nobody listens on now. All are
# held open together, so that they differ. perl-base is on every Debian.
free_ports() {
  perl -MSocket -e '
    for (1 .. $ARGV[0]) {
      socket(my $s, PF_INET, SOCK_STREAM, 0) or die "socket: $!";
      bind($s, sockaddr_in(0, INADDR_LOOPBACK)) or die "bind: $!";
      push @open, $s;
      print((sockaddr_in(getsockname($s)))[0], "\n");
    }' "$1"
}

# Flags come and go between releases; a program's own --help is the judge.
help_of() { "$1" --help 2>&1 || true; }
offers() { grep -qE -- "^[[:space:]]*(-[a-zA-Z], )?--$2([[:space:]=]|\$)" <<<"$1"; }

start_etcd() {
  local port="$1" program help
  program="$(find_tool etcd)"
  help="$(help_of "$program")"
  local -a flags=(
    --name=launchgate --data-dir="$DIR/etcd"
    --listen-client-urls="https://127.0.0.1:$port" --advertise-client-urls="https://127.0.0.1:$port"
    --listen-peer-urls=http://127.0.0.1:0  # A cluster of one has no peers.
    --client-cert-auth --trusted-ca-file="$DIR/pki/etcd-ca.crt"
    --cert-file="$DIR/pki/etcd.crt" --key-file="$DIR/pki/etcd.key"
    --initial-cluster=launchgate=http://localhost:2380
  )
  if offers "$help" logger; then flags+=(--logger=zap); fi
  # The data live as long as the process: there is nothing to make durable.
  if offers "$help" unsafe-no-fsync; then flags+=(--unsafe-no-fsync); fi
  start etcd "$program" "${flags[@]}"
}

start_apiserver() {
  local port="$1" etcd_port="$2" program help pki="$DIR/pki"
  program="$(find_tool kube-apiserver)"
  help="$(help_of "$program")"
  local -a flags=(
    --bind-address=127.0.0.1 --secure-port="$port" --advertise-address=127.0.0.1
    --etcd-servers="https://127.0.0.1:$etcd_port" --etcd-cafile="$pki/etcd-ca.crt"
    --etcd-certfile="$pki/etcd-client.crt" --etcd-keyfile="$pki/etcd-client.key"
    --tls-cert-file="$pki/apiserver.crt" --tls-private-key-file="$pki/apiserver.key"
    --client-ca-file="$pki/ca.crt" --authorization-mode=RBAC
    --service-account-key-file="$pki/service-account.pub"
    --service-cluster-ip-range=10.0.0.0/24
    --audit-policy-file="$DIR/audit-policy.yaml" --audit-log-path="$DIR/audit.log"
  )
  if offers "$help" service-account-issuer; then
    flags+=(--service-account-issuer=https://kubernetes.default.svc)
  fi
  if offers "$help" service-account-signing-key-file; then
    flags+=(--service-account-signing-key-file="$pki/service-account.key")
  fi
  # Releases that still have the unauthenticated port must not open it.
  if offers "$help" insecure-port; then flags+=(--insecure-port=0); fi
  # A loopback address cannot be the endpoint of the "kubernetes" Service.
  if offers "$help" endpoint-reconciler-type; then flags+=(--endpoint-reconciler-type=none); fi
  start kube-apiserver "$program" "${flags[@]}" "${EXTRA_APISERVER_FLAGS[@]}"
}

# The controllers a workload's life takes, by the names this release knows them
# under: "job" was renamed to "job-controller", "root-ca-cert-publisher" more.
controllers_in() {
  local help="$1" names wanted spelling
  local -a chosen=()
  names="$(sed -n 's/.*All controllers: //p' <<<"$help" | tr ',' '\n' | tr -d ' ')"
  for wanted in deployment replicaset statefulset daemonset cronjob job namespace \
    garbagecollector:garbage-collector disruption serviceaccount serviceaccount-token \
    clusterrole-aggregation root-ca-cert-publisher:root-ca-certificate-publisher; do
    for spelling in "${wanted#*:}-controller" "${wanted%:*}"; do
      if grep -qxF -- "$spelling" <<<"$names"; then
        chosen+=("$spelling")
        break
      fi
    done
  done
  local IFS=,
  printf '%s\n' "${chosen[*]}"
}

start_controller_manager() {
  local program help kubeconfig
  program="$(find_tool kube-controller-manager)"
  help="$(help_of "$program")"
  kubeconfig="$(mint_user "$DIR" system:kube-controller-manager)"
  local -a flags=(
    --kubeconfig="$kubeconfig" --use-service-account-credentials --leader-elect=false
    --service-account-private-key-file="$DIR/pki/service-account.key" --root-ca-file="$DIR/pki/ca.crt"
    --controllers="$(controllers_in "$help")"
    --secure-port=0  # Nobody asks it anything.
    --kube-api-qps=200 --kube-api-burst=400
  )
  if offers "$help" port; then flags+=(--port=0); fi
  start kube-controller-manager "$program" "${flags[@]}"
}

# until_true WHAT COMMAND... : polls until the command succeeds; fails when one of
# the processes ends or time is up.
until_true() {
  local what="$1" deadline=$((SECONDS + STARTUP_SECONDS)) child
  shift
  until "$@" >/dev/null 2>&1; do
    for child in "${CHILDREN[@]}"; do
      kill -0 "$child" 2>/dev/null || return 1
    done
    if ((SECONDS >= deadline)); then
      note "Waited $STARTUP_SECONDS s in vain for $what"
      return 1
    fi
    sleep 0.05
  done
}

etcd_is_healthy() {
  curl -q -sf --max-time 2 --cacert "$DIR/pki/etcd-ca.crt" --cert "$DIR/pki/etcd-client.crt" \
    --key "$DIR/pki/etcd-client.key" "https://127.0.0.1:$1/health"
}

get_as_admin() {
  curl -q -sf --max-time 2 --cacert "$DIR/pki/ca.crt" --cert "$DIR/users/admin.crt" \
    --key "$DIR/users/admin.key" "$(cat "$DIR/server")$1"
}

# Everything up to the first object a controller made. Returns 1 when a process
# ended or did not get ready.
start_all() {
  local -a ports
  mapfile -t ports < <(free_ports 2)
  rm -rf "$DIR/etcd" "$DIR"/logs/*.log
  printf 'https://127.0.0.1:%s\n' "${ports[1]}" >"$DIR/server"
  mint_user "$DIR" admin system:masters >/dev/null

  start_etcd "${ports[0]}"
  until_true "etcd" etcd_is_healthy "${ports[0]}" || return 1
  start_apiserver "${ports[1]}" "${ports[0]}"
  until_true "the API server's /readyz" get_as_admin /readyz || return 1
  start_controller_manager
  until_true "the controllers" get_as_admin /api/v1/namespaces/default/serviceaccounts/default || return 1
}

show_logs() {
  local log
  for log in "$DIR"/logs/*.log; do
    fail "last lines of $log"
    tail -n 8 "$log" | cut -c1-400 >&2
  done
}

start_with_retries() {
  local attempt
  for ((attempt = 1; attempt <= ATTEMPTS; attempt++)); do
    if start_all; then return 0; fi
    stop_children
    grep -qs 'address already in use' "$DIR"/logs/*.log || break
    note "A port was taken meanwhile; trying others"
  done
  show_logs
  return 1
}

# The owner may have ended before this script asked to be told.
if [[ "$OWNER" != - && "$PPID" != "$OWNER" ]]; then exit 1; fi

process_identity $$ >"$DIR/supervisor"
mkdir -p "$DIR/logs" "$DIR/bin"
cp "$AUDIT_POLICY" "$DIR/audit-policy.yaml"
create_pki "$DIR"
if ! start_with_retries; then exit 1; fi
write_kubectl_wrapper "$DIR"
write_environment "$DIR"
printf 'ready\n'
exec >>"$DIR/logs/supervisor.log" 2>&1

# Any of them ending is the end of all. A signal ends this wait as well.
wait -n "${CHILDREN[@]}" || true
fail "A process of the control plane ended by itself"
show_logs
exit 1
