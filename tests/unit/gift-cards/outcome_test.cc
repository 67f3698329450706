#include "gift-cards/core/outcome.h"

#include <gtest/gtest.h>

#include <string>

namespace gift_cards {
namespace {

struct Row {
  std::string word;
  Outcome outcome;
  int status;
  bool retry_after;
  bool served;
};

class OutcomeTest : public ::testing::TestWithParam<Row> {};

// The contract as it is published, written a second time on purpose.
TEST_P(OutcomeTest, KeepsItsPublishedWordAndStatus) {
  const OutcomeTraits& traits = TraitsOf(GetParam().outcome);

  EXPECT_EQ(traits.word, GetParam().word);
  EXPECT_EQ(traits.status, GetParam().status);
  EXPECT_EQ(traits.retry_after, GetParam().retry_after);
  EXPECT_EQ(IsServed(GetParam().outcome), GetParam().served);
}

INSTANTIATE_TEST_SUITE_P(
    Contract, OutcomeTest,
    ::testing::Values(Row{"redeemed", Outcome::kRedeemed, 200, false, true},
                      Row{"replayed", Outcome::kReplayed, 200, false, true},
                      Row{"invalid", Outcome::kInvalid, 400, false, false},
                      Row{"conflict", Outcome::kConflict, 409, false, false},
                      Row{"rejected", Outcome::kRejected, 502, false, false},
                      Row{"shed", Outcome::kShed, 503, true, false},
                      Row{"breaker_open", Outcome::kBreakerOpen, 503, true, false},
                      Row{"deadline", Outcome::kDeadline, 504, true, false},
                      Row{"provider_error", Outcome::kProviderError, 503, true, false},
                      Row{"store_error", Outcome::kStoreError, 500, false, false}),
    [](const auto& row) { return row.param.word; });

TEST(OutcomeTableTest, HasItsRowsInTheOrderOfTheEnum) {
  for (const OutcomeTraits& row : kOutcomeTable) {
    EXPECT_EQ(TraitsOf(row.outcome).outcome, row.outcome) << row.word;
  }
}

TEST(OutcomeTableTest, ExplainsEveryErrorToTheCustomer) {
  for (const OutcomeTraits& row : kOutcomeTable) {
    const bool is_made = IsServed(row.outcome) || row.outcome == Outcome::kInvalid;
    EXPECT_EQ(row.message.empty(), is_made) << row.word;
  }
}

struct LastRow {
  std::string name;
  AttemptResult last;
  Outcome outcome;
};

class LastAttemptTest : public ::testing::TestWithParam<LastRow> {};

TEST_P(LastAttemptTest, DecidesTheOutcome) {
  EXPECT_EQ(OutcomeOf(GetParam().last), GetParam().outcome);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, LastAttemptTest,
    ::testing::Values(LastRow{"Charged", AttemptResult::kCharged, Outcome::kRedeemed},
                      LastRow{"Refused", AttemptResult::kRefused, Outcome::kRejected},
                      LastRow{"Conflict", AttemptResult::kConflict, Outcome::kConflict},
                      LastRow{"Unavailable", AttemptResult::kUnavailable, Outcome::kProviderError},
                      LastRow{"TimedOut", AttemptResult::kTimedOut, Outcome::kDeadline},
                      LastRow{"Unusable", AttemptResult::kUnusable, Outcome::kProviderError}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace gift_cards
