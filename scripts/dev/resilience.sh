#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
source "$ROOT/scripts/lib/packages.sh"
source "$ROOT/scripts/lib/build.sh"
source "$ROOT/scripts/lib/services.sh"

usage() {
  cat <<'HELP'
Usage: ./dev resilience [OPTION...]

Makes payments slow, failing and silent while customers redeem gift cards at a
constant rate, first on the service as it was reviewed (seeded), then on the mended
one (fixed). Then kills the mended one again and again while codes are redeemed,
and compares what customers were told with the store and with what was charged.

Prints a table and what had to hold. Exit code 1 when something does not, 2 when it
could not be found out.

  --quick           fewer and shorter steps: what the demo has time for (under 35 s)
  --only fixed      leaves the seeded service out
  --out DIR         resilience-seeded.json, resilience-fixed.json and resilience.svg
                    go there (default: build/resilience)
  --preset PRESET   of the build (default: dev)
  --no-build        takes what is built

  ./dev resilience
  ./dev resilience --quick --only fixed --out /tmp/r
HELP
}

preset=dev build=yes out="$ROOT/build/resilience" only="" quick=no
value_of() { (($# >= 2)) || usage_error "$1 needs a value" resilience; }
while (($# > 0)); do
  case "$1" in
    -h | --help) usage; exit 0 ;;
    --quick) quick=yes ;;
    --no-build) build=no ;;
    --out) value_of "$@"; out="$2"; shift ;;
    --preset) value_of "$@"; preset="$2"; shift ;;
    --only) value_of "$@"; only="$2"; shift ;;
    *) usage_error "There is no option \"$1\"." resilience ;;
  esac
  shift
done
[[ -z "$only" || "$only" == fixed ]] || usage_error "--only knows fixed, not \"$only\"." resilience

ensure_packages test
if [[ "$build" == yes ]]; then build_preset "$preset" harness "${SERVICES[@]}"; fi
SERVICES_BUILD_DIR="$(build_dir "$preset")"
HARNESS="$SERVICES_BUILD_DIR/harness/harness"
for program in "$HARNESS" "$(payments_stub_binary)" "$(gift_cards_binary)" "$(seeded_binary)"; do
  [[ -x "$program" ]] || die "$program is not built." "Leave --no-build out."
done
mkdir -p "$out"

work="$(mktemp -d "${TMPDIR:-/tmp}/launchgate-resilience.XXXXXX")"
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# sweep : the faults, under load. Exit code as the harness's.
sweep() {
  local status=0
  local -a flags=()
  start_payments_stub "$work"
  start_gift_cards "$work"
  flags+=(--fixed-url "$GIFT_CARDS_URL")
  if [[ -z "$only" ]]; then
    start_seeded "$work"
    flags+=(--seeded-url "$SEEDED_URL")
  fi
  if [[ "$quick" == yes ]]; then flags+=(--quick); fi
  step "Injecting faults into payments, under load"
  "$HARNESS" resilience --payments-url "$PAYMENTS_URL" --out "$out" "${flags[@]}" || status=$?
  stop_service "$GIFT_CARDS_PID"
  if [[ -z "$only" ]]; then stop_service "$SEEDED_PID"; fi
  stop_service "$PAYMENTS_PID"
  return "$status"
}

# crash_run COUNT KILLS : one payment in ten fails, half of those after charging, and
# the service is killed KILLS times while COUNT codes are redeemed.
crash_run() {
  local count="$1" kills="$2" dir="$work/crash" killed=0 word="" number="" rest="" customers pid status=0
  mkdir "$dir"
  start_payments_stub "$dir" FAIL_RATE=0.1
  start_gift_cards "$dir"
  step "Redeeming $count codes while gift-cards is killed"
  exec {customers}< <(exec setpriv --pdeathsig TERM "$HARNESS" redeem-all \
    --service-url "$GIFT_CARDS_URL" --count "$count" --report-every $((count / (kills + 1))) \
    --acknowledged "$dir/acknowledged" </dev/null)
  pid=$!
  while read -r word number rest <&"$customers"; do
    if [[ "$word" == "done" ]]; then
      note "$number $rest"
    elif ((killed < kills)); then
      stop_service "$GIFT_CARDS_PID" KILL
      start_gift_cards "$dir" --port "$GIFT_CARDS_PORT"
      killed=$((killed + 1))
      note "$number acknowledged; killed and restarted"
    fi
  done
  exec {customers}<&-
  wait "$pid" || status=$?
  ((status == 0)) || { fail "Not every code could be redeemed."; return "$status"; }
  stop_service "$GIFT_CARDS_PID"
  "$(gift_cards_binary)" redemptions --database "$dir/gift-cards.db" -o json >"$dir/redemptions.json" ||
    die "The store could not be read after $killed crashes."
  printf '\n%s redemptions with FAIL_RATE=0.1, gift-cards killed %s times (kill -9): ' "$count" "$killed"
  "$HARNESS" audit --acknowledged "$dir/acknowledged" --redemptions "$dir/redemptions.json" \
    --payments-url "$PAYMENTS_URL" --expected "$count" || status=$?
  stop_service "$PAYMENTS_PID"
  return "$status"
}

started=$SECONDS sweep_status=0 crash_status=0
sweep || sweep_status=$?
if [[ "$quick" == yes ]]; then
  crash_run 1000 2 || crash_status=$?
else
  crash_run 10000 6 || crash_status=$?
fi
printf 'Client, services and payments shared one machine with %s processors: figures include their waiting.\n' "$(nproc)"
note "Took $(duration $((SECONDS - started))); reports and picture: $out"
if ((sweep_status != 0)); then fail "The fault injection did not show what it had to: see FAIL above."; fi
if ((crash_status != 0)); then fail "The books of the crash run do not agree: see FAIL above."; fi
exit $((sweep_status > crash_status ? sweep_status : crash_status))
