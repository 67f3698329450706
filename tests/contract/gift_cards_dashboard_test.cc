// The dashboard and the log pipeline of gift-cards: what they show exists, and every panel
// can be understood by whoever was just woken up.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "tests/contract/crds.h"
#include "tests/contract/dashboard.h"
#include "tests/contract/gift_cards_files.h"

namespace launchgate::contract {
namespace {

using json::Json;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Json Dashboard() { return ReadDashboard("gift-cards/dashboards/gift-cards.json"); }

std::vector<Json> Panels() { return PanelsOf(Dashboard()); }

std::string AllExpressions() {
  std::string all;
  for (const Json& panel : Panels()) {
    for (const Json& target : panel.at("targets")) {
      all += target.at("expr").get<std::string>() + '\n';
    }
  }
  return all;
}

TEST(GiftCardsDashboardTest, HasAFixedIdAndAskedForDatasources) {
  const Json dashboard = Dashboard();
  std::vector<std::string> datasources;
  for (const Json& variable : dashboard.at("templating").at("list")) {
    if (variable.at("type") == "datasource") datasources.push_back(variable.at("name"));
  }

  EXPECT_EQ(dashboard.at("uid"), "gift-cards");
  EXPECT_FALSE(dashboard.contains("id")) << "an id belongs to one Grafana";
  EXPECT_GE(dashboard.at("schemaVersion"), kOldestDashboardSchema);
  EXPECT_THAT(datasources, ElementsAre("prometheus", "loki"));
}

TEST(GiftCardsDashboardTest, EveryPanelSaysWhatItShows) {
  std::set<int> ids;
  for (const Json& panel : Panels()) {
    const std::string title = panel.at("title");
    const Json& defaults = panel.at("fieldConfig").at("defaults");

    EXPECT_FALSE(title.empty());
    EXPECT_GE(panel.at("description").get<std::string>().size(), 20U) << title;
    EXPECT_FALSE(defaults.at("unit").get<std::string>().empty()) << title;
    EXPECT_TRUE(ids.insert(panel.at("id").get<int>()).second) << title;
    const std::string uid = panel.at("datasource").at("uid");
    EXPECT_THAT(uid, AnyOf("${prometheus}", "${loki}")) << title;
    for (const Json& target : panel.at("targets")) {
      EXPECT_EQ(target.at("datasource").at("uid"), uid) << title;
    }
  }
  EXPECT_GE(ids.size(), 15U);
}

TEST(GiftCardsDashboardTest, NamesOnlyWhatTheServiceExposes) {
  const auto queries = DashboardQueries();

  for (const std::string& query : queries) EXPECT_THAT(UnknownWords(query), IsEmpty()) << query;
  EXPECT_GT(queries.size(), 20U);
}

// Of the histogram's parts the sum is not shown: it says nothing that percentiles do not.
TEST(GiftCardsDashboardTest, ShowsEverythingThatTheServiceExposes) {
  const std::string all = AllExpressions();

  for (const std::string& series : GiftCardsSeries()) {
    if (series.ends_with("_sum")) continue;
    EXPECT_THAT(all, HasSubstr(series));
  }
}

TEST(GiftCardsDashboardTest, CountsTheSameAsTheObjectives) {
  const std::string all = AllExpressions();
  const auto budget = GiftCardsBudget();

  for (const auto& objective : budget.objectives) {
    for (std::string expression : {objective.total, objective.good, objective.bad}) {
      if (expression.empty()) continue;
      // The dashboard asks for the job that its variable names.
      const std::string job = "job=\"gift-cards\"";
      const std::size_t at = expression.find(job);
      ASSERT_NE(at, std::string::npos) << expression;
      expression.replace(at, job.size(), "job=\"$job\"");
      const std::string window = "$window";
      expression.replace(expression.find(window), window.size(), "28d");
      EXPECT_THAT(all, HasSubstr(expression)) << objective.name;
    }
  }
}

TEST(GiftCardsDashboardTest, DrawsTheObjectiveIntoTheLatency) {
  for (const Json& panel : Panels()) {
    if (panel.at("title") != "Latency: p50, p95, p99") continue;
    const Json& defaults = panel.at("fieldConfig").at("defaults");

    EXPECT_EQ(defaults.at("unit"), "s");
    EXPECT_EQ(defaults.at("custom").at("thresholdsStyle").at("mode"), "line");
    EXPECT_EQ(defaults.at("thresholds").at("steps").at(1).at("value"), 0.25);
    return;
  }
  ADD_FAILURE() << "no panel for the latency";
}

TEST(GiftCardsDashboardTest, FindsTheLinesOfOneRequest) {
  EXPECT_THAT(AllExpressions(), HasSubstr("{app=\"gift-cards\"} | json | msg=\"redemption\""));
  EXPECT_THAT(AllExpressions(), HasSubstr("request_id=~\"$request_id\""));
}

TEST(GiftCardsDashboardTest, PanelsDoNotCoverEachOther) {
  EXPECT_THAT(MisplacedPanels(Dashboard()), IsEmpty());
}

// Each combination of labels is a stream: a label with a value for each request would be
// the end of Loki.
TEST(GiftCardsLogsTest, LabelsAreClosedSetsOnly) {
  const Json pipeline = ReadYaml("gift-cards/deploy/loki-pipeline.yaml").at("pipeline_stages");
  std::set<std::string> labels;
  std::vector<std::string> allowed;
  for (const Json& stage : pipeline.at(0).at("match").at("stages")) {
    if (stage.contains("labels")) {
      for (const auto& [name, source] : stage.at("labels").items()) labels.insert(name);
    }
    if (stage.contains("labelallow")) allowed = stage.at("labelallow");
  }

  EXPECT_THAT(labels, ElementsAre("level", "outcome"));
  EXPECT_THAT(allowed, ElementsAre("app", "level", "outcome"));
}

// The table in logs.md says of every field whether it is a label.
TEST(GiftCardsLogsTest, TheDescriptionSaysTheSame) {
  const std::string text = ReadFile("gift-cards/logs.md");

  for (const char* label : {"app", "level", "outcome"}) {
    EXPECT_THAT(text, HasSubstr("| `" + std::string(label) + "` | label |"));
  }
  for (const char* field : {"request_id", "trace_id", "code_id"}) {
    EXPECT_THAT(text, HasSubstr("| `" + std::string(field) + "` | in the line |"));
  }
}

}  // namespace
}  // namespace launchgate::contract
