#include "gift-cards/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "gift-cards/provider_gate.h"
#include "gift-cards/store_watch.h"
#include "tests/unit/gift-cards/fake_store.h"
#include "tests/unit/gift-cards/fakes.h"

namespace gift_cards {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

TEST(GiftCardsMetricsTest, BreakNoRuleOfTheRegistry) {
  Metrics metrics;

  EXPECT_THAT(metrics.registry().problems(), ::testing::IsEmpty());
}

struct SeriesRow {
  std::string name;
  std::string series;
};

class PublishedSeriesTest : public ::testing::TestWithParam<SeriesRow> {};

// Alerts, the dashboard and the load report are written on these.
TEST_P(PublishedSeriesTest, IsThereBeforeTheFirstRequest) {
  Metrics metrics;

  EXPECT_THAT(metrics.registry().Render(), HasSubstr("\n" + GetParam().series + "\n"));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, PublishedSeriesTest,
    ::testing::Values(
        SeriesRow{"Redeemed", R"(gift_cards_redemptions_total{outcome="redeemed"} 0)"},
        SeriesRow{"Replayed", R"(gift_cards_redemptions_total{outcome="replayed"} 0)"},
        SeriesRow{"Invalid", R"(gift_cards_redemptions_total{outcome="invalid"} 0)"},
        SeriesRow{"Conflict", R"(gift_cards_redemptions_total{outcome="conflict"} 0)"},
        SeriesRow{"Rejected", R"(gift_cards_redemptions_total{outcome="rejected"} 0)"},
        SeriesRow{"Shed", R"(gift_cards_redemptions_total{outcome="shed"} 0)"},
        SeriesRow{"BreakerOpen", R"(gift_cards_redemptions_total{outcome="breaker_open"} 0)"},
        SeriesRow{"Deadline", R"(gift_cards_redemptions_total{outcome="deadline"} 0)"},
        SeriesRow{"ProviderError", R"(gift_cards_redemptions_total{outcome="provider_error"} 0)"},
        SeriesRow{"StoreError", R"(gift_cards_redemptions_total{outcome="store_error"} 0)"},
        SeriesRow{"Objective",
                  R"(gift_cards_redemption_duration_seconds_bucket{result="ok",le="0.25"} 0)"},
        SeriesRow{"DeadlineAndGrace",
                  R"(gift_cards_redemption_duration_seconds_bucket{result="error",le="0.85"} 0)"},
        SeriesRow{"Closed", R"(gift_cards_breaker_state{state="closed"} 1)"},
        SeriesRow{"Open", R"(gift_cards_breaker_state{state="open"} 0)"},
        SeriesRow{"HalfOpen", R"(gift_cards_breaker_state{state="half-open"} 0)"},
        SeriesRow{"ToOpen", R"(gift_cards_breaker_transitions_total{to="open"} 0)"},
        SeriesRow{"CallsOk", R"(gift_cards_payments_calls_total{result="ok"} 0)"},
        SeriesRow{"CallsRefused", R"(gift_cards_payments_calls_total{result="refused"} 0)"},
        SeriesRow{"CallsError", R"(gift_cards_payments_calls_total{result="error"} 0)"},
        SeriesRow{"CallsTimeout", R"(gift_cards_payments_calls_total{result="timeout"} 0)"},
        SeriesRow{"Retries", "gift_cards_payments_retries_total 0"},
        SeriesRow{"InFlight", "gift_cards_in_flight 0"},
        SeriesRow{"Limit", "gift_cards_concurrency_limit 0"},
        SeriesRow{"Pending", "gift_cards_pending_redemptions 0"},
        SeriesRow{"Backup", "gift_cards_last_backup_timestamp_seconds 0"}),
    [](const auto& row) { return row.param.name; });

TEST(GiftCardsMetricsTest, TimeServedAndUnservedRedemptionsApartAndInvalidOnesNotAtAll) {
  Metrics metrics;

  metrics.CountRedemption(Outcome::kRedeemed, milliseconds(20));
  metrics.CountRedemption(Outcome::kReplayed, milliseconds(1));
  metrics.CountRedemption(Outcome::kShed, milliseconds(1));
  metrics.CountRedemption(Outcome::kInvalid, milliseconds(1));

  const std::string text = metrics.registry().Render();
  EXPECT_THAT(text, HasSubstr(R"(duration_seconds_count{result="ok"} 2)"));
  EXPECT_THAT(text, HasSubstr(R"(duration_seconds_count{result="error"} 1)"));
  EXPECT_THAT(text, HasSubstr(R"(gift_cards_redemptions_total{outcome="invalid"} 1)"));
}

class ProviderGateTest : public ::testing::Test {
 protected:
  std::string Text() { return metrics_.registry().Render(); }
  void Fail(int calls) {
    for (int i = 0; i < calls; ++i) gate_.Ask()->Report(CallOutcome::kFailure);
  }

