// The parts that threads share, with threads.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <latch>
#include <memory>
#include <thread>
#include <vector>

#include "gift-cards/answer_deadline.h"
#include "gift-cards/bulkhead.h"
#include "gift-cards/code_locks.h"
#include "gift-cards/periodic.h"
#include "tests/unit/gift-cards/redeemer_fixture.h"

namespace gift_cards {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr seconds kPatience{20};

TEST(BulkheadTest, RefusesAtOnceWhatFindsNoFreeWorker) {
  Metrics metrics;
  Bulkhead bulkhead(2, metrics);
  std::promise<void> let_go;
  const auto gone = let_go.get_future().share();
  const auto hold = [gone] {
    gone.wait();
    return [] {};
  };

  EXPECT_TRUE(bulkhead.TryRun(hold));
  EXPECT_TRUE(bulkhead.TryRun(hold));
  EXPECT_FALSE(bulkhead.TryRun(hold));

  let_go.set_value();
}

TEST(BulkheadTest, HasThePlaceFreeWhenTheAnswerIsOut) {
  Metrics metrics;
  Bulkhead bulkhead(1, metrics);

  for (int i = 0; i < 200; ++i) {
    std::promise<void> answered;
    ASSERT_TRUE(bulkhead.TryRun([&] { return [&] { answered.set_value(); }; })) << i;
    ASSERT_EQ(answered.get_future().wait_for(kPatience), std::future_status::ready);
  }
}

TEST(BulkheadTest, TakesNothingOnceClosedAndKnowsWhenAllIsDone) {
  Metrics metrics;
  Bulkhead bulkhead(2, metrics);
  std::promise<void> let_go;
  std::atomic<bool> answered = false;
  ASSERT_TRUE(bulkhead.TryRun([&] {
    let_go.get_future().wait();
    return [&] { answered = true; };
  }));

  bulkhead.Close();
  EXPECT_FALSE(bulkhead.TryRun([] { return [] {}; }));
  EXPECT_FALSE(bulkhead.WaitUntilIdle(milliseconds(0)));
  let_go.set_value();

  EXPECT_TRUE(bulkhead.WaitUntilIdle(kPatience));
  EXPECT_TRUE(answered);
}

TEST(BulkheadTest, RunsEveryJobItTookFromManyThreads) {
  Metrics metrics;
  std::atomic<int> taken = 0;
  std::atomic<int> ran = 0;
  {
    Bulkhead bulkhead(8, metrics);
    std::vector<std::jthread> callers;
    for (int i = 0; i < 4; ++i) {
      callers.emplace_back([&] {
        for (int n = 0; n < 500; ++n) {
          if (bulkhead.TryRun([&ran]() -> Bulkhead::Afterwards { return [&ran] { ++ran; }; })) {
            ++taken;
          }
        }
      });
    }
  }

  EXPECT_GT(taken, 0);
  EXPECT_EQ(ran, taken);
}

TEST(CodeLocksTest, LetOneAfterTheOtherIn) {
  CodeLocks locks;
  std::atomic<int> inside = 0;
  std::atomic<int> most = 0;
  {
    std::vector<std::jthread> customers;
    for (int i = 0; i < 8; ++i) {
      customers.emplace_back([&] {
        for (int n = 0; n < 100; ++n) {
          const auto lock = locks.Acquire("code", steady_clock::now() + kPatience);
          ASSERT_TRUE(lock);
          most = std::max(most.load(), ++inside);
          --inside;
        }
      });
    }
  }

  EXPECT_EQ(most, 1);
}

TEST(CodeLocksTest, KeepCodesApart) {
  CodeLocks locks;
  const auto first = locks.TryAcquire("a");

  EXPECT_TRUE(locks.TryAcquire("b"));
  EXPECT_FALSE(locks.TryAcquire("a"));
}

TEST(RedeemerThreadsTest, ChargesOnceWhenACustomerClicksManyTimes) {
  struct World final : RedeemerFixture {
    void TestBody() override {}
    using RedeemerFixture::payments_;
    using RedeemerFixture::Redeem;
  } world;
  std::atomic<int> redeemed = 0;
  std::atomic<int> replayed = 0;
  {
    std::vector<std::jthread> clicks;
    for (int i = 0; i < 16; ++i) {
      clicks.emplace_back([&] {
        const Outcome outcome = world.Redeem().outcome;
        redeemed += outcome == Outcome::kRedeemed ? 1 : 0;
        replayed += outcome == Outcome::kReplayed ? 1 : 0;
      });
    }
  }

  EXPECT_EQ(redeemed, 1);
  EXPECT_EQ(replayed, 15);
  EXPECT_EQ(world.payments_.charges().size(), 1U);
}

// Reports when it expired.
class Watched final : public Expirable {
 public:
  bool IsDone() const override { return done_; }
  void Expire() override { expired_.set_value(steady_clock::now()); }
  void Finish() { done_ = true; }
  std::future<steady_clock::time_point> expired() { return expired_.get_future(); }

 private:
  std::atomic<bool> done_{false};
  std::promise<steady_clock::time_point> expired_;
};

TEST(AnswerDeadlineTest, ExpiresWhatIsLateAndNotBefore) {
  AnswerDeadline deadline;
  const auto late = std::make_shared<Watched>();
  auto expired = late->expired();
  const auto due = steady_clock::now() + milliseconds(30);

  deadline.Watch(late, due);

  ASSERT_EQ(expired.wait_for(kPatience), std::future_status::ready);
  EXPECT_GE(expired.get(), due);
}

TEST(AnswerDeadlineTest, DoesNotWaitForWhatIsDone) {
  AnswerDeadline deadline;
  const auto done = std::make_shared<Watched>();
  done->Finish();
  auto passed = done->expired();

  deadline.Watch(done, steady_clock::now() + std::chrono::hours(1));

  EXPECT_EQ(passed.wait_for(kPatience), std::future_status::ready);
}

TEST(AnswerDeadlineTest, ForgetsWhatIsGone) {
  AnswerDeadline deadline;
  deadline.Watch(std::make_shared<Watched>(), steady_clock::now() + std::chrono::hours(1));
  const auto next = std::make_shared<Watched>();
  auto expired = next->expired();

  deadline.Watch(next, steady_clock::now());

  EXPECT_EQ(expired.wait_for(kPatience), std::future_status::ready);
}

TEST(PeriodicTest, WorksAtOnceAndAgainAndEndsWithoutWaitingForItsInterval) {
  std::latch twice(2);
  {
    Periodic quick(milliseconds(1), [&](const std::stop_token&) {
      if (!twice.try_wait()) twice.count_down();
    });
    twice.wait();
  }
  std::promise<void> worked;
  const auto begun = steady_clock::now();

  {
    Periodic slow(std::chrono::hours(1), [&](const std::stop_token&) { worked.set_value(); });
    worked.get_future().wait();
  }

  EXPECT_LT(steady_clock::now() - begun, kPatience);
}

TEST(PeriodicTest, TellsWorkInProgressToStop) {
  std::promise<void> began;
  std::atomic<bool> told = false;

  {
    Periodic work(std::chrono::hours(1), [&](const std::stop_token& stop) {
      std::promise<void> stopped;
      const std::stop_callback on_stop(stop, [&] { stopped.set_value(); });
      began.set_value();
      stopped.get_future().wait();
      told = true;
    });
    began.get_future().wait();
  }

  EXPECT_TRUE(told);
}

}  // namespace
}  // namespace gift_cards
