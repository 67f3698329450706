#include "core/budget/incidents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/core/budget/samples.h"

namespace launchgate::budget {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr base::Duration kHour = std::chrono::hours(1);

// An hour each, 1000 events in each, with so many bad ones.
std::vector<Step> Hours(const std::vector<double>& bad) {
  std::vector<Step> steps;
  for (std::size_t i = 0; i < bad.size(); ++i) {
    const base::Time from = kNow + kHour * static_cast<int>(i);
    steps.push_back({from, from + kHour, {1000, bad[i]}});
  }
  return steps;
}

TEST(IncidentsTest, JoinsStepsThatFollowEachOther) {
  // Of 10,000 events 100 may be bad at 99 percent; 10 in an hour are just right.
  const auto incidents = IncidentsOf(Hours({0, 30, 40, 10, 0, 50, 0, 0, 0, 0}), 99);

  ASSERT_THAT(incidents, SizeIs(2));
  EXPECT_EQ(incidents[0].from, kNow + kHour);
  EXPECT_EQ(incidents[0].until, kNow + 3 * kHour);
  EXPECT_NEAR(incidents[0].share, 0.7, 1e-9);
  EXPECT_EQ(incidents[1].from, kNow + 5 * kHour);
  EXPECT_NEAR(incidents[1].share, 0.5, 1e-9);
}

TEST(IncidentsTest, AHoleInTheRecordEndsAnIncident) {
  auto steps = Hours({30, 30, 30});
  steps.erase(steps.begin() + 1);

  EXPECT_THAT(IncidentsOf(steps, 99), SizeIs(2));
}

TEST(IncidentsTest, KeepsTheLargest) {
  const auto incidents = IncidentsOf(Hours({20, 0, 30, 0, 40, 0, 50, 0, 60, 0, 70, 0, 11}), 99);

  ASSERT_THAT(incidents, SizeIs(resources::kMaxIncidents));
  EXPECT_EQ(incidents.front().from, kNow + 10 * kHour);
  EXPECT_EQ(incidents.back().from, kNow + 2 * kHour);
}

TEST(IncidentsTest, FindsNoneWhereNothingHappened) {
  EXPECT_THAT(IncidentsOf({}, 99), IsEmpty());
  EXPECT_THAT(IncidentsOf({{kNow, kNow + kHour, {0, 0}}}, 99), IsEmpty());
}

TEST(BurnDownTest, EndsAtWhatIsLeft) {
  const auto left = BurnDown(Hours({0, 10, 0, 30}), 99, kNow, kNow + 4 * kHour, 4);

  EXPECT_THAT(left, ElementsAre(DoubleNear(1, 1e-9), DoubleNear(0.75, 1e-9), DoubleNear(0.75, 1e-9),
                                DoubleNear(0, 1e-9)));
}

TEST(BurnDownTest, StaysFullWithoutEvents) {
  EXPECT_THAT(BurnDown({}, 99, kNow, kNow + 2 * kHour, 2), ElementsAre(1, 1));
}

}  // namespace
}  // namespace launchgate::budget
