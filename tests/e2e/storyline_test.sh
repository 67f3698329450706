#!/usr/bin/env bash
# The demo, on a control plane of its own: it registers a webhook for the whole
# cluster and kills the operator, which other tests must not see.
set -euo pipefail
if [[ -z "${LAUNCHGATE_E2E_KUBECONFIG:-}" && -z "${LAUNCHGATE_E2E_REQUIRED:-}" ]]; then
  echo 'Skipped: no control plane. Run ./dev test e2e'
  exit 77
fi
# The services and the harness are where the build has put them.
export LAUNCHGATE_BINARY="$1" LAUNCHGATE_PAGE_SERVER="$2" SERVICES_BUILD_DIR="$3"
export LAUNCHGATE_HARNESS="$SERVICES_BUILD_DIR/harness/harness" LAUNCHGATE_PROMETHEUS
LAUNCHGATE_PROMETHEUS="$(command -v prometheus)"
exec bash "$LAUNCHGATE_SOURCE_DIR/scripts/dev/control_plane.sh" run -- \
  bash "$LAUNCHGATE_SOURCE_DIR/scripts/demo/demo.sh"
