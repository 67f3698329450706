#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
source "$ROOT/scripts/lib/packages.sh"
source "$ROOT/scripts/lib/tools.sh"
source "$ROOT/scripts/lib/build.sh"
source "$ROOT/scripts/lib/services.sh"

usage() {
  cat <<'HELP'
Usage: ./dev demo [--preset PRESET] [--no-build] [STORY-OPTION...]

Builds what is missing, starts a control plane, the operator, gift-cards in two
versions, its payment provider and a Prometheus in a temporary folder, reviews,
blocks and releases a real rollout before your eyes, and removes it all. Takes about
two minutes. Exit code 0 only if every step was answered as expected.

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
require_tool prometheus
if [[ "$build" == yes ]]; then build_preset "$preset" launchgate page_server harness "${SERVICES[@]}"; fi
export LAUNCHGATE_SOURCE_DIR="$ROOT" LAUNCHGATE_PROMETHEUS SERVICES_BUILD_DIR
LAUNCHGATE_PROMETHEUS="$(find_tool prometheus)"
SERVICES_BUILD_DIR="$(build_dir "$preset")"
export LAUNCHGATE_BINARY="$SERVICES_BUILD_DIR/operator/app/launchgate"
export LAUNCHGATE_PAGE_SERVER="$SERVICES_BUILD_DIR/tests/support/page_server"
export LAUNCHGATE_HARNESS="$SERVICES_BUILD_DIR/harness/harness"
exec bash "$ROOT/scripts/dev/control_plane.sh" run -- bash "$ROOT/scripts/demo/demo.sh" "${story[@]}"
