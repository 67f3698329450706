#include "shell/kube/rate_limiter.h"

#include <gtest/gtest.h>

namespace launchgate::kube {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const RateLimiter::TimePoint kStart{std::chrono::hours(5)};

TEST(RateLimiterTest, LetsABurstThroughAndThenPaces) {
  RateLimiter limiter({10, 3}, kStart);

  for (int i = 0; i < 3; ++i) EXPECT_EQ(limiter.Reserve(kStart), milliseconds(0));

  EXPECT_EQ(limiter.Reserve(kStart), milliseconds(100));
  EXPECT_EQ(limiter.Reserve(kStart), milliseconds(200));
}

TEST(RateLimiterTest, FillsUpAgainButNotBeyondTheBurst) {
  RateLimiter limiter({10, 3}, kStart);
  for (int i = 0; i < 3; ++i) limiter.Reserve(kStart);

  const auto later = kStart + seconds(60);

  for (int i = 0; i < 3; ++i) EXPECT_EQ(limiter.Reserve(later), milliseconds(0));
  EXPECT_EQ(limiter.Reserve(later), milliseconds(100));
}

TEST(RateLimiterTest, TimeThatGoesBackGivesNothing) {
  RateLimiter limiter({10, 1}, kStart);
  limiter.Reserve(kStart);

  EXPECT_FALSE(limiter.TryTake(kStart - seconds(60)));
}

TEST(RateLimiterTest, TryTakeNeverGoesIntoDebt) {
  RateLimiter limiter({10, 1}, kStart);

  EXPECT_TRUE(limiter.TryTake(kStart));
  EXPECT_FALSE(limiter.TryTake(kStart));
  EXPECT_FALSE(limiter.TryTake(kStart + milliseconds(50)));
  EXPECT_TRUE(limiter.TryTake(kStart + milliseconds(100)));
}

}  // namespace
}  // namespace launchgate::kube
