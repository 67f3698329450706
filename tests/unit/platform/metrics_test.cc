#include "platform/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <thread>

namespace launchgate::platform {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(MetricsTest, RendersCountersGaugesAndHistograms) {
  MetricsRegistry registry;
  registry.AddCounter("b_total", "Things.").Increment(3);
  registry.AddGauge("a_bytes", "Size.").Set(1.5);
  Histogram& latency = registry.AddHistogram("c_seconds", "Time.", {0.1, 1});
  latency.Observe(0.1);
  latency.Observe(0.5);
  latency.Observe(2);

  EXPECT_EQ(registry.Render(),
            "# HELP a_bytes Size.\n"
            "# TYPE a_bytes gauge\n"
            "a_bytes 1.5\n"
            "# HELP b_total Things.\n"
            "# TYPE b_total counter\n"
            "b_total 3\n"
            "# HELP c_seconds Time.\n"
            "# TYPE c_seconds histogram\n"
            "c_seconds_count 3\n"
            "c_seconds_sum 2.6\n"
            "c_seconds_bucket{le=\"0.1\"} 1\n"
            "c_seconds_bucket{le=\"1\"} 2\n"
            "c_seconds_bucket{le=\"+Inf\"} 3\n");
  EXPECT_THAT(registry.problems(), ElementsAre());
}

TEST(MetricsTest, KeepsOneSeriesPerLabelSet) {
  MetricsRegistry registry;
  auto& decisions = registry.AddCounterFamily(
      {.name = "decisions_total", .help = "Decisions.", .labels = {"verb", "decision"}});
  Counter& allowed = decisions.With({"CREATE", "Allow"});
  allowed.Increment();
  decisions.With({"CREATE", "Allow"}).Increment();
  decisions.With({"CREATE", "Deny"}).Increment();

  EXPECT_EQ(&allowed, &decisions.With({"CREATE", "Allow"}));
  EXPECT_THAT(registry.Render(),
              HasSubstr("decisions_total{verb=\"CREATE\",decision=\"Allow\"} 2\n"
                        "decisions_total{verb=\"CREATE\",decision=\"Deny\"} 1\n"));
}

TEST(MetricsTest, CountsLabelSetsBeyondTheLimitUnderOther) {
  MetricsRegistry registry;
  auto& family = registry.AddCounterFamily(
      {.name = "x_total", .help = "X.", .labels = {"name"}, .max_series = 2});
  for (int i = 0; i < 100'000; ++i) family.With({std::to_string(i)}).Increment();

  const std::string text = registry.Render();

  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2 + 3);
  EXPECT_THAT(text, HasSubstr("x_total{name=\"other\"} 99998\n"));
}

TEST(MetricsTest, AWrongNumberOfLabelsIsOther) {
  MetricsRegistry registry;
  auto& family =
      registry.AddCounterFamily({.name = "x_total", .help = "X.", .labels = {"name", "verb"}});
  family.With({"only one"}).Increment();

  EXPECT_THAT(registry.Render(), HasSubstr("x_total{name=\"other\",verb=\"other\"} 1\n"));
}

TEST(MetricsTest, EscapesHelpAndLabelValues) {
  MetricsRegistry registry;
  auto& family = registry.AddCounterFamily(
      {.name = "x_total", .help = "First\nsecond \\ third", .labels = {"name"}});
  family.With({"a\"b\\c"}).Increment();
  family.With({"bad\xff\nvalue"}).Increment();

  const std::string text = registry.Render();

  EXPECT_THAT(text, HasSubstr("# HELP x_total First\\nsecond \\\\ third\n"));
  EXPECT_THAT(text, HasSubstr("x_total{name=\"a\\\"b\\\\c\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("x_total{name=\"bad??value\"} 1\n"));
}

TEST(MetricsTest, CutsLongLabelValues) {
  MetricsRegistry registry;
  auto& family = registry.AddCounterFamily({.name = "x_total", .help = "X.", .labels = {"name"}});
  family.With({std::string(10'000, 'n')}).Increment();

  EXPECT_THAT(registry.Render(), HasSubstr("\"" + std::string(kMaxLabelValueBytes, 'n') + "\"} 1"));
}

TEST(MetricsTest, AsksCallbacksAtEveryRendering) {
  MetricsRegistry registry;
  double value = 1;
  registry.AddGaugeCallback("open_connections", "Open.", [&value] { return value; });
  registry.AddCounterCallback("seen_total", "Seen.", [&value] { return value * 10; });
  registry.AddGaugeCallback("broken", "Broken.",
                            []() -> double { throw std::runtime_error("no"); });

  EXPECT_THAT(registry.Render(), HasSubstr("open_connections 1\n"));
  value = 2;
  EXPECT_THAT(registry.Render(), HasSubstr("open_connections 2\n"));
  EXPECT_THAT(registry.Render(), HasSubstr("seen_total 20\n"));
  EXPECT_THAT(registry.Render(), Not(HasSubstr("\nbroken ")));
}

struct ProblemRow {
  const char* name;
  MetricOptions options;
};

class MetricProblemTest : public testing::TestWithParam<ProblemRow> {};

TEST_P(MetricProblemTest, WorksButIsReportedAndNotExported) {
  MetricsRegistry registry;
  auto& family = registry.AddCounterFamily(GetParam().options);
  family.With({"value"}).Increment();

  EXPECT_EQ(registry.problems().size(), 1u);
  EXPECT_EQ(registry.Render(), "");
}

INSTANTIATE_TEST_SUITE_P(
    Options, MetricProblemTest,
    testing::Values(
        ProblemRow{"NoName", {.help = "X."}},
        ProblemRow{"NameWithADash", {.name = "a-b_total", .help = "X."}},
        ProblemRow{"NameStartingWithADigit", {.name = "1_total", .help = "X."}},
        ProblemRow{"CounterWithoutTotal", {.name = "requests", .help = "X."}},
        ProblemRow{"NoHelp", {.name = "x_total"}},
        ProblemRow{"BadLabel", {.name = "x_total", .help = "X.", .labels = {"a-b"}}},
        ProblemRow{"ReservedLabel", {.name = "x_total", .help = "X.", .labels = {"__name__"}}},
        ProblemRow{"BucketLabel", {.name = "x_total", .help = "X.", .labels = {"le"}}},
        ProblemRow{"LabelTwice", {.name = "x_total", .help = "X.", .labels = {"a", "a"}}},
        ProblemRow{"NoSeries", {.name = "x_total", .help = "X.", .max_series = 0}}),
    [](const auto& row) { return row.param.name; });

TEST(MetricsTest, ATakenNameIsReportedAndTheFirstOneStays) {
  MetricsRegistry registry;
  registry.AddCounter("x_total", "First.").Increment();
  registry.AddCounter("x_total", "Second.").Increment(5);

  EXPECT_THAT(registry.problems(), ElementsAre("x_total: the name is taken"));
  EXPECT_THAT(registry.Render(), HasSubstr("x_total 1\n"));
}

TEST(MetricsTest, BoundsOutOfOrderAreReported) {
  MetricsRegistry registry;
  registry.AddHistogram("x_seconds", "X.", {1, 1}).Observe(1);
  registry.AddHistogram("y_seconds", "Y.", {}).Observe(1);
  registry.AddHistogram("z_seconds", "Z.", {std::numeric_limits<double>::infinity()}).Observe(1);

  EXPECT_EQ(registry.problems().size(), 3u);
}

TEST(MetricsTest, DescribesWhatItHas) {
  MetricsRegistry registry;
  registry.AddGauge("b", "B.");
  registry.AddCounterFamily({.name = "a_total", .help = "A.", .labels = {"x", "y"}});

  const std::vector<MetricDescription> all = registry.Describe();

  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].name, "a_total");
  EXPECT_EQ(all[0].type, "counter");
  EXPECT_THAT(all[0].labels, ElementsAre("x", "y"));
  EXPECT_EQ(all[1].help, "B.");
}

TEST(HistogramTest, PutsABoundIntoItsOwnBucketAndIgnoresNaN) {
  Histogram histogram(std::vector<double>{1, 2});
  histogram.Observe(1);
  histogram.Observe(std::nextafter(1, 2));
  histogram.Observe(3);
  histogram.Observe(std::nan(""));

  EXPECT_THAT(histogram.Read().cumulative, ElementsAre(1u, 2u, 3u));
}

TEST(MetricsTest, LosesNothingUnderManyThreads) {
  constexpr int kThreads = 4;
  constexpr int kTimes = 10'000;
  MetricsRegistry registry;
  auto& family = registry.AddCounterFamily({.name = "x_total", .help = "X.", .labels = {"n"}});
  Histogram& histogram = registry.AddHistogram("y_seconds", "Y.", {1});
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < kTimes; ++j) {
        family.With({j % 2 == 0 ? "even" : "odd"}).Increment();
        histogram.Observe(0.5);
        if (j % 1000 == 0) static_cast<void>(registry.Render());
      }
    });
  }
  for (auto& thread : threads) thread.join();

  EXPECT_EQ(family.With({"even"}).Value(), std::uint64_t{kThreads * kTimes / 2});
  EXPECT_EQ(histogram.Read().cumulative.back(), std::uint64_t{kThreads * kTimes});
  EXPECT_DOUBLE_EQ(histogram.Read().sum, kThreads * kTimes * 0.5);
}

TEST(MetricsTest, IsServedAsPrometheusText) {
  MetricsRegistry registry;
  registry.AddCounter("x_total", "X.");

  const Route route = MetricsRoute(registry);
  const Response answer = route.handler(Request{});

  EXPECT_EQ(route.path, "/metrics");
  EXPECT_EQ(answer.content_type, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(answer.body, registry.Render());
}

}  // namespace
}  // namespace launchgate::platform
