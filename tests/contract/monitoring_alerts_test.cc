// Launchgate's own alerts: Prometheus's own tool checks and tests them, everything that they
// name exists, and each has a page that tells what to do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "core/json/yaml.h"
#include "tests/contract/crds.h"
#include "tests/contract/dashboard.h"
#include "tests/contract/monitoring_files.h"
#include "tests/contract/pages.h"
#include "tests/contract/promql.h"

namespace launchgate::contract {
namespace {

using json::Json;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kRules = "manifests/monitoring/rules.yaml";
constexpr const char* kRunbookSite = "https://launchgate.example/";

std::set<std::string> AlertNames() {
  std::set<std::string> names;
  for (const auto& alert : MonitoringRules().alerts) names.insert(alert.name);
  return names;
}

class MonitoringPromtoolTest : public PromtoolTest {
 protected:
  MonitoringPromtoolTest()
      : PromtoolTest("manifests/monitoring", {"rules_test.yaml", "slow_rules_test.yaml"}) {}
};

TEST_F(MonitoringPromtoolTest, AcceptsTheRules) {
  const auto rules = MonitoringRules();

  ASSERT_TRUE(workspace_.Run(Command("check rules rules.yaml"))) << workspace_.Output();

  const std::size_t count = rules.alerts.size() + rules.recordings.size();
  EXPECT_THAT(workspace_.Output(), HasSubstr(std::to_string(count) + " rules found"));
}

TEST_F(MonitoringPromtoolTest, AcceptsTheQueriesOfTheDashboard) {
  std::vector<std::string> queries;
  for (const std::string& query : PrometheusQueriesOf(MonitoringDashboard())) {
    queries.push_back(WithInterval(query));
  }

  EXPECT_TRUE(Parses(queries)) << workspace_.Output();
}

TEST_F(MonitoringPromtoolTest, AcceptsTheQueriesOfTheRunbooks) {
  std::vector<std::string> queries;
  for (const std::string& alert : AlertNames()) {
    for (const std::string& block : CodeBlocks(ReadFile(RunbookOf(alert)), "promql")) {
      std::istringstream lines(block);
      for (std::string line; std::getline(lines, line);) queries.push_back(line);
    }
  }

  EXPECT_TRUE(Parses(queries)) << workspace_.Output();
  for (const std::string& query : queries) {
    EXPECT_THAT(UnknownMonitoringWords(query), IsEmpty()) << query;
  }
  EXPECT_GE(queries.size(), 8U);
}

TEST_F(MonitoringPromtoolTest, UnitTestsOfTheRulesPass) {
  EXPECT_TRUE(UnitTestsPass()) << workspace_.Output();
}

// A unit test that passes whatever the alert does would be no test.
TEST_F(MonitoringPromtoolTest, EveryAlertIsTestedToFire) {
  EXPECT_EQ(AlertsMissedWith("vector(1) > 1", "got:[]"), AlertNames());
}

TEST_F(MonitoringPromtoolTest, EveryAlertIsTestedToBeSilent) {
  EXPECT_EQ(AlertsMissedWith("vector(1)", "exp:[]"), AlertNames());
}

TEST(MonitoringAlertsTest, ThePrometheusRuleHasTheSameGroups) {
  const Json object = ReadYaml("manifests/monitoring/prometheus-rule.yaml");

  EXPECT_EQ(object.at("kind"), "PrometheusRule");
  EXPECT_EQ(object.at("spec"), ReadYaml(kRules))
      << "run manifests/monitoring/make_prometheus_rule.sh";
}

TEST(MonitoringAlertsTest, NameOnlyWhatIsDocumented) {
  const auto rules = MonitoringRules();

  for (const auto& rule : rules.recordings) {
    EXPECT_THAT(UnknownMonitoringWords(rule.expression), IsEmpty()) << rule.name;
  }
  for (const auto& alert : rules.alerts) {
    EXPECT_THAT(UnknownMonitoringWords(alert.expression), IsEmpty()) << alert.name;
  }
}

TEST(MonitoringAlertsTest, EachLeadsToItsRunbook) {
  for (const auto& alert : MonitoringRules().alerts) {
    EXPECT_FALSE(alert.annotations.at("summary").empty()) << alert.name;
    EXPECT_FALSE(alert.annotations.at("description").empty()) << alert.name;
    EXPECT_EQ(alert.annotations.at("runbook_url"), kRunbookSite + RunbookOf(alert.name));
    EXPECT_NO_THROW(ReadFile(RunbookOf(alert.name))) << alert.name;
  }
}

// Who is woken up is woken up because launches are denied, or will be within the hour.
TEST(MonitoringAlertsTest, OnlyWhatDeniesLaunchesPages) {
  std::set<std::string> pages;
  for (const auto& alert : MonitoringRules().alerts) {
    const std::string& severity = alert.labels.at("severity");
    EXPECT_THAT(severity, AnyOf("page", "ticket")) << alert.name;
    if (severity == "page") pages.insert(alert.name);
  }

  EXPECT_THAT(pages, ElementsAre("LaunchgateCertificateNearItsEnd", "LaunchgateNoWebhookReplica",
                                 "LaunchgateNobodyLeads", "LaunchgateWebhookFailing"));
}

// Whatever a registration is called there, the alert counts it: the entries that fail closed.
TEST(MonitoringAlertsTest, CountTheEntriesThatTheRegistrationHas) {
  const Json registration = ReadYaml("manifests/base/webhook-configuration.yaml");
  int closed = 0;
  for (const Json& entry : registration.at("webhooks")) {
    EXPECT_THAT(entry.at("name").get<std::string>(), HasSubstr(".launchgate.dev"));
    if (entry.at("failurePolicy") == "Fail") ++closed;
  }
  std::vector<std::string> expressions;
  for (const auto& alert : MonitoringRules().alerts) expressions.push_back(alert.expression);

  EXPECT_THAT(expressions,
              Contains("max(launchgate_registered_entries{failure_policy=\"Fail\"}) < " +
                       std::to_string(closed)));
}

// What is scraped is what runs: its labels, and the name of its port.
TEST(MonitoringAlertsTest, ThePodMonitorFindsBothRoles) {
  const Json monitor = ReadYaml("manifests/monitoring/pod-monitor.yaml").at("spec");
  const Json& wanted = monitor.at("selector").at("matchLabels");
  const std::string port = monitor.at("podMetricsEndpoints").at(0).at("port");

  for (const std::string role : {"controller", "webhook"}) {
    std::vector<std::string> ports;
    const auto documents = json::ParseYaml(ReadFile("manifests/base/" + role + ".yaml"));
    ASSERT_TRUE(documents) << role;
    const Json& pod = documents->front().at("spec").at("template");
    for (const auto& [name, value] : wanted.items()) {
      EXPECT_EQ(pod.at("metadata").at("labels").at(name), value) << role;
    }
    for (const Json& entry : pod.at("spec").at("containers").at(0).at("ports")) {
      ports.push_back(entry.at("name"));
    }
    EXPECT_THAT(ports, Contains(port)) << role;
  }
}

}  // namespace
}  // namespace launchgate::contract
