#include "app/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace launchgate::app {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(ConfigTest, NothingGivesTheDefaultsAndFetchesNothing) {
  for (const char* yaml : {"", "{}", "\n", "# only a remark\n"}) {
    const auto config = ParseOperatorConfig(yaml);

    ASSERT_TRUE(config) << '"' << yaml << "\": " << config.error().message;
    EXPECT_EQ(config->ns, "launchgate-system");
    EXPECT_EQ(config->webhook.listen.port, 8443);
    EXPECT_EQ(config->health.port, 8080);
    EXPECT_THAT(config->fetch.allow, IsEmpty());
    EXPECT_THAT(config->prometheus, IsEmpty());
    EXPECT_THAT(config->guards.gate_admin_groups, ElementsAre("launchgate:gate-admins"));
  }
}

TEST(ConfigTest, ReadsEveryField) {
  const auto config = ParseOperatorConfig(R"(
namespace: gate
webhook:
  listen: {address: 127.0.0.1, port: 9443}
  ioThreads: 4
  serviceName: hook
  extraNames: [gate.example.com, 10.0.0.7]
  configurationName: our-gate
health: {address: "::1", port: 9090}
leaseName: our-lease
certificateSecret: our-secret
guards:
  controllerUsername: system:serviceaccount:gate:controller
  gateAdminUsers: [root@example.com]
  gateAdminGroups: []
fetch:
  caFile: /etc/ca.pem
  allow:
  - {host: Wiki.Example.COM}
  - {scheme: http, host: "*.pages.example.com", addresses: [10.0.0.0/8]}
  - {host: "10.1.2.3", port: 8443, addresses: [10.1.2.3]}
prometheus:
- {name: shop, url: "https://prometheus.shop:9090/prom", caFile: /etc/ca.pem, bearerTokenFile: /run/token, namespaces: [shop, payments]}
- {name: all, url: "http://localhost:9090", namespaces: ["*"]}
- {name: nobody, url: "http://localhost:9091"}
logLevel: debug
)");

  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->ns, "gate");
  EXPECT_EQ(config->webhook.listen.address, "127.0.0.1");
  EXPECT_EQ(config->webhook.io_threads, 4);
  EXPECT_EQ(config->webhook.service_name, "hook");
  EXPECT_THAT(config->webhook.extra_names, ElementsAre("gate.example.com", "10.0.0.7"));
  EXPECT_EQ(config->webhook.configuration_name, "our-gate");
  EXPECT_EQ(config->health.port, 9090);
  EXPECT_EQ(config->lease_name, "our-lease");
  EXPECT_EQ(config->certificate_secret, "our-secret");
  EXPECT_EQ(config->guards.controller_username, "system:serviceaccount:gate:controller");
  EXPECT_THAT(config->guards.gate_admin_users, ElementsAre("root@example.com"));
  EXPECT_THAT(config->guards.gate_admin_groups, IsEmpty());
  EXPECT_EQ(config->fetch.ca_file, "/etc/ca.pem");
  ASSERT_THAT(config->fetch.allow, SizeIs(3));
  EXPECT_EQ(config->fetch.allow[0].host, "wiki.example.com");
  EXPECT_EQ(config->fetch.allow[0].port, 443);
  EXPECT_EQ(config->fetch.allow[1].port, 80);
  EXPECT_EQ(config->fetch.allow[2].port, 8443);
  ASSERT_THAT(config->prometheus, SizeIs(3));
  EXPECT_EQ(config->prometheus[0].name, "shop");
  EXPECT_EQ(config->prometheus[0].url, "https://prometheus.shop:9090/prom");
  EXPECT_EQ(config->prometheus[0].ca_file, "/etc/ca.pem");
  EXPECT_EQ(config->prometheus[0].bearer_token_file, "/run/token");
  EXPECT_THAT(config->prometheus[0].namespaces, ElementsAre("shop", "payments"));
  EXPECT_TRUE(config->prometheus[1].Serves("attic"));
  EXPECT_FALSE(config->prometheus[2].Serves("shop"));
  EXPECT_EQ(config->log_level, "debug");
}

struct Wrong {
  const char* name;
  const char* yaml;
  const char* names;
};
void PrintTo(const Wrong& wrong, std::ostream* out) { *out << wrong.name; }

