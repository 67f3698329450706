// When a service counts as well again.
#include "harness/recovery.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace harness {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

struct RecoveryRow {
  std::string name;
  std::vector<Outcome> outcomes;
  std::optional<nanoseconds> recovered_at;
};

Outcome Good(int due_ms) { return {.due = milliseconds(due_ms), .latency_ms = 5, .status = 200}; }
Outcome Refused(int due_ms) {
  return {.due = milliseconds(due_ms), .latency_ms = 1, .status = 503};
}
Outcome Late(int due_ms) { return {.due = milliseconds(due_ms), .latency_ms = 851, .status = 200}; }
Outcome Unanswered(int due_ms) {
  return {.due = milliseconds(due_ms), .latency_ms = 500, .status = kNoAnswer};
}

class RecoveryDetectorTest : public ::testing::TestWithParam<RecoveryRow> {};

TEST_P(RecoveryDetectorTest, WaitsForGoodAnswersInARow) {
  const RecoveryRow& row = GetParam();
  RecoveryDetector detector(850, 3);

  for (const Outcome& outcome : row.outcomes) detector.Add(outcome);

  EXPECT_EQ(detector.recovered_at(), row.recovered_at);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, RecoveryDetectorTest,
    ::testing::Values(
        RecoveryRow{"NothingYet", {}, std::nullopt},
        RecoveryRow{"OneTooFew", {Good(0), Good(10)}, std::nullopt},
        RecoveryRow{
            "WhenTheLastInTheRowIsAnswered", {Good(0), Good(10), Good(20)}, milliseconds(25)},
        RecoveryRow{"ARefusalStartsTheRowAnew",
                    {Good(0), Good(10), Refused(20), Good(30), Good(40), Good(50)},
                    milliseconds(55)},
        RecoveryRow{"ALateAnswerIsNotGood", {Good(0), Good(10), Late(20), Good(30)}, std::nullopt},
        RecoveryRow{
            "NoAnswerIsNotGood", {Good(0), Good(10), Unanswered(20), Good(30)}, std::nullopt},
        RecoveryRow{"WhatBreaksLaterIsAnotherFault",
                    {Good(0), Good(10), Good(20), Refused(30), Good(40), Good(50), Good(60)},
                    milliseconds(25)}),
    [](const auto& test) { return test.param.name; });

TEST(RecoveryDetectorTest, AsksForTwentyUnlessToldOtherwise) {
  RecoveryDetector detector(850);

  for (int i = 0; i < 19; ++i) detector.Add(Good(i));
  const bool before = detector.recovered_at().has_value();
  detector.Add(Good(19));

  EXPECT_FALSE(before);
  EXPECT_TRUE(detector.recovered_at().has_value());
}

}  // namespace
}  // namespace harness
