#!/usr/bin/env bash
# What prr/go-no-go.md tells a reader to type, typed: the signatures verify with openssl
# and the keys are those that the page names. A verdict that was changed does not.
set -euo pipefail
root="${LAUNCHGATE_SOURCE_DIR:?run this test through ./dev test contract}"
work="$(mktemp -d "${TMPDIR:-/tmp}/launchgate-test.XXXXXX")"
trap 'rm -rf "$work"' EXIT
refuse() {
  printf 'FAILED: %s\n' "$1" >&2
  cat "$work/answer" >&2
  exit 1
}

cp "$root"/prr/verdicts/*.json "$root"/prr/keys/*.pub.pem "$work/"
cd "$work"
awk '/^```sh$/ {inside = 1; next} /^```$/ {inside = 0} inside' "$root/prr/go-no-go.md" >commands
signers="$(grep -c 'openssl pkeyutl -verify' commands)"
((signers == 2)) || refuse "the page has commands for 2 signers, not for $signers"

bash -euo pipefail commands >answer 2>&1 || refuse "a command of the page failed"
(($(grep -c '^Signature Verified Successfully$' answer) == signers)) || refuse "not every signature verified"
while read -r digest; do
  grep -qxF "$digest" answer || refuse "no key has the digest $digest"
done < <(sed -n 's/^# The public key: must print //p' commands)
printf 'ok: %s signatures verify with openssl\n' "$signers"

for verdict in gift-cards-go-*.json; do
  payload="$(jq -r .spec.envelope.payload "$verdict" | base64 -d | sed 's/"Go"/"GO"/' | base64 -w 0)"
  changed="$(jq --arg payload "$payload" '.spec.envelope.payload = $payload' "$verdict")"
  printf '%s\n' "$changed" >"$verdict"
done
if bash -euo pipefail commands >answer 2>&1; then refuse "changed verdicts verify as well"; fi
printf 'ok: changed verdicts do not\n'
