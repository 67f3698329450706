#include "shell/kube/watcher.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>
#include <vector>

namespace launchgate::kube {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class WatcherTest : public ::testing::Test {
 protected:
  static WatcherOptions Options() {
    WatcherOptions options;
    options.page_limit = 100;
    options.watch_min = seconds(40);
    options.watch_max = seconds(50);
    options.backoff = {seconds(1), seconds(30)};
    options.healthy_after = seconds(5);
    options.absent_retry = seconds(30);
    return options;
  }

  WatcherAction Step(const WatcherEvent& event) { return watcher_.Step(event, now_); }
  void Pass(milliseconds duration) { now_ += duration; }

  // A watch that is open since now, from version "10".
  void StartWatching() {
    Step(Started{});
    ASSERT_TRUE(std::holds_alternative<WatchAction>(Step(PageListed{"10", ""})));
  }
  // What follows the wait that `action` must be.
  WatcherAction AfterWaiting(const WatcherAction& action) {
    EXPECT_TRUE(std::holds_alternative<WaitAction>(action));
    return Step(Waited{});
  }
  static milliseconds WaitOf(const WatcherAction& action) {
    const auto* wait = std::get_if<WaitAction>(&action);
    return wait != nullptr ? wait->duration : milliseconds(-1);
  }
  static std::string WatchedFrom(const WatcherAction& action) {
    const auto* watch = std::get_if<WatchAction>(&action);
    return watch != nullptr ? watch->resource_version : "not a watch";
  }

  std::chrono::steady_clock::time_point now_{std::chrono::hours(50)};
  Watcher watcher_{Options(), 11};
};

const WatcherAction kNewList = ListAction{100, ""};

TEST_F(WatcherTest, BeginsWithAListAndIsNotSynced) {
  EXPECT_EQ(Step(Started{}), kNewList);
  EXPECT_EQ(watcher_.sync_state(), SyncState::kStarting);
}

TEST_F(WatcherTest, ReadsPageAfterPageAndWatchesFromTheVersionOfTheLast) {
  Step(Started{});

  EXPECT_EQ(Step(PageListed{"10", "token-1"}), WatcherAction(ListAction{100, "token-1"}));
  EXPECT_EQ(Step(PageListed{"10", "token-2"}), WatcherAction(ListAction{100, "token-2"}));
  EXPECT_EQ(watcher_.sync_state(), SyncState::kStarting) << "half a list is no list";
  EXPECT_EQ(WatchedFrom(Step(PageListed{"10", ""})), "10");
  EXPECT_EQ(watcher_.sync_state(), SyncState::kSynced);
  EXPECT_EQ(watcher_.completed_lists(), 1U);
}

TEST_F(WatcherTest, AsksForWatchesThatEndWithinTheIdleTimeoutAndNotAllTogether) {
  std::set<seconds::rep> timeouts;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Watcher watcher(Options(), seed);
    watcher.Step(Started{}, now_);
    const auto action = watcher.Step(PageListed{"1", ""}, now_);
    timeouts.insert(std::get<WatchAction>(action).timeout.count());
  }

  EXPECT_GT(timeouts.size(), 5U);
  EXPECT_GE(*timeouts.begin(), 40);
  EXPECT_LE(*timeouts.rbegin(), 50);
}

TEST_F(WatcherTest, TheDefaultsNoticeAHalfOpenConnectionWithinAMinute) {
  const WatcherOptions defaults;

  EXPECT_LT(defaults.idle_timeout, seconds(60));
  // Otherwise the client would hang up before the bookmark that comes 2 s before the end.
  EXPECT_LT(defaults.watch_max, defaults.idle_timeout);
}

TEST_F(WatcherTest, EventsAndBookmarksMoveTheVersionForward) {
  StartWatching();

  EXPECT_EQ(Step(Advanced{"11"}), WatcherAction(ReadAction{}));
  EXPECT_EQ(Step(Advanced{"opaque-ABC"}), WatcherAction(ReadAction{}));
  Pass(seconds(45));

  EXPECT_EQ(WatchedFrom(Step(WatchEnded{})), "opaque-ABC");
}

TEST_F(WatcherTest, AWatchThatLivedLongIsFollowedByTheNextAtOnce) {
  StartWatching();
  Pass(seconds(5));

  EXPECT_EQ(WatchedFrom(Step(WatchEnded{})), "10");
  EXPECT_EQ(watcher_.completed_lists(), 1U);
}

