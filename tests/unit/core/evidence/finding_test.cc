#include "core/evidence/finding.h"

#include <gtest/gtest.h>

namespace launchgate::evidence {
namespace {

constexpr base::Time kEnd{std::chrono::hours(24 * 365 * 50)};
constexpr base::Duration kMillisecond{1};

Finding Of(FindingStatus status, base::Time valid_until) {
  Finding finding;
  finding.status = status;
  finding.valid_until = valid_until;
  return finding;
}

TEST(FindingTest, IsUnknownUnlessSomebodyFoundSomething) {
  const Finding finding;

  EXPECT_EQ(finding.status, FindingStatus::kUnknown);
}

TEST(FindingTest, ReadsBackEveryStatusThatItWrites) {
  for (const FindingStatus status : {FindingStatus::kPass, FindingStatus::kFail,
                                     FindingStatus::kStale, FindingStatus::kUnknown}) {
    const std::string_view text = ToString(status);

    EXPECT_EQ(ParseFindingStatus(text), status) << text;
  }
}

TEST(FindingTest, TakesEveryOtherWordForUnknown) {
  for (const std::string_view text : {"", "pass", "PASS", "Passed", " Pass", "Pass\n", "Go"}) {
    EXPECT_EQ(ParseFindingStatus(text), FindingStatus::kUnknown) << text;
  }
}

TEST(FindingTest, APassIsAPassUntilTheInstantItEnds) {
  const Finding pass = Of(FindingStatus::kPass, kEnd);

  EXPECT_EQ(StatusAt(pass, kEnd - kMillisecond), FindingStatus::kPass);
  EXPECT_EQ(StatusAt(pass, kEnd), FindingStatus::kStale);
  EXPECT_EQ(StatusAt(pass, kEnd + kMillisecond), FindingStatus::kStale);
}

TEST(FindingTest, APassWithoutAnEndStaysOne) {
  const Finding pass = Of(FindingStatus::kPass, base::kNever);

  EXPECT_EQ(StatusAt(pass, base::kNever - kMillisecond), FindingStatus::kPass);
}

TEST(FindingTest, TimeMakesNothingElseOfWhatDidNotPass) {
  for (const FindingStatus status :
       {FindingStatus::kFail, FindingStatus::kStale, FindingStatus::kUnknown}) {
    const Finding finding = Of(status, kEnd);

    EXPECT_EQ(StatusAt(finding, kEnd - kMillisecond), status) << ToString(status);
    EXPECT_EQ(StatusAt(finding, kEnd + kMillisecond), status) << ToString(status);
  }
}

}  // namespace
}  // namespace launchgate::evidence
