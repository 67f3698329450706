#!/usr/bin/env bash
# A real API server takes the CRDs as they are, accepts every sample, changes
# nothing in it (verdicts bind the digest of a spec) and refuses what breaks a rule.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"
require_control_plane
create_namespace crds

SAMPLES="$SOURCE_DIR/tests/testdata/resources"
KINDS="launchreviews readinesschecklists launchverdicts launchauthorities errorbudgets freezewindows budgetreviews"

# The file in our namespace, as JSON, without the status, under a name of its own.
sample() {
  kubectl create --dry-run=client --validate=false -o json -f "$SAMPLES/$1" |
    jq --arg namespace "$NAMESPACE" 'del(.status)
      | .metadata.name += "-" + $namespace
      | if .metadata.namespace then .metadata.namespace = $namespace else . end'
}
server_answer() { kubectl create --dry-run=server --validate=false -o json -f -; }

accepts_unchanged() {
  sample "$1" >"$WORK/sent.json" && server_answer <"$WORK/sent.json" >"$WORK/stored.json" || return 1
  diff <(jq -S .spec "$WORK/sent.json") <(jq -S .spec "$WORK/stored.json")
}
# changed SAMPLE JQ-CHANGE : what the server says about it.
changed() { sample "$1" | jq "$2" | server_answer; }

expect "the CRDs can be applied" kubectl apply -k "$SOURCE_DIR/crds"
for kind in $KINDS; do
  expect "$kind are served" \
    kubectl wait --for=condition=Established --timeout=20s "crd/$kind.launchgate.dev"
done
structural() {
  ! kubectl get crd -o json | jq -r '.items[] | select(.spec.group == "launchgate.dev")
    | .status.conditions[].type' | grep -q NonStructuralSchema
}
expect "their schemas are structural" structural
eventually 30 "they are listed as one category" kubectl -n "$NAMESPACE" get launchgate
eventually 30 "their fields are explained" kubectl explain launchreview.spec.evidence.loadTest.maxLatency

for file in "$SAMPLES"/*.yaml; do
  eventually 10 "$(basename "$file") is accepted and not changed" accepts_unchanged "$(basename "$file")"
done

review=launchreview.yaml
expect_failure "a review needs a binding" "binding" changed $review 'del(.spec.binding)'
expect_failure "kind and group of a target must fit" "oneOf" \
  changed $review '.spec.target.apiVersion = "batch/v1"'
expect_failure "an entry has one kind of evidence" "oneOf" \
  changed $review '.spec.evidence[0].slo = {}'
expect_failure "an item has one entry" "Duplicate" \
  changed $review '.spec.evidence[1].item = .spec.evidence[0].item'
expect_failure "a URL carries no password" "url" \
  changed $review '.spec.evidence[0].runbook.url = "https://a:b@example.com/"'
expect_failure "a percentile is below 100" "percentile" \
  changed $review '(.spec.evidence[] | select(.item == "load-test")).loadTest.maxLatency.percentile = "100"'
expect_failure "an authority takes no private key" "publicKey" \
  changed launchauthority.yaml '.spec.keys[0].publicKey |= sub("PUBLIC"; "PRIVATE")'
expect_failure "a threshold is at least 1" "threshold" \
  changed launchauthority.yaml '.spec.roles[0].threshold = 0'
expect_failure "a verdict has one form" "oneOf" \
  changed launchverdict-envelope.yaml '.spec.statement = "e30="'
expect_failure "a checklist has items" "items" \
  changed readinesschecklist.yaml '.spec.sections[0].items = []'

# Rules in CEL, where the server has them.
minor="$(kubectl version -o json 2>/dev/null | jq -r '.serverVersion.minor' | tr -dc 0-9)"
if ((minor < 25)); then
  tell "this server (1.$minor) has no CEL rules; crds/cel is not tried"
  exit 0
fi
cat >"$WORK/kustomization.yaml" <<YAML
resources: [$(realpath --relative-to="$WORK" "$SOURCE_DIR/crds")]
components: [$(realpath --relative-to="$WORK" "$SOURCE_DIR/crds/cel")]
YAML
expect "the CRDs with CEL rules can be applied" kubectl apply -k "$WORK"
creates_verdict() { sample launchverdict-ssh.yaml | kubectl create -f -; }
expect "a verdict can be created" creates_verdict
verdict="launchverdict/gift-cards-bob-2-$NAMESPACE"
changes_verdict() {
  kubectl -n "$NAMESPACE" patch "$verdict" --type=merge -p '{"spec":{"reviewRef":{"name":"other"}}}'
}
is_immutable() { ! changes_verdict 2>"$WORK/message" && grep -q "immutable" "$WORK/message"; }
eventually 20 "but not be changed" is_immutable
refuses_authority() {
  ! changed launchauthority.yaml "$1" 2>"$WORK/message" && grep -q "$2" "$WORK/message"
}
eventually 20 "the role of a key must exist" refuses_authority \
  '.spec.keys += [.spec.keys[0] | .id = "dave" | .role = "boss"]' "must be one of spec.roles"
expect "somebody must be able to say go" refuses_authority \
  '.spec.roles |= map(if .attestations then . else .breakGlass = true end)' "at least one role must be neither breakGlass nor attestations"
expect "a role has one purpose" refuses_authority \
  '.spec.roles |= map(if .breakGlass then .attestations = true else . end)' "must not be both breakGlass and attestations"
expect "a threshold must have its keys" refuses_authority \
  '.spec.roles[0].threshold = 2' "as many keys as its threshold"
expect "a key must end after it begins, whatever the time zone" refuses_authority \
  '.spec.keys[0] |= (.notBefore = "2026-01-01T00:30:00Z" | .notAfter = "2026-01-01T01:00:00+02:00")' \
  "notAfter must be after notBefore"
