#!/usr/bin/env bash
# Holds a log of gift-cards against the contract that on-call people search by, and
# signs the result as an in-toto test-result statement in a DSSE envelope: what the
# `attestation` evidence "structured logs" reads. Signed with openssl alone.
set -euo pipefail

usage() {
  cat <<'HELP'
Usage: attest.sh --log FILE --key KEY.pem --out FILE.json

  --log   what `gift-cards serve` wrote to standard error
  --key   private Ed25519 key (PEM) of a role that may attest
  --out   receives the DSSE envelope

Exit code 0 also when the log breaks the contract: the signed result then says
FAILED and names the tests. 2 when nothing could be tested.

  gift-cards serve ... 2>gift-cards.log
  gift-cards/logs/attest.sh --log gift-cards.log --key ci.pem --out logs.json
HELP
}

refuse() {
  printf 'attest.sh: %s\n' "$1" >&2
  exit 2
}

log="" key="" out=""
while (($# > 0)); do
  case "$1" in
    -h | --help) usage; exit 0 ;;
    --log | --key | --out)
      (($# >= 2)) || refuse "$1 needs a value"
      printf -v "${1#--}" '%s' "$2"
      shift
      ;;
    *) refuse "unknown option $1; see --help" ;;
  esac
  shift
done
[[ -r "$log" ]] || refuse "--log: cannot read \"$log\""
[[ -r "$key" ]] || refuse "--key: cannot read \"$key\""
[[ -n "$out" ]] || refuse "--out is missing"

work="$(mktemp -d "${TMPDIR:-/tmp}/gift-cards-logs.XXXXXX")"
trap 'rm -rf "$work"' EXIT

# Each test reads the whole log as a list of lines and answers true or false.
declare -A tests=(
  ["every line is one JSON object"]='all(.[]; type == "object")'
  ["every redemption has a request id of its own"]='[redemptions | .request_id] | all(type == "string" and length > 0) and (length == (unique | length))'
  ["every redemption says its outcome, status and duration"]='all(redemptions; (.outcome | type) == "string" and (.status | type) == "number" and (.duration_ms | type) == "number")'
  ["the outcome is one of few words"]='[redemptions | .outcome] | unique | all(IN("redeemed", "replayed", "invalid", "conflict", "rejected", "shed", "breaker_open", "deadline", "provider_error", "store_error"))'
  ["no line holds a gift card code"]='all(.[]; tostring | test("\\b[A-Z0-9]{4}-?[A-Z0-9]{4}-?[A-Z0-9]{4}-?[A-Z0-9]{4}\\b") | not)'
)

# A line that is no JSON becomes the text it is, so that the first test sees it.
jq -R 'fromjson? // .' "$log" | jq -s . >"$work/lines.json"
redemptions='def redemptions: .[] | select(type == "object" and .msg == "redemption");'
count="$(jq "$redemptions [redemptions] | length" "$work/lines.json")"
((count > 0)) || refuse "$log holds no redemption; send the service some requests first"

passed=() failed=()
for name in "${!tests[@]}"; do
  if jq -e "$redemptions ${tests[$name]}" "$work/lines.json" >/dev/null; then
    passed+=("$name")
  else
    failed+=("$name")
  fi
done

names() { printf '%s\n' "$@" | jq -R 'select(. != "")' | jq -s 'sort'; }
jq -cjn --argjson passed "$(names "${passed[@]}")" --argjson failed "$(names "${failed[@]}")" \
  --arg digest "$(sha256sum "$log" | cut -d ' ' -f 1)" '
  {_type: "https://in-toto.io/Statement/v1",
   subject: [{name: "gift-cards", digest: {sha256: $digest}}],
   predicateType: "https://in-toto.io/attestation/test-result/v0.1",
   predicate: ({result: (if $failed == [] then "PASSED" else "FAILED" end),
     configuration: [{name: "gift-cards/logs/attest.sh"}], passedTests: $passed}
     + (if $failed == [] then {} else {failedTests: $failed} end))}' >"$work/body"

type=application/vnd.in-toto+json
{
  printf 'DSSEv1 %d %s %d ' "${#type}" "$type" "$(stat -c %s "$work/body")"
  cat "$work/body"
} >"$work/pae"
openssl pkeyutl -sign -inkey "$key" -rawin -in "$work/pae" -out "$work/sig" 2>"$work/openssl" ||
  refuse "--key: $(head -n 1 "$work/openssl")"
jq -n --arg type "$type" --arg payload "$(base64 -w 0 "$work/body")" --arg sig "$(base64 -w 0 "$work/sig")" \
  '{payloadType: $type, payload: $payload, signatures: [{keyid: "", sig: $sig}]}' >"$out"

printf 'redemptions looked at: %s; tests passed: %s, failed: %s\n' "$count" "${#passed[@]}" "${#failed[@]}" >&2
if ((${#failed[@]} > 0)); then printf '  failed: %s\n' "${failed[@]}" >&2; fi
