#include "shell/kube/events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "core/base/text.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_transport.h"
#include "tests/support/fake_waiter.h"

namespace launchgate::kube {
namespace {

using Json = nlohmann::json;
using std::chrono::seconds;
using testing::IsEmpty;

Event Denied() {
  return {{"apps/v1", "Deployment", {"shop", "gift-cards"}, "u-1"},
          std::nullopt,
          EventType::kWarning,
          "LaunchDenied",
          "Gate",
          "evidence is missing"};
}

const std::string kCollection = "/apis/events.k8s.io/v1/namespaces/shop/events";
const std::string kCreated = R"({"metadata":{"name":"x","namespace":"shop"}})";

TEST(EventNameTest, IsTheSameForTheSameEventAndDiffersOtherwise) {
  const std::string name = EventName(Denied());
  EXPECT_EQ(EventName(Denied()), name);
  EXPECT_TRUE(name.starts_with("gift-cards."));

  std::vector<Event> others(5, Denied());
  others[0].note = "other";
  others[1].reason = "Other";
  others[2].type = EventType::kNormal;
  others[3].regarding.uid = "u-2";
  // The same characters, divided otherwise.
  others[4].reason = "LaunchDeniedG";
  others[4].action = "ate";

  for (const Event& other : others) EXPECT_NE(EventName(other), name);
}

TEST(EventNameTest, FitsAndIsADnsNameWhateverTheSubjectIsCalled) {
  Event event = Denied();
  event.regarding.key.name = std::string(235, 'a') + "-" + std::string(17, 'b');

  const std::string name = EventName(event);

  EXPECT_LE(name.size(), 253U);
  EXPECT_TRUE(base::IsDnsSubdomain(name)) << name;
}

TEST(EventNameTest, ASubjectWithoutADnsNameGivesNone) {
  Event event = Denied();
  event.regarding.key.name = "../x";

  EXPECT_EQ(EventName(event), "");
}

TEST(EventNamespaceTest, ClusterScopedSubjectsGoWhereEveryServerAcceptsThem) {
  Event event = Denied();
  EXPECT_EQ(EventNamespace(event), "shop");
  event.regarding.key.ns = "";
  EXPECT_EQ(EventNamespace(event), "kube-system");
}

class EventRecorderTest : public testing::Test {
 protected:
  EventRecorderTest()
      : recorder_(client_, clock_, Options(),
                  [this](const base::Error& error) { failures_.push_back(error.message); }) {}

  static EventRecorderOptions Options() {
    EventRecorderOptions options;
    options.controller = "launchgate.dev/controller";
    options.instance = "launchgate-0";
    options.rate = {1, 3};
    options.max_series = 2;
    return options;
  }
  std::string EventPath() const { return kCollection + "/" + EventName(Denied()); }
  Json BodyOf(std::size_t request) { return Json::parse(transport_.requests().at(request).body); }
  void TearDown() override { EXPECT_THAT(transport_.problems(), IsEmpty()); }

