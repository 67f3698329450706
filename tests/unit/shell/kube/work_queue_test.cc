#include "shell/kube/work_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "tests/support/fake_clock.h"

namespace launchgate::kube {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class WorkQueueTest : public ::testing::Test {
 protected:
  std::vector<std::string> TakeAll() {
    std::vector<std::string> keys;
    while (auto key = queue_.TryGet()) {
      queue_.Done(*key);
      keys.push_back(*key);
    }
    return keys;
  }

  test_support::FakeClock clock_;
  WorkQueue queue_{{{seconds(1), seconds(60)}, 5}, clock_};
};

using Keys = std::vector<std::string>;

TEST_F(WorkQueueTest, HandsOutKeysInTheOrderTheyCame) {
  queue_.Add("a");
  queue_.Add("b");
  queue_.Add("c");

  EXPECT_EQ(TakeAll(), (Keys{"a", "b", "c"}));
}

TEST_F(WorkQueueTest, HoldsAKeyOnlyOnce) {
  for (int i = 0; i < 1000; ++i) queue_.Add("a");

  EXPECT_EQ(queue_.depth().ready, 1U);
  EXPECT_EQ(TakeAll(), Keys{"a"});
}

TEST_F(WorkQueueTest, AKeyAddedWhileItIsProcessedComesAgainAfterDoneAndNotBefore) {
  queue_.Add("a");
  ASSERT_EQ(queue_.TryGet(), "a");

  queue_.Add("a");
  queue_.Add("a");

  EXPECT_EQ(queue_.TryGet(), std::nullopt);
  queue_.Done("a");
  EXPECT_EQ(TakeAll(), Keys{"a"});
}

TEST_F(WorkQueueTest, AKeyThatIsDoneDoesNotComeAgainByItself) {
  queue_.Add("a");
  ASSERT_EQ(queue_.TryGet(), "a");

  queue_.Done("a");

  EXPECT_EQ(queue_.TryGet(), std::nullopt);
  EXPECT_EQ(queue_.depth().processing, 0U);
}

TEST_F(WorkQueueTest, ADelayedKeyComesExactlyWhenItIsDue) {
  queue_.AddAfter("a", seconds(10));

  clock_.Advance(milliseconds(9'999));
  EXPECT_EQ(queue_.TryGet(), std::nullopt);
  clock_.Advance(milliseconds(1));
  EXPECT_EQ(queue_.TryGet(), "a");
}

TEST_F(WorkQueueTest, OfTwoDelaysTheShorterOneCounts) {
  queue_.AddAfter("a", seconds(10));
  queue_.AddAfter("a", seconds(5));
  queue_.AddAfter("a", seconds(20));

  clock_.Advance(seconds(5));

  EXPECT_EQ(TakeAll(), Keys{"a"});
  clock_.Advance(seconds(60));
  EXPECT_EQ(TakeAll(), Keys{});
}

TEST_F(WorkQueueTest, ADelayInThePastIsNoDelay) {
  queue_.AddAfter("a", seconds(-1));
  queue_.AddAt("b", clock_.Now() - seconds(1));

  EXPECT_EQ(TakeAll(), (Keys{"a", "b"}));
}

TEST_F(WorkQueueTest, AnInstantFollowsTheWallClockWhenItIsSet) {
  queue_.AddAt("a", clock_.Now() + std::chrono::hours(1));
  queue_.AddAfter("b", std::chrono::hours(1));

  clock_.StepWallClock(std::chrono::hours(1));

  EXPECT_EQ(TakeAll(), Keys{"a"}) << "a delay does not follow the wall clock";
}

TEST_F(WorkQueueTest, NeverIsNotAnInstant) {
  queue_.AddAt("a", base::kNever);

  EXPECT_EQ(queue_.depth().delayed, 0U);
}

TEST_F(WorkQueueTest, FailuresWaitLongerAndLongerUntilTheKeyIsForgotten) {
  milliseconds longest{0};
  for (int failure = 0; failure < 40; ++failure) {
    queue_.AddRateLimited("a");
    milliseconds waited{0};
    while (!queue_.TryGet()) {
      clock_.Advance(milliseconds(100));
      waited += milliseconds(100);
    }
    queue_.Done("a");
    longest = std::max(longest, waited);
  }
  EXPECT_GT(longest, seconds(20));
  EXPECT_LE(longest, seconds(60) + milliseconds(100));
  EXPECT_EQ(queue_.depth().retries, 40U);

  queue_.Forget("a");
  queue_.AddRateLimited("a");

  clock_.Advance(seconds(1));
  EXPECT_EQ(queue_.TryGet(), "a");
}

TEST_F(WorkQueueTest, OneKeysFailuresDoNotDelayAnother) {
  for (int i = 0; i < 20; ++i) queue_.AddRateLimited("bad");

  queue_.Add("good");

  EXPECT_EQ(queue_.TryGet(), "good");
}

TEST_F(WorkQueueTest, ShuttingDownStillHandsOutWhatIsQueuedAndDropsTimers) {
  queue_.Add("a");
  queue_.Add("b");
  queue_.AddAfter("later", seconds(1));

  queue_.ShutDown();
  queue_.Add("too late");

  EXPECT_EQ(queue_.Get({}), "a");
  EXPECT_EQ(queue_.Get({}), "b");
  EXPECT_EQ(queue_.Get({}), std::nullopt);
}

TEST_F(WorkQueueTest, ShuttingDownLetsAKeyThatWasAddedAgainBeProcessedOnceMore) {
  queue_.Add("a");
  ASSERT_EQ(queue_.TryGet(), "a");
  queue_.Add("a");

  queue_.ShutDown();
  std::jthread worker([this] {
    EXPECT_EQ(queue_.Get({}), "a");
    queue_.Done("a");
    EXPECT_EQ(queue_.Get({}), std::nullopt);
  });
  queue_.Done("a");
}

TEST_F(WorkQueueTest, AWorkerThatIsStoppedGetsNothing) {
  std::stop_source stop;
  std::jthread worker([&] { EXPECT_EQ(queue_.Get(stop.get_token()), std::nullopt); });

  stop.request_stop();
}

TEST_F(WorkQueueTest, FourWorkersTakeEveryKeyAndNeverTheSameOneTogether) {
  constexpr int kKeys = 200;
  constexpr int kRounds = 20;
  std::mutex mutex;
  std::map<std::string, int> taken;
  std::set<std::string> in_hand;
  bool shared = false;
  std::vector<std::jthread> workers;
  for (int i = 0; i < 4; ++i) {
    workers.emplace_back([&] {
      while (auto key = queue_.Get({})) {
        {
          const std::lock_guard lock(mutex);
          shared |= !in_hand.insert(*key).second;
          ++taken[*key];
        }
        std::this_thread::yield();
        {
          const std::lock_guard lock(mutex);
          in_hand.erase(*key);
        }
        queue_.Done(*key);
      }
    });
  }

  for (int round = 0; round < kRounds; ++round) {
    for (int key = 0; key < kKeys; ++key) queue_.Add(std::to_string(key));
  }
  queue_.ShutDown();
  workers.clear();

  EXPECT_FALSE(shared);
  EXPECT_EQ(taken.size(), static_cast<std::size_t>(kKeys));
}

// A worker asleep on a timer must notice that an earlier one was added. Real
// time, a few milliseconds of it: this is about waking up, not about order.
TEST(WorkQueueWakingTest, AnEarlierTimerWakesAWorkerThatSleepsOnALaterOne) {
  const clock::SystemClock clock;
  WorkQueue queue({}, clock);
  queue.AddAfter("later", std::chrono::hours(1));
  std::jthread worker([&] { EXPECT_EQ(queue.Get({}), "sooner"); });

  queue.AddAfter("sooner", milliseconds(1));
}

TEST(WorkQueueWakingTest, OneOfTwoSleepingWorkersTakesOverTheTimerOfTheOther) {
  const clock::SystemClock clock;
  WorkQueue queue({}, clock);
  std::mutex mutex;
  std::multiset<std::string> taken;
  const auto work = [&] {
    const auto key = queue.Get({});
    const std::lock_guard lock(mutex);
    taken.insert(key.value_or("nothing"));
  };

  {
    std::jthread first(work);
    std::jthread second(work);
    queue.AddAfter("a", milliseconds(1));
    queue.AddAfter("b", milliseconds(2));
  }

  EXPECT_EQ(taken, (std::multiset<std::string>{"a", "b"}));
}

}  // namespace
}  // namespace launchgate::kube
