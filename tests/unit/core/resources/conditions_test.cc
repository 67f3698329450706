#include "core/resources/conditions.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace launchgate::resources {
namespace {

using json::Json;

const base::Time kThen = *base::ParseTime("2026-11-23T08:00:00Z");
const base::Time kNow = *base::ParseTime("2026-11-23T09:00:00Z");

Json StatusOf(const Condition& condition, base::Time at, const Json& previous = Json()) {
  return {{"conditions", ConditionsJson({condition}, 3, previous, at)}};
}

TEST(ConditionsTest, SaysWhatTheApiServerExpects) {
  const Json status = StatusOf({"Ready", Truth::kUnknown, "Pending", "a\nb"}, kNow);

  EXPECT_EQ(status["conditions"],
            Json::parse(R"([{"type": "Ready", "status": "Unknown", "reason": "Pending",
                             "message": "a\\x0Ab", "observedGeneration": 3,
                             "lastTransitionTime": "2026-11-23T09:00:00Z"}])"));
}

TEST(ConditionsTest, KeepsTheTransitionTimeWhileTheStatusStays) {
  const Json before = StatusOf({"Ready", Truth::kTrue, "Valid", ""}, kThen);

  const Json same = StatusOf({"Ready", Truth::kTrue, "StillValid", "new words"}, kNow, before);
  const Json other = StatusOf({"Ready", Truth::kFalse, "Invalid", ""}, kNow, before);

  EXPECT_EQ(FindCondition(same, "Ready")->at("lastTransitionTime"), "2026-11-23T08:00:00Z");
  EXPECT_EQ(FindCondition(other, "Ready")->at("lastTransitionTime"), "2026-11-23T09:00:00Z");
}

TEST(ConditionsTest, SurvivesAStatusOfAnyShape) {
  for (const char* text :
       {"null", "[]", R"({"conditions": 1})", R"({"conditions": [1, {}, {"type": 1}]})",
        R"({"conditions": [{"type": "Ready", "status": 1}]})",
        R"({"conditions": [{"type": "Ready", "status": "True"}]})"}) {
    const Json status = StatusOf({"Ready", Truth::kTrue, "Valid", ""}, kNow, Json::parse(text));

    EXPECT_EQ(FindCondition(status, "Ready")->at("lastTransitionTime"), "2026-11-23T09:00:00Z")
        << text;
  }
}

TEST(ConditionsTest, FindsNothingWhereThereIsNone) {
  EXPECT_EQ(FindCondition(Json(), "Ready"), nullptr);
  EXPECT_EQ(FindCondition(StatusOf({"Ready", Truth::kTrue, "Valid", ""}, kNow), "Frozen"), nullptr);
}

}  // namespace
}  // namespace launchgate::resources
