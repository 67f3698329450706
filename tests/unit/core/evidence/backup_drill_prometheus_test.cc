// Judging the time of the last restore as a Prometheus metric tells it.
#include <gtest/gtest.h>

#include <string>

#include "core/evidence/verify.h"

namespace launchgate::evidence {
namespace {

// 2026-11-20T03:14:10Z.
constexpr base::Time kRestoredAt{std::chrono::seconds(1795144450)};
constexpr base::Time kAskedAt = kRestoredAt + std::chrono::hours(24);

resources::BackupDrillSpec Spec() {
  resources::BackupDrillSpec spec;
  spec.from.prometheus = {"main", "gift_cards_last_restore_success_timestamp_seconds"};
  spec.max_age = std::chrono::hours(24 * 30);
  return spec;
}

std::string Answer(const std::string& value) {
  return R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[)" +
         std::to_string(
             std::chrono::duration_cast<std::chrono::seconds>(kAskedAt.time_since_epoch())
                 .count()) +
         R"(,")" + value + R"("]}]}})";
}

Finding Judge(const resources::BackupDrillSpec& spec, std::string body, base::Time now = kAskedAt) {
  return VerifyBackupDrill(spec, Document{std::move(body), kAskedAt}, now);
}

struct Row {
  const char* name;
  const char* value;
  FindingStatus status;
  const char* reason;
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

class BackupDrillSampleTest : public ::testing::TestWithParam<Row> {};

TEST_P(BackupDrillSampleTest, IsJudgedWithTheReason) {
  const Finding finding = Judge(Spec(), Answer(GetParam().value));

  EXPECT_EQ(finding.status, GetParam().status) << finding.message;
  EXPECT_EQ(finding.reason, GetParam().reason) << finding.message;
}

INSTANTIATE_TEST_SUITE_P(
    Reasons, BackupDrillSampleTest,
    ::testing::Values(Row{"ADayAgo", "1795144450", FindingStatus::kPass, "RestoreProven"},
                      Row{"WithAFraction", "1795144450.5", FindingStatus::kPass, "RestoreProven"},
                      Row{"InExponentForm", "1.79514445e+09", FindingStatus::kPass,
                          "RestoreProven"},
                      Row{"Never", "0", FindingStatus::kUnknown, "NoDrills"},
                      Row{"LongAgo", "1700000000", FindingStatus::kStale, "TooOld"},
                      Row{"Tomorrow", "1795317250", FindingStatus::kUnknown, "TimeInFuture"},
                      Row{"InMilliseconds", "1795144450000", FindingStatus::kUnknown, "Malformed"},
                      Row{"Negative", "-1", FindingStatus::kUnknown, "Malformed"},
                      Row{"NotANumber", "NaN", FindingStatus::kUnknown, "QueryNotFinite"},
                      Row{"Infinite", "+Inf", FindingStatus::kUnknown, "QueryNotFinite"}),
    [](const auto& row) { return row.param.name; });

TEST(BackupDrillPrometheusTest, ATimeTellsNothingAboutRecoveryAndLoss) {
  resources::BackupDrillSpec quick = Spec();
  quick.max_recovery_time = std::chrono::minutes(30);
  resources::BackupDrillSpec lossless = Spec();
  lossless.max_data_loss = std::chrono::minutes(5);

  EXPECT_EQ(Judge(quick, Answer("1795144450")).reason, "FigureMissing");
  EXPECT_EQ(Judge(lossless, Answer("1795144450")).reason, "FigureMissing");
}

TEST(BackupDrillPrometheusTest, AKeptAnswerIsJudgedAgainAsOfWhenItWasAsked) {
  const Finding finding = Judge(Spec(), Answer("1795144450"), kAskedAt + std::chrono::hours(1));

  EXPECT_EQ(finding.status, FindingStatus::kPass) << finding.message;
  EXPECT_EQ(finding.observed_at, kRestoredAt);
}

}  // namespace
}  // namespace launchgate::evidence