TEST(ConfigTest, ReadsHowEvidenceIsJudged) {
  const auto config = ParseOperatorConfig(R"(
evidence:
  minRecheckEvery: 1m
  causes:
  - {prefix: shop_queue_, cause: queue depth}
  - {suffix: _threads_busy, cause: saturation}
  symptomMetrics: [shop_queue_wait_seconds_bucket]
)");

  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->evidence.min_recheck_every, std::chrono::minutes(1));
  ASSERT_THAT(config->evidence.causes, SizeIs(2));
  EXPECT_EQ(config->evidence.causes[0].prefix, "shop_queue_");
  EXPECT_EQ(config->evidence.causes[1].suffix, "_threads_busy");
  EXPECT_EQ(config->evidence.causes[1].cause, "saturation");
  EXPECT_THAT(config->evidence.symptom_metrics, ElementsAre("shop_queue_wait_seconds_bucket"));
  EXPECT_EQ(ParseOperatorConfig("")->evidence.min_recheck_every, std::chrono::seconds(30));
}

class WrongConfigTest : public ::testing::TestWithParam<Wrong> {};

TEST_P(WrongConfigTest, IsRefusedAndTheFieldIsNamed) {
  const auto config = ParseOperatorConfig(GetParam().yaml);

  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().kind, base::ErrorKind::kInvalid);
  EXPECT_THAT(config.error().message, HasSubstr(GetParam().names));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, WrongConfigTest,
    ::testing::Values(
        Wrong{"List", "[]", "one YAML mapping"}, Wrong{"Text", "x", "one YAML mapping"},
        Wrong{"TwoDocuments", "{}\n---\n{}", "one YAML mapping"},
        Wrong{"UnknownField", "fetchh: {}", "fetchh"},
        Wrong{"UnknownInside", "webhook: {port: 1}", "port"},
        Wrong{"NamespaceIsAPath", "namespace: ../kube-system", "namespace"},
        Wrong{"PortTooHigh", "health: {port: 65536}", "health.port"},
        Wrong{"PortNegative", "webhook: {listen: {port: -1}}", "webhook.listen.port"},
        Wrong{"NoThreads", "webhook: {ioThreads: 0}", "webhook.ioThreads"},
        Wrong{"ManyThreads", "webhook: {ioThreads: 17}", "webhook.ioThreads"},
        Wrong{"RecheckTooOften", "evidence: {minRecheckEvery: 10ms}", "evidence.minRecheckEvery"},
        Wrong{"CauseOfEverything", "evidence: {causes: [{cause: all}]}", "evidence.causes[0]"},
        Wrong{"CauseWithoutName", "evidence: {causes: [{prefix: a_}]}", "cause"},
        Wrong{"LogLevel", "logLevel: loud", "logLevel"},
        Wrong{"Scheme", "fetch: {allow: [{scheme: ftp, host: a.example}]}", "scheme"},
        Wrong{"NoHost", "fetch: {allow: [{port: 443}]}", "host"},
        Wrong{"HostIsAUrl", "fetch: {allow: [{host: 'https://a.example'}]}", "host"},
        Wrong{"HostIsAStar", "fetch: {allow: [{host: '*'}]}", "host"},
        Wrong{"HostWithInnerStar", "fetch: {allow: [{host: 'a.*.example'}]}", "host"},
        Wrong{"HostWithPort", "fetch: {allow: [{host: 'a.example:443'}]}", "host"},
        Wrong{"Range", "fetch: {allow: [{host: a.example, addresses: [10.0.0.0/33]}]}",
              "addresses"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Prometheus, WrongConfigTest,
    ::testing::Values(
        Wrong{"PrometheusIsNoList", "prometheus: {name: a}", "prometheus"},
        Wrong{"NoName", "prometheus: [{url: 'http://a'}]", "prometheus[0].name"},
        Wrong{"NameIsAnAddress", "prometheus: [{name: 'a.b:9090', url: 'http://a'}]",
              "prometheus[0].name"},
        Wrong{"SameNameTwice",
              "prometheus: [{name: a, url: 'http://a'}, {name: a, url: 'http://b'}]",
              "prometheus[1].name: must be unique"},
        Wrong{"NoUrl", "prometheus: [{name: a}]", "prometheus[0].url"},
        Wrong{"UrlOfAFile", "prometheus: [{name: a, url: 'file:///etc/passwd'}]",
              "prometheus[0].url"},
        Wrong{"TlsWithoutAuthority", "prometheus: [{name: a, url: 'https://a'}]",
              "prometheus[0].caFile"},
        Wrong{"AuthorityWithoutTls", "prometheus: [{name: a, url: 'http://a', caFile: /ca}]",
              "prometheus[0].caFile"},
        Wrong{"TokenWithoutTls", "prometheus: [{name: a, url: 'http://a', bearerTokenFile: /t}]",
              "prometheus[0].bearerTokenFile"},
        Wrong{"NamespacePattern",
              "prometheus: [{name: a, url: 'http://a', namespaces: ['shop-*']}]",
              "prometheus[0].namespaces"},
        Wrong{"TokenInTheFile", "prometheus: [{name: a, url: 'http://a', bearerToken: x}]",
              "prometheus[0].bearerToken"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace launchgate::app
