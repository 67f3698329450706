#include "app/certificates/match_conditions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "core/admission/review.h"

namespace launchgate::app {
namespace {

TEST(MatchConditionsTest, EveryConditionHasAUniqueNameAndABalancedExpression) {
  for (const char* webhook : {"gate.launchgate.dev", "audit.launchgate.dev",
                              "children.gate.launchgate.dev", "namespaces.guard.launchgate.dev"}) {
    const json::Json conditions = MatchConditionsFor(webhook);
    std::set<std::string> names;

    ASSERT_FALSE(conditions.empty()) << webhook;
    for (const json::Json& condition : conditions) {
      const std::string expression = condition.at("expression");
      EXPECT_TRUE(names.insert(condition.at("name")).second) << webhook;
      EXPECT_EQ(std::ranges::count(expression, '('), std::ranges::count(expression, ')'));
      EXPECT_EQ(std::ranges::count(expression, '\'') % 2, 0);
      EXPECT_EQ(condition.size(), 2U);
    }
  }
}

// An error in a condition denies, so no field is read that may be absent.
TEST(MatchConditionsTest, EveryOptionalFieldIsGuarded) {
  const std::string gate = MatchConditionsFor("gate.launchgate.dev").dump();
  const std::string children = MatchConditionsFor("children.gate.launchgate.dev").dump();
  const std::string namespaces = MatchConditionsFor("namespaces.guard.launchgate.dev").dump();

  for (const char* field :
       {"object.spec", "oldObject.spec", "oldObject.spec.replicas", "request.subResource"}) {
    EXPECT_NE(gate.find(std::string("!has(") + field + ")"), std::string::npos) << field;
  }
  for (const char* field : {"object.spec", "oldObject.spec", "request.userInfo.username"}) {
    EXPECT_NE(children.find(std::string("!has(") + field + ")"), std::string::npos) << field;
  }
  for (const char* field : {"object.metadata.labels", "oldObject.metadata.labels"}) {
    EXPECT_NE(namespaces.find(std::string("!has(") + field + ")"), std::string::npos) << field;
  }
}

// Where a Rollout has no status subresource, promoting it leaves its spec alone.
TEST(MatchConditionsTest, TheGateSeesStatusChangesOfRollouts) {
  const std::string spec_changes =
      MatchConditionsFor("gate.launchgate.dev").at(0).at("expression").get<std::string>();

  EXPECT_NE(spec_changes.find("request.resource.group == 'argoproj.io'"), std::string::npos);
  EXPECT_NE(spec_changes.find("object.status != oldObject.status"), std::string::npos);
}

TEST(MatchConditionsTest, ChildrenLeaveOutTheClustersOwnControllersAndNobodyElse) {
  const std::string by_others =
      MatchConditionsFor("children.gate.launchgate.dev").at(0).at("expression").get<std::string>();
  std::set<std::string> clusters_own;

  for (const auto& rule : admission::DefaultControllerIdentities().children) {
    if (rule.owner_group != "argoproj.io") clusters_own.insert("'" + rule.username + "'");
  }

  EXPECT_GE(clusters_own.size(), 8U);
  for (const std::string& username : clusters_own) {
    EXPECT_NE(by_others.find(username), std::string::npos) << username;
  }
  EXPECT_EQ(std::ranges::count(by_others, ','), static_cast<long>(clusters_own.size()) - 1);
}

TEST(MatchConditionsTest, AuditAsksWhatTheGateAsks) {
  EXPECT_EQ(MatchConditionsFor("audit.launchgate.dev"), MatchConditionsFor("gate.launchgate.dev"));
}

TEST(MatchConditionsTest, OtherEntriesGetEveryRequest) {
  for (const char* webhook : {"", "guard.launchgate.dev", "GATE.launchgate.dev", "other"}) {
    EXPECT_TRUE(MatchConditionsFor(webhook).empty()) << webhook;
  }
}

}  // namespace
}  // namespace launchgate::app
