// Launchgate's dashboard: what it shows exists, nothing that there is is left out, and
// every panel can be understood by whoever was just woken up.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "tests/contract/dashboard.h"
#include "tests/contract/monitoring_files.h"

namespace launchgate::contract {
namespace {

using json::Json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(MonitoringDashboardTest, HasAFixedIdAndAnAskedForDatasource) {
  const Json dashboard = MonitoringDashboard();
  std::vector<std::string> datasources;
  for (const Json& variable : dashboard.at("templating").at("list")) {
    if (variable.at("type") == "datasource") datasources.push_back(variable.at("name"));
  }

  EXPECT_EQ(dashboard.at("uid"), "launchgate");
  EXPECT_FALSE(dashboard.contains("id")) << "an id belongs to one Grafana";
  EXPECT_GE(dashboard.at("schemaVersion"), kOldestDashboardSchema);
  EXPECT_THAT(datasources, ElementsAre("prometheus"));
}

TEST(MonitoringDashboardTest, EveryPanelSaysWhatItShows) {
  std::set<int> ids;
  for (const Json& panel : PanelsOf(MonitoringDashboard())) {
    const std::string title = panel.at("title");

    EXPECT_FALSE(title.empty());
    EXPECT_GE(panel.at("description").get<std::string>().size(), 20U) << title;
    EXPECT_FALSE(panel.at("fieldConfig").at("defaults").at("unit").get<std::string>().empty());
    EXPECT_TRUE(ids.insert(panel.at("id").get<int>()).second) << title;
    for (const Json& target : panel.at("targets")) {
      EXPECT_EQ(target.at("datasource").at("uid"), "${prometheus}") << title;
    }
  }
  EXPECT_GE(ids.size(), 20U);
}

TEST(MonitoringDashboardTest, NamesOnlyWhatIsDocumented) {
  for (const std::string& query : PrometheusQueriesOf(MonitoringDashboard())) {
    EXPECT_THAT(UnknownMonitoringWords(query), IsEmpty()) << query;
  }
}

TEST(MonitoringDashboardTest, ShowsEverythingThatLaunchgateMeasures) {
  std::string all;
  for (const std::string& query : PrometheusQueriesOf(MonitoringDashboard())) all += query + '\n';

  for (const std::string& metric : DocumentedMetrics()) EXPECT_THAT(all, HasSubstr(metric));
  for (const auto& rule : MonitoringRules().recordings) EXPECT_THAT(all, HasSubstr(rule.name));
}

TEST(MonitoringDashboardTest, PanelsDoNotCoverEachOther) {
  EXPECT_THAT(MisplacedPanels(MonitoringDashboard()), IsEmpty());
}

}  // namespace
}  // namespace launchgate::contract
