# shellcheck shell=bash
# Runs the operator beside a private control plane, installed from manifests/base
# with the rights its ServiceAccounts have there. Source after common.sh; needs
# KUBECONFIG, LAUNCHGATE_E2E_MINT_USER and LAUNCHGATE_BINARY.
#
# start_operator DIR sets CONTROLLER_PID, WEBHOOK_PID and WEBHOOK_URL; what the
# two processes say is in DIR/controller.log and DIR/webhook.log.

OPERATOR_NAMESPACE=launchgate-system
OPERATOR_START_SECONDS=30
REGISTERED_PATHS=(/v1/gate /v1/gate /v1/audit /v1/guard /v1/guard) # In the order of webhook-configuration.yaml.

# installation FILE_NAME DIR : a kustomization of what this server understands, made in DIR.
installation() {
  local dir="$1" base=base
  kubectl api-versions | grep -qx policy/v1 || base=overlays/kubernetes-1.20
  mkdir -p "$dir"
  printf 'resources: [%s]\npatches:\n' "$(realpath --relative-to="$dir" "$ROOT/manifests/$base")" \
    >"$dir/kustomization.yaml"
}

# Everything but the registration: nothing is gated yet.
install_operator() {
  local dir="$1/install"
  installation "$dir"
  cat >>"$dir/kustomization.yaml" <<'PATCH'
- patch: |-
    $patch: delete
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingWebhookConfiguration
    metadata: {name: launchgate}
PATCH
  kubectl apply -k "$dir" >"$1/install.log" 2>&1 || die "The manifests could not be applied." "$(cat "$1/install.log")"
  kubectl wait --for=condition=Established --timeout=30s crd \
    launchreviews.launchgate.dev launchverdicts.launchgate.dev \
    launchauthorities.launchgate.dev readinesschecklists.launchgate.dev errorbudgets.launchgate.dev freezewindows.launchgate.dev budgetreviews.launchgate.dev >>"$1/install.log"
}

# The registration, leading to this process instead of to a Service.
register_webhook() {
  local dir="$1/register" url="$2" index
  installation "$dir"
  {
    echo '- target: {kind: ValidatingWebhookConfiguration, name: launchgate}'
    echo '  patch: |-'
    for index in "${!REGISTERED_PATHS[@]}"; do
      echo "    - {op: replace, path: /webhooks/$index/clientConfig, value: {url: \"$url${REGISTERED_PATHS[$index]}\"}}"
    done
  } >>"$dir/kustomization.yaml"
  kubectl apply -k "$dir" >"$1/register.log" 2>&1 || die "The webhook could not be registered." "$(cat "$1/register.log")"
}

# start_role DIR ROLE : as its ServiceAccount, with its rights and no others.
start_role() {
  local dir="$1" role="$2" kubeconfig
  kubeconfig="$("$LAUNCHGATE_E2E_MINT_USER" "system:serviceaccount:$OPERATOR_NAMESPACE:launchgate-$role" \
    system:serviceaccounts "system:serviceaccounts:$OPERATOR_NAMESPACE" system:authenticated)"
  rm -f "$dir/$role.ports"
  setpriv --pdeathsig TERM "$LAUNCHGATE_BINARY" operator --roles="$role" --kubeconfig "$kubeconfig" \
    --config "$dir/$role.yaml" --announce-file "$dir/$role.ports" >>"$dir/$role.log" 2>&1 </dev/null &
}

# wait_for_file FILE PID LOG
wait_for_file() {
  local deadline=$((SECONDS + OPERATOR_START_SECONDS))
  until [[ -f "$1" ]]; do
    if ! kill -0 "$2" 2>/dev/null || ((SECONDS >= deadline)); then
      die "The operator did not start." "$(tail -n 20 "$3")"
    fi
    sleep 0.05
  done
}

# operator_configuration ROLE DIR : OPERATOR_FETCH holds the fetch section, if any.
operator_configuration() {
  cat >"$2/$1.yaml" <<YAML
namespace: $OPERATOR_NAMESPACE
webhook:
  listen: {address: 127.0.0.1, port: ${WEBHOOK_PORT:-0}}
  extraNames: ["127.0.0.1"]
health: {address: 127.0.0.1, port: 0}
${OPERATOR_FETCH:-}
YAML
}

start_webhook() {
  operator_configuration webhook "$1"
  start_role "$1" webhook
  WEBHOOK_PID=$!
  wait_for_file "$1/webhook.ports" "$WEBHOOK_PID" "$1/webhook.log"
  WEBHOOK_PORT="$(sed -n 's/^webhook_port=//p' "$1/webhook.ports")"
  # shellcheck disable=SC2034  # For those who source this.
  WEBHOOK_HEALTH_PORT="$(sed -n 's/^health_port=//p' "$1/webhook.ports")"
  WEBHOOK_URL="https://127.0.0.1:$WEBHOOK_PORT"
}

start_operator() {
  local dir="$1"
  install_operator "$dir"
  operator_configuration controller "$dir"
  start_role "$dir" controller
  CONTROLLER_PID=$!
  wait_for_file "$dir/controller.ports" "$CONTROLLER_PID" "$dir/controller.log"
  start_webhook "$dir"
  register_webhook "$dir" "$WEBHOOK_URL"
  wait_for_bundle "$dir"
}

# The registration is of use once every entry has a caBundle.
wait_for_bundle() {
  local deadline=$((SECONDS + OPERATOR_START_SECONDS)) bundles
  while true; do
    bundles="$(kubectl get validatingwebhookconfiguration launchgate \
      -o jsonpath='{range .webhooks[*]}{.clientConfig.caBundle}{"\n"}{end}' | grep -c . || true)"
    if ((bundles == ${#REGISTERED_PATHS[@]})); then return; fi
    ((SECONDS < deadline)) || die "No caBundle was published." "$(tail -n 20 "$1/controller.log")"
    sleep 0.2
  done
}

stop_operator() {
  local pid
  for pid in "${CONTROLLER_PID:-}" "${WEBHOOK_PID:-}"; do
    [[ -n "$pid" ]] || continue
    kill -"${1:-TERM}" "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  CONTROLLER_PID="" WEBHOOK_PID=""
}
