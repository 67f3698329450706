#include "gift-cards/redeemer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/gift-cards/redeemer_fixture.h"

namespace gift_cards {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RedeemerTest : public RedeemerFixture {};

TEST_F(RedeemerTest, ChargesOnceUnderTheRefOfTheCodeAndRecordsIt) {
  const RedeemResult result = Redeem(2'500);

  EXPECT_EQ(result.outcome, Outcome::kRedeemed);
  EXPECT_EQ(result.attempts, 1);
  ASSERT_EQ(payments_.charges().size(), 1U);
  EXPECT_EQ(payments_.charges()[0].ref, Code().ref());
  EXPECT_EQ(payments_.charges()[0].amount_cents, 2'500);
  const auto row = store_.Find(Code().digest);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->state, RedemptionState::kRedeemed);
  EXPECT_EQ(row->charge_id, result.charge_id);
  EXPECT_EQ(row->redeemed_at, FakeClock::kStartMillis);
}

TEST_F(RedeemerTest, HasTheRowOnDiskBeforeTheProviderIsAsked) {
  std::optional<Redemption> seen;
  payments_.Script({{.meanwhile = [&] { seen = store_.Find(Code().digest); }}});

  (void)Redeem();

  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->state, RedemptionState::kPending);
}

TEST_F(RedeemerTest, ReplaysAnEarlierRedemptionWithoutAskingTheProvider) {
  const RedeemResult first = Redeem(2'500);

  const RedeemResult second = Redeem(2'500);

  EXPECT_EQ(second.outcome, Outcome::kReplayed);
  EXPECT_EQ(second.charge_id, first.charge_id);
  EXPECT_EQ(second.attempts, 0);
  EXPECT_EQ(payments_.charges().size(), 1U);
}

TEST_F(RedeemerTest, RefusesAnotherAmountForARedeemedCode) {
  (void)Redeem(2'500);

  const RedeemResult second = Redeem(2'501);

  EXPECT_EQ(second.outcome, Outcome::kConflict);
  EXPECT_EQ(payments_.charges().size(), 1U);
}

TEST_F(RedeemerTest, RefusesAnotherAmountWhileTheFirstIsUndecided) {
  payments_.Script({{AttemptResult::kUnusable}});
  (void)Redeem(2'500);

  const RedeemResult second = Redeem(2'501);

  EXPECT_EQ(second.outcome, Outcome::kConflict);
  EXPECT_EQ(store_.Find(Code().digest)->amount_cents, 2'500);
}

TEST_F(RedeemerTest, ChargesAPendingRowAgainUnderTheSameRef) {
  payments_.Script({{AttemptResult::kUnusable}, {AttemptResult::kCharged}});
  (void)Redeem(2'500);

  const RedeemResult second = Redeem(2'500);

  EXPECT_EQ(second.outcome, Outcome::kRedeemed);
  ASSERT_EQ(payments_.charges().size(), 2U);
  EXPECT_EQ(payments_.charges()[0].ref, payments_.charges()[1].ref);
}

TEST_F(RedeemerTest, GivesTheCodeUpWhenTheProviderRefusesForGood) {
  payments_.Script({{AttemptResult::kRefused}, {AttemptResult::kCharged}});
  EXPECT_EQ(Redeem(2'500).outcome, Outcome::kRejected);

  const RedeemResult other_amount = Redeem(1'000);

  EXPECT_EQ(other_amount.outcome, Outcome::kRedeemed);
}

TEST_F(RedeemerTest, CallsItAConflictWhenTheProviderKnowsTheRefByAnotherAmount) {
  payments_.Script({{AttemptResult::kConflict}});

  const RedeemResult result = Redeem();

  EXPECT_EQ(result.outcome, Outcome::kConflict);
  EXPECT_FALSE(store_.Find(Code().digest));
}

TEST_F(RedeemerTest, KeepsToTheRefusalWhenTheRowCannotBeGivenUp) {
  payments_.Script({{AttemptResult::kRefused}});
  store_.FailAbandon(true);

  const RedeemResult result = Redeem();

  EXPECT_EQ(result.outcome, Outcome::kRejected);
  EXPECT_THAT(result.detail, HasSubstr("read-only file"));
}

TEST_F(RedeemerTest, TriesAgainAfterAFailureAndWaitsBetween) {
  payments_.Script({{AttemptResult::kUnavailable}, {AttemptResult::kCharged}});

  const RedeemResult result = Redeem();

  EXPECT_EQ(result.outcome, Outcome::kRedeemed);
  EXPECT_EQ(result.attempts, 2);
  EXPECT_THAT(clock_.pauses(), ElementsAre(microseconds(12'500)));  // Half of 25 ms.
}

TEST_F(RedeemerTest, GivesUpAfterTwoRetriesAndLeavesTheRowForRecovery) {
  payments_.Script({{AttemptResult::kUnavailable}});

  const RedeemResult result = Redeem();

  EXPECT_EQ(result.outcome, Outcome::kProviderError);
  EXPECT_EQ(result.attempts, 3);
  EXPECT_EQ(store_.Find(Code().digest)->state, RedemptionState::kPending);
}

TEST_F(RedeemerTest, DoesNotRepeatACallWhoseAnswerMeansNothing) {
  payments_.Script({{AttemptResult::kUnusable}});

  const RedeemResult result = Redeem();

  EXPECT_EQ(result.outcome, Outcome::kProviderError);
  EXPECT_EQ(result.attempts, 1);
}

TEST_F(RedeemerTest, AsksASilentProviderOnceMoreWithinTheDeadline) {
  payments_.Script({{.takes = milliseconds(10'000)}, {.takes = milliseconds(50)}});

  const RedeemResult result = Redeem();

  EXPECT_EQ(result.outcome, Outcome::kRedeemed);
  EXPECT_EQ(result.attempts, 2);
}

TEST_F(RedeemerTest, LeavesAtTheDeadlineHoweverLongTheProviderTakes) {
  const auto begun = clock_.Now();
  payments_.Script({{.takes = milliseconds(10'000)}});

  const RedeemResult result = Redeem();

  EXPECT_EQ(result.outcome, Outcome::kDeadline);
  EXPECT_EQ(clock_.Now() - begun, milliseconds(800));
  EXPECT_THAT(payments_.deadlines(),
              ElementsAre(begun + milliseconds(500), begun + milliseconds(800)));
}

TEST_F(RedeemerTest, CountsTheDeadlineFromWhenTheRequestWasRead) {
  const auto received_at = clock_.Now();
  clock_.Advance(milliseconds(700));  // It waited for a worker.

  payments_.Script({{.takes = milliseconds(10'000)}});
  const RedeemResult result = redeemer_.Redeem({Code(), 2'500, received_at});

  EXPECT_EQ(result.outcome, Outcome::kDeadline);
  EXPECT_EQ(result.attempts, 1);
  EXPECT_EQ(clock_.Now() - received_at, milliseconds(800));
}

TEST_F(RedeemerTest, SendsNothingWhenTheDeadlineIsOverBeforeItBegins) {
  const auto received_at = clock_.Now();
  clock_.Advance(milliseconds(800));

  const RedeemResult result = redeemer_.Redeem({Code(), 2'500, received_at});

  EXPECT_EQ(result.outcome, Outcome::kDeadline);
  EXPECT_TRUE(payments_.charges().empty());
}

TEST_F(RedeemerTest, WritesNothingAndSendsNothingWhileTheBreakerIsOpen) {
  OpenBreaker();

  const RedeemResult result = Redeem();

  EXPECT_EQ(result.outcome, Outcome::kBreakerOpen);
  EXPECT_EQ(store_.begins(), 0);
  EXPECT_TRUE(payments_.charges().empty());
}

TEST_F(RedeemerTest, ReplaysARedemptionOfBeforeWhileTheBreakerIsOpen) {
  const RedeemResult before = Redeem();
  ASSERT_EQ(before.outcome, Outcome::kRedeemed);
  OpenBreaker();

  const RedeemResult result = Redeem();

  EXPECT_EQ(result.outcome, Outcome::kReplayed);
  EXPECT_EQ(result.charge_id, before.charge_id);
  EXPECT_EQ(redeemer_.Redeem({Code(), 2'501, clock_.Now()}).outcome, Outcome::kConflict);
}

TEST_F(RedeemerTest, SaysThatTheBreakerIsOpenWhenTheStoreCannotBeReadEither) {
  ASSERT_EQ(Redeem().outcome, Outcome::kRedeemed);
  OpenBreaker();
  store_.FailFind(true);

  EXPECT_EQ(Redeem().outcome, Outcome::kBreakerOpen);
}

TEST_F(RedeemerTest, StopsRetryingWhenTheBreakerOpensMeanwhile) {
  for (int i = 0; i < 19; ++i) gate_.Ask()->Report(CallOutcome::kFailure);
  payments_.Script({{AttemptResult::kUnavailable}});

  const RedeemResult result = Redeem();

  EXPECT_EQ(result.outcome, Outcome::kProviderError);
  EXPECT_EQ(result.attempts, 1);
}

TEST_F(RedeemerTest, CountsARefusalAsAnAnswerOfTheProvider) {
  payments_.Script({{AttemptResult::kRefused}});

  for (int i = 0; i < 100; ++i) (void)Redeem();

  EXPECT_EQ(gate_.State(), BreakerState::kClosed);
}

TEST_F(RedeemerTest, OpensTheBreakerWhenTheProviderFails) {
  payments_.Script({{AttemptResult::kUnavailable}});

  for (int i = 0; i < 7; ++i) (void)Redeem();

  EXPECT_EQ(gate_.State(), BreakerState::kOpen);
  EXPECT_EQ(payments_.charges().size(), 20U);
}

TEST_F(RedeemerTest, GivesAProbeBackThatTurnedOutToNeedNoCall) {
  (void)Redeem(2'500);
  OpenBreaker();
  clock_.Advance(milliseconds(2'000));

  for (int i = 0; i < 20; ++i) EXPECT_EQ(Redeem(2'500).outcome, Outcome::kReplayed);

  EXPECT_EQ(gate_.State(), BreakerState::kHalfOpen);
  EXPECT_TRUE(gate_.Ask().has_value());
}

TEST_F(RedeemerTest, ClosesTheBreakerByRedemptionsThatSucceed) {
  OpenBreaker();
  clock_.Advance(milliseconds(2'000));

  for (const char last : {'A', 'B', 'C', 'D', 'E'}) {
    EXPECT_EQ(Redeem(100, last).outcome, Outcome::kRedeemed);
  }

  EXPECT_EQ(gate_.State(), BreakerState::kClosed);
}

TEST_F(RedeemerTest, ChargesNothingThatItCannotRecordFirst) {
  store_.FailBegin(true);

  const RedeemResult result = Redeem();

  EXPECT_EQ(result.outcome, Outcome::kStoreError);
  EXPECT_EQ(result.detail, "disk I/O error");
  EXPECT_TRUE(payments_.charges().empty());
}

TEST_F(RedeemerTest, AcknowledgesNothingThatIsNotCompleteOnDisk) {
  store_.FailComplete(true);
  const RedeemResult first = Redeem();
  store_.FailComplete(false);

  const RedeemResult second = Redeem();

  EXPECT_EQ(first.outcome, Outcome::kStoreError);
  EXPECT_TRUE(first.charge_id.empty());
  EXPECT_EQ(second.outcome, Outcome::kRedeemed);
  EXPECT_EQ(payments_.charges()[0].ref, payments_.charges()[1].ref);
}

TEST_F(RedeemerTest, WaitsNoLongerThanTheDeadlineForAnotherRequestOfTheSameCode) {
  const auto held = locks_.TryAcquire(Code().digest);
  const auto long_ago = std::chrono::steady_clock::now() - milliseconds(800);

  const RedeemResult result = redeemer_.Redeem({Code(), 2'500, long_ago});

  EXPECT_EQ(result.outcome, Outcome::kDeadline);
  EXPECT_EQ(store_.begins(), 0);
}

TEST_F(RedeemerTest, CountsCallsAndRetries) {
  payments_.Script({{AttemptResult::kUnavailable},
                    {.takes = milliseconds(10'000)},
                    {AttemptResult::kCharged},
                    {AttemptResult::kRefused}});
  (void)Redeem(100, 'A');
  (void)Redeem(100, 'B');

  const std::string text = metrics_.registry().Render();

  EXPECT_THAT(text, HasSubstr("gift_cards_payments_calls_total{result=\"ok\"} 1"));
  EXPECT_THAT(text, HasSubstr("gift_cards_payments_calls_total{result=\"error\"} 1"));
  EXPECT_THAT(text, HasSubstr("gift_cards_payments_calls_total{result=\"timeout\"} 1"));
  EXPECT_THAT(text, HasSubstr("gift_cards_payments_calls_total{result=\"refused\"} 1"));
  EXPECT_THAT(text, HasSubstr("gift_cards_payments_retries_total 2"));
}

}  // namespace
}  // namespace gift_cards
