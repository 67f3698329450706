#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
source "$ROOT/scripts/lib/packages.sh"
source "$ROOT/scripts/lib/tools.sh"
source "$ROOT/scripts/lib/build.sh"
source "$ROOT/scripts/lib/authority.sh"
source "$ROOT/scripts/lib/services.sh"

usage() {
  cat <<'HELP'
Usage: ./dev prr [--keep-faults | --render-only] [--preset PRESET] [--no-build]

Makes the records of the review of gift-cards anew, in prr/: runs the fault
injection on the reviewed and on the repaired version, the load test, the restore
drill and the log tests, has two people sign with keys that are made for this run
and thrown away, and renders CHECKLIST.md and go-no-go.md.

  --keep-faults   all but the fault injection, which takes longest
  --render-only   only render, from what is there

Do not use the machine for anything else meanwhile: the load test measures.

  ./dev prr
  git diff prr/
HELP
}

PRR="$ROOT/prr"

# The files that a judgement of the reviewed or of the repaired version takes. Both are
# held to the objectives that the review agreed on.
# judged seeded|fixed [OPTION...] : what `launchgate check` and `render` are given.
judged() {
  local files=(-f "$PRR" --evidence-root "$PRR/evidence/$1" --now "$(cat "$PRR/judged-at")")
  case "$1" in
    seeded) files+=(-f "$ROOT/gift-cards/seeded/statefulset.yaml" -f "$ROOT/gift-cards/slo"
      --page "https://runbooks.example.com/gift-cards=$ROOT/gift-cards/seeded/README.md") ;;
    fixed) files+=(-f "$ROOT/gift-cards/deploy" -f "$ROOT/gift-cards/slo"
      --page "https://runbooks.example.com/gift-cards=$ROOT/gift-cards/runbook.md"
      --page "https://runbooks.example.com/gift-cards/error-budget-review=$PRR/error-budget-review.md") ;;
  esac
  printf '%s\n' "${files[@]}"
}

# launchgate_on seeded|fixed COMMAND... : the answer is printed; Deny is no failure here.
launchgate_on() {
  local version="$1" status=0
  shift
  local -a files
  mapfile -t files < <(judged "$version")
  "$LAUNCHGATE_BINARY" "$@" "${files[@]}" || status=$?
  ((status <= 1)) || die "launchgate $* could not read the records."
}

keep() { # NAME KEY FILE VERSION : evidence as it will be read, with its time.
  local folder="$PRR/evidence/$4/$1"
  mkdir -p "$folder"
  cp "$3" "$folder/$2"
  date -u +%FT%TZ >"$folder/$2.recorded-at"
}

