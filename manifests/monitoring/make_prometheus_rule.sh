#!/usr/bin/env bash
# Writes the groups of rules.yaml anew as a PrometheusRule;
# tests/contract/monitoring_alerts_test.cc compares the two.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=scripts/lib/prometheus_rule.sh
source scripts/lib/prometheus_rule.sh

write_prometheus_rule manifests/monitoring/rules.yaml manifests/monitoring/prometheus-rule.yaml \
  launchgate launchgate-system 'app.kubernetes.io/name: launchgate'
