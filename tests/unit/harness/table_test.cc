// The table of the terminal: which step stands where.
#include "harness/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "tests/unit/harness/steps.h"

namespace harness {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

const std::vector<Series> kBoth = {{"seeded", SeededSteps()}, {"fixed", FixedSteps()}};

TEST(TableTest, HasALineForEveryFaultThatAnyServiceMet) {
  const auto lines = Lines(WriteTable(kBoth));

  ASSERT_EQ(lines.size(), 6U);
  EXPECT_THAT(lines[0], HasSubstr("seeded"));
  EXPECT_THAT(lines[1], StartsWith("payments"));
  EXPECT_THAT(lines[2], StartsWith("healthy"));
  EXPECT_THAT(lines[3], StartsWith("latency 5000 ms"));
  EXPECT_THAT(lines[4], StartsWith("errors 100 %"));
  EXPECT_THAT(lines[5], StartsWith("hang 100 %"));
}

TEST(TableTest, PutsTheServicesBesideEachOther) {
  const std::string line = Lines(WriteTable(kBoth))[3];

  const auto seeded = line.find("   6000   6000   6000   96.7    232    240   never");
  const auto fixed = line.find("    2.0    806    811  100.0      0    240  2.40 s");
  ASSERT_NE(seeded, std::string::npos) << line;
  ASSERT_NE(fixed, std::string::npos) << line;
  EXPECT_LT(seeded, fixed);
}

TEST(TableTest, LeavesBlankWhatAServiceDidNotMeet) {
  const std::string line = Lines(WriteTable(kBoth))[5];

  const auto bar = line.find('|');
  EXPECT_EQ(line.substr(bar + 1, 50), std::string(50, ' '));
  EXPECT_THAT(line, HasSubstr("2.40 s"));
}

TEST(TableTest, NoLineEndsInSpaces) {
  for (const std::string& line : Lines(WriteTable(kBoth))) EXPECT_NE(line.back(), ' ') << line;
}

TEST(FaultsOfTest, PutsWhatOnlyTheShortSeriesTriedWhereItBelongs) {
  const std::vector<Series> series = {
      {"short", {StepOf(Fault::kLatency, 5'000)}},
      {"long", {StepOf(Fault::kNone), StepOf(Fault::kLatency, 200), StepOf(Fault::kErrors, 1)}}};

  std::vector<std::string> names;
  for (const StepPlan& plan : FaultsOf(series)) names.push_back(NameOf(plan));

  EXPECT_THAT(names, ::testing::ElementsAre("healthy", "latency 200 ms", "latency 5000 ms",
                                            "errors 100 %"));
}

TEST(RecoveryAfterTest, IsThatOfTheStepBehind) {
  const Series series{"fixed", FixedSteps()};

  const Recovery* after_slow = RecoveryAfter(series, PlanFor(Fault::kLatency, 5'000));
  const Recovery* after_healthy = RecoveryAfter(series, PlanFor(Fault::kNone));
  const Recovery* after_untried = RecoveryAfter(series, PlanFor(Fault::kHang, 0.5));

  ASSERT_NE(after_slow, nullptr);
  EXPECT_EQ(after_slow->took, std::chrono::milliseconds(2'400));
  EXPECT_EQ(after_healthy, nullptr);
  EXPECT_EQ(after_untried, nullptr);
}

TEST(RecoveryAfterTest, IsNoneBehindTheLastStep) {
  const Series series{"cut", {StepOf(Fault::kNone), StepOf(Fault::kHang, 1)}};

  EXPECT_EQ(RecoveryAfter(series, PlanFor(Fault::kHang, 1)), nullptr);
}

}  // namespace
}  // namespace harness