TEST_F(WatcherTest, WatchesThatEndAtOnceAreFollowedMoreAndMoreSlowly) {
  StartWatching();

  for (int i = 1; i <= 4; ++i) {
    const WatcherAction action = Step(WatchEnded{});
    EXPECT_LE(WaitOf(action), seconds(1) * (1 << (i - 1)));
    EXPECT_EQ(watcher_.failures(), i);
    EXPECT_EQ(WatchedFrom(AfterWaiting(action)), "10");
  }
}

TEST_F(WatcherTest, TheBackoffStartsAnewAfterAHealthyWatch) {
  StartWatching();
  for (int i = 0; i < 4; ++i) AfterWaiting(Step(WatchEnded{}));
  ASSERT_EQ(watcher_.failures(), 4);

  Pass(seconds(6));
  Step(WatchEnded{});

  EXPECT_EQ(watcher_.failures(), 0);
}

TEST_F(WatcherTest, AConnectionThatNeverCameAboutIsNotAHealthyWatch) {
  StartWatching();
  Pass(seconds(20));  // The connect timeout.

  const WatcherAction action = Step(RequestFailed{});

  EXPECT_EQ(watcher_.failures(), 1);
  EXPECT_EQ(WatchedFrom(AfterWaiting(action)), "10");
}

TEST_F(WatcherTest, ListsAnewWhenOneVersionFailsAgainAndAgain) {
  StartWatching();
  WatcherAction next = ReadAction{};
  for (int i = 0; i < 5; ++i) next = AfterWaiting(Step(Refused{500, {}}));

  EXPECT_EQ(next, kNewList);
}

TEST_F(WatcherTest, ConnectionsThatAreCutAgainAndAgainNeverLeadToAList) {
  StartWatching();
  for (int i = 0; i < 50; ++i) {
    ASSERT_EQ(WatchedFrom(AfterWaiting(Step(WatchEnded{}))), "10");
    ASSERT_EQ(WatchedFrom(AfterWaiting(Step(RequestFailed{}))), "10");
  }
}

TEST_F(WatcherTest, A410OnAWatchLeadsToAListWhateverHowItCame) {
  StartWatching();

  EXPECT_EQ(AfterWaiting(Step(Refused{410, {}})), kNewList);
  EXPECT_EQ(watcher_.sync_state(), SyncState::kSynced) << "the cache is old, not unknown";
  EXPECT_EQ(WatchedFrom(Step(PageListed{"20", ""})), "20");
  EXPECT_EQ(watcher_.completed_lists(), 2U);
}

TEST_F(WatcherTest, A410AfterManyPagesAsksForEverythingAtOnceOnce) {
  Step(Started{});
  Step(PageListed{"10", "token"});

  EXPECT_EQ(AfterWaiting(Step(Refused{410, {}})), WatcherAction(ListAction{0, ""}));
  Step(PageListed{"20", ""});
  EXPECT_EQ(AfterWaiting(Step(Refused{410, {}})), kNewList);
}

TEST_F(WatcherTest, AMalformedLineLeadsToAList) {
  StartWatching();
  Pass(seconds(1));

  EXPECT_EQ(AfterWaiting(Step(Malformed{})), kNewList);
}

TEST_F(WatcherTest, AnAnswerNobodyCanReadMeansTheSameListAgain) {
  Step(Started{});
  Step(PageListed{"10", "token"});

  EXPECT_EQ(AfterWaiting(Step(RequestFailed{false})), WatcherAction(ListAction{100, "token"}));
  EXPECT_EQ(AfterWaiting(Step(RequestFailed{true})), kNewList);
}

TEST_F(WatcherTest, AListWithoutAVersionIsNotTakenOver) {
  Step(Started{});

  EXPECT_EQ(AfterWaiting(Step(PageListed{"", ""})), kNewList);
  EXPECT_EQ(watcher_.sync_state(), SyncState::kStarting);
}

struct RefusalRow {
  std::string name;
  int code;
  bool listing;  // Else: watching.
  SyncState state;
  bool list_next;
};

class RefusalTest : public WatcherTest, public ::testing::WithParamInterface<RefusalRow> {};

