#include "app/reconcile/freeze_window_reconciler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "shell/clock/time_zones.h"
#include "shell/kube/lease.h"
#include "tests/contract/crds.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_waiter.h"
#include "tests/support/scripted_transport.h"
#include "tests/support/structural_schema.h"

namespace launchgate::app {
namespace {

using json::Json;
using std::chrono::hours;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

base::Time At(const char* text) { return *base::ParseTime(text); }

class NoZones final : public budget::TimeZones {
 public:
  base::Result<std::shared_ptr<const budget::TimeZone>> Find(
      std::string_view /*iana_name*/) const override {
    return base::Fail(base::ErrorKind::kUnavailable, "the disk is gone");
  }
};

Json WindowJson(Json spec) {
  spec["reason"] = "No launches over the weekend";
  spec["owner"] = {{"team", "sre"}, {"contact", "#sre"}};
  return {{"apiVersion", "launchgate.dev/v1alpha1"},
          {"kind", "FreezeWindow"},
          {"metadata", {{"name", "weekend"}, {"generation", 3}, {"resourceVersion", "7"}}},
          {"spec", std::move(spec)}};
}

Json Weekend(const std::string& cron = "0 18 * * 5", const std::string& zone = "Europe/Zurich") {
  return WindowJson({{"schedule", {{"cron", cron}, {"duration", "62h"}, {"timeZone", zone}}}});
}

FreezeWindowRecord Record(const Json& object) {
  const auto record = DecodeFreezeWindow({{}, object.dump()}, KeepStatus::kYes);
  EXPECT_TRUE(record);
  return *record;
}

// The status of `object`, which a server would accept, and when to look again.
FreezeWindowStatus StatusAt(const Json& object, const char* now) {
  static const clock::SystemTimeZones zones;
  FreezeWindowStatus result = FreezeWindowStatusAt(Record(object), zones, At(now));
  Json whole = object;
  for (const char* field : {"apiVersion", "kind", "metadata"}) whole.erase(field);
  whole["status"] = result.status;
  for (const contract::Kind& kind : contract::Kinds()) {
    if (kind.name != "FreezeWindow") continue;
    for (const std::string& violation :
         launchgate::testing::Violations(contract::SchemaOf(kind), whole)) {
      EXPECT_THAT(violation, ::testing::StartsWith("spec")) << result.status;
    }
  }
  return result;
}

std::string ConditionText(const Json& status, const std::string& type) {
  for (const Json& condition : status["conditions"]) {
    if (condition["type"] == type) {
      return condition["status"].get<std::string>() + " " + condition["reason"].get<std::string>() +
             ": " + condition["message"].get<std::string>();
    }
  }
  return "";
}

TEST(FreezeWindowStatusTest, SaysWhenLaunchesAreFrozenNext) {
  const auto [status, next] = StatusAt(Weekend(), "2026-11-23T12:00:00Z");

  EXPECT_EQ(status["observedGeneration"], 3);
  EXPECT_EQ(status["active"], false);
  EXPECT_FALSE(status.contains("nextOpen"));
  EXPECT_EQ(status["nextClose"], "2026-11-27T17:00:00Z");
  EXPECT_EQ(ConditionText(status, "Ready"),
            R"(True Valid: freezes "0 18 * * 5" in Europe/Zurich, for 2d14h)");
  EXPECT_EQ(ConditionText(status, "Active"),
            "False Open: launches are frozen next at 2026-11-27T17:00:00Z");
  EXPECT_EQ(next, At("2026-11-27T17:00:00Z"));
}

TEST(FreezeWindowStatusTest, SaysWhenLaunchesArePossibleAgain) {
  const auto [status, next] = StatusAt(Weekend(), "2026-11-27T17:00:00Z");

  EXPECT_EQ(status["active"], true);
  EXPECT_EQ(status["nextOpen"], "2026-11-30T07:00:00Z");
  EXPECT_EQ(status["nextClose"], "2026-12-04T17:00:00Z");
  EXPECT_EQ(ConditionText(status, "Active"),
            "True Frozen: launches are possible again at 2026-11-30T07:00:00Z");
  EXPECT_EQ(next, At("2026-11-30T07:00:00Z"));
}

TEST(FreezeWindowStatusTest, OfAOneOffThatIsOverNeverChanges) {
  const Json once =
      WindowJson({{"start", "2026-11-27T00:00:00Z"}, {"end", "2026-11-28T00:00:00Z"}});

  const auto [status, next] = StatusAt(once, "2026-11-28T00:00:00Z");

  EXPECT_EQ(status["active"], false);
  EXPECT_FALSE(status.contains("nextClose"));
  EXPECT_EQ(ConditionText(status, "Active"),
            "False Open: launches are not frozen by this window any more");
  EXPECT_EQ(next, base::kNever);
}

TEST(FreezeWindowStatusTest, OfAFreezeWithoutAnEndIsLookedAtEveryDay) {
  const auto [status, next] = StatusAt(Weekend("0 18 * * *"), "2026-11-23T12:00:00Z");

  EXPECT_EQ(status["active"], true);
  EXPECT_FALSE(status.contains("nextOpen"));
  EXPECT_THAT(ConditionText(status, "Active"), HasSubstr("True FrozenWithoutEnd: "));
  EXPECT_EQ(next, At("2026-11-24T12:00:00Z"));
}

TEST(FreezeWindowStatusTest, SaysWhatToCorrect) {
  const auto [status, next] = StatusAt(Weekend("0 25 * * 5"), "2026-11-23T12:00:00Z");

  EXPECT_EQ(status["active"], true) << "what cannot be used freezes";
  EXPECT_THAT(ConditionText(status, "Ready"),
              HasSubstr("False Invalid: spec.schedule.cron: must have a valid hour"));
  EXPECT_THAT(ConditionText(status, "Active"), HasSubstr("True CannotBeUsed"));
  EXPECT_EQ(next, base::kNever);
}

TEST(FreezeWindowStatusTest, IsTriedAgainWhenTheZoneMayComeBack) {
  const auto unknown = StatusAt(Weekend("0 18 * * 5", "Europe/Atlantis"), "2026-11-23T12:00:00Z");
  const auto unreadable =
      FreezeWindowStatusAt(Record(Weekend()), NoZones(), At("2026-11-23T12:00:00Z"));

  EXPECT_THAT(ConditionText(unknown.status, "Ready"),
              HasSubstr("False TimeZoneUnknown: there is no time zone \"Europe/Atlantis\""));
  EXPECT_THAT(ConditionText(unreadable.status, "Ready"),
              HasSubstr("False TimeZoneUnreadable: the disk is gone"));
  EXPECT_EQ(unreadable.next, At("2026-11-23T12:10:00Z"));
}

TEST(FreezeWindowStatusTest, KeepsTheTimeOfATransitionWhileTheStatusStays) {
  Json object = Weekend();
  object["status"] = StatusAt(object, "2026-11-23T12:00:00Z").status;

  const Json later = StatusAt(object, "2026-11-24T12:00:00Z").status;
  const Json frozen = StatusAt(object, "2026-11-28T12:00:00Z").status;

  EXPECT_EQ(later, object["status"]);
  EXPECT_EQ(frozen["conditions"][0]["lastTransitionTime"], "2026-11-23T12:00:00Z");
  EXPECT_EQ(frozen["conditions"][1]["lastTransitionTime"], "2026-11-28T12:00:00Z");
}

// A Lease that is free for the taking.
class FreeLease final : public kube::LeaseApi {
 public:
  base::Result<kube::LeaseRecord> Read(std::chrono::milliseconds /*timeout*/,
                                       std::stop_token /*stop*/) override {
    return base::Fail(base::ErrorKind::kNotFound, "none");
  }
  base::Result<kube::LeaseRecord> Write(const std::optional<kube::LeaseRecord>& /*based_on*/,
                                        const kube::LeaseRecord& desired,
                                        std::chrono::milliseconds /*timeout*/,
                                        std::stop_token /*stop*/) override {
    return desired;
  }
};

class FreezeWindowReconcilerTest : public ::testing::Test {
 protected:
  void Lead() { elector_.Attempt({}); }
  base::Result<base::Time> Reconcile(const Json& object) {
    return reconciler_.Reconcile(Record(object), {});
  }
  void AnswerOnce() {
    test_support::ScriptedTransport::Step step;
    step.body = R"({"metadata": {"name": "weekend"}})";
    transport_.Then(step);
  }
  // The weekend with the status that stands after a reconcile.
  Json Reconciled() {
    Json object = Weekend();
    object["status"] = FreezeWindowStatusAt(Record(object), zones_, clock_.Now()).status;
    return object;
  }

