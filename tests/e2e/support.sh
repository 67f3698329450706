# shellcheck shell=bash
# What every e2e script sources first: strictness, a namespace of its own, and a
# few words to say what is expected. "$NAMESPACE" is deleted at the end.
set -euo pipefail

# shellcheck disable=SC2034  # Used by those who source it.
SOURCE_DIR="${LAUNCHGATE_SOURCE_DIR:?run this test through ./dev test e2e}"
WORK="$(mktemp -d "${TMPDIR:-/tmp}/launchgate-test.XXXXXX")"
NAMESPACE=""

tell() { printf '%s\n' "-- $*"; }

# expect WHAT COMMAND... : the command must succeed.
expect() {
  local what="$1"
  shift
  if "$@" >"$WORK/output" 2>&1; then
    tell "ok: $what"
  else
    refuse "$what" "command: $*" "$(cat "$WORK/output")"
  fi
}

# expect_failure WHAT PATTERN COMMAND... : the command must fail and say so.
expect_failure() {
  local what="$1" pattern="$2"
  shift 2
  if "$@" >"$WORK/output" 2>&1; then
    refuse "$what" "command succeeded: $*" "$(cat "$WORK/output")"
  elif ! grep -qE -- "$pattern" "$WORK/output"; then
    refuse "$what" "the message does not match /$pattern/:" "$(cat "$WORK/output")"
  fi
  tell "ok: $what"
}

# eventually SECONDS WHAT COMMAND... : polls until the command succeeds.
eventually() {
  local deadline=$((SECONDS + $1)) what="$2"
  shift 2
  until "$@" >"$WORK/output" 2>&1; do
    ((SECONDS < deadline)) || refuse "$what" "still not so: $*" "$(cat "$WORK/output")"
    sleep 0.1
  done
  tell "ok: $what"
}

refuse() {
  printf 'FAILED: %s\n' "$1" >&2
  shift
  printf '  %s\n' "$@" >&2
  exit 1
}

# Ends the test as skipped where there is no control plane, except under ./dev
# test, where that is a failure.
require_control_plane() {
  [[ -z "${LAUNCHGATE_E2E_KUBECONFIG:-}" ]] || return 0
  if [[ -n "${LAUNCHGATE_E2E_REQUIRED:-}" ]]; then
    refuse "a control plane is there" "LAUNCHGATE_E2E_KUBECONFIG is not set"
  fi
  echo 'Skipped: no control plane. Run ./dev test e2e, or: eval "$(./dev control-plane env)"'
  exit 77
}

# A namespace nobody else uses, so that tests can run beside each other.
create_namespace() {
  NAMESPACE="$1-$$-$RANDOM"
  kubectl create namespace "$NAMESPACE" >/dev/null
}

clean_up() {
  if [[ -n "$NAMESPACE" ]]; then kubectl delete namespace "$NAMESPACE" --wait=false >/dev/null || true; fi
  rm -rf "$WORK"
}
trap clean_up EXIT
