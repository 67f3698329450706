# The objects of ./dev bench evidence, made of the samples: one List.
($samples[0]) as $all
| def sample($kind; $name): [$all[] | select(.kind == $kind and .metadata.name == $name)][0];
  def document($map; $key): sample("ConfigMap"; $map).data[$key];
  def namespace($i): "team-\($i % $namespaces)";
  def service($i): "service-\($i)";
{apiVersion: "v1", kind: "List", items: [
  (range($namespaces) | namespace(.) as $ns
    | {apiVersion: "v1", kind: "Namespace", metadata: {name: $ns}},
      {apiVersion: "launchgate.dev/v1alpha1", kind: "ErrorBudget", metadata: {name: "gift-cards", namespace: $ns},
       spec: {prometheus: {server: "main"}, window: {rolling: "1h"}, objectives: [{name: "redeem-availability", target: "99.9",
         events: {total: "sum(increase(gift_cards_redemptions_total[$window]))",
                  bad: "sum(increase(gift_cards_redemptions_total{outcome=\"error\"}[$window]))"}}]}},
      {apiVersion: $policy, kind: "PodDisruptionBudget", metadata: {name: "all", namespace: $ns},
       spec: {minAvailable: 2, selector: {matchLabels: {app: "gift-cards"}}}}),
  {apiVersion: "launchgate.dev/v1alpha1", kind: "ReadinessChecklist", metadata: {name: "production-readiness"}, spec: {sections: [
    {id: "all", title: "All", items: [
      "loadTest", "resilience", "backupDrill", "attestation", "alertRules", "slo", "workload", "query"
      | {id: (. | ascii_downcase), question: "Is it so?", severity: "Blocker", evidence: .}]}]}},
  (sample("LaunchAuthority"; "platform") | .spec.namespaces = ["*"]),
  (range($reviews) | . as $i | namespace($i) as $ns | service($i) as $name
    | (sample("Deployment"; "gift-cards") | .metadata = {name: $name, namespace: $ns} | .spec.paused = true),
      {apiVersion: "v1", kind: "ConfigMap",
       metadata: {name: $name, namespace: $ns, annotations: {"launchgate.dev/recorded-at": $now}},
       data: {
         "k6.json": document("gift-cards-k6"; "summary.json"),
         "report.json": document("gift-cards-faults"; "report.json"),
         "restore.json": document("gift-cards-drills"; "restore.json"),
         "tests.json": document("gift-cards-attestations"; "tests.json"),
         "rules.json": ({groups: [{name: "gift-cards", rules: [{alert: "GiftCardsFail", for: "2m", labels: {severity: "page"},
           expr: "sum(rate(gift_cards_redemptions_total{outcome=\"error\"}[5m])) / sum(rate(gift_cards_redemptions_total[5m])) > 0.01",
           annotations: {summary: "Redemptions fail.", runbook_url: "https://runbooks.example.com/gift-cards"}}]}]} | tojson)}},
      {apiVersion: "launchgate.dev/v1alpha1", kind: "LaunchReview", metadata: {name: $name, namespace: $ns}, spec: {
         target: {apiVersion: "apps/v1", kind: "Deployment", name: $name},
         checklistRef: {name: "production-readiness"}, authorityRef: {name: "platform"}, errorBudgetRef: {name: "gift-cards"},
         owner: {team: $ns, contact: "#oncall"}, binding: "Service",
         evidence: [
           {item: "loadtest", loadTest: {from: {configMapRef: {name: $name, key: "k6.json"}}, maxAge: "366d", maxErrorRate: "0.01"}},
           {item: "resilience", resilience: {from: {configMapRef: {name: $name, key: "report.json"}}, maxAge: "366d"}},
           {item: "backupdrill", backupDrill: {from: {configMapRef: {name: $name, key: "restore.json"}}, maxAge: "366d", maxRecoveryTime: "30m"}},
           {item: "attestation", attestation: {from: {configMapRef: {name: $name, key: "tests.json"}}, role: "ci", maxAge: "366d",
             predicateType: "https://in-toto.io/attestation/test-result/v0.1", subject: "registry.example.com/gift-cards"}},
           {item: "alertrules", alertRules: {from: {configMapRef: {name: $name, key: "rules.json"}}, coversObjectives: ["redeem-availability"]}},
           {item: "slo", slo: {}},
           {item: "workload", workload: {minReplicas: 3, requireImageDigests: true}},
           {item: "query", query: {from: {prometheus: {server: "main", query: "sum(rate(gift_cards_redemptions_total[5m]))"}},
             operator: ">", value: "0"}}]}})]}