make_keys() {
  local name role
  mkdir -p "$PRR/keys" "$WORK/keys"
  rm -f "$PRR/keys"/*.pub.pem
  {
    cat <<'YAML'
# Who may sign the review of gift-cards. Made by ./dev prr: the private halves of
# these keys were thrown away when the run had ended.
apiVersion: launchgate.dev/v1alpha1
kind: LaunchAuthority
metadata: {name: platform}
spec:
  namespaces: [shop]
  maxVerdictLifetime: 90d
  roles:
  - {name: sre, threshold: 1}
  - {name: service-owner, threshold: 1}
  - {name: ci, threshold: 1, attestations: true}
  keys:
YAML
    while read -r name role; do
      "$LAUNCHGATE_BINARY" keys generate --out "$WORK/keys/$name" >/dev/null
      cp "$WORK/keys/$name.pub.pem" "$PRR/keys/"
      authority_key "$name" "$role" "$WORK/keys/$name.pub.pem" "$(date -u +%FT00:00:00Z)"
    done <<'PEOPLE'
alice sre
bob service-owner
ci ci
PEOPLE
  } >"$PRR/authority.yaml"
}

inject_faults() {
  step "Injecting faults into both versions (three to four minutes)"
  bash "$ROOT/scripts/dev/resilience.sh" --no-build --preset "$preset" --out "$WORK/resilience" >&2
  keep gift-cards-resilience report.json "$WORK/resilience/resilience-seeded.json" seeded
  keep gift-cards-resilience report.json "$WORK/resilience/resilience-fixed.json" fixed
  cp "$WORK/resilience/resilience.svg" "$PRR/resilience.svg"
}

gather_evidence() {
  if [[ "$keep_faults" == no ]]; then inject_faults; fi
  step "Loading the repaired version"
  bash "$ROOT/scripts/dev/load.sh" --no-build --preset "$preset" --out "$WORK/load" >&2
  keep gift-cards-load summary.json "$WORK/load/summary.json" fixed
  step "Restoring a backup, and reading the logs"
  start_payments_stub "$WORK"
  start_gift_cards "$WORK"
  "$SERVICES_BUILD_DIR/harness/harness" redeem-all --service-url "$GIFT_CARDS_URL" --count 2000 \
    --acknowledged "$WORK/acknowledged" >&2
  "$ROOT/gift-cards/drill/restore_drill.sh" --binary "$(gift_cards_binary)" --database "$WORK/gift-cards.db" \
    --out "$WORK/drill.json" >&2
  keep gift-cards-drills restore.json "$WORK/drill.json" fixed
  bash "$ROOT/gift-cards/logs/attest.sh" --log "$WORK/gift-cards.log" --key "$WORK/keys/ci.pem" --out "$WORK/logs.json"
  keep gift-cards-attestations logs.json "$WORK/logs.json" fixed
  stop_service "$GIFT_CARDS_PID"
  stop_service "$PAYMENTS_PID"
}

sign() {
  step "Two people sign, on an API server of their own"
  rm -rf "$PRR/verdicts"
  date -u +%FT%TZ >"$PRR/judged-at"
  launchgate_on fixed check -o json >"$WORK/check.json"
  export LAUNCHGATE_BINARY
  bash "$ROOT/scripts/dev/control_plane.sh" run -- bash "$ROOT/scripts/prr/sign.sh" "$WORK" >&2
  mv "$WORK/verdicts" "$PRR/verdicts"
  # The first instant at which everything was there.
  date -u +%FT%TZ >"$PRR/judged-at"
}

render() {
  step "Rendering"
  "$LAUNCHGATE_BINARY" render checklist -f "$PRR/checklist.yaml" >"$WORK/checklist.md"
  launchgate_on seeded check -o json >"$PRR/evidence/seeded.json"
  launchgate_on fixed render go-no-go -f "$PRR/verdicts" --before "$PRR/evidence/seeded.json" >"$WORK/go-no-go.md"
  mv "$WORK/checklist.md" "$PRR/CHECKLIST.md"
  mv "$WORK/go-no-go.md" "$PRR/go-no-go.md"
  good "prr/CHECKLIST.md and prr/go-no-go.md are up to date"
}

preset=dev render_only=no keep_faults=no build=yes
while (($# > 0)); do
  case "$1" in
    -h | --help) usage; exit 0 ;;
    --render-only) render_only=yes ;;
    --keep-faults) keep_faults=yes ;;
    --no-build) build=no ;;
    --preset)
      (($# >= 2)) || usage_error "--preset needs a value" prr
      preset="$2"
      shift
      ;;
    *) usage_error "unknown option $1" prr ;;
  esac
  shift
done

ensure_packages test bench
WORK="$(mktemp -d "${TMPDIR:-/tmp}/launchgate-prr.XXXXXX")"
trap 'rm -rf "$WORK"' EXIT
SERVICES_BUILD_DIR="$(build_dir "$preset")"
LAUNCHGATE_BINARY="$SERVICES_BUILD_DIR/operator/app/launchgate"
if [[ "$render_only" == no ]]; then
  require_control_plane_tools
  if [[ "$build" == yes ]]; then build_preset "$preset" launchgate harness "${SERVICES[@]}"; fi
  make_keys
  gather_evidence
  sign
fi
render
