#include "shell/kube/timers.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace launchgate::kube {
namespace {

using Keys = std::vector<std::string>;

TEST(TimerListTest, GivesBackWhatIsDueEarliestFirst) {
  TimerList<int> timers;
  timers.Schedule("late", 30);
  timers.Schedule("early", 10);
  timers.Schedule("middle", 20);

  EXPECT_EQ(timers.TakeDue(20), (Keys{"early", "middle"}));
  EXPECT_EQ(timers.TakeDue(20), Keys{});
  EXPECT_EQ(timers.NextDue(), 30);
}

TEST(TimerListTest, IsDueAtItsInstantAndNotBefore) {
  TimerList<int> timers;
  timers.Schedule("key", 10);

  EXPECT_EQ(timers.TakeDue(9), Keys{});
  EXPECT_EQ(timers.TakeDue(10), Keys{"key"});
  EXPECT_EQ(timers.NextDue(), std::nullopt);
}

TEST(TimerListTest, AnEarlierInstantReplacesALaterOneAndNotTheOtherWayRound) {
  TimerList<int> timers;

  EXPECT_TRUE(timers.Schedule("key", 20));
  EXPECT_FALSE(timers.Schedule("key", 30));
  EXPECT_FALSE(timers.Schedule("key", 20));
  EXPECT_TRUE(timers.Schedule("key", 10));

  EXPECT_EQ(timers.size(), 1U);
  EXPECT_EQ(timers.TakeDue(100), Keys{"key"});
}

TEST(TimerListTest, ForgetsWhatIsCancelled) {
  TimerList<int> timers;
  timers.Schedule("kept", 10);
  timers.Schedule("cancelled", 10);

  timers.Cancel("cancelled");
  timers.Cancel("never there");

  EXPECT_EQ(timers.TakeDue(10), Keys{"kept"});
}

TEST(SystemWaiterTest, ReturnsAtOnceWhenItIsAlreadyStopped) {
  std::stop_source stop;
  stop.request_stop();
  SystemWaiter waiter;

  EXPECT_FALSE(waiter.Wait(std::chrono::hours(1), stop.get_token()));
}

TEST(SystemWaiterTest, NoTimeIsNoWait) {
  SystemWaiter waiter;

  EXPECT_TRUE(waiter.Wait(std::chrono::milliseconds(0), {}));
}

}  // namespace
}  // namespace launchgate::kube
