#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
source "$ROOT/scripts/lib/packages.sh"
source "$ROOT/scripts/lib/tools.sh"
source "$ROOT/scripts/lib/control_plane.sh"

DEFAULT_DIR="$CACHE/control-plane"
DEFAULT_POLICY="$ROOT/scripts/control_plane/audit_policy.yaml"

usage() {
  cat <<HELP
Usage: ./dev control-plane COMMAND [OPTION...]

A private Kubernetes control plane on loopback: etcd, kube-apiserver and
kube-controller-manager, with RBAC, client certificates and audit logging. There
are no nodes: Pods stay Pending. Programs come from KUBEBUILDER_ASSETS, PATH or
the cache folder, and are built once where there are none. Your own kubeconfig is
neither read nor written.

  up                  start one in the background
  env                 print how to reach it, for: eval "\$(./dev control-plane env)"
  user NAME [GROUP..] a client certificate; prints the path of its kubeconfig
  status              says whether it runs
  down                stop it and remove its folder
  run -- COMMAND...   start one in a temporary folder, run COMMAND against it, stop
                      it; exit code is that of COMMAND

Options:
  --dir DIR             where it lives; each folder is a control plane of its own
                        (default: $DEFAULT_DIR)
  --audit-policy FILE   (default: scripts/control_plane/audit_policy.yaml)
  --apiserver-flag F    one more flag for kube-apiserver; may be repeated

  ./dev control-plane up
  eval "\$(./dev control-plane env)" && kubectl get namespaces
  KUBECONFIG="\$(./dev control-plane user alice developers)" kubectl auth can-i --list
  ./dev control-plane run -- kubectl version
HELP
}

parse() {
  DIR="" POLICY="$DEFAULT_POLICY" APISERVER_FLAGS=() REST=()
  while (($# > 0)); do
    # "--dir=x" is "--dir x".
    if [[ "$1" == --[a-z]*=* ]]; then set -- "${1%%=*}" "${1#*=}" "${@:2}"; fi
    case "$1" in
      -h | --help) usage; exit 0 ;;
      --dir | --audit-policy | --apiserver-flag)
        (($# >= 2)) || usage_error "$1 needs a value" control-plane
        case "$1" in
          --dir) DIR="$(realpath -m "$2")" ;;
          --audit-policy) POLICY="$(realpath -m "$2")" ;;
          --apiserver-flag) APISERVER_FLAGS+=("$2") ;;
        esac
        shift
        ;;
      --) REST+=("${@:2}"); return ;;
      -*) usage_error "unknown option $1" control-plane ;;
      *) REST+=("$1") ;;
    esac
    shift
  done
}

require_running() {
  supervisor_of "$DIR" >/dev/null ||
    die "No control plane runs in $DIR." "Start one: ./dev control-plane up"
}

up() {
  # Until it is up it belongs to this command.
  trap 'stop_control_plane "$DIR" || true; exit 130' INT TERM HUP
  start_control_plane "$DIR" DETACHED "$POLICY" REMOVE "${APISERVER_FLAGS[@]}"
  trap - INT TERM HUP
  local option=""
  if [[ "$DIR" != "$DEFAULT_DIR" ]]; then option=" --dir $(printf %q "$DIR")"; fi
  good "Use it:   eval \"\$(./dev control-plane env$option)\" && kubectl get namespaces"
  note "Audit:    $DIR/audit.log"
  note "Stop it:  ./dev control-plane down$option"
}

down() {
  if stop_control_plane "$DIR"; then
    good "Stopped; $DIR is removed."
  elif [[ -f "$DIR/.launchgate-control-plane" ]]; then
    rm -rf "$DIR"
    note "It was not running any more; $DIR is removed."
  else
    note "No control plane runs in $DIR."
  fi
}

# Runs a command against a control plane that lives exactly as long.
run() {
  ((${#REST[@]} > 0)) || usage_error "run needs a command after --" control-plane
  local code=0 child=""
  if [[ -z "$DIR" ]]; then DIR="$(mktemp -d "${TMPDIR:-/tmp}/launchgate-e2e.XXXXXX")"; fi
  trap 'end_run "$child"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  start_control_plane "$DIR" OWNED "$POLICY" REMOVE "${APISERVER_FLAGS[@]}"
  # In the background, so that a signal to this script is acted upon at once. The
  # shell makes such a command ignore INT; env undoes that.
  # shellcheck source=/dev/null
  (source "$DIR/env" && exec setpriv --pdeathsig TERM env --default-signal "${REST[@]}") <&0 &
  child=$!
  wait "$child" || code=$?
  child=""
  exit "$code"
}

end_run() {
  trap '' INT TERM HUP
  if [[ -n "$1" ]]; then
    kill -TERM "$1" 2>/dev/null || true
    wait "$1" || true
  fi
  stop_control_plane "$DIR" || true
  rm -rf "$DIR"
}

action="${1:-}"
if (($# > 0)); then shift; fi
case "$action" in
  "" | -h | --help) usage; exit 0 ;;
esac
parse "$@"
if [[ -z "$DIR" && "$action" != run ]]; then DIR="$DEFAULT_DIR"; fi

case "$action" in
  up) up ;;
  down) down ;;
  run) run ;;
  env) require_running; cat "$DIR/env" ;;
  status) require_running; good "Running in $DIR: $(cat "$DIR/server")" ;;
  user)
    ((${#REST[@]} > 0)) || usage_error "user needs a name" control-plane
    require_running
    LAUNCHGATE_E2E_DIR="$DIR" "$ROOT/scripts/control_plane/mint_user.sh" "${REST[@]}"
    ;;
  *) usage_error "unknown command \"$action\"" control-plane ;;
esac
