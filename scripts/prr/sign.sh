#!/usr/bin/env bash
# sign.sh DIR : stores the review of prr/ in the API server that KUBECONFIG names, has
# two people sign it, and writes the verdicts to DIR/verdicts. DIR holds keys/ and
# check.json, the answer of `launchgate check` about the same files: what it found is
# what the signers see. Started by ./dev prr with a private control plane.
#
# The operator does not run here, since the pages that the review names are on no
# server: the findings are put where the controller would write them.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"

dir="$1"
status_path=/apis/launchgate.dev/v1alpha1/namespaces/shop/launchreviews/gift-cards/status
launchgate() { "$LAUNCHGATE_BINARY" "$@"; }

kubectl apply -k "$ROOT/crds" >/dev/null
kubectl wait --for=condition=Established --timeout=30s crd launchreviews.launchgate.dev \
  launchverdicts.launchgate.dev launchauthorities.launchgate.dev readinesschecklists.launchgate.dev \
  errorbudgets.launchgate.dev >/dev/null
kubectl create namespace shop >/dev/null
kubectl apply -f "$ROOT/prr/checklist.yaml" -f "$ROOT/prr/authority.yaml" -f "$ROOT/prr/review.yaml" \
  -f "$ROOT/gift-cards/slo/error-budget.yaml" -f "$ROOT/gift-cards/deploy/statefulset.yaml" >/dev/null

kubectl get launchreview -n shop gift-cards -o json |
  jq --slurpfile check "$dir/check.json" '.status.observedGeneration = .metadata.generation | .status.items = [$check[0].items[] | select(.finding != null and .reason != "EvidenceMissing")
    | {item: .id, section, severity, finding, reason, message, facts} + (if .observedAt then {observedAt} else {} end)
      + (if .validUntil then {validUntil} else {} end)]' |
  kubectl replace --raw "$status_path" -f - >/dev/null

# Owned, and until a date: what nobody can prove before the launch, and what is still to be built.
conditions=(
  --condition "item=slos,owner=erin@example.com,due=$(date -u -d '+29 days' +%FT00:00:00Z),text=28 days of history for both objectives"
  --condition "item=failover-game-day,owner=alice@example.com,due=$(date -u -d '+60 days' +%FT00:00:00Z),text=take a replica away under load in production and find nothing lost"
  --condition "item=streaming-replication,owner=bob@example.com,due=$(date -u -d '+75 days' +%FT00:00:00Z),text=a second copy less than a minute behind, with the lag as an SLI"
)
for who in alice bob; do
  launchgate sign -n shop gift-cards --go --valid-for 80d --key "$dir/keys/$who.pem" "${conditions[@]}" \
    --reason "the faults that hung the reviewed version are answered in time; see the evidence"
done

# As a person would keep them: without what only this API server knew.
mkdir -p "$dir/verdicts"
kubectl get launchverdicts -n shop -o json | jq -c '.items[] | {apiVersion, kind, metadata: (.metadata | {name, namespace}), spec}' |
  while read -r verdict; do
    jq . <<<"$verdict" >"$dir/verdicts/$(jq -r .metadata.name <<<"$verdict").json"
  done
