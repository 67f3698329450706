// Wall times as text, and a cron that is too simple to be wrong.
#pragma once

#include <chrono>
#include <cstdio>
#include <optional>
#include <random>
#include <set>
#include <string>

namespace launchgate::resources {

// "2026-11-23 08:00:00"
inline std::chrono::local_seconds Wall(const std::string& text) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (std::sscanf(text.c_str(), "%d-%u-%u %d:%d:%d", &year, &month, &day, &hour, &minute,
                  &second) != 6) {
    return {};
  }
  return std::chrono::local_days(std::chrono::year(year) / static_cast<int>(month) /
                                 static_cast<int>(day)) +
         std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
}

inline std::string ShowWall(std::chrono::local_seconds wall) {
  const auto day = std::chrono::floor<std::chrono::days>(wall);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(wall - day);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u %02d:%02d:%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  return text;
}

// The values of every field, and the text that means them.
struct OracleCron {
  std::set<unsigned> minutes, hours, days, months, weekdays;  // Empty: "*".
  std::string text;

  bool Matches(std::chrono::local_seconds wall) const {
    const auto day = std::chrono::floor<std::chrono::days>(wall);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(wall - day);
    const auto in = [](const std::set<unsigned>& set, auto value) {
      return set.empty() || set.contains(static_cast<unsigned>(value));
    };
    const bool by_date = in(days, static_cast<unsigned>(date.day()));
    const bool by_week = in(weekdays, std::chrono::weekday(day).c_encoding());
    const bool either = !days.empty() && !weekdays.empty();
    return in(minutes, time.minutes().count()) && in(hours, time.hours().count()) &&
           in(months, static_cast<unsigned>(date.month())) &&
           (either ? by_date || by_week : by_date && by_week);
  }

  // The first later minute that matches and is at most `within` away.
  std::optional<std::chrono::local_seconds> Next(std::chrono::local_seconds after,
                                                 std::chrono::minutes within) const {
    auto wall = std::chrono::floor<std::chrono::minutes>(after) + std::chrono::minutes(1);
    for (; wall <= after + within; wall += std::chrono::minutes(1)) {
      if (Matches(wall)) return wall;
    }
    return std::nullopt;
  }
};

// Lists of single values; dates that exist.
inline OracleCron RandomCron(std::mt19937& random) {
  OracleCron cron;
  const auto add = [&](std::set<unsigned>& set, unsigned first, unsigned last, unsigned star) {
    if (random() % 100 < star) {
      cron.text += "* ";
      return;
    }
    for (unsigned i = 0; i < 1 + random() % 3; ++i)
      set.insert(first + static_cast<unsigned>(random() % (last - first + 1)));
    std::string list;
    for (const unsigned value : set) list += (list.empty() ? "" : ",") + std::to_string(value);
    cron.text += list + " ";
  };
  add(cron.minutes, 0, 59, 10);
  add(cron.hours, 0, 23, 30);
  add(cron.days, 1, 29, 50);
  add(cron.months, 1, 12, 60);
  add(cron.weekdays, 0, 6, 50);
  cron.text.pop_back();
  return cron;
}

}  // namespace launchgate::resources
