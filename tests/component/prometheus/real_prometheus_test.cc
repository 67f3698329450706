// Questions to the real Prometheus, judged by the real verifiers. (THREATS R26.)
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "core/evidence/prometheus_answer.h"
#include "core/evidence/slo_history.h"
#include "core/evidence/verify.h"
#include "shell/clock/clock.h"
#include "shell/prometheus/client.h"
#include "shell/prometheus/requests.h"
#include "tests/component/kube/transport_fixture.h"
#include "tests/component/prometheus/prometheus_process.h"

namespace launchgate::prometheus {
namespace {

using evidence::Finding;
using evidence::FindingStatus;
using ::testing::HasSubstr;

constexpr const char* kMetrics = R"(# TYPE demo_number gauge
demo_number 42
demo_nan NaN
demo_inf +Inf
demo_many{a="1"} 1
demo_many{a="2"} 2
# TYPE demo_seconds histogram
demo_seconds_bucket{path="/",le="0.25"} 7
demo_seconds_bucket{path="/",le="1"} 9
demo_seconds_bucket{path="/",le="+Inf"} 10
demo_seconds_sum{path="/"} 5
demo_seconds_count{path="/"} 10
)";
// One series that comes and goes.
constexpr const char* kFading = "demo_fading 1\n";

class RealPrometheusTest : public ::testing::Test {
 protected:
  // One process for all tests. It has no data before it has scraped.
  static void SetUpTestSuite() {
    const auto program = FindPrometheus();
    if (!program) return;
    test_support::StartTransportThreads();
    exporter_ = new Exporter;
    exporter_->Expose(std::string(kMetrics) + kFading);
    process_ = new PrometheusProcess(*program, *exporter_);
    auto servers = PrometheusServers::Make({{"demo", process_->url(), "", "", {"shop"}}}, clock_);
    ASSERT_TRUE(servers) << servers.error().message;
    servers_ = servers->release();
  }
  static void TearDownTestSuite() {
    delete servers_;
    delete process_;
    delete exporter_;
    servers_ = nullptr;
    process_ = nullptr;
    exporter_ = nullptr;
  }

  void SetUp() override {
    if (servers_ == nullptr) {
      GTEST_SKIP() << "the program prometheus is neither on PATH nor in the cache folder; "
                      "\"./dev test component\" gets it";
    }
  }

  static evidence::PrometheusAnswer MustAsk(transport::HttpRequest request) {
    auto answer = servers_->Ask("demo", "shop", std::move(request));
    EXPECT_TRUE(answer) << answer.error().message;
    return answer.value_or(evidence::PrometheusAnswer{});
  }

  // The finding for `query` <= 50.
  static Finding Judge(const std::string& query) {
    resources::QuerySpec spec;
    spec.value = 50;
    spec.recheck_every = std::chrono::minutes(10);
    const base::Time asked_at = clock_.Now();
    return evidence::VerifyQuery(spec, MustAsk(InstantQuery(query, asked_at)), asked_at, asked_at);
  }

  // Asks after each scrape until the finding has this reason; the last one.
  static Finding JudgeUntil(const std::string& query, std::string_view reason) {
    Finding finding = Judge(query);
    for (int scrapes = 0; finding.reason != reason && scrapes < 10; ++scrapes) {
      EXPECT_TRUE(exporter_->AwaitScrapes(1));
      finding = Judge(query);
    }
    return finding;
  }

  static Finding JudgeHistory(const std::string& total) {
    resources::SloSpec spec;
    spec.recheck_every = std::chrono::minutes(10);
    resources::ErrorBudget budget;
    budget.window = {resources::WindowKind::kRolling, std::chrono::hours(1), ""};
    budget.objectives = {{"availability", 99.9, "99.9", total, "", "", std::nullopt}};
    const base::Time asked_at = clock_.Now();
    const evidence::HistoryQuery query =
        evidence::TotalEventsQuery(budget.objectives[0], budget.window, asked_at);
    const auto answer = MustAsk(RangeQuery(query.expression, query.start, query.end, query.step));
    return evidence::VerifySlo(spec, budget, {{budget.objectives[0], answer}}, asked_at, asked_at);
  }

