#include "core/budget/questions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "core/budget/rules.h"
#include "core/evidence/prometheus_answer.h"

namespace launchgate::budget {
namespace {

using base::Duration;
using resources::BudgetWindow;
using resources::ErrorBudget;
using resources::Objective;
using std::chrono::hours;
using std::chrono::seconds;

// The label that tells the figures of one answer apart.
constexpr std::string_view kFigure = "figure";

struct Recent {
  std::string_view name;
  Duration length;
};
constexpr std::array kRecent = {Recent{"1h", hours(1)}, Recent{"6h", hours(6)},
                                Recent{"1d", hours(24)}, Recent{"3d", hours(72)}};

enum class Events { kTotal, kBad };

// A range whose samples are exactly the tiles of the last `length`: the sample of
// a tile stands at its end, and the one that ends where the range begins is not
// part of it. A second less says so to servers that include that end and to
// servers that do not (Prometheus before and since 3.0).
std::string TilesOf(const ErrorBudget& budget, const Objective& objective, Events events,
                    Duration length) {
  const std::string range =
      base::FormatDuration(std::max<Duration>(length - seconds(1), seconds(1)));
  const bool bad = events == Events::kBad;
  if (IsRecorded(budget.window)) {
    return fmt::format("{}{}[{}]", bad ? kBadRecord : kTotalRecord,
                       RecordSelector(budget, objective), range);
  }
  const Duration tile = TileOf(budget.window);
  return fmt::format("({})[{}:{}]", bad ? BadEvents(objective, tile) : TotalEvents(objective, tile),
                     range, base::FormatDuration(tile));
}

std::string Labelled(const std::string& expression, std::string_view figure) {
  return fmt::format(R"(label_replace({}, "{}", "{}", "", ""))", expression, kFigure, figure);
}

Duration WholeTiles(Duration length, Duration tile) { return length / tile * tile; }

Duration OldestPart(const WindowSpan& span, Duration tile) {
  const auto part =
      Duration(std::llround(kOldestPart * static_cast<double>(span.Elapsed().count())));
  return std::max(WholeTiles(part, tile), 2 * tile);
}

WhyUnknown NothingRecorded(const ErrorBudget& budget) {
  if (!IsRecorded(budget.window)) {
    return {"NoData",
            "Prometheus has no data for the expressions of this objective: check them, "
            "and that the service is scraped"};
  }
  return {"RulesMissing",
          fmt::format("Prometheus has not recorded the events of this objective: load the rules "
                      "that `launchgate budget rules` prints for {} into it, and check that the "
                      "service is scraped",
                      budget.meta.Key())};
}

// What is wrong with the history that the figures were made of.
std::optional<WhyUnknown> WhyUncovered(const WindowSpan& span, double coverage, bool has_oldest) {
  if (!has_oldest) {
    return WhyUnknown{
        "HistoryTooShort",
        fmt::format("nothing is recorded of the time around {}, where the window begins: the "
                    "server keeps less than the window, or the service is younger than it (a "
                    "shorter window can be judged)",
                    base::FormatTime(span.start))};
  }
  if (coverage >= kMinCoverage) return std::nullopt;
  return WhyUnknown{"HistoryGap",
                    fmt::format("only {:.1f} % of the window is recorded, needed are {:.0f} %",
                                100 * coverage, 100 * kMinCoverage)};
}

using Samples = std::map<std::string, evidence::Sample>;

std::optional<double> ValueOf(const Samples& samples, const std::string& figure) {
  const auto found = samples.find(figure);
  if (found == samples.end()) return std::nullopt;
  return found->second.value;
}

// Extrapolation may give a little more bad events than events.
std::optional<EventCounts> CountsOf(const Samples& samples, const std::string& suffix) {
  const auto total = ValueOf(samples, "total" + suffix);
  const auto bad = ValueOf(samples, "bad" + suffix);
  if (!total || !bad) return std::nullopt;
  const double events = std::max(*total, 0.0);
  return EventCounts{events, std::clamp(*bad, 0.0, events)};
}

std::optional<WhyUnknown> WhyNoCounts(const ErrorBudget& budget, const Objective& objective,
                                      const Samples& samples) {
  if (!ValueOf(samples, "total")) return NothingRecorded(budget);
  if (ValueOf(samples, "bad")) return std::nullopt;
  if (!objective.latency_threshold) return NothingRecorded(budget);
  return WhyUnknown{"ThresholdIsNoBucket",
                    fmt::format("the histogram has no bucket that ends at {}: choose a bound of "
                                "the histogram as threshold, or give it this one",
                                base::FormatDuration(*objective.latency_threshold))};
}

}  // namespace

bool IsRecorded(const BudgetWindow& window) {
  return window.kind == resources::WindowKind::kCalendarMonth || window.length > kLongestRawWindow;
}

Duration TileOf(const BudgetWindow& window) {
  if (IsRecorded(window)) return kTile;
  return std::chrono::floor<seconds>(window.length / kRawTiles);
}

base::Time AskAt(const BudgetWindow& window, base::Time now) {
  const Duration unit = IsRecorded(window) ? Duration(seconds(1)) : TileOf(window);
  return base::Time(WholeTiles(now.time_since_epoch(), unit));
}

std::string FiguresQuery(const ErrorBudget& budget, const Objective& objective,
                         const WindowSpan& span) {
  const auto sum = [&](Events events, Duration length) {
    return fmt::format("sum_over_time({})", TilesOf(budget, objective, events, length));
  };
  const Duration tile = TileOf(budget.window);
  const Duration oldest = OldestPart(span, tile);
  std::string query = Labelled(sum(Events::kTotal, span.Elapsed()), "total");
  const auto add = [&](const std::string& expression, const std::string& figure) {
    query += " or " + Labelled(expression, figure);
  };
  add(sum(Events::kBad, span.Elapsed()), "bad");
  const std::string tiles = TilesOf(budget, objective, Events::kTotal, span.Elapsed());
  add(fmt::format("count_over_time({})", tiles), "tiles");
  if (span.Elapsed() > oldest) {
    add(fmt::format("count_over_time({} offset {})",
                    TilesOf(budget, objective, Events::kTotal, oldest),
                    base::FormatDuration(span.Elapsed() - oldest)),
        "oldest");
  }
  for (const Recent& recent : kRecent) {
    if (recent.length > span.Length()) continue;
    add(sum(Events::kTotal, recent.length), fmt::format("total:{}", recent.name));
    add(sum(Events::kBad, recent.length), fmt::format("bad:{}", recent.name));
  }
  return query;
}

tl::expected<Figures, WhyUnknown> ReadFigures(const ErrorBudget& budget, const Objective& objective,
                                              const WindowSpan& span,
                                              const evidence::PrometheusAnswer& answer) {
  const Duration tile = TileOf(budget.window);
  const auto expected = static_cast<double>(span.Elapsed() / tile);
  // The first minutes of a month.
  if (expected < 1) return Figures{{}, {}, 1};
  const auto samples = evidence::SamplesBy(kFigure, answer, span.end);
  if (!samples && samples.error().reason == "QueryEmpty") {
    return tl::unexpected(NothingRecorded(budget));
  }
  if (!samples) return tl::unexpected(WhyUnknown{samples.error().reason, samples.error().message});
  if (auto why = WhyNoCounts(budget, objective, *samples)) return tl::unexpected(*std::move(why));

  Figures figures;
  figures.window = *CountsOf(*samples, "");
  figures.coverage = std::min(1.0, ValueOf(*samples, "tiles").value_or(0) / expected);
  const bool has_oldest =
      span.Elapsed() <= OldestPart(span, tile) || ValueOf(*samples, "oldest").value_or(0) > 0;
  if (auto why = WhyUncovered(span, figures.coverage, has_oldest)) {
    return tl::unexpected(*std::move(why));
  }
  for (const Recent& recent : kRecent) {
    const auto counts = CountsOf(*samples, fmt::format(":{}", recent.name));
    if (counts) figures.recent.emplace(recent.name, *counts);
  }
  return figures;
}

HistoryQueries HistoryOf(const ErrorBudget& budget, const Objective& objective,
                         const WindowSpan& span) {
  const Duration tile = TileOf(budget.window);
  HistoryQueries queries;
  queries.step = tile;
  if (IsRecorded(budget.window)) {
    const Duration least =
        std::max<Duration>(kShortestHistoryStep, span.Length() / kMaxHistorySteps);
    queries.step = (least + tile - Duration(1)) / tile * tile;
  }
  queries.end = span.end;
  const auto steps = std::max<Duration::rep>(1, span.Elapsed() / queries.step);
  queries.start = span.end - queries.step * (steps - 1);
  const auto over_step = [&](Events events) {
    return fmt::format("sum_over_time({})", TilesOf(budget, objective, events, queries.step));
  };
  queries.total = over_step(Events::kTotal);
  queries.bad = over_step(Events::kBad);
  return queries;
}

tl::expected<std::vector<Step>, WhyUnknown> ReadHistory(const HistoryQueries& queries,
                                                        const evidence::PrometheusAnswer& total,
                                                        const evidence::PrometheusAnswer& bad) {
  const auto totals = evidence::SingleSeries(total);
  if (!totals) return tl::unexpected(WhyUnknown{totals.error().reason, totals.error().message});
  const auto bads = evidence::SingleSeries(bad);
  if (!bads) return tl::unexpected(WhyUnknown{bads.error().reason, bads.error().message});
  std::map<base::Time, double> bad_at;
  for (const evidence::Sample& sample : bads->samples) bad_at.emplace(sample.at, sample.value);
  std::vector<Step> steps;
  for (const evidence::Sample& sample : totals->samples) {
    const auto found = bad_at.find(sample.at);
    if (found == bad_at.end()) continue;
    const double events = std::max(sample.value, 0.0);
    steps.push_back(
        {sample.at - queries.step, sample.at, {events, std::clamp(found->second, 0.0, events)}});
  }
  return steps;
}

}  // namespace launchgate::budget
