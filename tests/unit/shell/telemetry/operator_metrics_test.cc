#include "shell/telemetry/operator_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

TEST(OperatorMetricsTest, AReasonNobodyKnowsKeepsItsDecision) {
  OperatorMetrics metrics;

  metrics.CountDecision("gate", true, "Surprise", 0.001);

  EXPECT_THAT(metrics.registry().Render(), HasSubstr(Series("Allow", "other")));
  EXPECT_THAT(metrics.registry().Render(), Not(HasSubstr(Series("Deny", "other"))));
}

}  // namespace
}  // namespace launchgate::telemetry
