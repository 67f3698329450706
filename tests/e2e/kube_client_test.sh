#!/usr/bin/env bash
# Our Kubernetes client against the real API server. The checks are in
# kube_client_e2e_test.cc; this gives them a control plane and a namespace.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"
require_control_plane
create_namespace kube-client

export NAMESPACE
"$1"
