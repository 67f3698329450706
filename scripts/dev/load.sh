#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
source "$ROOT/scripts/lib/packages.sh"
source "$ROOT/scripts/lib/build.sh"
source "$ROOT/scripts/lib/services.sh"

usage() {
  cat <<'HELP'
Usage: ./dev load [OPTION...]

Finds the highest rate of redemptions at which gift-cards keeps its SLO (99 %
within 250 ms, errors under 0.1 %): doubles the rate until it is missed, halves the
interval, and holds the rate for a while. Prints the headroom over the expected
peak of 100 per second and, as a second figure, what a closed loop gets out of the
service (wrk). payments answers after 30 to 70 ms meanwhile.

The held run is written as DIR/summary.json, in the form of k6's handleSummary:
by k6 itself where k6 is on PATH, otherwise by our own generator, which says so in
the file. Exit code 1 when the SLO is not kept at the expected peak.

  --out DIR         default: build/load
  --preset PRESET   of the build (default: release)
  --no-build        takes what is built
  --quick           shorter measurements: rougher figures

  ./dev load
  ./dev load --preset dev --quick
HELP
}

PEAK=100
PROVIDER=(LATENCY_MS=30 JITTER_MS=40)
WRK_CONNECTIONS=32

preset=release build=yes out="$ROOT/build/load" step_seconds=4 hold_seconds=15 wrk_seconds=5
value_of() { (($# >= 2)) || usage_error "$1 needs a value" load; }
while (($# > 0)); do
  case "$1" in
    -h | --help) usage; exit 0 ;;
    --quick) step_seconds=2 hold_seconds=5 wrk_seconds=2 ;;
    --no-build) build=no ;;
    --out) value_of "$@"; out="$2"; shift ;;
    --preset) value_of "$@"; preset="$2"; shift ;;
    *) usage_error "There is no option \"$1\"." load ;;
  esac
  shift
done

ensure_packages test bench
if [[ "$build" == yes ]]; then build_preset "$preset" harness payments-stub gift-cards; fi
SERVICES_BUILD_DIR="$(build_dir "$preset")"
HARNESS="$SERVICES_BUILD_DIR/harness/harness"
for program in "$HARNESS" "$(payments_stub_binary)" "$(gift_cards_binary)"; do
  [[ -x "$program" ]] || die "$program is not built." "Leave --no-build out."
done
mkdir -p "$out"

work="$(mktemp -d "${TMPDIR:-/tmp}/launchgate-load.XXXXXX")"
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# Six of [A-Z0-9] that no earlier run had.
new_seed() { head -c 64 /dev/urandom | base64 | tr -dc 'A-Z0-9' | head -c 6; }

# held_by_k6 RATE : the held run, by k6. Exit code 99: a threshold failed.
held_by_k6() {
  step "Holding $1 per second with k6: $(k6 version | head -n 1)"
  k6 run --quiet -e BASE_URL="$GIFT_CARDS_URL" -e RATE="$1" -e DURATION="${hold_seconds}s" \
    -e SEED="$(new_seed)" -e OUT="$out/summary.json" "$ROOT/gift-cards/load/redeem.js" >&2
}

ceiling() {
  wrk -t1 -c"$WRK_CONNECTIONS" -d"${wrk_seconds}s" --timeout 5s -s "$ROOT/gift-cards/load/wrk.lua" \
    "$GIFT_CARDS_URL" -- "$(new_seed)" | sed -n 's/^RESULT //p'
}

start_payments_stub "$work" "${PROVIDER[@]}"
start_gift_cards "$work"
step "Looking for the highest rate that keeps the SLO (preset $preset, payments with ${PROVIDER[*]})"
status=0
"$HARNESS" load --service-url "$GIFT_CARDS_URL" --out "$out/summary.json" --peak "$PEAK" \
  --step-seconds "$step_seconds" --hold-seconds "$hold_seconds" >"$work/table" || status=$?
grep -v '^slo_rate=' "$work/table" || true
rate="$(sed -n 's/^slo_rate=//p' "$work/table")"
if [[ -n "$rate" ]] && have k6; then held_by_k6 "$rate" || status=1; fi

result="$(ceiling)"
[[ -n "$result" ]] || die "wrk said nothing about the ceiling."
jq -r --arg connections "$WRK_CONNECTIONS" \
  '"ceiling: a closed loop of \($connections) connections gets \(.rate | round) per second (wrk; p50 \(.p50_ms) ms, p99 \(.p99_ms) ms, \(.errors) errors)"' \
  <<<"$result"
printf 'Client, service and payments shared one machine with %s processors: one of their own would do more.\n' "$(nproc)"
stop_service "$GIFT_CARDS_PID"
stop_service "$PAYMENTS_PID"
if [[ -n "$rate" ]]; then
  note "Written by $(have k6 && echo k6 || echo "the harness, not by k6"): $out/summary.json"
fi
((status == 0)) || fail "The SLO is not kept at the expected peak of $PEAK per second."
exit "$status"
