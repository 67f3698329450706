#!/usr/bin/env bash
# mint_user.sh USER [GROUP...]
#
# Creates a client certificate for USER in the GROUPs, signed by the authority of
# the control plane in LAUNCHGATE_E2E_DIR, and prints the path of a kubeconfig
# that uses it. Tests find this script in LAUNCHGATE_E2E_MINT_USER.
set -euo pipefail
umask 077
source "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
source "$ROOT/scripts/control_plane/pki.sh"

(($# > 0)) || die "usage: mint_user.sh USER [GROUP...]"
dir="${LAUNCHGATE_E2E_DIR:?names no control plane; see ./dev control-plane env}"
[[ -f "$dir/server" ]] || die "No control plane runs in $dir."
mint_user "$dir" "$@"
