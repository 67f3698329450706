#include "payments-stub/fault.h"

#include <gtest/gtest.h>

#include <string>

namespace payments_stub {
namespace {

constexpr double kAlmostOne = 0.9999999999;

struct Row {
  const char* name;
  Knobs knobs;
  Chances chances;
  Fate fate;
};

class FateTest : public ::testing::TestWithParam<Row> {};

TEST_P(FateTest, FollowsFromKnobsAndChances) {
  const Fate fate = Decide(GetParam().knobs, GetParam().chances);

  EXPECT_EQ(fate.hangs, GetParam().fate.hangs);
  EXPECT_EQ(fate.failure, GetParam().fate.failure);
  EXPECT_EQ(fate.delay, GetParam().fate.delay);
}

using std::chrono::milliseconds;

INSTANTIATE_TEST_SUITE_P(
    Rows, FateTest,
    ::testing::Values(
        Row{"NothingIsSet", {}, {}, {}},
        Row{"LatencyIsTheLeast", {.latency_ms = 200}, {}, {.delay = milliseconds(200)}},
        Row{"JitterIsAdded",
            {.latency_ms = 200, .jitter_ms = 50},
            {.jitter = 0.5},
            {.delay = milliseconds(225)}},
        Row{"JitterReachesItsEnd",
            {.jitter_ms = 50},
            {.jitter = kAlmostOne},
            {.delay = milliseconds(50)}},
        Row{"RateZeroNeverFails", {}, {.fail = 0}, {}},
        Row{"RateOneAlwaysFails",
            {.fail_rate = 1},
            {.fail = kAlmostOne, .side = 0.5},
            {.failure = Failure::kAfterCharge}},
        Row{"TheLowerHalfFailsBefore",
            {.fail_rate = 1},
            {.side = 0.499},
            {.failure = Failure::kBeforeCharge}},
        Row{"JustBelowTheRateFails",
            {.fail_rate = 0.25},
            {.fail = 0.2499},
            {.failure = Failure::kBeforeCharge}},
        Row{"AtTheRateIsServed", {.fail_rate = 0.25}, {.fail = 0.25}, {}},
        Row{"RateOneAlwaysHangs", {.hang_rate = 1}, {.hang = kAlmostOne}, {.hangs = true}},
        Row{"WhatHangsDoesNotAlsoFail", {.fail_rate = 1, .hang_rate = 1}, {}, {.hangs = true}}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace payments_stub
