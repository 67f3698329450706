#include "shell/clock/clock_guard.h"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.h"

namespace launchgate::clock {
namespace {

using test_support::FakeClock;
constexpr std::chrono::milliseconds kMillisecond{1};

TEST(ClockGuardTest, TrustsNothingBeforeTheFirstLook) {
  const FakeClock clock;
  const ClockGuard guard(clock);

  EXPECT_FALSE(guard.Trusted());
  EXPECT_TRUE(guard.Complaint());
}

TEST(ClockGuardTest, ToleratesSkewUpToItsLimitInBothDirections) {
  const FakeClock clock;
  ClockGuard guard(clock);

  for (const auto skew : {kMaxSkew, -kMaxSkew}) {
    guard.Observe(clock.Now() - skew);
    EXPECT_TRUE(guard.Trusted());
    EXPECT_EQ(guard.Skew(), skew);
    EXPECT_FALSE(guard.Complaint());
  }
  for (const auto skew : {kMaxSkew + kMillisecond, -kMaxSkew - kMillisecond}) {
    guard.Observe(clock.Now() - skew);
    EXPECT_FALSE(guard.Trusted());
    EXPECT_TRUE(guard.Complaint());
  }
}

TEST(ClockGuardTest, NoticesAStepOfTheWallClockAtOnce) {
  for (const auto step : {kMaxStep + kMillisecond, -kMaxStep - kMillisecond}) {
    FakeClock clock;
    ClockGuard guard(clock);
    guard.Observe(clock.Now());

    clock.StepWallClock(step > kMillisecond ? kMaxStep : -kMaxStep);
    EXPECT_TRUE(guard.Trusted());
    clock.StepWallClock(step > kMillisecond ? kMillisecond : -kMillisecond);

    EXPECT_FALSE(guard.Trusted());
    EXPECT_TRUE(guard.Complaint());
  }
}

TEST(ClockGuardTest, TimeThatPassesIsNoStep) {
  FakeClock clock;
  ClockGuard guard(clock);
  guard.Observe(clock.Now());

  clock.Advance(std::chrono::hours(1000));

  EXPECT_TRUE(guard.Trusted());
}

TEST(ClockGuardTest, ALookAtTheServerSettlesAStep) {
  FakeClock clock;
  ClockGuard guard(clock);
  const auto truth = clock.Now();
  guard.Observe(truth);
  clock.StepWallClock(-std::chrono::hours(1));

  guard.Observe(truth);
  EXPECT_FALSE(guard.Trusted());  // Set back for real.
  clock.StepWallClock(std::chrono::hours(1));
  EXPECT_FALSE(guard.Trusted());  // Put right, but nobody has compared it yet.
  guard.Observe(truth);

  EXPECT_TRUE(guard.Trusted());
}

TEST(ParseHttpDateTest, ReadsTheOneFormThatServersWrite) {
  const auto time = ParseHttpDate("Mon, 23 Nov 2026 09:34:38 GMT");

  ASSERT_TRUE(time);
  EXPECT_EQ(base::FormatTime(*time), "2026-11-23T09:34:38Z");
}

TEST(ParseHttpDateTest, RefusesEverythingElse) {
  for (const char* text : {"", "Monday, 23-Nov-26 09:34:38 GMT", "Mon Nov 23 09:34:38 2026",
                           "Mon, 23 Nov 2026 09:34:38 UTC", "Mon, 23 Nov 2026 09:34:38 GMT ",
                           "Mon, 23 nov 2026 09:34:38 GMT", "Mon, 31 Nov 2026 09:34:38 GMT",
                           "Mon, 23 Nov 2026 24:34:38 GMT", "Mon, 23 Nov 2026T09:34:38 GMT",
                           "Mon, 2x Nov 2026 09:34:38 GMT", "2026-11-23T09:34:38Z"}) {
    EXPECT_FALSE(ParseHttpDate(text)) << text;
  }
}

}  // namespace
}  // namespace launchgate::clock
