#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
source "$ROOT/scripts/lib/packages.sh"
source "$ROOT/scripts/lib/build.sh"

usage() {
  cat <<'HELP'
Usage: ./dev bench [webhook|evidence|budgets] [OPTION...]

Builds preset release and measures, on a real API server:

  webhook    decisions per second of the running webhook over TLS, how late the
             slowest are and how much memory it takes, beside a bare TLS server as
             the ceiling
  evidence   how soon all findings of 2,000 reviews with eight pieces of evidence
             each are there, and what the controller takes afterwards
  budgets    what it takes to keep 200 ErrorBudgets with three objectives each
             evaluated, of the controller and of Prometheus

Without a word: all, one after the other.

  ./dev bench
  ./dev bench evidence --reviews 500
HELP
}

case "${1:-}" in
  -h | --help) usage; exit 0 ;;
esac
ensure_packages test bench
build_preset release launchgate benches
export LAUNCHGATE_SOURCE_DIR="$ROOT"
LAUNCHGATE_BUILD_DIR="$(build_dir release)"
export LAUNCHGATE_BUILD_DIR LAUNCHGATE_BINARY="$LAUNCHGATE_BUILD_DIR/operator/app/launchgate"
case "${1:-}" in
  webhook) exec bash "$ROOT/tests/bench/run.sh" "${@:2}" ;;
  evidence) exec bash "$ROOT/tests/bench/evidence.sh" "${@:2}" ;;
  budgets) exec bash "$ROOT/tests/bench/budgets.sh" "${@:2}" ;;
esac
(($# == 0)) || usage_error "Say which: webhook, evidence or budgets." bench
bash "$ROOT/tests/bench/run.sh"
bash "$ROOT/tests/bench/evidence.sh"
exec bash "$ROOT/tests/bench/budgets.sh"
