#include "shell/kube/lease.h"

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/fake_clock.h"
#include "tests/support/fake_waiter.h"

namespace launchgate::kube {
namespace {

using base::ErrorKind;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct OptionsRow {
  std::string name;
  LeaseOptions options;
  bool valid;
};

class LeaseOptionsTest : public ::testing::TestWithParam<OptionsRow> {};

TEST_P(LeaseOptionsTest, AreChecked) {
  EXPECT_EQ(CheckLeaseOptions(GetParam().options).has_value(), GetParam().valid);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, LeaseOptionsTest,
    ::testing::Values(
        OptionsRow{"Defaults", {}, true},
        OptionsRow{"DeadlineAsLongAsTheLease", {seconds(10), seconds(10), seconds(2)}, false},
        OptionsRow{"DeadlineLongerThanTheLease", {seconds(10), seconds(12), seconds(2)}, false},
        OptionsRow{"NoTimeForASecondTry", {seconds(15), seconds(10), milliseconds(8'334)}, false},
        OptionsRow{"JustTimeForASecondTry", {seconds(15), seconds(10), milliseconds(8'333)}, true},
        OptionsRow{"NoPeriod", {seconds(15), seconds(10), seconds(0)}, false},
        OptionsRow{"NotWholeSeconds", {milliseconds(15'500), seconds(10), seconds(2)}, false}),
    [](const auto& row) { return row.param.name; });

struct DecisionRow {
  std::string name;
  std::optional<std::string> holder;  // Nothing: no Lease.
  seconds its_duration;
  milliseconds unchanged_for;
  LeaseStep step;
};

class DecideLeaseTest : public ::testing::TestWithParam<DecisionRow> {};

TEST_P(DecideLeaseTest, FollowsTheTable) {
  const std::chrono::steady_clock::time_point seen{std::chrono::hours(1)};
  LeaseView view;
  view.unchanged_since = seen;
  if (GetParam().holder) {
    view.record = LeaseRecord{*GetParam().holder, GetParam().its_duration, 3, "uid", "7", "{}"};
  }

  EXPECT_EQ(DecideLease(view, "me", seen + GetParam().unchanged_for, {}), GetParam().step);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, DecideLeaseTest,
    ::testing::Values(DecisionRow{"NoLease", std::nullopt, {}, {}, LeaseStep::kCreate},
                      DecisionRow{"Released", "", seconds(1), {}, LeaseStep::kTakeOver},
                      DecisionRow{"OursAndFresh", "me", seconds(15), {}, LeaseStep::kRenew},
                      DecisionRow{"OursAndOld", "me", seconds(15), seconds(60), LeaseStep::kRenew},
                      DecisionRow{"JustSeen", "other", seconds(15), {}, LeaseStep::kWait},
                      DecisionRow{"SilentNotQuiteLongEnough", "other", seconds(15),
                                  milliseconds(14'999), LeaseStep::kWait},
                      DecisionRow{"SilentForItsDuration", "other", seconds(15), seconds(15),
                                  LeaseStep::kTakeOver},
                      DecisionRow{"ItsDurationIsLongerThanOurs", "other", seconds(30), seconds(20),
                                  LeaseStep::kWait},
                      DecisionRow{"ItsDurationIsShorterThanOurs", "other", seconds(5), seconds(10),
                                  LeaseStep::kWait},
                      DecisionRow{"ItsDurationIsMissing", "other", seconds(0), seconds(15),
                                  LeaseStep::kTakeOver}),
    [](const auto& row) { return row.param.name; });

// A Lease in memory, with the rules of the API server.
class FakeLeaseApi final : public LeaseApi {
 public:
  base::Result<LeaseRecord> Read(milliseconds, std::stop_token) override {
    ++reads;
    if (before) before();
    if (unreachable) return base::Fail(ErrorKind::kUnavailable, "cut off");
    if (!lease) return base::Fail(ErrorKind::kNotFound, "none");
    return *lease;
  }
  base::Result<LeaseRecord> Write(const std::optional<LeaseRecord>& based_on,
                                  const LeaseRecord& desired, milliseconds timeout,
                                  std::stop_token) override {
    ++writes;
    last_timeout = timeout;
    if (before) before();
    if (unreachable) return base::Fail(ErrorKind::kUnavailable, "cut off");
    const std::string expected = based_on ? based_on->resource_version : "";
    if (expected != (lease ? lease->resource_version : "")) {
      return base::Fail(ErrorKind::kConflict, "somebody else was quicker");
    }
    lease = desired;
    lease->uid = "uid";
    lease->resource_version = std::to_string(++version);
    if (answer_lost) return base::Fail(ErrorKind::kUnavailable, "stored, but who knows");
    return *lease;
  }
  void RenewBy(const std::string& holder) {
    lease->holder = holder;
    lease->resource_version = std::to_string(++version);
  }

  std::optional<LeaseRecord> lease;
  int version = 100;
  int reads = 0;
  int writes = 0;
  bool unreachable = false;
  bool answer_lost = false;
  milliseconds last_timeout{0};
  std::function<void()> before;  // For instance: time passes on the way.
};

class LeaderElectorTest : public ::testing::Test {
 protected:
  void Attempt() { clock_.Advance(elector_.Attempt({})); }
  void HoldBy(const std::string& holder, std::int64_t transitions = 4) {
    api_.lease = LeaseRecord{holder, seconds(15), transitions, "uid", "100", "{}"};
  }

  test_support::FakeClock clock_;
  test_support::FakeWaiter waiter_{clock_};
  FakeLeaseApi api_;
  std::vector<Fence> started_;
  int lost_ = 0;
  LeaderElector elector_{
      api_,    clock_,
      waiter_, "me",
      {},      {[this](const Fence& fence) { started_.push_back(fence); }, [this] { ++lost_; }}};
};

TEST_F(LeaderElectorTest, MakesTheLeaseWhenThereIsNone) {
  Attempt();

  EXPECT_TRUE(elector_.IsLeader());
  EXPECT_EQ(api_.lease->holder, "me");
  EXPECT_EQ(api_.lease->duration, seconds(15));
  EXPECT_EQ(api_.lease->transitions, 0);
  EXPECT_EQ(started_, (std::vector<Fence>{{0, "101"}}));
}

TEST_F(LeaderElectorTest, TwoCandidatesThatSeeNoLeaseDoNotBothGetIt) {
  api_.before = [this] {
    if (api_.writes == 1) HoldBy("other");
  };

  Attempt();

  EXPECT_FALSE(elector_.IsLeader());
  EXPECT_EQ(elector_.Holder(), "");
  Attempt();
  EXPECT_EQ(elector_.Holder(), "other");
}

TEST_F(LeaderElectorTest, LeavesALeaseAloneThatIsBeingRenewed) {
  HoldBy("other");

  for (int i = 0; i < 50; ++i) {
    Attempt();
    api_.RenewBy("other");
  }

  EXPECT_FALSE(elector_.IsLeader());
  EXPECT_EQ(api_.writes, 0);
}

TEST_F(LeaderElectorTest, TakesOverAfterTheWholeDurationOfSilenceThatItSawItself) {
  HoldBy("dead", 4);
  const auto began = clock_.Monotonic();

  while (!elector_.IsLeader()) Attempt();

  EXPECT_GE(clock_.Monotonic() - began, seconds(15));
  EXPECT_LE(clock_.Monotonic() - began, seconds(20));
  EXPECT_EQ(api_.lease->transitions, 5);
  EXPECT_EQ(elector_.guard().fence(), (Fence{5, "101"}));
}

TEST_F(LeaderElectorTest, AWallClockThatIsWrongChangesNothing) {
  HoldBy("other");
  Attempt();

  clock_.StepWallClock(std::chrono::hours(24 * 365));
  Attempt();

  EXPECT_FALSE(elector_.IsLeader());
  EXPECT_EQ(api_.writes, 0);
}

TEST_F(LeaderElectorTest, RenewsWithoutReadingFirst) {
  Attempt();
  const int reads = api_.reads;

  for (int i = 0; i < 20; ++i) Attempt();

  EXPECT_TRUE(elector_.IsLeader());
  EXPECT_EQ(api_.reads, reads);
  EXPECT_EQ(api_.writes, 21);
  EXPECT_EQ(api_.lease->transitions, 0);
  EXPECT_EQ(started_.size(), 1U) << "renewing begins no new term";
  EXPECT_EQ(elector_.guard().fence().resource_version, "121");
}

TEST_F(LeaderElectorTest, StopsActingAtTheDeadlineAndSaysSoOnce) {
  elector_.Attempt({});
  api_.unreachable = true;

  clock_.Advance(milliseconds(9'999));
  elector_.CheckDeadline();
  EXPECT_TRUE(elector_.IsLeader());
  clock_.Advance(milliseconds(1));
  EXPECT_FALSE(elector_.IsLeader()) << "even before anybody noticed";
  EXPECT_EQ(lost_, 0);

  elector_.CheckDeadline();
  elector_.CheckDeadline();
  Attempt();

  EXPECT_EQ(lost_, 1);
}

TEST_F(LeaderElectorTest, CountsItsTermFromBeforeTheRequestWasSent) {
  api_.before = [this] {
    if (api_.writes == 1) clock_.Advance(seconds(4));
  };

  elector_.Attempt({});

  EXPECT_EQ(elector_.guard().Remaining(), seconds(6));
}

TEST_F(LeaderElectorTest, AProcessThatStoodStillMayNotActWhenItContinues) {
  elector_.Attempt({});
  ASSERT_TRUE(elector_.guard().MayAct());

  clock_.Advance(seconds(60));

  EXPECT_FALSE(elector_.guard().MayAct());
  EXPECT_EQ(elector_.guard().Remaining(), milliseconds(0));
}

TEST_F(LeaderElectorTest, AProcessThatStoodStillInTheMiddleOfARenewalDoesNotContinueItsTerm) {
  elector_.Attempt({});
  clock_.Advance(seconds(2));
  api_.before = [this] { clock_.Advance(seconds(9)); };  // The old term ends on the way.

  elector_.Attempt({});
  elector_.CheckDeadline();

  EXPECT_FALSE(elector_.IsLeader());
  EXPECT_EQ(lost_, 1);
}

TEST_F(LeaderElectorTest, AnAnswerThatComesAfterItsOwnTermBeginsNone) {
  api_.before = [this] {
    if (api_.writes == 1) clock_.Advance(seconds(11));
  };

  elector_.Attempt({});

  EXPECT_FALSE(elector_.IsLeader());
  EXPECT_TRUE(started_.empty());
}

TEST_F(LeaderElectorTest, NeverLeadsAgainAfterItHasLost) {
  Attempt();
  api_.unreachable = true;
  for (int i = 0; i < 10; ++i) Attempt();
  ASSERT_EQ(lost_, 1);

  api_.unreachable = false;
  for (int i = 0; i < 30; ++i) Attempt();

  EXPECT_FALSE(elector_.IsLeader());
  EXPECT_EQ(started_.size(), 1U);
  EXPECT_EQ(lost_, 1);
}

TEST_F(LeaderElectorTest, SurvivesAShortOutage) {
  Attempt();

  api_.unreachable = true;
  Attempt();
  Attempt();
  api_.unreachable = false;
  Attempt();

  EXPECT_TRUE(elector_.IsLeader());
  EXPECT_EQ(lost_, 0);
}

TEST_F(LeaderElectorTest, ReadsAgainWhenItDoesNotKnowWhetherAWriteArrived) {
  api_.answer_lost = true;
  Attempt();
  EXPECT_FALSE(elector_.IsLeader()) << "not told, not leading";

  api_.answer_lost = false;
  Attempt();

  EXPECT_TRUE(elector_.IsLeader());
  EXPECT_EQ(api_.lease->transitions, 0);
}

TEST_F(LeaderElectorTest, LosesWhenSomebodyElseHoldsTheLease) {
  Attempt();
  api_.RenewBy("usurper");

  Attempt();
  Attempt();

  EXPECT_FALSE(elector_.IsLeader());
  EXPECT_EQ(lost_, 1);
  EXPECT_EQ(api_.lease->holder, "usurper");
}

TEST_F(LeaderElectorTest, NeverWaitsForAnAnswerLongerThanItsTerm) {
  elector_.Attempt({});
  clock_.Advance(seconds(8));

  elector_.Attempt({});

  EXPECT_LE(api_.last_timeout, seconds(2));
}

TEST_F(LeaderElectorTest, ReleasingGivesTheLeaseUpWithoutCallingItALoss) {
  Attempt();

  elector_.StopAndRelease(seconds(1));

  EXPECT_FALSE(elector_.IsLeader());
  EXPECT_EQ(api_.lease->holder, "");
  EXPECT_EQ(api_.lease->duration, seconds(1));
  EXPECT_EQ(lost_, 0);
  Attempt();
  EXPECT_EQ(api_.lease->holder, "") << "released is for good";
}

TEST_F(LeaderElectorTest, BeginsNoTermAfterItHasWithdrawn) {
  HoldBy("other");
  Attempt();

  elector_.Withdraw();
  api_.lease->holder = "";
  for (int i = 0; i < 5; ++i) Attempt();

  EXPECT_FALSE(elector_.IsLeader());
  EXPECT_TRUE(started_.empty());
  EXPECT_EQ(api_.writes, 0);
}

TEST_F(LeaderElectorTest, RenewsTheTermUnderWayAfterItHasWithdrawn) {
  Attempt();

  elector_.Withdraw();
  for (int i = 0; i < 20; ++i) Attempt();

  EXPECT_TRUE(elector_.IsLeader());
  EXPECT_EQ(lost_, 0);
}

TEST_F(LeaderElectorTest, GivesBackALeaseItWonWhileItWithdrew) {
  api_.before = [this] {
    if (api_.writes == 1) elector_.Withdraw();
  };
  Attempt();
  api_.before = {};
  ASSERT_EQ(api_.lease->holder, "me");
  ASSERT_TRUE(started_.empty());

  elector_.StopAndRelease(seconds(1));

  EXPECT_EQ(api_.lease->holder, "");
}

TEST_F(LeaderElectorTest, ReleasesNothingThatIsNotItsOwn) {
  HoldBy("other");
  Attempt();

  elector_.StopAndRelease(seconds(1));

  EXPECT_EQ(api_.lease->holder, "other");
  EXPECT_EQ(api_.writes, 0);
}

TEST_F(LeaderElectorTest, TriesAgainAfterThePeriodWithSomeJitter) {
  HoldBy("other");

  for (int i = 0; i < 100; ++i) {
    const milliseconds wait = elector_.Attempt({});
    EXPECT_GE(wait, seconds(2));
    EXPECT_LE(wait, milliseconds(2'400));
  }
}

}  // namespace
}  // namespace launchgate::kube
