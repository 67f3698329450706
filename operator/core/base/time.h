// Time in core is always an argument. Nothing here reads a clock.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace launchgate::base {

using Duration = std::chrono::milliseconds;
// An instant in UTC, to the millisecond.
using Time = std::chrono::sys_time<Duration>;

// The instant that means "never" where an end is optional.
inline constexpr Time kNever = Time::max();

// RFC 3339 with a mandatory offset ("Z" or "+02:00"); fractions of a second are
// cut to milliseconds. Years 1970 to 9999. Leap seconds (":60") are refused.
Result<Time> ParseTime(std::string_view text);

// RFC 3339 in UTC, "2026-11-23T08:15:37Z"; milliseconds only when not zero.
// kNever is written "never".
std::string FormatTime(Time time);

// Go-style durations plus days: "90s", "1h30m", "1.5h", "250ms", "30d".
// Non-negative; at most kMaxDuration. A bare "0" is allowed.
Result<Duration> ParseDuration(std::string_view text);
inline constexpr Duration kMaxDuration = std::chrono::hours(24 * 366 * 100);

// The largest units that express it exactly: "30d", "1h30m", "250ms".
std::string FormatDuration(Duration duration);

// For sentences: rounded to the two largest units, "3d4h", "12m", "<1s".
std::string FormatRoughly(Duration duration);

}  // namespace launchgate::base
