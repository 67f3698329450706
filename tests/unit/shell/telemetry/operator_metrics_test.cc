#include "shell/telemetry/operator_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "core/admission/guards.h"
#include "core/budget/freeze.h"
#include "core/decision/decide.h"
#include "core/verdict/standing.h"

namespace launchgate::telemetry {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
namespace reason = decision::reason;
namespace guard = admission::guard_reason;

std::string Series(std::string_view decision, std::string_view reason) {
  return "launchgate_admission_decisions_total{entry=\"gate\",decision=\"" + std::string(decision) +
         "\",reason=\"" + std::string(reason) + "\"} 1";
}

TEST(OperatorMetricsTest, EveryMetricIsExported) {
  OperatorMetrics metrics;

  EXPECT_THAT(metrics.registry().problems(), IsEmpty());
}

TEST(OperatorMetricsTest, KnowsEveryReasonOfADenial) {
  for (const std::string_view text : {reason::kNotReady,
                                      reason::kClockUntrusted,
                                      reason::kReviewMissing,
                                      reason::kReviewAmbiguous,
                                      reason::kReviewInvalid,
                                      reason::kTemplateUnknown,
                                      reason::kEvidenceFailing,
                                      reason::kEvidenceStale,
                                      reason::kEvidenceUnknown,
                                      reason::kEvidenceMissing,
                                      reason::kInternalError,
                                      verdict::reason::kVerdictMissing,
                                      verdict::reason::kNoGo,
                                      verdict::reason::kVerdictExpired,
                                      verdict::reason::kVerdictNotYetValid,
                                      verdict::reason::kVerdictConflict,
                                      verdict::reason::kKeyRevoked,
                                      verdict::reason::kKeyExpired,
                                      verdict::reason::kQuorumNotMet,
                                      verdict::reason::kReviewChanged,
                                      verdict::reason::kOtherRevision,
                                      verdict::reason::kConditionOverdue,
                                      guard::kGateWeakened,
                                      guard::kStatusForged,
                                      guard::kVerdictImmutable,
                                      ToString(budget::FreezeCause::kBudgetSpent),
                                      ToString(budget::FreezeCause::kBudgetUnknown),
                                      ToString(budget::FreezeCause::kFreezeWindow),
                                      ToString(budget::FreezeCause::kBudgetReviewOverdue),
                                      std::string_view("RequestInvalid")}) {
    OperatorMetrics metrics;

    metrics.CountDecision("gate", false, text, 0.001);

    EXPECT_THAT(metrics.registry().Render(), HasSubstr(Series("Deny", text)));
  }
}

TEST(OperatorMetricsTest, KnowsEveryReasonOfAnApproval) {
  for (const std::string_view text :
       {reason::kNotGated, reason::kNoLaunchChange, reason::kRollback, reason::kBreakGlass,
        reason::kGo, guard::kUnchanged, guard::kPermitted}) {
    OperatorMetrics metrics;

    metrics.CountDecision("gate", true, text, 0.001);

    EXPECT_THAT(metrics.registry().Render(), HasSubstr(Series("Allow", text)));
  }
}

TEST(OperatorMetricsTest, ReadsWhatIsLiveAtEveryScrape) {
  double age = 0.25;
  bool ready = true;
  OperatorMetrics metrics({.cache_age_seconds = [&age] { return age; },
                           .caches_ready = [&ready] { return ready; },
                           .clock_trusted = [] { return true; }});
  const std::string before = metrics.registry().Render();

  age = std::numeric_limits<double>::infinity();
  ready = false;
  const std::string after = metrics.registry().Render();

  EXPECT_THAT(before, HasSubstr("launchgate_cache_age_seconds 0.25\n"));
  EXPECT_THAT(before, HasSubstr("launchgate_caches_ready 1\n"));
  EXPECT_THAT(before, HasSubstr("launchgate_clock_trusted 1\n"));
  EXPECT_THAT(after, HasSubstr("launchgate_cache_age_seconds +Inf\n"));
  EXPECT_THAT(after, HasSubstr("launchgate_caches_ready 0\n"));
}

// Silence must not look like health.
TEST(OperatorMetricsTest, AReadingThatNobodyGivesIsNotGood) {
  OperatorMetrics metrics;

  EXPECT_THAT(metrics.registry().Render(), HasSubstr("launchgate_caches_ready 0\n"));
  EXPECT_THAT(metrics.registry().Render(), HasSubstr("launchgate_clock_trusted 0\n"));
}

TEST(OperatorMetricsTest, TellsHowManyEntriesFailClosed) {
  OperatorMetrics metrics;

  metrics.SetRegisteredEntries("Fail", 4);
  metrics.SetRegisteredEntries("Ignore", 1);

  EXPECT_THAT(metrics.registry().Render(),
              HasSubstr("launchgate_registered_entries{failure_policy=\"Fail\"} 4\n"));
  EXPECT_THAT(metrics.registry().Render(),
              HasSubstr("launchgate_registered_entries{failure_policy=\"Ignore\"} 1\n"));
}

TEST(OperatorMetricsTest, AReasonNobodyKnowsKeepsItsDecision) {
  OperatorMetrics metrics;

  metrics.CountDecision("gate", true, "Surprise", 0.001);

  EXPECT_THAT(metrics.registry().Render(), HasSubstr(Series("Allow", "other")));
  EXPECT_THAT(metrics.registry().Render(), Not(HasSubstr(Series("Deny", "other"))));
}

}  // namespace
}  // namespace launchgate::telemetry
