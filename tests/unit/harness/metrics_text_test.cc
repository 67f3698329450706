// Reading figures from a page of metrics.
#include "harness/metrics_text.h"

#include <gtest/gtest.h>

namespace harness {
namespace {

constexpr std::string_view kPage =
    "# HELP payments_requests_total Charges asked for, by what became of them.\n"
    "# TYPE payments_requests_total counter\n"
    "payments_requests_total{outcome=\"created\"} 240\n"
    "payments_requests_total{outcome=\"failed\"} 12\n"
    "payments_requests_total_created{outcome=\"failed\"} 99\n"
    "payments_charges 252\n"
    "payments_request_duration_seconds_bucket{outcome=\"created\",le=\"0.25\"} 1.5e+02 1700000000\n"
    "payments_broken{outcome=\"created\" 7\n"
    "payments_words seven\n"
    "payments_last{state=\"open\"} 1";

TEST(SumOfTest, AddsAllSamplesOfAMetric) {
  EXPECT_EQ(SumOf(kPage, "payments_requests_total"), 252);
}

TEST(SumOfTest, ReadsTheSampleWithTheLabel) {
  EXPECT_EQ(SumOf(kPage, "payments_requests_total", {{"outcome", "failed"}}), 12);
}

TEST(SumOfTest, AsksForAllLabelsInAnyOrder) {
  const std::string_view name = "payments_request_duration_seconds_bucket";

  EXPECT_EQ(SumOf(kPage, name, {{"le", "0.25"}, {"outcome", "created"}}), 150);
  EXPECT_EQ(SumOf(kPage, name, {{"le", "0.25"}, {"outcome", "failed"}}), std::nullopt);
}

TEST(SumOfTest, ReadsASampleWithoutLabelsAndTheLastLine) {
  EXPECT_EQ(SumOf(kPage, "payments_charges"), 252);
  EXPECT_EQ(SumOf(kPage, "payments_last"), 1);
}

TEST(SumOfTest, DoesNotTakeALongerNameForTheOneAskedFor) {
  EXPECT_EQ(SumOf(kPage, "payments_request"), std::nullopt);
  EXPECT_EQ(SumOf(kPage, "payments_last", {{"te", "open"}}), std::nullopt);
}

TEST(SumOfTest, PassesOverWhatIsNoSample) {
  EXPECT_EQ(SumOf(kPage, "payments_broken"), std::nullopt);
  EXPECT_EQ(SumOf(kPage, "payments_words"), std::nullopt);
  EXPECT_EQ(SumOf("", "payments_charges"), std::nullopt);
}

}  // namespace
}  // namespace harness
