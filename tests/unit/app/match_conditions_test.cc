#include "app/certificates/match_conditions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

namespace launchgate::app {
namespace {

TEST(MatchConditionsTest, EveryConditionHasAUniqueNameAndABalancedExpression) {
  for (const char* webhook :
       {"gate.launchgate.dev", "audit.launchgate.dev", "namespaces.guard.launchgate.dev"}) {
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
  const std::string namespaces = MatchConditionsFor("namespaces.guard.launchgate.dev").dump();

  for (const char* field :
       {"object.spec", "oldObject.spec", "oldObject.spec.replicas", "request.subResource"}) {
    EXPECT_NE(gate.find(std::string("!has(") + field + ")"), std::string::npos) << field;
  }
  for (const char* field : {"object.metadata.labels", "oldObject.metadata.labels"}) {
    EXPECT_NE(namespaces.find(std::string("!has(") + field + ")"), std::string::npos) << field;
  }
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