  test_support::FakeClock clock_;  // A Monday, 08:00 UTC.
  test_support::FakeWaiter waiter_{clock_};
  test_support::ScriptedTransport transport_;
  kube::Client client_{transport_, clock_, waiter_, {}, 1};
  FreeLease lease_;
  kube::LeaderElector elector_{lease_, clock_, waiter_, "me", {}, {[](const auto&) {}, [] {}}};
  telemetry::OperatorMetrics metrics_;
  StatusWriter writer_{client_, elector_.guard(), metrics_};
  clock::SystemTimeZones zones_;
  FreezeWindowReconciler reconciler_{writer_, zones_, clock_};
};

TEST_F(FreezeWindowReconcilerTest, WritesTheStatusOfTheVersionItSaw) {
  Lead();
  AnswerOnce();

  const auto next = Reconcile(Weekend());

  ASSERT_TRUE(next) << next.error().message;
  EXPECT_EQ(*next, At("2026-11-27T17:00:00Z"));
  ASSERT_EQ(transport_.requests.size(), 1U);
  EXPECT_THAT(transport_.requests[0].target,
              HasSubstr("/apis/launchgate.dev/v1alpha1/freezewindows/weekend/status"));
  const Json body = Json::parse(transport_.requests[0].body);
  EXPECT_EQ(body["metadata"]["resourceVersion"], "7");
  EXPECT_EQ(body["status"], Reconciled()["status"]);
}

TEST_F(FreezeWindowReconcilerTest, SendsNothingWhenTheStatusStands) {
  Lead();

  const auto next = Reconcile(Reconciled());

  ASSERT_TRUE(next);
  EXPECT_EQ(*next, At("2026-11-27T17:00:00Z"));
  EXPECT_THAT(transport_.requests, IsEmpty());
}

TEST_F(FreezeWindowReconcilerTest, WritesAgainWhenTheWindowBeginsToFreeze) {
  Lead();
  const Json before = Reconciled();
  clock_.StepWallClock(At("2026-11-27T17:00:00Z") - clock_.Now());
  AnswerOnce();

  const auto next = Reconcile(before);

  ASSERT_TRUE(next) << next.error().message;
  EXPECT_EQ(*next, At("2026-11-30T07:00:00Z"));
  ASSERT_EQ(transport_.requests.size(), 1U);
  EXPECT_EQ(Json::parse(transport_.requests[0].body)["status"]["active"], true);
}

TEST_F(FreezeWindowReconcilerTest, SendsNothingWithoutLeading) {
  const auto next = Reconcile(Weekend());

  ASSERT_FALSE(next);
  EXPECT_EQ(next.error().kind, base::ErrorKind::kUnavailable);
  EXPECT_THAT(transport_.requests, IsEmpty());
}

TEST(FreezeWindowRecordTest, KeepsTheStatusOnlyForWhoWritesIt) {
  Json object = Weekend();
  object["status"] = {{"active", true}};

  const auto webhook = DecodeFreezeWindow({{}, object.dump()}, KeepStatus::kNo);
  const auto nonsense = DecodeFreezeWindow({{}, "{"}, KeepStatus::kNo);

  EXPECT_EQ(Record(object).status_text, R"({"active":true})");
  ASSERT_TRUE(webhook);
  EXPECT_EQ(webhook->status_text, "");
  EXPECT_THAT(webhook->problems, IsEmpty());
  EXPECT_FALSE(nonsense);
}

}  // namespace
}  // namespace launchgate::app
