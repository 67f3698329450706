#include "gift-cards/recovery.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/gift-cards/redeemer_fixture.h"

namespace gift_cards {
namespace {

using std::chrono::milliseconds;

class RecoveryTest : public RedeemerFixture {
 protected:
  // A row that a request began and a crash left, `age` ago by the end of this.
  void LeavePending(char last, milliseconds age = milliseconds(10'000),
                    std::int64_t amount_cents = 100) {
    ASSERT_TRUE(store_.Begin(Code(last).digest, amount_cents, clock_.UnixMillis() - age.count()));
  }
  RedemptionState StateOf(char last) { return store_.Find(Code(last).digest)->state; }

  Recovery recovery_{RecoveryOptions(), parts_};
};

TEST_F(RecoveryTest, ChargesWhatACrashLeftUnderTheSameRef) {
  LeavePending('A');

  const std::size_t settled = recovery_.Round({});

  EXPECT_EQ(settled, 1U);
  EXPECT_EQ(StateOf('A'), RedemptionState::kRedeemed);
  ASSERT_EQ(payments_.charges().size(), 1U);
  EXPECT_EQ(payments_.charges()[0].ref, Code('A').ref());
}

TEST_F(RecoveryTest, LeavesYoungRowsToWhoeverWorksOnThem) {
  LeavePending('A', milliseconds(2'000));

  EXPECT_EQ(recovery_.Round({}), 0U);
  clock_.Advance(milliseconds(1));

  EXPECT_EQ(recovery_.Round({}), 1U);
}

TEST_F(RecoveryTest, LeavesACodeThatARequestHolds) {
  LeavePending('A');
  const auto held = locks_.TryAcquire(Code('A').digest);

  EXPECT_EQ(recovery_.Round({}), 0U);

  EXPECT_TRUE(payments_.charges().empty());
}

TEST_F(RecoveryTest, GivesUpWhatTheProviderRefusesForGood) {
  LeavePending('A');
  payments_.Script({{AttemptResult::kRefused}});

  EXPECT_EQ(recovery_.Round({}), 1U);

  EXPECT_FALSE(store_.Find(Code('A').digest));
}

TEST_F(RecoveryTest, DoesNotChargeARowThatBeganAnewWithAnotherAmountMeanwhile) {
  LeavePending('A', milliseconds(20'000));
  LeavePending('B', milliseconds(10'000), 100);
  payments_.Script({{.meanwhile = [this] {
    // While A is charged, B is refused, given up and begun anew.
    ASSERT_TRUE(store_.Abandon(Code('B').digest));
    LeavePending('B', milliseconds(10'000), 999);
  }}});

  (void)recovery_.Round({});

  EXPECT_EQ(payments_.charges().size(), 1U);
  EXPECT_EQ(StateOf('B'), RedemptionState::kPending);
}

TEST_F(RecoveryTest, DoesNotChargeARowThatWasFinishedMeanwhile) {
  LeavePending('A', milliseconds(20'000));
  LeavePending('B', milliseconds(10'000));
  payments_.Script(
      {{.meanwhile = [this] { ASSERT_TRUE(store_.Complete(Code('B').digest, "ch-other", 1)); }}});

  (void)recovery_.Round({});

  EXPECT_EQ(payments_.charges().size(), 1U);
}

TEST_F(RecoveryTest, TakesTheOldestFirstAndOnlySoManyPerRound) {
  RecoveryOptions options;
  options.rows_per_round = 2;
  Recovery bounded(options, parts_);
  LeavePending('A', milliseconds(3'000));
  LeavePending('B', milliseconds(5'000));
  LeavePending('C', milliseconds(4'000));

  EXPECT_EQ(bounded.Round({}), 2U);

  EXPECT_EQ(StateOf('A'), RedemptionState::kPending);
  EXPECT_EQ(bounded.Round({}), 1U);
}

TEST_F(RecoveryTest, IsStillWhileTheBreakerIsNotClosed) {
  LeavePending('A');
  OpenBreaker();

  EXPECT_EQ(recovery_.Round({}), 0U);
  clock_.Advance(milliseconds(2'000));  // Half-open: the probes belong to customers.
  EXPECT_EQ(recovery_.Round({}), 0U);

  EXPECT_TRUE(payments_.charges().empty());
}

TEST_F(RecoveryTest, LeavesAProviderInPeaceThatFailsAFewTimes) {
  for (const char last : {'A', 'B', 'C', 'D', 'E'}) LeavePending(last);
  payments_.Script({{AttemptResult::kUnavailable}});

  EXPECT_EQ(recovery_.Round({}), 0U);

  EXPECT_EQ(payments_.charges().size(), 3U);
}

struct FailureRow {
  std::string name;
  AttemptResult result;
};

class RecoveryFailureTest : public RecoveryTest,
                            public ::testing::WithParamInterface<FailureRow> {};

TEST_P(RecoveryFailureTest, OfOneRowDoesNotStandInTheWayOfTheNext) {
  LeavePending('A', milliseconds(20'000));
  LeavePending('B', milliseconds(10'000));
  payments_.Script({{GetParam().result}, {AttemptResult::kCharged}});

  EXPECT_EQ(recovery_.Round({}), 1U);

  EXPECT_EQ(StateOf('A'), RedemptionState::kPending);
  EXPECT_EQ(StateOf('B'), RedemptionState::kRedeemed);
}

INSTANTIATE_TEST_SUITE_P(Rows, RecoveryFailureTest,
                         ::testing::Values(FailureRow{"Silence", AttemptResult::kTimedOut},
                                           FailureRow{"Failure", AttemptResult::kUnavailable},
                                           FailureRow{"Nonsense", AttemptResult::kUnusable}),
                         [](const auto& row) { return row.param.name; });

TEST_F(RecoveryTest, EndsItsRoundWhenTheStoreFails) {
  LeavePending('A');
  LeavePending('B');
  store_.FailComplete(true);

  EXPECT_EQ(recovery_.Round({}), 0U);
  EXPECT_EQ(payments_.charges().size(), 1U);
  store_.FailPending(true);

  EXPECT_EQ(recovery_.Round({}), 0U);
  EXPECT_EQ(payments_.charges().size(), 1U);
}

TEST_F(RecoveryTest, EndsItsRoundWhenItIsToldToStop) {
  LeavePending('A', milliseconds(20'000));
  LeavePending('B', milliseconds(10'000));
  std::stop_source stop;
  payments_.Script({{.meanwhile = [&stop] { stop.request_stop(); }}});

  EXPECT_EQ(recovery_.Round(stop.get_token()), 1U);

  EXPECT_EQ(StateOf('B'), RedemptionState::kPending);
}

}  // namespace
}  // namespace gift_cards
