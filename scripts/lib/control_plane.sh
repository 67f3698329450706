# shellcheck shell=bash
# Starting and stopping a private control plane: one folder each, so that
# several can run beside each other. Needs common.sh, packages.sh, tools.sh.

readonly STOP_SECONDS=15

# "PID START-TIME": tells a process from a later one with the same number.
process_identity() {
  local stat
  stat="$(cat "/proc/$1/stat" 2>/dev/null)" || return 1
  # The second field is the name in parentheses and may hold spaces.
  local -a fields
  read -ra fields <<<"${stat##*) }"
  [[ "${fields[0]}" != Z ]] || return 1
  printf '%s %s\n' "$1" "${fields[19]}"
}

# The process id of the supervisor of DIR, if it still runs.
supervisor_of() {
  local recorded
  recorded="$(cat "$1/supervisor" 2>/dev/null)" || return 1
  [[ -n "$recorded" && "$(process_identity "${recorded%% *}")" == "$recorded" ]] || return 1
  printf '%s\n' "${recorded%% *}"
}

# start_control_plane DIR OWNED|DETACHED AUDIT-POLICY REMOVE|KEEP [APISERVER-FLAG...]
#
# Returns when the API server is ready and the controllers work. OWNED: it ends
# with the calling process, however that ends (so never call this in a subshell).
# DETACHED: it stays until stop_control_plane.
start_control_plane() {
  local dir="$1" mode="$2" audit_policy="$3" at_exit="$4" started=$SECONDS answer="" reader
  shift 4
  ensure_packages test
  require_control_plane_tools
  if supervisor_of "$dir" >/dev/null; then
    die "A control plane already runs in $dir." \
      "Use it (./dev control-plane env), stop it (./dev control-plane down), or name another --dir."
  fi
  [[ -f "$audit_policy" ]] || die "There is no audit policy $audit_policy."
  prepare_directory "$dir"

  step "Starting a control plane: $("$(find_tool kube-apiserver)" --version) from $(dirname "$(find_tool kube-apiserver)")"
  local -a supervise=("$BASH" "$ROOT/scripts/control_plane/supervise.sh" "$dir")
  if [[ "$mode" == OWNED ]]; then
    supervise=(setpriv --pdeathsig TERM setsid "${supervise[@]}" $$)
  else
    supervise=(setsid "${supervise[@]}" -)
  fi
  # The supervisor's stdout is the event: "ready", or the end of it.
  exec {reader}< <(exec "${supervise[@]}" "$audit_policy" "$at_exit" "$@" </dev/null)
  # "wait" lets a trap run at once; "read" would not.
  head -n 1 <&"$reader" >"$dir/answer" &
  wait "$!" || true
  answer="$(cat "$dir/answer" 2>/dev/null)" || true
  exec {reader}<&-
  [[ "$answer" == ready ]] || die "The control plane did not start; the lines above say why."
  note "Ready after $(duration $((SECONDS - started))): $(cat "$dir/server")"
}

# A new folder, or one that an earlier control plane left behind; never one that
# holds anything else.
prepare_directory() {
  local dir="$1"
  if [[ -e "$dir" && ! -f "$dir/.launchgate-control-plane" && -n "$(ls -A "$dir")" ]]; then
    die "$dir holds other files; name an empty or a new folder with --dir."
  fi
  rm -rf "$dir"
  (umask 077 && mkdir -p "$dir")
  touch "$dir/.launchgate-control-plane"
}

# Stops the control plane of DIR and waits until it is gone. Fails when none runs.
stop_control_plane() {
  local dir="$1" pid deadline=$((SECONDS + STOP_SECONDS))
  pid="$(supervisor_of "$dir")" || return 1
  kill -TERM "$pid"
  while process_identity "$pid" >/dev/null; do
    ((SECONDS < deadline)) || die "Process $pid did not stop within $STOP_SECONDS s."
    sleep 0.05
  done
}

# kubectl as tests should see it: no cache, preferences or kubeconfig of the person
# who runs them. Flags could do most of it, but not for plugins.
write_kubectl_wrapper() {
  local dir="$1" kubectl
  kubectl="$(find_tool kubectl)"
  {
    printf '#!/usr/bin/env bash\n'
    printf 'if [[ -z "${KUBECONFIG:-}" ]]; then export KUBECONFIG=%q; fi\n' "$dir/users/admin.kubeconfig"
    printf 'export KUBERC=off KUBECACHEDIR=%q\n' "$dir/home/.kube/cache"
    # Old releases know no other way to move the cache.
    grep -qa KUBECACHEDIR "$kubectl" || printf 'export HOME=%q\n' "$dir/home"
    printf 'exec %q "$@"\n' "$kubectl"
  } >"$dir/bin/kubectl"
  chmod 700 "$dir/bin/kubectl"
}

# The file that "./dev control-plane env" prints.
write_environment() {
  local dir="$1"
  {
    printf 'export KUBECONFIG=%q\n' "$dir/users/admin.kubeconfig"
    printf 'export LAUNCHGATE_E2E_DIR=%q\n' "$dir"
    printf 'export LAUNCHGATE_E2E_SERVER=%q\n' "$(cat "$dir/server")"
    printf 'export LAUNCHGATE_E2E_KUBECONFIG=%q\n' "$dir/users/admin.kubeconfig"
    printf 'export LAUNCHGATE_E2E_AUDIT_LOG=%q\n' "$dir/audit.log"
    printf 'export LAUNCHGATE_E2E_MINT_USER=%q\n' "$ROOT/scripts/control_plane/mint_user.sh"
    printf 'export PATH=%q:"$PATH"\n' "$dir/bin"
  } >"$dir/env.new"
  mv "$dir/env.new" "$dir/env"
}
