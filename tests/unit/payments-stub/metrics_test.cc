#include "payments-stub/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace payments_stub {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

double Zero() { return 0; }

TEST(ProviderMetricsTest, BreakNoRuleOfTheRegistry) {
  const Metrics metrics(Zero, Zero);

  EXPECT_THAT(metrics.registry().problems(), ::testing::IsEmpty());
}

struct SeriesRow {
  const char* name;
  const char* series;
};

class PublishedSeriesTest : public ::testing::TestWithParam<SeriesRow> {};

// The harness and the README are written on these.
TEST_P(PublishedSeriesTest, IsThereBeforeTheFirstRequest) {
  const Metrics metrics(Zero, Zero);

  EXPECT_THAT(metrics.registry().Render(),
              HasSubstr(std::string("\n") + GetParam().series + " 0\n"));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, PublishedSeriesTest,
    ::testing::Values(SeriesRow{"Created", R"(payments_requests_total{outcome="created"})"},
                      SeriesRow{"Replayed", R"(payments_requests_total{outcome="replayed"})"},
                      SeriesRow{"Conflict", R"(payments_requests_total{outcome="conflict"})"},
                      SeriesRow{"Invalid", R"(payments_requests_total{outcome="invalid"})"},
                      SeriesRow{"Failed", R"(payments_requests_total{outcome="failed"})"},
                      SeriesRow{"Hung", R"(payments_requests_total{outcome="hung"})"},
                      SeriesRow{"Charges", "payments_charges"},
                      SeriesRow{"InFlight", "payments_in_flight"},
                      SeriesRow{"Duration", "payments_request_duration_seconds_count"},
                      SeriesRow{"Latency", R"(payments_knob{knob="LATENCY_MS"})"},
                      SeriesRow{"Jitter", R"(payments_knob{knob="JITTER_MS"})"},
                      SeriesRow{"FailRate", R"(payments_knob{knob="FAIL_RATE"})"},
                      SeriesRow{"HangRate", R"(payments_knob{knob="HANG_RATE"})"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ProviderMetricsTest, CountsEachOutcomeUnderItsOwnWord) {
  Metrics metrics(Zero, Zero);

  for (int i = 0; i < 3; ++i) metrics.CountRequest(Outcome::kFailed);
  metrics.CountRequest(Outcome::kHung);

  const std::string text = metrics.registry().Render();
  EXPECT_THAT(text, HasSubstr("payments_requests_total{outcome=\"failed\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("payments_requests_total{outcome=\"hung\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("payments_requests_total{outcome=\"created\"} 0\n"));
}

TEST(ProviderMetricsTest, TellsAnswersApartUpToTheLongestLatency) {
  Metrics metrics(Zero, Zero);

  metrics.ObserveAnswer(milliseconds(250));
  metrics.ObserveAnswer(milliseconds(60'000));

  const std::string text = metrics.registry().Render();
  EXPECT_THAT(text, HasSubstr("payments_request_duration_seconds_bucket{le=\"0.25\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("payments_request_duration_seconds_bucket{le=\"30\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("payments_request_duration_seconds_bucket{le=\"60\"} 2\n"));
}

TEST(ProviderMetricsTest, ShowsTheKnobsAndWhatIsAskedForAtEveryScrape) {
  double charges = 1;
  Metrics metrics([&] { return charges; }, [] { return 7.0; });

  metrics.ShowKnobs({.latency_ms = 50, .jitter_ms = 20, .fail_rate = 0.25, .hang_rate = 1});
  charges = 2;

  const std::string text = metrics.registry().Render();
  EXPECT_THAT(text, HasSubstr("payments_knob{knob=\"LATENCY_MS\"} 50\n"));
  EXPECT_THAT(text, HasSubstr("payments_knob{knob=\"JITTER_MS\"} 20\n"));
  EXPECT_THAT(text, HasSubstr("payments_knob{knob=\"FAIL_RATE\"} 0.25\n"));
  EXPECT_THAT(text, HasSubstr("payments_knob{knob=\"HANG_RATE\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("payments_charges 2\n"));
  EXPECT_THAT(text, HasSubstr("payments_in_flight 7\n"));
}

}  // namespace
}  // namespace payments_stub
