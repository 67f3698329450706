#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
source "$ROOT/scripts/lib/packages.sh"
source "$ROOT/scripts/lib/tools.sh"
source "$ROOT/scripts/lib/build.sh"

usage() {
  cat <<'HELP'
Usage: ./dev demo [--preset PRESET] [--no-build] [STORY-OPTION...]

Builds what is missing, starts a control plane and the operator in a temporary
folder, blocks and releases a real rollout before your eyes, and removes it all.
Exit code 0 only if every step was answered as expected.

  ./dev demo
  NO_COLOR=1 ./dev demo >demo.txt
HELP
}

preset=dev build=yes story=()
while (($# > 0)); do
  case "$1" in
    -h | --help) usage; exit 0 ;;
    --preset)
      (($# >= 2)) || usage_error "--preset needs a value" demo
      preset="$2"
      shift
      ;;
    --no-build) build=no ;;
    *) story+=("$1") ;;
  esac
  shift
done

ensure_packages test
require_control_plane_tools
if [[ "$build" == yes ]]; then build_preset "$preset" launchgate page_server; fi
export LAUNCHGATE_SOURCE_DIR="$ROOT"
LAUNCHGATE_BINARY="$(build_dir "$preset")/operator/app/launchgate"
LAUNCHGATE_PAGE_SERVER="$(build_dir "$preset")/tests/support/page_server"
export LAUNCHGATE_BINARY LAUNCHGATE_PAGE_SERVER
exec bash "$ROOT/scripts/dev/control_plane.sh" run -- bash "$ROOT/scripts/demo/demo.sh" "${story[@]}"
