#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
source "$ROOT/scripts/lib/packages.sh"
source "$ROOT/scripts/lib/build.sh"

usage() {
  cat <<'HELP'
Usage: ./dev fuzz [TARGET...] [--seconds N] [--list]

Builds preset fuzz (clang, libFuzzer, AddressSanitizer, UBSan) and lets each target
search for N seconds (default 30), starting from tests/fuzz/corpus/TARGET. New
inputs are kept in build/fuzz/corpus; an input that crashes a target is kept in
build/fuzz/crashes and the command fails.

  ./dev fuzz
  ./dev fuzz fuzz_dsse --seconds 600
HELP
}

seconds=30 chosen=() list=no
while (($# > 0)); do
  case "$1" in
    -h | --help) usage; exit 0 ;;
    --seconds)
      [[ "${2:-}" =~ ^[1-9][0-9]*$ ]] || usage_error "--seconds needs a whole number" fuzz
      seconds="$2"
      shift
      ;;
    --list) list=yes ;;
    -*) usage_error "unknown option $1" fuzz ;;
    *) chosen+=("$1") ;;
  esac
  shift
done

# A target is whatever CMakeLists.txt registers; its corpus folder has its name.
mapfile -t targets < <(grep -rhoP --include=CMakeLists.txt 'launchgate_fuzz\(\K\w+' "$ROOT/tests" | sort)
if [[ "$list" == yes ]]; then
  printf '%s\n' "${targets[@]}"
  exit 0
fi
((${#targets[@]} > 0)) || die "There is no fuzz target yet (launchgate_fuzz in tests/fuzz/CMakeLists.txt)."
if ((${#chosen[@]} == 0)); then chosen=("${targets[@]}"); fi
for target in "${chosen[@]}"; do
  [[ " ${targets[*]} " == *" $target "* ]] ||
    usage_error "There is no fuzz target \"$target\". There are: ${targets[*]}" fuzz
done

build_preset fuzz "${chosen[@]}"

dir="$(build_dir fuzz)"
failed=()
for target in "${chosen[@]}"; do
  step "Fuzzing $target for $seconds s"
  mkdir -p "$dir/corpus/$target" "$dir/crashes"
  log="$dir/$target.log"
  # The first folder receives what is found; the second is read only.
  if "$dir/tests/fuzz/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
    -print_final_stats=1 -artifact_prefix="$dir/crashes/$target-" \
    "$dir/corpus/$target" "$ROOT/tests/fuzz/corpus/$target" >"$log" 2>&1; then
    note "$(grep -o 'stat::number_of_executed_units: *[0-9]*' "$log" | awk '{print $2}') runs, $(
      find "$dir/corpus/$target" -type f | wc -l) new inputs kept, no finding"
  else
    failed+=("$target")
    grep -E 'ERROR:|SUMMARY:|Test unit written|runtime error' "$log" >&2 || tail -n 20 "$log" >&2
    note "Everything it said: $log"
  fi
done
((${#failed[@]} == 0)) || die "Inputs that break a target were found: ${failed[*]}" \
  "They are in build/fuzz/crashes. Mend the code, then add them to tests/fuzz/corpus."
good "No finding in ${#chosen[@]} targets."
