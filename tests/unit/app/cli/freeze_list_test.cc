#include "app/cli/freeze_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "shell/clock/time_zones.h"
#include "shell/crypto/keys.h"

namespace launchgate::app::cli {
namespace {

using json::Json;
using ::testing::HasSubstr;
using ::testing::Not;

Json Window(const std::string& name, Json spec) {
  spec["reason"] = "no launches";
  spec["owner"] = {{"team", "sre"}, {"contact", "#sre"}};
  return {{"apiVersion", "launchgate.dev/v1alpha1"},
          {"kind", "FreezeWindow"},
          {"metadata", {{"name", name}}},
          {"spec", std::move(spec)}};
}

Json Weekend(const std::string& cron = "0 18 * * FRI", const std::string& zone = "Europe/Zurich") {
  Json window =
      Window("weekend", {{"schedule", {{"cron", cron}, {"duration", "62h"}, {"timeZone", zone}}}});
  window["spec"]["namespaceSelector"] = {{"matchLabels", {{"tier", "shop"}}}};
  return window;
}

Json Once() {
  return Window("once", {{"start", "2026-11-23T10:00:00Z"}, {"end", "2026-11-23T14:00:00Z"}});
}

std::vector<ListedFreeze> List(const std::vector<Json>& objects) {
  const crypto::OpenSslSignatures signatures;
  World world(signatures);
  for (const Json& object : objects) world.Add(object);
  return ListFreezes(world, clock::SystemTimeZones(), *base::ParseTime("2026-11-23T12:00:00Z"));
}

std::string Table(const std::vector<Json>& objects, bool colour = false) {
  std::ostringstream out;
  WriteFreezeTable(List(objects), colour, out);
  return out.str();
}

TEST(FreezeListTest, IsATable) {
  EXPECT_EQ(
      Table({Weekend(), Once()}),
      "NAME     ACTIVE  NEXT OPEN             NEXT CLOSE            NAMESPACES  REASON\n"
      "once     yes     2026-11-23T14:00:00Z  -                     all gated   no launches\n"
      "weekend  no      -                     2026-11-27T17:00:00Z  tier=shop   no launches\n");
}

TEST(FreezeListTest, ColoursWhatFreezesNow) {
  EXPECT_THAT(Table({Once()}, true), HasSubstr("\x1B[31myes     \x1B[0m"));
  EXPECT_THAT(Table({Weekend()}, true), Not(HasSubstr("\x1B")));
}

TEST(FreezeListTest, SaysWhatIsWrongUnderAWindowThatCannotBeUsed) {
  const std::string invalid = Table({Weekend("0 25 * * *")});
  const std::string nowhere = Table({Weekend("0 18 * * FRI", "Europe/Atlantis")});

  EXPECT_THAT(invalid, HasSubstr("weekend  yes     -"));
  EXPECT_THAT(invalid, HasSubstr("\n  cannot be used, so it freezes always: "
                                 "spec.schedule.cron: must have a valid hour"));
  EXPECT_THAT(nowhere, HasSubstr("there is no time zone \"Europe/Atlantis\""));
}

TEST(FreezeListTest, LeavesOutNoneThatIsBadlyWritten) {
  Json with_namespace = Once();
  with_namespace["metadata"]["namespace"] = "shop";
  Json without_metadata = Once();
  without_metadata.erase("metadata");

  EXPECT_EQ(List({with_namespace, without_metadata}).size(), 2U);
}

TEST(FreezeListTest, ShowsNoControlCharactersOfAnObject) {
  Json window = Once();
  window["spec"]["reason"] = "\x1B[2Jgone\nyes";

  EXPECT_THAT(Table({window}), HasSubstr("\\x1B[2Jgone\\x0Ayes"));
}

TEST(FreezeListTest, IsJson) {
  const Json list = FreezesJson(List({Weekend(), Once(), Weekend("bad")}));

  EXPECT_EQ(list[0], Json::parse(R"({
    "name": "once", "active": true, "usable": true, "reason": "no launches",
    "owner": {"team": "sre", "contact": "#sre"},
    "when": "2026-11-23T10:00:00Z to 2026-11-23T14:00:00Z",
    "namespaceSelector": "", "nextOpen": "2026-11-23T14:00:00Z"})"));
  EXPECT_EQ(list[1]["when"], R"("0 18 * * FRI" in Europe/Zurich, for 2d14h)");
  EXPECT_EQ(list[1]["nextClose"], "2026-11-27T17:00:00Z");
  EXPECT_EQ(list[2]["usable"], false);
  EXPECT_EQ(list[2]["active"], true);
  EXPECT_THAT(list[2]["problem"].get<std::string>(), HasSubstr("spec.schedule.cron"));
}

}  // namespace
}  // namespace launchgate::app::cli