TEST_P(RefusalTest, WaitsAndThenDoesWhatTheCodeMeans) {
  if (GetParam().listing) {
    Step(Started{});
  } else {
    StartWatching();
  }

  const WatcherAction action = Step(Refused{GetParam().code, {}});

  EXPECT_EQ(watcher_.sync_state(), GetParam().state);
  const WatcherAction next = AfterWaiting(action);
  EXPECT_EQ(std::holds_alternative<ListAction>(next), GetParam().list_next);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, RefusalTest,
    ::testing::Values(RefusalRow{"ListNotFound", 404, true, SyncState::kAbsent, true},
                      RefusalRow{"ListForbidden", 403, true, SyncState::kForbidden, true},
                      RefusalRow{"ListUnauthorized", 401, true, SyncState::kStarting, true},
                      RefusalRow{"ListBusy", 429, true, SyncState::kStarting, true},
                      RefusalRow{"ListBroken", 500, true, SyncState::kStarting, true},
                      RefusalRow{"ListRedirected", 302, true, SyncState::kStarting, true},
                      RefusalRow{"WatchNotFound", 404, false, SyncState::kSynced, true},
                      RefusalRow{"WatchForbidden", 403, false, SyncState::kSynced, true},
                      RefusalRow{"WatchGone", 410, false, SyncState::kSynced, true},
                      RefusalRow{"WatchBadRequest", 400, false, SyncState::kSynced, true},
                      RefusalRow{"WatchErrorWithoutACode", 0, false, SyncState::kSynced, true},
                      RefusalRow{"WatchUnauthorized", 401, false, SyncState::kSynced, false},
                      RefusalRow{"WatchBusy", 429, false, SyncState::kSynced, false},
                      RefusalRow{"WatchTimedOut", 504, false, SyncState::kSynced, false}),
    [](const auto& row) { return row.param.name; });

TEST_F(WatcherTest, LooksSlowlyForAKindThatIsAbsentAndIsSyncedWhenItAppears) {
  Step(Started{});

  const WatcherAction action = Step(Refused{404, {}});

  EXPECT_GE(WaitOf(action), milliseconds(22'500));
  EXPECT_LE(WaitOf(action), milliseconds(37'500));
  EXPECT_EQ(AfterWaiting(action), kNewList);
  Step(PageListed{"1", ""});
  EXPECT_EQ(watcher_.sync_state(), SyncState::kSynced);
}

TEST_F(WatcherTest, WaitsAsLongAsTheServerAsksButNotForEver) {
  StartWatching();

  EXPECT_GE(WaitOf(Step(Refused{429, seconds(20)})), seconds(20));
  Step(Waited{});
  EXPECT_LE(WaitOf(Step(Refused{429, std::chrono::hours(24)})), seconds(60));
}

TEST_F(WatcherTest, ListsAnewOnceAnHourEvenWhenTheWatchIsFine) {
  StartWatching();
  Pass(std::chrono::minutes(59));
  ASSERT_EQ(WatchedFrom(Step(WatchEnded{})), "10");

  Pass(std::chrono::minutes(1));

  EXPECT_EQ(Step(WatchEnded{}), kNewList);
}

struct OddRow {
  std::string name;
  WatcherEvent event;
};

class OddEventTest : public WatcherTest, public ::testing::WithParamInterface<OddRow> {};

TEST_P(OddEventTest, ThatCannotHappenWhileWaitingLeadsToAList) {
  StartWatching();
  Step(WatchEnded{});

  EXPECT_EQ(Step(GetParam().event), kNewList);
}

INSTANTIATE_TEST_SUITE_P(Rows, OddEventTest,
                         ::testing::Values(OddRow{"Advanced", Advanced{"99"}},
                                           OddRow{"PageListed", PageListed{"99", ""}},
                                           OddRow{"Refused", Refused{500, {}}},
                                           OddRow{"RequestFailed", RequestFailed{}},
                                           OddRow{"Malformed", Malformed{}},
                                           OddRow{"WatchEnded", WatchEnded{}}),
                         [](const auto& row) { return row.param.name; });

TEST_F(WatcherTest, AnyOrderOfEventsKeepsItsPromises) {
  const std::vector<WatcherEvent> events{
      Started{},           Waited{},         PageListed{"5", ""}, PageListed{"5", "token"},
      Refused{410, {}},    Refused{404, {}}, Refused{503, {}},    RequestFailed{false},
      RequestFailed{true}, Advanced{"6"},    Malformed{},         WatchEnded{}};
  std::mt19937 random(1);
  Step(Started{});

  for (int i = 0; i < 20'000; ++i) {
    Pass(milliseconds(random() % 8'000));
    const WatcherAction action = Step(events[random() % events.size()]);
    if (std::holds_alternative<WatchAction>(action)) {
      ASSERT_FALSE(WatchedFrom(action).empty()) << "a watch from nowhere";
      ASSERT_EQ(watcher_.sync_state(), SyncState::kSynced);
    }
    if (std::holds_alternative<WaitAction>(action)) {
      ASSERT_LE(WaitOf(action), seconds(60));
    }
  }
}

}  // namespace
}  // namespace launchgate::kube
