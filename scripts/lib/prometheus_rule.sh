# shellcheck shell=bash
# Rule files of Prometheus as objects of the Prometheus Operator.

# write_prometheus_rule RULES TARGET NAME NAMESPACE LABELS : the groups of RULES, as a
# PrometheusRule in TARGET. Text for text, so that comments and line breaks stay. LABELS
# is what stands between braces in YAML. RULES is named relative to the project's root.
write_prometheus_rule() {
  local rules="$1" target="$2" name="$3" namespace="$4" labels="$5"
  {
    printf '# Made from %s by make_prometheus_rule.sh beside it. Do not edit.\n' "$rules"
    printf 'apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata:\n'
    printf '  name: %s\n  namespace: %s\n  labels: {%s}\nspec:\n' "$name" "$namespace" "$labels"
    sed -n '/^groups:/,$ s/^\(..*\)$/  \1/p' "$rules"
  } >"$target.partial"
  mv "$target.partial" "$target"
}