  static inline const clock::SystemClock clock_;
  static inline Exporter* exporter_ = nullptr;
  static inline PrometheusProcess* process_ = nullptr;
  static inline PrometheusServers* servers_ = nullptr;
};

TEST_F(RealPrometheusTest, AGoodNumberPasses) {
  const Finding finding = JudgeUntil("demo_number", "ComparisonHolds");

  EXPECT_EQ(finding.status, FindingStatus::kPass) << finding.message;
  EXPECT_EQ(finding.facts.at("value"), "42");
}

TEST_F(RealPrometheusTest, AScalarPasses) {
  EXPECT_EQ(Judge("scalar(vector(49.5))").facts.at("value"), "49.5");
}

TEST_F(RealPrometheusTest, ANumberOverTheLimitFails) {
  EXPECT_EQ(JudgeUntil("demo_number + 8.5", "ComparisonFails").status, FindingStatus::kFail);
}

TEST_F(RealPrometheusTest, NothingIsUnknown) {
  EXPECT_EQ(Judge("demo_absent").reason, "QueryEmpty");
}

TEST_F(RealPrometheusTest, NaNIsUnknown) {
  EXPECT_EQ(JudgeUntil("demo_nan", "QueryNotFinite").reason, "QueryNotFinite");
  EXPECT_EQ(Judge("vector(0) / 0").reason, "QueryNotFinite");
}

TEST_F(RealPrometheusTest, InfinityIsUnknown) {
  EXPECT_EQ(JudgeUntil("demo_inf", "QueryNotFinite").reason, "QueryNotFinite");
  EXPECT_EQ(Judge("-1 * vector(1) / 0").reason, "QueryNotFinite");
}

TEST_F(RealPrometheusTest, SeveralSeriesAreUnknown) {
  const Finding finding = JudgeUntil("demo_many", "QueryManySeries");

  EXPECT_EQ(finding.status, FindingStatus::kUnknown);
  EXPECT_THAT(finding.message, HasSubstr("2 series"));
  EXPECT_EQ(Judge("sum(demo_many)").status, FindingStatus::kPass);
}

TEST_F(RealPrometheusTest, ASeriesThatWentStaleIsUnknown) {
  ASSERT_EQ(JudgeUntil("demo_fading", "ComparisonHolds").status, FindingStatus::kPass);

  exporter_->Expose(kMetrics);
  const Finding finding = JudgeUntil("demo_fading", "QueryEmpty");
  exporter_->Expose(std::string(kMetrics) + kFading);

  EXPECT_EQ(finding.status, FindingStatus::kUnknown);
  EXPECT_EQ(finding.reason, "QueryEmpty");
}

TEST_F(RealPrometheusTest, AnOldSampleIsUnknown) {
  const base::Time asked_at = clock_.Now();
  const auto answer = MustAsk(InstantQuery("vector(1)", asked_at - std::chrono::minutes(6)));

  const auto sample = evidence::SingleSample(answer, asked_at);

  ASSERT_FALSE(sample);
  EXPECT_EQ(sample.error().reason, "SampleStale");
}

TEST_F(RealPrometheusTest, AQueryThatIsNoPromQlIsUnknownWithItsOwnWords) {
  const Finding finding = Judge("sum(");

  EXPECT_EQ(finding.reason, "QueryFailed");
  EXPECT_THAT(finding.message, HasSubstr("400 (bad_data: "));
}

TEST_F(RealPrometheusTest, AQueryThatCannotBeEvaluatedIsUnknown) {
  const Finding finding = JudgeUntil(
      "demo_number * on() group_right() demo_many "
      "* on() demo_many",
      "QueryFailed");

  EXPECT_EQ(finding.reason, "QueryFailed");
  EXPECT_THAT(finding.message, HasSubstr("422 (execution: "));
}

TEST_F(RealPrometheusTest, TextAndRangesAreUnknown) {
  EXPECT_EQ(Judge("\"42\"").reason, "Malformed");
  EXPECT_EQ(JudgeUntil("demo_number[1m]", "Malformed").reason, "Malformed");
}

TEST_F(RealPrometheusTest, ALongQueryIsPosted) {
  std::string query = "vector(1)";
  while (query.size() <= kMaxTargetBytes) query += " + vector(0)";

  EXPECT_EQ(Judge(query).status, FindingStatus::kPass);
}

TEST_F(RealPrometheusTest, ALatencyObjectiveIsValidPromQl) {
  const auto object = nlohmann::json::parse(R"({
      "apiVersion": "launchgate.dev/v1alpha1", "kind": "ErrorBudget",
      "metadata": {"name": "demo", "namespace": "shop"},
      "spec": {"prometheus": {"server": "demo"}, "objectives": [
        {"name": "quick", "target": "90", "latency":
          {"metric": "demo_seconds", "matchers": "path=\"/\"", "threshold": "250ms"}},
        {"name": "whole", "target": "95", "latency":
          {"metric": "demo_seconds", "threshold": "1s"}}]}})");
  std::vector<json::Problem> problems;
  const auto budget = resources::ParseErrorBudget(object, problems);

  ASSERT_TRUE(problems.empty());
  for (const resources::Objective& objective : budget.objectives) {
    for (const std::string& expression : {objective.good, objective.total}) {
      const std::string query = resources::WithWindow(expression, std::chrono::hours(1));
      EXPECT_EQ(JudgeUntil(query, "ComparisonHolds").reason, "ComparisonHolds") << query;
    }
  }
}

TEST_F(RealPrometheusTest, AFullHistoryPasses) {
  const Finding finding = JudgeHistory("vector(10) # $window");

  EXPECT_EQ(finding.reason, "ObjectivesHaveData") << finding.message;
  EXPECT_EQ(finding.facts.at("covered"), "100%");
}

TEST_F(RealPrometheusTest, AHistoryThatBeganLateFails) {
  const auto half_an_hour_ago =
      (clock_.Now() - std::chrono::minutes(30)).time_since_epoch() / std::chrono::seconds(1);

  const Finding finding = JudgeHistory("(vector(10) and on() vector(time()) > " +
                                       std::to_string(half_an_hour_ago) + ") # $window");

  EXPECT_EQ(finding.reason, "HistoryTooShort") << finding.message;
}

TEST_F(RealPrometheusTest, ItsRulesAreAnswered) {
  const auto data = evidence::DataOf(MustAsk(Rules()));

  ASSERT_TRUE(data) << data.error().message;
  EXPECT_TRUE(data->contains("groups"));
}

}  // namespace
}  // namespace launchgate::prometheus
