#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
source "$ROOT/scripts/lib/packages.sh"
source "$ROOT/scripts/lib/build.sh"

usage() {
  cat <<'HELP'
Usage: ./dev bench [OPTION...]

Builds preset release and runs tests/bench/run.sh with the options given: how many
decisions per second the running webhook makes over TLS, how late the slowest are,
and how much memory it takes, beside a bare TLS server as the ceiling.

  ./dev bench
HELP
}

case "${1:-}" in
  -h | --help) usage; exit 0 ;;
esac
ensure_packages test bench
build_preset release
export LAUNCHGATE_SOURCE_DIR="$ROOT"
LAUNCHGATE_BUILD_DIR="$(build_dir release)"
export LAUNCHGATE_BUILD_DIR LAUNCHGATE_BINARY="$LAUNCHGATE_BUILD_DIR/operator/app/launchgate"
exec bash "$ROOT/tests/bench/run.sh" "$@"
