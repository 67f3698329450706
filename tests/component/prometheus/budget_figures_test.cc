// The figures of an error budget, computed by the real Prometheus from data that
// is written into its storage, against figures worked out by hand: across a
// counter reset, a gap, a change of daylight saving time and the end of a month.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "core/base/text.h"
#include "core/budget/assessment.h"
#include "core/budget/questions.h"
#include "core/budget/rules.h"
#include "core/budget/window.h"
#include "core/evidence/prometheus_answer.h"
#include "shell/clock/clock.h"
#include "shell/clock/time_zones.h"
#include "shell/prometheus/client.h"
#include "shell/prometheus/requests.h"
#include "tests/component/crypto/command.h"
#include "tests/component/kube/transport_fixture.h"
#include "tests/component/prometheus/prometheus_process.h"

namespace launchgate::prometheus {
namespace {

using budget::Figures;
using resources::BudgetWindow;
using resources::ErrorBudget;
using resources::Objective;
using resources::WindowKind;

base::Time At(std::string_view text) { return *base::ParseTime(text); }

constexpr base::Duration kMinute = std::chrono::minutes(1);
constexpr base::Duration kDay = std::chrono::hours(24);

// The story of the data, sampled once a minute: 60 requests a minute, 57 of them
// within 250 ms; while it is bad, 6 of the 60 fail. All instants are ends of tiles.
const base::Time kFirst = At("2026-02-20T00:00:00Z");
const base::Time kLast = At("2026-04-01T12:00:00Z");
struct Stretch {
  base::Time from;
  base::Time until;
};
const Stretch kGap{At("2026-03-10T00:00:00Z"), At("2026-03-10T02:00:00Z")};
const base::Time kReset = At("2026-03-15T08:30:00Z");
// One incident before the 28 days, one in the night in which Zurich's clocks are
// set forward, one across the end of March there (22:00 UTC).
const Stretch kBad[] = {{At("2026-03-01T10:00:00Z"), At("2026-03-01T11:00:00Z")},
                        {At("2026-03-29T00:00:00Z"), At("2026-03-29T02:00:00Z")},
                        {At("2026-03-31T21:30:00Z"), At("2026-03-31T23:00:00Z")}};

bool IsBad(base::Time minute_end) {
  for (const Stretch& stretch : kBad) {
    if (stretch.from < minute_end && minute_end <= stretch.until) return true;
  }
  return false;
}

// One counter of the story as OpenMetrics, with `per_minute(end)` events a minute.
template <typename PerMinute>
void WriteCounter(std::ostream& out, const std::string& series, PerMinute per_minute) {
  std::int64_t value = 0;
  for (base::Time at = kFirst; at <= kLast; at += kMinute) {
    value += per_minute(at);
    // The process has started anew and counts from nothing.
    if (at == kReset + kMinute) value = per_minute(at);
    if (at > kGap.from && at < kGap.until) continue;
    out << series << ' ' << value << ' ' << at.time_since_epoch() / std::chrono::seconds(1) << '\n';
  }
}

std::string Story() {
  std::ostringstream out;
  out << "# TYPE requests counter\n";
  WriteCounter(out, "requests_total", [](base::Time) { return 60; });
  out << "# TYPE errors counter\n";
  WriteCounter(out, "errors_total", [](base::Time at) { return IsBad(at) ? 6 : 0; });
  out << "# TYPE seconds histogram\n";
  WriteCounter(out, "seconds_bucket{le=\"0.25\"}", [](base::Time) { return 57; });
  WriteCounter(out, "seconds_bucket{le=\"+Inf\"}", [](base::Time) { return 60; });
  WriteCounter(out, "seconds_count", [](base::Time) { return 60; });
  out << "# EOF\n";
  return out.str();
}

ErrorBudget ABudget(const BudgetWindow& window) {
  Objective availability;
  availability.name = "availability";
  availability.target = 99.9;
  availability.total = "sum(increase(requests_total[$window]))";
  availability.bad = "sum(increase(errors_total[$window]))";
  Objective latency;
  latency.name = "latency";
  latency.target = 95;
  latency.total = "sum(increase(seconds_count[$window]))";
  latency.good = "sum(increase(seconds_bucket{le=\"0.25\"}[$window]))";
  latency.latency_threshold = std::chrono::milliseconds(250);
  ErrorBudget budget;
  budget.meta.ns = "shop";
  budget.meta.name = "gift-cards";
  budget.prometheus = "main";
  budget.window = window;
  budget.objectives = {availability, latency};
  return budget;
}

BudgetWindow RollingWindow(base::Duration length) { return {WindowKind::kRolling, length, ""}; }
BudgetWindow MonthIn(const char* zone) { return {WindowKind::kCalendarMonth, {}, zone}; }

// What stands in the window, worked out by hand. The gap costs 24 tiles: 7,200
// requests were never seen.
struct Row {
  const char* name;
  BudgetWindow window;
  const char* now;
  double total;
  double bad;
};

const Row kRows[] = {
    // 28 days are 40,320 minutes; both later incidents, 120 and 90 minutes.
    {"Rolling28Days", RollingWindow(28 * kDay), "2026-04-01T12:00:00Z", 60.0 * (40'320 - 120),
     6.0 * (120 + 90)},
    // Not at the end of a tile: the last whole tile ended at 12:00:00.
    {"Rolling28DaysOff", RollingWindow(28 * kDay), "2026-04-01T12:02:03Z", 60.0 * (40'320 - 120),
     6.0 * (120 + 90)},
    // Without the gap, across the reset of every counter.
    {"Rolling7DaysOverTheReset", RollingWindow(7 * kDay), "2026-03-18T00:00:00Z", 60.0 * 10'080, 0},
    // 1 March, 00:00 in Zurich, is 23:00 UTC of the day before: 30 days and 19
    // hours, that is 44,340 minutes, to the 31st, 18:00 UTC; two incidents.
    {"MarchInZurich", MonthIn("Europe/Zurich"), "2026-03-31T18:00:00Z", 60.0 * (44'340 - 120),
     6.0 * (60 + 120)},
    // Summer time has begun: April begins at 22:00 UTC, in the middle of an
    // incident of which 60 of 90 minutes are left; 14 hours of it until noon.
    {"AprilInZurich", MonthIn("Europe/Zurich"), "2026-04-01T12:00:00Z", 60.0 * 840, 6.0 * 60},
    // The same instant in UTC: April is 12 hours old and saw nothing bad.
    {"AprilInUtc", MonthIn("UTC"), "2026-04-01T12:00:00Z", 60.0 * 720, 0},
    // In Auckland (UTC+13) April has begun at 11:00 UTC of 31 March: 25 hours.
    {"AprilInAuckland", MonthIn("Pacific/Auckland"), "2026-04-01T12:00:00Z", 60.0 * 1'500,
     6.0 * 90},
    // Short enough to be asked for without recording rules.
    {"RawSixHours", RollingWindow(std::chrono::hours(6)), "2026-04-01T00:00:00Z", 60.0 * 360,
     6.0 * 90},
};

class BudgetFiguresTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto program = FindPrometheus();
    if (!program) GTEST_SKIP() << "prometheus is neither on PATH nor in the cache folder";
    const std::string promtool = (program->parent_path() / "promtool").string();
    workspace_.Write("story.txt", Story());
    ASSERT_TRUE(workspace_.Run("pwd")) << workspace_.Output();
    const std::string folder = workspace_.Output().substr(0, workspace_.Output().find('\n'));
    ASSERT_TRUE(workspace_.Run(promtool +
                               " tsdb create-blocks-from --max-block-duration=48h -q openmetrics "
                               "story.txt data"))
        << workspace_.Output();
    test_support::StartTransportThreads();
    Serve(*program, folder + "/data");
    workspace_.Write("recorded.txt", Recorded());
    ASSERT_TRUE(workspace_.Run(promtool +
                               " tsdb create-blocks-from --max-block-duration=48h -q openmetrics "
                               "recorded.txt data"))
        << workspace_.Output();
    // Blocks that were made while it ran are read at its start.
    Serve(*program, folder + "/data");
  }

  void Serve(const std::filesystem::path& program, const std::filesystem::path& data) {
    process_.reset();
    process_ = std::make_unique<PrometheusProcess>(program, data);
    auto servers = PrometheusServers::Make({{"main", process_->url(), "", "", {"shop"}}}, clock_);
    ASSERT_TRUE(servers) << servers.error().message;
    servers_ = *std::move(servers);
  }

  // What the rules that `launchgate budget rules` prints record over the whole
  // story, as Prometheus evaluates them: at the end of every tile. (`promtool tsdb
  // create-blocks-from rules` would shift the tiles by a hash of the group's name,
  // as a running server does, and hand-made sums would end in the middle of them.)
  std::string Recorded() {
    // No more points than one answer may have.
    const base::Time middle = kFirst + (kLast - kFirst) / budget::kTile / 2 * budget::kTile;
    const json::Json rules = budget::RuleFile(ABudget(RollingWindow(28 * kDay)));
    std::ostringstream out;
    for (const std::string_view record : {budget::kBadRecord, budget::kTotalRecord}) {
      out << "# TYPE " << record << " gauge\n";
      for (const json::Json& rule : rules["groups"][0]["rules"]) {
        if (rule["record"] != record) continue;
        WriteRecord(rule, kFirst, middle, out);
        WriteRecord(rule, middle + budget::kTile, kLast, out);
      }
    }
    out << "# EOF\n";
    return out.str();
  }

  void WriteRecord(const json::Json& rule, base::Time from, base::Time until, std::ostream& out) {
    const auto answer =
        MustAsk(RangeQuery(rule["expr"].get_ref<const std::string&>(), from, until, budget::kTile));
    const auto series = evidence::SingleSeries(answer);
    ASSERT_TRUE(series) << rule["expr"] << ": " << series.error().message;
    std::string labels;
    for (const auto& [name, value] : rule["labels"].items()) {
      labels += (labels.empty() ? "" : ",") + name + "=" + value.dump();
    }
    for (const evidence::Sample& sample : series->samples) {
      out << rule["record"].get_ref<const std::string&>() << '{' << labels << "} "
          << base::FormatDecimal(sample.value, 9) << ' '
          << sample.at.time_since_epoch() / std::chrono::seconds(1) << '\n';
    }
  }

  evidence::PrometheusAnswer MustAsk(transport::HttpRequest request) {
    auto answer = servers_->Ask("main", "shop", std::move(request), {}, std::chrono::minutes(1));
    EXPECT_TRUE(answer) << answer.error().message;
    return answer.value_or(evidence::PrometheusAnswer{});
  }

  tl::expected<Figures, budget::WhyUnknown> FiguresOf(const ErrorBudget& budget,
                                                      const Objective& objective, base::Time now) {
    const auto span = budget::WindowAt(budget.window, zones_, budget::AskAt(budget.window, now));
    EXPECT_TRUE(span) << span.error().message;
    return budget::ReadFigures(
        budget, objective, *span,
        MustAsk(InstantQuery(budget::FiguresQuery(budget, objective, *span), span->end)));
  }

  void ExpectFigures(const Row& row) {
    const ErrorBudget budget = ABudget(row.window);
    const auto availability = FiguresOf(budget, budget.objectives[0], At(row.now));
    ASSERT_TRUE(availability) << availability.error().message;
    EXPECT_NEAR(availability->window.total, row.total, 1e-6);
    EXPECT_NEAR(availability->window.bad, row.bad, 1e-6);
    EXPECT_NEAR(*budget::ServiceLevel(availability->window), 100 * (1 - row.bad / row.total), 1e-6);
    EXPECT_NEAR(budget::Consumed(99.9, availability->window), row.bad / (0.001 * row.total), 1e-6);

    // 57 of 60 at 95 percent: exactly spent, whatever the window.
    const auto latency = FiguresOf(budget, budget.objectives[1], At(row.now));
    ASSERT_TRUE(latency) << latency.error().message;
    EXPECT_NEAR(latency->window.total, row.total, 1e-6);
    EXPECT_NEAR(budget::Consumed(95, latency->window), 1, 1e-6);
    EXPECT_FALSE(budget::Freezes({}, 95, latency->window, false));
  }

  std::string ReasonFor(ErrorBudget budget, const char* now) {
    const auto figures = FiguresOf(budget, budget.objectives[1], At(now));
    return figures ? "known" : figures.error().reason;
  }

  void ExpectUnknown() {
    const char* const now = "2026-04-01T12:00:00Z";
    EXPECT_EQ(ReasonFor(ABudget(RollingWindow(60 * kDay)), now), "HistoryTooShort");
    EXPECT_EQ(ReasonFor(ABudget(RollingWindow(10 * kDay)), "2026-03-10T12:00:00Z"), "known");
    EXPECT_EQ(ReasonFor(ABudget(RollingWindow(10 * kDay)), "2026-05-01T00:00:00Z"), "RulesMissing");
    ErrorBudget edited = ABudget(RollingWindow(28 * kDay));
    edited.objectives[1].total += " * 2";
    EXPECT_EQ(ReasonFor(edited, now), "RulesMissing");
    ErrorBudget no_bucket = ABudget(RollingWindow(std::chrono::hours(6)));
    no_bucket.objectives[1].good = "sum(increase(seconds_bucket{le=\"0.3\"}[$window]))";
    EXPECT_EQ(ReasonFor(no_bucket, now), "ThresholdIsNoBucket");
  }

  void ExpectHistory() {
    const ErrorBudget budget = ABudget(RollingWindow(28 * kDay));
    const auto span = budget::WindowAt(budget.window, zones_, At("2026-04-01T12:00:00Z"));
    const budget::HistoryQueries queries = budget::HistoryOf(budget, budget.objectives[0], *span);
    const auto range = [&](const std::string& query) {
      return MustAsk(RangeQuery(query, queries.start, queries.end, queries.step));
    };

    const auto steps = budget::ReadHistory(queries, range(queries.total), range(queries.bad));
    ASSERT_TRUE(steps) << steps.error().message;
    budget::Observation seen;
    seen.figures = Figures{{60, 0}, {}, 1};
    seen.history = *steps;
    const auto status = budget::Assess(budget, *span, {{"availability", seen}}, span->end);

    const auto& incidents = status.objectives[0].incidents;
    ASSERT_EQ(incidents.size(), 2U);
    EXPECT_EQ(incidents[0].from, kBad[1].from);
    EXPECT_EQ(incidents[0].until, kBad[1].until);
    EXPECT_NEAR(incidents[0].share, 720 / (0.001 * 60 * (40'320 - 120)), 1e-6);
    // In hours: the incident began in the middle of one.
    EXPECT_EQ(incidents[1].from, At("2026-03-31T21:00:00Z"));
    EXPECT_EQ(incidents[1].until, kBad[2].until);
    EXPECT_NEAR(status.objectives[0].burn_down.back(), 1 - 1260 / (0.001 * 60 * (40'320 - 120)),
                1e-3);
  }

  crypto::Workspace workspace_;
  const clock::SystemClock clock_{};
  const clock::SystemTimeZones zones_{};
  std::unique_ptr<PrometheusProcess> process_;
  std::unique_ptr<PrometheusServers> servers_;
};

// One test, since making the data takes longer than all the questions together.
TEST_F(BudgetFiguresTest, EqualThoseWorkedOutByHand) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    ExpectFigures(row);
  }
  ExpectUnknown();
  ExpectHistory();
}

}  // namespace
}  // namespace launchgate::prometheus
