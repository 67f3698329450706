// Cron expressions of five fields, as CronJobs of Kubernetes have them: minute,
// hour, day of month, month, day of week. Pure values, safe from any thread.
#pragma once

#include <bitset>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace launchgate::resources {

inline constexpr std::size_t kMaxCronLength = 128;  // Bytes.

// When a clock on the wall shows one of these times. A field is a list of
// values, ranges (MON-FRI) and steps (*/15, 8-18/2); months and days of the week
// may be named by three letters; 0 and 7 are Sunday, and a range of days may end
// with it (SAT-SUN). When both day of month and day of week are restricted, a
// day matches when either does; a field is restricted unless it is "*".
//
// Not understood, because tools disagree about them: macros (@daily), seconds,
// "?", "L", "W", "#", a step after a single value (5/15), zones inside the text.
class CronSchedule {
 public:
  using WallTime = std::chrono::local_seconds;

  // kInvalid: "must …", with the field and the remedy. A day that none of the
  // months has (30 February) is an error even where days of the week match as well.
  static base::Result<CronSchedule> Parse(std::string_view text);

  // The first time that matches and is later than `after`; whole minutes. Looks
  // at days, not at minutes. Nothing when `after` is not from 1900 to 9999, or
  // the next time would be later.
  std::optional<WallTime> Next(WallTime after) const;

  // How many times match on one day, 1 to 1440.
  std::size_t TimesPerDay() const { return minutes_.count() * hours_.count(); }

  // As it was written.
  const std::string& text() const { return text_; }
  friend bool operator==(const CronSchedule&, const CronSchedule&) = default;

 private:
  CronSchedule() = default;
  bool HasDate() const;
  bool Matches(std::chrono::local_days day) const;
  // The first time of day that matches, from `from` on.
  std::optional<std::chrono::minutes> TimeOfDay(std::chrono::minutes from) const;

  std::string text_;
  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;     // 1 to 31.
  std::bitset<13> months_;   // 1 to 12.
  std::bitset<7> weekdays_;  // 0 is Sunday.
  bool any_day_ = false;     // Not restricted.
  bool any_weekday_ = false;
};

}  // namespace launchgate::resources
