#!/usr/bin/env bash
# Writes the groups of rules.yaml anew as a PrometheusRule. Text for text, so that comments
# and line breaks stay; tests/contract/gift_cards_alerts_test.cc compares the two.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)"
target="$here/../deploy/prometheus-rule.yaml"

{
  cat <<'HEAD'
# Made from gift-cards/alerts/rules.yaml by make_prometheus_rule.sh beside it. Do not edit.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: gift-cards
  namespace: shop
  labels: {app: gift-cards}
spec:
HEAD
  sed -n '/^groups:/,$ s/^\(..*\)$/  \1/p' "$here/rules.yaml"
} >"$target.partial"
mv "$target.partial" "$target"
