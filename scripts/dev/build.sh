#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
source "$ROOT/scripts/lib/packages.sh"
source "$ROOT/scripts/lib/build.sh"

usage() {
  cat <<HELP
Usage: ./dev build [PRESET] [TARGET...]

Configures and compiles into build/PRESET. Installs missing packages first.
Presets: $(preset_names | paste -sd ' ') (default: dev).

  ./dev build                     everyday build, warnings are errors
  ./dev build release launchgate  only the binary, as it is shipped
  ./dev build asan                with AddressSanitizer and UBSan
HELP
}

case "${1:-}" in
  -h | --help) usage; exit 0 ;;
  -*) usage_error "unknown option $1" build ;;
esac
preset="${1:-dev}"
if (($# > 0)); then shift; fi
build_preset "$preset" "$@"