  FakeClock clock_;
  Metrics metrics_;
  ProviderGate gate_{BreakerOptions(), clock_, metrics_};
};

TEST_F(ProviderGateTest, ShowsItsStateAndTransitions) {
  Fail(20);

  EXPECT_THAT(Text(), HasSubstr(R"(gift_cards_breaker_state{state="open"} 1)"));
  EXPECT_THAT(Text(), HasSubstr(R"(gift_cards_breaker_state{state="closed"} 0)"));
  EXPECT_THAT(Text(), HasSubstr(R"(gift_cards_breaker_transitions_total{to="open"} 1)"));
  EXPECT_EQ(gate_.RefusesFor(), milliseconds(2'000));
}

TEST_F(ProviderGateTest, ShowsWhatTimeAloneChangedWhenItIsLookedAt) {
  Fail(20);
  clock_.Advance(milliseconds(2'000));

  EXPECT_EQ(gate_.State(), BreakerState::kHalfOpen);

  EXPECT_THAT(Text(), HasSubstr(R"(gift_cards_breaker_state{state="half-open"} 1)"));
}

TEST_F(ProviderGateTest, TakesAPermitBackThatIsDropped) {
  Fail(20);
  clock_.Advance(milliseconds(2'000));

  for (int i = 0; i < 50; ++i) EXPECT_TRUE(gate_.Ask().has_value()) << i;

  EXPECT_EQ(gate_.State(), BreakerState::kHalfOpen);
}

TEST_F(ProviderGateTest, CountsTheFirstReportOfAPermitOnly) {
  auto permit = gate_.Ask();

  for (int i = 0; i < 20; ++i) permit->Report(CallOutcome::kFailure);

  EXPECT_EQ(gate_.State(), BreakerState::kClosed);
}

TEST_F(ProviderGateTest, ReportsAPermitThatMovedOnce) {
  {
    auto first = gate_.Ask();
    ProviderGate::Permit second = std::move(*first);
    *first = std::move(second);
    first->Report(CallOutcome::kFailure);
  }
  Fail(18);
  EXPECT_EQ(gate_.State(), BreakerState::kClosed);

  Fail(1);

  EXPECT_EQ(gate_.State(), BreakerState::kOpen);
}

class StoreWatchTest : public ::testing::Test {
 protected:
  FakeClock clock_;
  FakeStore store_;
  Metrics metrics_;
  StoreWatch watch_{store_, clock_, metrics_, milliseconds(5'000)};
};

TEST_F(StoreWatchTest, ReliesOnNothingBeforeTheFirstAnswer) { EXPECT_TRUE(watch_.Problem()); }

TEST_F(StoreWatchTest, ReliesOnAnAnswerForAWhile) {
  watch_.Refresh();
  EXPECT_FALSE(watch_.Problem());

  clock_.Advance(milliseconds(5'001));

  EXPECT_EQ(watch_.Problem(), "no answer lately");
}

TEST_F(StoreWatchTest, SaysWhatTheStoreSaysAndRecovers) {
  store_.FailPing(true);
  watch_.Refresh();
  EXPECT_EQ(watch_.Problem(), "the file is gone");

  store_.FailPing(false);
  watch_.Refresh();

  EXPECT_FALSE(watch_.Problem());
}

TEST_F(StoreWatchTest, ShowsPendingRowsAndTheNewestBackup) {
  ASSERT_TRUE(store_.Begin("a", 1, clock_.UnixMillis()));
  ASSERT_TRUE(store_.Begin("b", 1, clock_.UnixMillis()));
  store_.SetLastBackup(1'795'420'800'500);

  watch_.Refresh();

  const std::string text = metrics_.registry().Render();
  EXPECT_THAT(text, HasSubstr("gift_cards_pending_redemptions 2\n"));
  EXPECT_THAT(text, HasSubstr("gift_cards_last_backup_timestamp_seconds 1795420800.5"));
}

}  // namespace
}  // namespace gift_cards