  test_support::FakeTransport transport_;
  test_support::FakeClock clock_;
  test_support::FakeWaiter waiter_{clock_};
  Client client_{transport_, clock_, waiter_, {}, 1};
  std::vector<std::string> failures_;
  EventRecorder recorder_;
};

TEST_F(EventRecorderTest, WritesAnEventAsTheApiWantsIt) {
  transport_.ExpectSend("POST", kCollection, 201, kCreated);
  Event event = Denied();
  event.related = {"launchgate.dev/v1alpha1", "LaunchReview", {"shop", "gift-cards"}, "u-9"};

  recorder_.Record(event);
  recorder_.SendDue({});

  const Json expected = {
      {"apiVersion", "events.k8s.io/v1"},
      {"kind", "Event"},
      {"metadata", {{"name", EventName(event)}, {"namespace", "shop"}}},
      {"eventTime", "2026-11-23T08:00:00.000000Z"},
      {"reportingController", "launchgate.dev/controller"},
      {"reportingInstance", "launchgate-0"},
      {"type", "Warning"},
      {"reason", "LaunchDenied"},
      {"action", "Gate"},
      {"note", "evidence is missing"},
      {"regarding",
       {{"apiVersion", "apps/v1"},
        {"kind", "Deployment"},
        {"namespace", "shop"},
        {"name", "gift-cards"},
        {"uid", "u-1"}}},
      {"related",
       {{"apiVersion", "launchgate.dev/v1alpha1"},
        {"kind", "LaunchReview"},
        {"namespace", "shop"},
        {"name", "gift-cards"},
        {"uid", "u-9"}}},
  };
  EXPECT_EQ(BodyOf(0), expected);
  EXPECT_EQ(recorder_.counters().written, 1U);
}

TEST_F(EventRecorderTest, BoundsAndCleansWhatPeopleWrote) {
  transport_.ExpectSend("POST", kCollection, 201, kCreated);
  Event event = Denied();
  event.note = "\x1b[31m" + std::string(5000, 'x');

  recorder_.Record(event);
  recorder_.SendDue({});

  const auto note = BodyOf(0)["note"].get<std::string>();
  EXPECT_LE(note.size(), kMaxEventNoteBytes);
  EXPECT_EQ(note.find('\x1b'), std::string::npos);
}

TEST_F(EventRecorderTest, RepetitionsAreCountedAtOnceAndWrittenTogetherLater) {
  transport_.ExpectSend("POST", kCollection, 201, kCreated);
  recorder_.Record(Denied());
  recorder_.SendDue({});

  for (int i = 0; i < 9; ++i) recorder_.Record(Denied());
  EXPECT_EQ(recorder_.SendDue({}), 0U);
  clock_.Advance(Options().series_interval);
  transport_.ExpectSend("PATCH", EventPath(), 200, kCreated);
  EXPECT_EQ(recorder_.SendDue({}), 1U);

  EXPECT_EQ(BodyOf(1)["series"]["count"], 10);
  EXPECT_EQ(BodyOf(1)["series"]["lastObservedTime"], "2026-11-23T08:00:00.000000Z");
  EXPECT_EQ(recorder_.counters().aggregated, 9U);
}

TEST_F(EventRecorderTest, AnEventThatAnotherReplicaWroteIsJoined) {
  transport_.ExpectSend("POST", kCollection, 409, R"({"kind":"Status","reason":"AlreadyExists"})");
  transport_.ExpectSend("GET", EventPath(), 200,
                        R"({"metadata":{"name":"x"},"series":{"count":5}})");
  transport_.ExpectSend("PATCH", EventPath(), 200, kCreated);

  recorder_.Record(Denied());
  recorder_.SendDue({});

  EXPECT_EQ(BodyOf(2)["series"]["count"], 6);
  EXPECT_EQ(recorder_.counters().written, 1U);
}

TEST_F(EventRecorderTest, AnEventThatExpiredBeginsAnew) {
  transport_.ExpectSend("POST", kCollection, 201, kCreated);
  recorder_.Record(Denied());
  recorder_.SendDue({});
  recorder_.Record(Denied());
  clock_.Advance(Options().series_interval);
  transport_.ExpectSend("PATCH", EventPath(), 404, "");
  transport_.ExpectSend("POST", kCollection, 201, kCreated);

  recorder_.SendDue({});

  EXPECT_EQ(BodyOf(2)["series"]["count"], 2);
  EXPECT_EQ(recorder_.counters().failed, 0U);
}

TEST_F(EventRecorderTest, ARefusalIsCountedToldAndNotRetriedUntilItHappensAgain) {
  transport_.ExpectSend("POST", kCollection, 403, R"({"kind":"Status","reason":"Forbidden"})");
  recorder_.Record(Denied());
  recorder_.SendDue({});

  clock_.Advance(seconds(3600));
  EXPECT_EQ(recorder_.SendDue({}), 0U);

  EXPECT_EQ(recorder_.counters().failed, 1U);
  EXPECT_EQ(failures_.size(), 1U);
}

TEST_F(EventRecorderTest, WritesNoFasterThanItsRate) {
  EventRecorderOptions options = Options();
  options.max_series = 100;
  EventRecorder recorder(client_, clock_, options);
  for (int i = 0; i < 5; ++i) {
    Event event = Denied();
    event.note = std::to_string(i);
    recorder.Record(event);
    transport_.ExpectSend("POST", kCollection, 201, kCreated);
  }

  EXPECT_EQ(recorder.SendDue({}), 3U);
  EXPECT_EQ(recorder.SendDue({}), 0U);
  clock_.Advance(seconds(1));
  EXPECT_EQ(recorder.SendDue({}), 1U);
  clock_.Advance(seconds(1));
  EXPECT_EQ(recorder.SendDue({}), 1U);
}

TEST_F(EventRecorderTest, ForgetsWrittenEventsToMakeRoomAndDropsWhenThereIsNone) {
  std::vector<Event> events(4, Denied());
  for (std::size_t i = 0; i < events.size(); ++i) events[i].note = std::to_string(i);
  transport_.ExpectSend("POST", kCollection, 201, kCreated);
  recorder_.Record(events[0]);
  recorder_.SendDue({});

  recorder_.Record(events[1]);
  recorder_.Record(events[2]);  // Takes the room of the first.
  recorder_.Record(events[3]);  // Nothing else is written yet.

  EXPECT_EQ(recorder_.counters().dropped, 1U);
  transport_.ExpectSend("POST", kCollection, 201, kCreated);
  transport_.ExpectSend("POST", kCollection, 201, kCreated);
  EXPECT_EQ(recorder_.SendDue({}), 2U);
}

TEST_F(EventRecorderTest, ASubjectThatCannotBeNamedIsDroppedQuietly) {
  Event event = Denied();
  event.regarding.key.name = "";

  recorder_.Record(event);

  EXPECT_EQ(recorder_.SendDue({}), 0U);
  EXPECT_EQ(recorder_.counters().dropped, 1U);
}

TEST_F(EventRecorderTest, RunWritesWhatIsRecordedMeanwhileAndStops) {
  transport_.ExpectSend("POST", kCollection, 201, kCreated);
  std::jthread runner([&](std::stop_token stop) { recorder_.Run(std::move(stop)); });

  recorder_.Record(Denied());

  EXPECT_TRUE(transport_.WaitForRequests(1));
}

}  // namespace
}  // namespace launchgate::kube
