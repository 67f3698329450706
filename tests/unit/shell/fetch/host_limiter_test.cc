// How often one host may be asked.
#include "shell/fetch/host_limiter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/fake_clock.h"

namespace launchgate::fetch {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

constexpr milliseconds kNoWait{0};
// Longer than any test: nobody waits for its end.
constexpr milliseconds kLong{60'000};
constexpr HostLimits kLimits{.concurrent = 2, .burst = 3, .spacing = milliseconds(100)};

class HostLimiterTest : public ::testing::Test {
 protected:
  std::optional<RefusalReason> Refused(const std::string& host) {
    auto slot = limiter_.Acquire(host, kNoWait);
    return slot ? std::nullopt : slot.error().reason;
  }

  test_support::FakeClock clock_;
  HostLimiter limiter_{kLimits, clock_};
};

TEST_F(HostLimiterTest, LetsABurstThroughAndThenRefusesAtOnce) {
  for (int i = 0; i < kLimits.burst; ++i) EXPECT_EQ(Refused("wiki"), std::nullopt);

  const auto refused = limiter_.Acquire("wiki", kLong);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, RefusalReason::kRateLimited);
  EXPECT_EQ(refused.error().error.kind, base::ErrorKind::kUnavailable);
  EXPECT_THAT(refused.error().error.message, HasSubstr("rate limited, tried again later"));
}

TEST_F(HostLimiterTest, GivesOneMoreRequestPerSpacing) {
  for (int i = 0; i < kLimits.burst; ++i) Refused("wiki");

  clock_.Advance(milliseconds(99));
  const auto early = Refused("wiki");
  clock_.Advance(milliseconds(1));
  const auto first = Refused("wiki");
  const auto second = Refused("wiki");

  EXPECT_EQ(early, RefusalReason::kRateLimited);
  EXPECT_EQ(first, std::nullopt);
  EXPECT_EQ(second, RefusalReason::kRateLimited);
}

TEST_F(HostLimiterTest, SavesUpNoMoreThanABurst) {
  Refused("wiki");
  clock_.Advance(std::chrono::hours(24));

  for (int i = 0; i < kLimits.burst; ++i) EXPECT_EQ(Refused("wiki"), std::nullopt);

  EXPECT_EQ(Refused("wiki"), RefusalReason::kRateLimited);
}

TEST_F(HostLimiterTest, ARefusalCostsNothing) {
  for (int i = 0; i < 100; ++i) Refused("wiki");

  clock_.Advance(kLimits.spacing);

  EXPECT_EQ(Refused("wiki"), std::nullopt);
}

TEST_F(HostLimiterTest, CountsEachHostForItself) {
  for (int i = 0; i < kLimits.burst; ++i) Refused("wiki");

  EXPECT_EQ(Refused("wiki"), RefusalReason::kRateLimited);
  EXPECT_EQ(Refused("reports"), std::nullopt);
}

TEST_F(HostLimiterTest, RunsNoMoreThanItsShareAtTheSameTime) {
  const auto first = limiter_.Acquire("wiki", kNoWait);
  auto second =
      std::make_unique<tl::expected<HostLimiter::Slot, Failure>>(limiter_.Acquire("wiki", kNoWait));

  const auto third = limiter_.Acquire("wiki", kNoWait);
  const auto other = limiter_.Acquire("reports", kNoWait);
  second.reset();
  clock_.Advance(kLimits.spacing);
  const auto fourth = limiter_.Acquire("wiki", kNoWait);

  ASSERT_TRUE(first);
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().reason, RefusalReason::kBusy);
  EXPECT_EQ(third.error().error.kind, base::ErrorKind::kUnavailable);
  EXPECT_TRUE(other);
  EXPECT_TRUE(fourth);
}

TEST_F(HostLimiterTest, WaitsForASlotThatIsGivenBack) {
  auto first =
      std::make_unique<tl::expected<HostLimiter::Slot, Failure>>(limiter_.Acquire("wiki", kNoWait));
  const auto second = limiter_.Acquire("wiki", kNoWait);
  bool got = false;

  {
    const std::jthread waiter([&] { got = limiter_.Acquire("wiki", kLong).has_value(); });
    first.reset();
  }

  EXPECT_TRUE(second);
  EXPECT_TRUE(got);
}

TEST_F(HostLimiterTest, BoundsAllHostsTogether) {
  std::vector<HostLimiter::Slot> slots;
  for (int i = 0; i < kMaxConcurrentFetches; ++i) {
    auto slot = limiter_.Acquire("host-" + std::to_string(i), kNoWait);
    ASSERT_TRUE(slot);
    slots.push_back(*std::move(slot));
  }

  const auto refused = Refused("one-more");
  slots.pop_back();

  EXPECT_EQ(refused, RefusalReason::kBusy);
  EXPECT_EQ(Refused("one-more"), std::nullopt);
}

TEST_F(HostLimiterTest, ForgetsQuietHostsToMakeRoom) {
  for (std::size_t i = 0; i < kMaxLimitedHosts; ++i) Refused("host-" + std::to_string(i));

  const auto full = Refused("one-more");
  clock_.Advance(kLimits.spacing);
  const auto room = Refused("one-more");

  EXPECT_EQ(full, RefusalReason::kBusy);
  EXPECT_EQ(room, std::nullopt);
  EXPECT_EQ(limiter_.hosts(), 1U);
}

TEST_F(HostLimiterTest, RemembersHostsThatAreBeingAsked) {
  const auto kept = limiter_.Acquire("kept", kNoWait);
  for (std::size_t i = 1; i < kMaxLimitedHosts; ++i) Refused("host-" + std::to_string(i));
  clock_.Advance(std::chrono::hours(1));

  Refused("one-more");

  EXPECT_TRUE(kept);
  EXPECT_EQ(limiter_.hosts(), 2U);
}

TEST_F(HostLimiterTest, ShowsAHostileNameSafely) {
  const std::string host = "h\x1B[2J" + std::string(1'000, 'x');
  for (int i = 0; i < kLimits.burst; ++i) Refused(host);

  const auto refused = limiter_.Acquire(host, kNoWait);

  ASSERT_FALSE(refused);
  EXPECT_LT(refused.error().error.message.size(), 400U);
  EXPECT_EQ(refused.error().error.message.find('\x1B'), std::string::npos);
}

}  // namespace
}  // namespace launchgate::fetch
