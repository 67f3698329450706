// What becomes of evidence that could not be read or is of a kind that is not
// verified: never a pass, and the reason says who has to do something.
#include <gtest/gtest.h>

#include "core/base/text.h"
#include "core/evidence/verify.h"

namespace launchgate::evidence {
namespace {

using base::ErrorKind;

struct Row {
  const char* name;
  ErrorKind kind;
  const char* reason;
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

class SourceFailedTest : public ::testing::TestWithParam<Row> {};

TEST_P(SourceFailedTest, IsUnknownWithTheReasonOfItsKind) {
  const Finding finding = SourceFailed({GetParam().kind, "what happened"});

  EXPECT_EQ(finding.status, FindingStatus::kUnknown);
  EXPECT_EQ(finding.reason, GetParam().reason);
  EXPECT_EQ(finding.message, "what happened");
  EXPECT_FALSE(finding.observed_at);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, SourceFailedTest,
    ::testing::Values(Row{"NotFound", ErrorKind::kNotFound, "SourceMissing"},
                      Row{"Forbidden", ErrorKind::kForbidden, "SourceForbidden"},
                      Row{"Invalid", ErrorKind::kInvalid, "SourceRefused"},
                      Row{"Exhausted", ErrorKind::kExhausted, "SourceTooLarge"},
                      Row{"Unavailable", ErrorKind::kUnavailable, "SourceUnavailable"},
                      Row{"Conflict", ErrorKind::kConflict, "SourceUnavailable"},
                      Row{"Unsupported", ErrorKind::kUnsupported, "SourceNotInstalled"},
                      Row{"Internal", ErrorKind::kInternal, "SourceUnavailable"}),
    [](const auto& row) { return row.param.name; });

TEST(SourceFailedMessageTest, IsPrintableAndBounded) {
  const Finding finding =
      SourceFailed({ErrorKind::kUnavailable, "\x1B[31m" + std::string(9000, 'x')});

  EXPECT_EQ(finding.message.find('\x1B'), std::string::npos);
  EXPECT_LE(finding.message.size(), base::kMaxQuotedBytes);
}

TEST(NotSupportedTest, NamesTheKindAndNeverPasses) {
  const Finding finding = NotSupported("backupDrill");

  EXPECT_EQ(finding.status, FindingStatus::kUnknown);
  EXPECT_EQ(finding.reason, "NotSupportedYet");
  EXPECT_NE(finding.message.find("\"backupDrill\""), std::string::npos);
}

TEST(NotSupportedTest, BoundsAndCleansTheKind) {
  const Finding finding = NotSupported("\x1B[31m" + std::string(9000, 'x'));

  EXPECT_EQ(finding.message.find('\x1B'), std::string::npos);
  EXPECT_LE(finding.message.size(), 2 * base::kMaxQuotedBytes);
}

}  // namespace
}  // namespace launchgate::evidence
