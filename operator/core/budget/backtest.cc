#include "core/budget/backtest.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/budget/assessment.h"
#include "core/budget/rules.h"

namespace launchgate::budget {
namespace {

using base::Duration;
using base::Time;
using resources::BudgetWindow;
using resources::ErrorBudget;
using resources::Objective;
using resources::WindowKind;

constexpr Duration kLongestMonth =
    std::chrono::hours(24 * 31 + 1);  // One of them has an hour more.

Duration LookBack(const BudgetWindow& window) {
  return window.kind == WindowKind::kRolling ? window.length : kLongestMonth;
}

// Sums of steps over a window that only moves on: each step is added and taken
// away once.
class SlidingSum {
 public:
  explicit SlidingSum(const std::vector<Step>& steps) : steps_(steps) {}

  // Requires that neither bound goes back from call to call.
  void MoveTo(Time start, Time end) {
    for (; added_ < steps_.size() && steps_[added_].until <= end; ++added_) {
      counts_ = counts_ + steps_[added_].counts;
    }
    for (; removed_ < added_ && steps_[removed_].from < start; ++removed_) {
      const EventCounts& gone = steps_[removed_].counts;
      counts_ = {std::max(0.0, counts_.total - gone.total), std::max(0.0, counts_.bad - gone.bad)};
    }
  }
  EventCounts counts() const { return counts_; }
  std::size_t size() const { return added_ - removed_; }
  // When the oldest step in the window begins.
  std::optional<Time> oldest() const {
    if (removed_ == added_) return std::nullopt;
    return steps_[removed_].from;
  }

 private:
  const std::vector<Step>& steps_;
  std::size_t added_ = 0;
  std::size_t removed_ = 0;
  EventCounts counts_;
};

bool IsCovered(const SlidingSum& sum, const WindowSpan& span) {
  const auto wanted = static_cast<double>(span.Elapsed() / kBacktestStep);
  if (wanted < 1) return true;
  if (static_cast<double>(sum.size()) < kMinCoverage * wanted || !sum.oldest()) return false;
  const auto oldest_part = Duration(
      static_cast<Duration::rep>(kOldestPart * static_cast<double>(span.Elapsed().count())));
  return *sum.oldest() < span.start + std::max(oldest_part, 2 * kBacktestStep);
}

class Replay {
 public:
  Replay(const ErrorBudget& budget, const Objective& objective, const TimeZone& days_in)
      : policy_(budget.policy), target_(objective.target), days_in_(days_in) {}

  // What happened in the step that ends at `at`.
  void Add(Time at, const std::optional<EventCounts>& counts) {
    const std::chrono::year_month_day date(
        std::chrono::floor<std::chrono::days>(days_in_.WallAt(at - Duration(1))));
    if (result_.days.empty() || result_.days.back().date != date) {
      result_.days.push_back({date, std::nullopt, {}, {}});
    }
    BacktestDay& day = result_.days.back();
    if (counts) {
      day.remaining = 1 - Consumed(target_, *counts);
      Judge(at, *counts);
    } else {
      day.unknown += kBacktestStep;
    }
    if (frozen_) day.frozen += kBacktestStep;
  }

  Backtest Finish(Time at) && {
    if (frozen_) {
      result_.freezes.back().until = at;
      result_.freezes.back().over = false;
    }
    return std::move(result_);
  }

 private:
  void Judge(Time at, EventCounts counts) {
    const bool freezes = Freezes(policy_, target_, counts, frozen_);
    if (freezes && !frozen_) result_.freezes.push_back({at, at, 0, true});
    if (!freezes && frozen_) result_.freezes.back().until = at;
    if (freezes) {
      double& worst = result_.freezes.back().worst_consumed;
      worst = std::max(worst, Consumed(target_, counts));
    }
    frozen_ = freezes;
  }

  const resources::FreezePolicy& policy_;
  const double target_;
  const TimeZone& days_in_;
  bool frozen_ = false;
  Backtest result_;
};

}  // namespace

HistoryQueries BacktestQueries(const Objective& objective, const BudgetWindow& window, Time from,
                               Time to) {
  HistoryQueries queries;
  queries.step = kBacktestStep;
  queries.end = Time(to.time_since_epoch() / kBacktestStep * kBacktestStep);
  const auto steps = std::min<Duration::rep>(
      (queries.end - from + LookBack(window)) / kBacktestStep, kMaxBacktestSteps - 1);
  queries.start = queries.end - kBacktestStep * steps;
  queries.total = TotalEvents(objective, kBacktestStep);
  queries.bad = BadEvents(objective, kBacktestStep);
  return queries;
}

base::Result<Backtest> RunBacktest(const ErrorBudget& budget, const Objective& objective,
                                   const std::vector<Step>& steps, const TimeZones& zones,
                                   const TimeZone& days_in, Time from, Time to) {
  SlidingSum sum(steps);
  Replay replay(budget, objective, days_in);
  const Time first = Time((from.time_since_epoch() / kBacktestStep + 1) * kBacktestStep);
  Time at = first;
  for (; at <= to; at += kBacktestStep) {
    const auto span = WindowAt(budget.window, zones, at);
    if (!span) return tl::unexpected(span.error());
    sum.MoveTo(span->start, span->end);
    replay.Add(at, IsCovered(sum, *span) ? std::optional(sum.counts()) : std::nullopt);
  }
  return std::move(replay).Finish(at - kBacktestStep);
}

}  // namespace launchgate::budget
