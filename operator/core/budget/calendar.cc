#include "core/budget/calendar.h"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "core/base/text.h"

namespace launchgate::budget {
namespace {

using base::Time;
using resources::CalendarFreeze;
using resources::FreezeWindow;
using resources::LabelOperator;
using resources::LabelRequirement;
using resources::OneOffFreeze;

// What time may be asked about: an instant plus any duration of ours fits.
constexpr Time kFirstInstant = std::chrono::sys_days(std::chrono::year(1970) / 1 / 1);
constexpr Time kLastInstant = std::chrono::sys_days(std::chrono::year(9990) / 1 / 1);
// Further than any wall clock was ever set forward or back at once.
constexpr base::Duration kWallMargin = std::chrono::hours(48);

// The instants at which a calendar begins to freeze, later than `after`, in order.
class Beginnings {
 public:
  Beginnings(const CalendarFreeze& freeze, const TimeZone& zone, Time after)
      : freeze_(freeze), zone_(zone), after_(after), wall_(zone.WallAt(after - kWallMargin)) {}

  std::optional<Time> Next() {
    while (const auto wall = freeze_.cron.Next(wall_)) {
      wall_ = *wall;
      // Of a skipped time, when clocks are set forward; of a repeated one, its first.
      const Time instant = zone_.InstantsOf(*wall).first;
      if (instant > after_) return instant;
    }
    return std::nullopt;
  }

 private:
  const CalendarFreeze& freeze_;
  const TimeZone& zone_;
  const Time after_;
  WallTime wall_;
};

// The freezes that end after `from`, merged, one by one.
class Stretches {
 public:
  Stretches(const CalendarFreeze& freeze, const TimeZone& zone, Time from)
      : duration_(freeze.duration),
        beginnings_(freeze, zone, from - freeze.duration),
        next_(beginnings_.Next()) {}

  std::optional<Interval> Next() {
    if (!next_) return std::nullopt;
    Interval stretch{*next_, *next_ + duration_};
    for (;;) {
      next_ = beginnings_.Next();
      if (!next_ || *next_ > stretch.until) return stretch;
      stretch.until = std::max(stretch.until, *next_ + duration_);
      if (stretch.until - stretch.from <= kLongestStretch) continue;
      next_.reset();
      return Interval{stretch.from, base::kNever};
    }
  }

 private:
  const base::Duration duration_;
  Beginnings beginnings_;
  std::optional<Time> next_;  // Where the next stretch begins.
};

tl::unexpected<base::Error> Unreadable() {
  return base::Fail(base::ErrorKind::kInvalid,
                    "spec must have a valid schedule, or a valid start and end");
}

WindowState StateOf(const std::optional<Interval>& first, const std::optional<Interval>& second,
                    Time now) {
  WindowState state;
  if (!first) return state;
  state.active = first->from <= now;
  if (!state.active) {
    state.next_close = first->from;
    return state;
  }
  if (first->until != base::kNever) state.next_open = first->until;
  if (second) state.next_close = second->from;
  return state;
}

bool Holds(const LabelRequirement& requirement, const std::map<std::string, std::string>& labels) {
  const auto label = labels.find(requirement.key);
  const bool exists = label != labels.end();
  const bool listed =
      exists && std::ranges::find(requirement.values, label->second) != requirement.values.end();
  switch (requirement.op) {
    case LabelOperator::kIn:
      return listed;
    case LabelOperator::kNotIn:
      return !listed;
    case LabelOperator::kExists:
      return exists;
    case LabelOperator::kDoesNotExist:
      return !exists;
  }
  return true;
}

Freeze FreezeOf(const FreezeWindow& window, std::string message, Interval interval) {
  return {FreezeCause::kFreezeWindow, window.meta.name, std::move(message), interval.from,
          interval.until};
}

std::vector<Freeze> AlwaysFrozen(const FreezeWindow& window, std::string_view why) {
  return {FreezeOf(window,
                   fmt::format("this FreezeWindow cannot be used, so it freezes always; correct it "
                               "or delete it: {}",
                               why),
                   {Time::min(), base::kNever})};
}

}  // namespace

base::Result<std::vector<Interval>> FrozenIntervals(const FreezeWindow& window,
                                                    const TimeZones& zones, Time from,
                                                    Time horizon) {
  std::vector<Interval> intervals;
  if (const auto* once = std::get_if<OneOffFreeze>(&window.when)) {
    if (once->end > from && once->start < horizon) intervals.push_back({once->start, once->end});
    return intervals;
  }
  const auto* calendar = std::get_if<CalendarFreeze>(&window.when);
  if (calendar == nullptr) return Unreadable();
  const auto zone = zones.Find(calendar->time_zone);
  if (!zone) return tl::unexpected(zone.error());
  from = std::clamp(from, kFirstInstant, kLastInstant);
  horizon = std::clamp(horizon, kFirstInstant, kLastInstant);
  if (horizon - from > kLongestLook) {
    return base::Fail(base::ErrorKind::kExhausted,
                      fmt::format("a FreezeWindow can be looked at for at most {} at once",
                                  base::FormatDuration(kLongestLook)));
  }
  Stretches stretches(*calendar, **zone, from);
  for (auto next = stretches.Next(); next && next->from < horizon; next = stretches.Next()) {
    intervals.push_back(*next);
  }
  return intervals;
}

base::Result<WindowState> StateAt(const FreezeWindow& window, const TimeZones& zones, Time now) {
  if (const auto* once = std::get_if<OneOffFreeze>(&window.when)) {
    if (once->end <= now) return WindowState{};
    return StateOf(Interval{once->start, once->end}, std::nullopt, now);
  }
  const auto* calendar = std::get_if<CalendarFreeze>(&window.when);
  if (calendar == nullptr) return Unreadable();
  const auto zone = zones.Find(calendar->time_zone);
  if (!zone) return tl::unexpected(zone.error());
  now = std::clamp(now, kFirstInstant, kLastInstant);
  Stretches stretches(*calendar, **zone, now);
  const auto first = stretches.Next();
  const bool active = first && first->from <= now;
  return StateOf(first, active ? stretches.Next() : std::nullopt, now);
}

bool Selects(const resources::NamespaceSelector& selector,
             const std::map<std::string, std::string>& labels) {
  for (const auto& [key, value] : selector.match_labels) {
    const auto label = labels.find(key);
    if (label == labels.end() || label->second != value) return false;
  }
  return std::ranges::all_of(selector.match_expressions, [&](const LabelRequirement& requirement) {
    return Holds(requirement, labels);
  });
}

std::vector<Freeze> FreezesOf(const FreezeWindow& window,
                              const std::vector<json::Problem>& problems, const TimeZones& zones,
                              Time from, Time horizon) {
  if (!problems.empty()) return AlwaysFrozen(window, json::Summarize(problems));
  const auto intervals = FrozenIntervals(window, zones, from, horizon);
  if (!intervals) return AlwaysFrozen(window, intervals.error().message);
  const std::string message =
      fmt::format("{} (owner: {}, {})", window.reason, window.team, window.contact);
  std::vector<Freeze> freezes;
  for (const Interval& interval : *intervals) {
    freezes.push_back(FreezeOf(window, message, interval));
  }
  return freezes;
}

}  // namespace launchgate::budget
