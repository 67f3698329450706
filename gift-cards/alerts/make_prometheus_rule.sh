#!/usr/bin/env bash
# Writes the groups of rules.yaml anew as a PrometheusRule;
# tests/contract/gift_cards_alerts_test.cc compares the two.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=scripts/lib/prometheus_rule.sh
source scripts/lib/prometheus_rule.sh

write_prometheus_rule gift-cards/alerts/rules.yaml gift-cards/deploy/prometheus-rule.yaml \
  gift-cards shop 'app: gift-cards'
