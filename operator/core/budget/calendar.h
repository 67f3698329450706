// When a FreezeWindow freezes: from the object and the zone alone, so that
// webhook, controller and command line say the same at any instant.
//
// A clock on the wall is not a line: twice a year it skips times or shows them
// twice, and once a zone left out a whole day. The rules:
// - A time of the cron expression that the wall clock skips begins at the instant
//   at which clocks are set forward. Several skipped ones begin there together.
// - A time that is shown twice begins once, the first time it is shown.
// - A duration is time that passes, not time on the wall: 24h that begin on the
//   evening before clocks are set forward end an hour later on the wall.
// - A day that a zone leaves out is a day of skipped times: what it would have
//   begun begins when the next day does (Pacific/Apia, 2011-12-30).
// - Freezes that overlap or touch are one.
// So every time of the expression begins one freeze, always, and never an earlier
// one later than a later one. The rules of a zone are known until 2037 (see
// shell/clock/time_zones.h); after that the last offset is taken.
//
// Pure functions, safe from any thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/budget/freeze.h"
#include "core/budget/time_zone.h"
#include "core/json/reader.h"
#include "core/resources/freeze_window.h"

namespace launchgate::budget {

// [from, until); launches are not possible in it.
struct Interval {
  base::Time from{};
  base::Time until{};
  friend bool operator==(const Interval&, const Interval&) = default;
};

// A freeze that goes on for longer than this by the calendar, because its ends
// meet the next beginnings ("0 * * * *" for 2h), has no end: its `until` is
// base::kNever. An expression has no year in it, so looking further would hardly
// find an end, and an end that is said too early would open the gate.
inline constexpr base::Duration kLongestStretch = std::chrono::hours(24 * 400);
// FrozenIntervals() looks at no longer time than this.
inline constexpr base::Duration kLongestLook = std::chrono::hours(24 * 366 * 20);

// The times in which the window freezes, oldest first, none touching the next:
// all that end after `from` and begin before `horizon`. They are whole, not cut
// at either; only what begins before `from` by the calendar may have begun even
// earlier, by a freeze that was over at `from`. Nothing later than the last is
// said about times after `horizon`.
// kNotFound and kUnavailable as TimeZones::Find(); kInvalid for a window that
// could not be read; kExhausted past kLongestLook. Callers treat any as frozen.
base::Result<std::vector<Interval>> FrozenIntervals(const resources::FreezeWindow& window,
                                                    const TimeZones& zones, base::Time from,
                                                    base::Time horizon);

struct WindowState {
  bool active = false;
  // When launches are possible again: set while active, unless there is no end.
  std::optional<base::Time> next_open;
  // When it freezes next: after next_open while active; nothing when never.
  std::optional<base::Time> next_close;
};
// Errors as FrozenIntervals().
base::Result<WindowState> StateAt(const resources::FreezeWindow& window, const TimeZones& zones,
                                  base::Time now);

// Whether a namespace with these labels is one of those that the window is about.
bool Selects(const resources::NamespaceSelector& selector,
             const std::map<std::string, std::string>& labels);

// What the window freezes, as FrozenIntervals() says: whoever uses it must ask
// again before `horizon`. A window with `problems`, or whose time zone cannot be
// read, freezes always and says what to repair. (THREATS T61.)
std::vector<Freeze> FreezesOf(const resources::FreezeWindow& window,
                              const std::vector<json::Problem>& problems, const TimeZones& zones,
                              base::Time from, base::Time horizon);

}  // namespace launchgate::budget
