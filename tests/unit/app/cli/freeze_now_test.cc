#include "app/cli/freeze_now.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <ostream>
#include <string>

#include "tests/support/fake_clock.h"
#include "tests/support/fake_waiter.h"
#include "tests/support/scripted_transport.h"

namespace launchgate::app::cli {
namespace {

using json::Json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const base::Time kNoon = *base::ParseTime("2026-11-23T12:00:00.750Z");

FreezeWords Words() {
  FreezeWords words;
  words.duration = "2h";
  words.reason = "INC-42: payments are down";
  return words;
}

Json SpecOf(const FreezeWords& words) {
  const auto freeze = BuildFreeze(words, "alice", kNoon);
  EXPECT_TRUE(freeze) << freeze.error().message;
  return freeze ? freeze->object["spec"] : Json();
}

TEST(BuildFreezeTest, BeginsNowAndEndsByItself) {
  const auto freeze = BuildFreeze(Words(), "alice", kNoon);

  ASSERT_TRUE(freeze) << freeze.error().message;
  EXPECT_EQ(freeze->object["metadata"]["name"], "freeze-20261123-120000");
  EXPECT_EQ(freeze->object["spec"], Json::parse(R"({
    "reason": "INC-42: payments are down",
    "owner": {"team": "alice", "contact": "alice"},
    "start": "2026-11-23T12:00:00Z",
    "end": "2026-11-23T14:00:00Z"})"));
  EXPECT_EQ(freeze->window.meta.name, "freeze-20261123-120000");
}

TEST(BuildFreezeTest, TakesEveryWord) {
  FreezeWords words = Words();
  words.selector = "tier=shop,region=";
  words.name = "inc-42";
  words.owner = "sre";
  words.contact = "#sre";

  const auto freeze = BuildFreeze(words, "", kNoon);

  ASSERT_TRUE(freeze) << freeze.error().message;
  EXPECT_EQ(freeze->object["metadata"]["name"], "inc-42");
  EXPECT_EQ(freeze->object["spec"]["owner"], Json::parse(R"({"team": "sre", "contact": "#sre"})"));
  EXPECT_EQ(freeze->object["spec"]["namespaceSelector"],
            Json::parse(R"({"matchLabels": {"tier": "shop", "region": ""}})"));
}

TEST(BuildFreezeTest, MayLastFromAMinuteToAYear) {
  for (const char* duration : {"1m", "366d"}) {
    FreezeWords words = Words();
    words.duration = duration;

    EXPECT_FALSE(SpecOf(words).is_null()) << duration;
  }
}

struct BadWords {
  std::string name;
  void (*spoil)(FreezeWords&);
  std::string message;
  friend void PrintTo(const BadWords& row, std::ostream* out) { *out << row.name; }
};

class BadFreezeTest : public ::testing::TestWithParam<BadWords> {};

TEST_P(BadFreezeTest, NamesTheFlagAndTheRemedy) {
  FreezeWords words = Words();
  GetParam().spoil(words);

  const auto freeze = BuildFreeze(words, "", kNoon);

  ASSERT_FALSE(freeze);
  EXPECT_EQ(freeze.error().kind, base::ErrorKind::kInvalid);
  EXPECT_THAT(freeze.error().message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, BadFreezeTest,
    ::testing::Values(
        BadWords{"NoDuration", [](FreezeWords& words) { words.duration = "soon"; }, "--for: "},
        BadWords{"TooShort", [](FreezeWords& words) { words.duration = "59s"; },
                 "--for must be from 1m to 366d"},
        BadWords{"TooLong", [](FreezeWords& words) { words.duration = "367d"; },
                 "--for must be from 1m to 366d"},
        BadWords{"NobodyOwnsIt", [](FreezeWords& words) { words.owner = ""; },
                 "--owner must name a team"},
        BadWords{"SelectorWithoutValue",
                 [](FreezeWords& words) {
                   words.owner = "sre";
                   words.selector = "tier";
                 },
                 "--selector must be key=value[,key=value]"},
        BadWords{"SelectorWithoutKey",
                 [](FreezeWords& words) {
                   words.owner = "sre";
                   words.selector = "=shop";
                 },
                 "--selector must be"},
        BadWords{"SameKeyTwice",
                 [](FreezeWords& words) {
                   words.owner = "sre";
                   words.selector = "a=b,a=c";
                 },
                 "each key once"},
        BadWords{"ValueIsNone",
                 [](FreezeWords& words) {
                   words.owner = "sre";
                   words.selector = "a=b=c";
                 },
                 "spec.namespaceSelector.matchLabels.a: must be the value of a label"},
        BadWords{"NameIsNone",
                 [](FreezeWords& words) {
                   words.owner = "sre";
                   words.name = "No!";
                 },
                 "metadata.name: must be an RFC 1123 subdomain"},
        BadWords{"NoReason",
                 [](FreezeWords& words) {
                   words.owner = "sre";
                   words.reason = "";
                 },
                 "spec.reason: must not be empty"}),
    [](const auto& row) { return row.param.name; });

class StoreFreezeTest : public ::testing::Test {
 protected:
  void Answer(int status, const Json& body) {
    test_support::ScriptedTransport::Step step;
    step.status = status;
    step.body = body.dump();
    transport_.Then(step);
  }
  // As a server answers with 409.
  void AnswerTaken() {
    Answer(409, {{"kind", "Status"}, {"reason", "AlreadyExists"}, {"message", "taken"}});
  }

  NewFreeze freeze_ = *BuildFreeze(Words(), "alice", kNoon);
  test_support::FakeClock clock_;
  test_support::FakeWaiter waiter_{clock_};
  test_support::ScriptedTransport transport_;
  kube::Client client_{transport_, clock_, waiter_, {}, 1};
};

TEST_F(StoreFreezeTest, CreatesAClusterScopedObject) {
  Answer(201, freeze_.object);

  const auto stored = StoreFreeze(client_, freeze_);

  ASSERT_TRUE(stored) << stored.error().message;
  EXPECT_EQ(*stored, freeze_.object);
  ASSERT_EQ(transport_.requests.size(), 1U);
  EXPECT_EQ(transport_.requests[0].method, "POST");
  EXPECT_THAT(transport_.requests[0].target,
              ::testing::StartsWith("/apis/launchgate.dev/v1alpha1/freezewindows"));
}

TEST_F(StoreFreezeTest, TakesTheSameFreezeForItsOwn) {
  AnswerTaken();
  Json stored = freeze_.object;
  stored["metadata"]["uid"] = "1";
  Answer(200, stored);

  const auto result = StoreFreeze(client_, freeze_);

  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ((*result)["metadata"]["uid"], "1");
}

TEST_F(StoreFreezeTest, DoesNotTakeAnotherFreezeForItsOwn) {
  AnswerTaken();
  Json other = freeze_.object;
  other["spec"]["end"] = "2026-11-23T12:01:00Z";
  Answer(200, other);

  const auto result = StoreFreeze(client_, freeze_);

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, base::ErrorKind::kConflict);
  EXPECT_THAT(result.error().message, HasSubstr("choose another --name"));
}

TEST_F(StoreFreezeTest, SaysWhenItMayNot) {
  Answer(403, {{"kind", "Status"}, {"message", "alice cannot create freezewindows"}});

  const auto result = StoreFreeze(client_, freeze_);

  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("alice cannot create freezewindows"));
}

TEST_F(StoreFreezeTest, NamesTheGatedNamespacesThatItSelects) {
  const auto ns = [](const char* name, const char* tier) {
    return Json{{"metadata", {{"name", name}, {"labels", {{"tier", tier}}}}}};
  };
  Answer(200, {{"metadata", {{"resourceVersion", "1"}}},
               {"items", {ns("shop-us", "shop"), ns("lab", "lab"), ns("shop-eu", "shop")}}});
  FreezeWords words = Words();
  words.selector = "tier=shop";
  const NewFreeze freeze = *BuildFreeze(words, "alice", kNoon);

  const auto namespaces = FrozenNamespaces(client_, freeze.window);

  ASSERT_TRUE(namespaces) << namespaces.error().message;
  EXPECT_THAT(*namespaces, ElementsAre("shop-eu", "shop-us"));
  EXPECT_THAT(transport_.requests[0].target, HasSubstr("labelSelector=launchgate.dev%2Fgate"));
}

TEST(DescribeFreezeTest, SaysUntilWhenWhereAndHowToLiftIt) {
  FreezeWords words = Words();
  const auto all = BuildFreeze(words, "alice", kNoon)->window;
  words.selector = "tier=shop";
  const auto some = BuildFreeze(words, "alice", kNoon)->window;

  EXPECT_EQ(
      DescribeFreeze(all, std::vector<std::string>{"lab", "shop"}),
      "launches are frozen until 2026-11-23T14:00:00Z in every gated namespace: lab and shop\n"
      "lift it early: kubectl delete freezewindow freeze-20261123-120000\n");
  EXPECT_THAT(DescribeFreeze(some, std::vector<std::string>()),
              HasSubstr("in gated namespaces with tier=shop: at present none\n"));
  EXPECT_THAT(DescribeFreeze(some, base::Fail(base::ErrorKind::kForbidden, "no")),
              HasSubstr("in gated namespaces with tier=shop\n"));
  EXPECT_THAT(DescribeFreeze(all, std::vector<std::string>(30, "ns")), HasSubstr("and 10 more\n"));
}

}  // namespace
}  // namespace launchgate::app::cli
