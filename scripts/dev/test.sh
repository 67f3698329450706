#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
source "$ROOT/scripts/lib/packages.sh"
source "$ROOT/scripts/lib/tools.sh"
source "$ROOT/scripts/lib/build.sh"

LEVELS=(unit component contract fuzz e2e)

usage() {
  cat <<HELP
Usage: ./dev test [LEVEL...] [--preset PRESET] [--no-build] [-- CTEST-OPTION...]

Builds, then runs the tests of the named levels (default: all).

  unit       pure code, no socket, no clock
  component  real parts on loopback, scripted peers
  contract   our files against each other and against samples from outside
  fuzz       every fuzz target replays its corpus
  e2e        against a real kube-apiserver, started for the tests
  all        each of them

  ./dev test
  ./dev test unit --preset asan
  ./dev test e2e -- -R control_plane
  KUBEBUILDER_ASSETS=/opt/k8s-1.36 ./dev test e2e
HELP
}

# run_level LEVEL : one ctest run; its closing lines are kept for the summary.
run_level() {
  local level="$1" log status=0
  log="$(build_dir "$PRESET")/test-$level.log"
  step "Tests: $level"
  local -a ctest=(ctest --test-dir "$(build_dir "$PRESET")" -L "^$level\$" --no-tests=error
    --output-on-failure --parallel "$(job_count)" --schedule-random "${CTEST_OPTIONS[@]}")
  if [[ "$level" == e2e ]]; then
    rm -rf "$(reports_dir)"
    mkdir -p "$(reports_dir)"
    # A test that finds no control plane skips itself, except here.
    ctest=(env LAUNCHGATE_E2E_REQUIRED=1 "ASAN_OPTIONS=$(sanitizer_options)" "UBSAN_OPTIONS=$(sanitizer_options)"
      "TSAN_OPTIONS=$(sanitizer_options) suppressions=$ROOT/tests/support/tsan.supp"
      bash "$ROOT/scripts/dev/control_plane.sh" run -- "${ctest[@]}")
  fi
  "${ctest[@]}" 2>&1 | tee "$log" || status=$?
  if [[ "$level" == e2e ]]; then show_reports | tee -a "$log" || status=$?; fi
  SUMMARY+=("$(printf '%-10s %s' "$level" "$(closing_line "$log" "$status")")")
  if ((status != 0)); then FAILED+=("$level"); fi
}

# At the level e2e programs run in the background, where nobody sees their exit
# code: what a sanitizer (presets asan and tsan) finds in them is written to files.
reports_dir() { printf '%s/sanitizer-reports\n' "$(build_dir "$PRESET")"; }
sanitizer_options() { printf "log_path='%s/report'" "$(reports_dir)"; }

# show_reports : fails when there are any.
show_reports() {
  local file found=0
  for file in "$(reports_dir)"/*; do
    [[ -f "$file" ]] || continue
    found=1
    printf '%s:\n' "${file#"$ROOT"/}"
    cat "$file"
  done
  return "$found"
}

closing_line() {
  grep -E 'tests passed' "$1" || printf 'did not run to its end (exit code %s)' "$2"
}

PRESET=dev BUILD=yes CTEST_OPTIONS=() chosen=() SUMMARY=() FAILED=()
while (($# > 0)); do
  case "$1" in
    -h | --help) usage; exit 0 ;;
    --preset)
      (($# >= 2)) || usage_error "--preset needs a value" test
      PRESET="$2"
      shift
      ;;
    --no-build) BUILD=no ;;
    --) CTEST_OPTIONS=("${@:2}"); break ;;
    all) chosen+=("${LEVELS[@]}") ;;
    *)
      [[ " ${LEVELS[*]} " == *" $1 "* ]] || usage_error "There is no level \"$1\"." test
      chosen+=("$1")
      ;;
  esac
  shift
done
if ((${#chosen[@]} == 0)); then chosen=("${LEVELS[@]}"); fi

ensure_packages test
# Tests call them; better to get them now than to fail in the middle.
if [[ " ${chosen[*]} " == *" e2e "* ]]; then
  ensure_packages image
  require_control_plane_tools
fi
if [[ " ${chosen[*]} " == *" component "* || " ${chosen[*]} " == *" contract "* || " ${chosen[*]} " == *" e2e "* ]]; then
  require_tool prometheus promtool
fi
export PATH="$PATH:$TOOLS_DIR"
if [[ "$BUILD" == yes ]]; then
  build_preset "$PRESET"
elif [[ ! -f "$(build_dir "$PRESET")/CTestTestfile.cmake" ]]; then
  die "Preset $PRESET is not built yet." "Build it: ./dev build $PRESET"
fi

for level in "${chosen[@]}"; do run_level "$level"; done

step "Results (preset $PRESET)"
for line in "${SUMMARY[@]}"; do note "$line"; done
if ((${#FAILED[@]} > 0)); then
  die "Failed: ${FAILED[*]}" \
    "Again, only what failed: ./dev test ${FAILED[*]} --preset $PRESET -- --rerun-failed"
fi
good "All tests passed."
