#include "core/resources/cron.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "core/base/text.h"

namespace launchgate::resources {
namespace {

using base::ErrorKind;
using std::chrono::days;
using std::chrono::local_days;
using std::chrono::minutes;
using std::chrono::year;
using std::chrono::year_month_day;

constexpr std::size_t kFieldCount = 5;
constexpr year kFirstYear{1900};
constexpr year kLastYear{9999};
constexpr minutes kDay{24 * 60};

constexpr std::array<std::string_view, 12> kMonthNames = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                          "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::array<std::string_view, 7> kDayNames = {"SUN", "MON", "TUE", "WED",
                                                       "THU", "FRI", "SAT"};
// The days that a month has at most.
constexpr std::array<unsigned, 13> kLongestMonth = {0,  31, 29, 31, 30, 31, 30,
                                                    31, 31, 30, 31, 30, 31};

struct FieldRule {
  std::string_view name;
  unsigned first;
  unsigned last;
  std::span<const std::string_view> names;  // Of `first` and what follows; may be empty.
  bool wraps = false;                       // `last` is `first` again.
};
constexpr std::array<FieldRule, kFieldCount> kFields = {{
    {"minute", 0, 59, {}},
    {"hour", 0, 23, {}},
    {"day of month", 1, 31, {}},
    {"month", 1, 12, kMonthNames},
    {"day of week", 0, 7, kDayNames, true},
}};

struct Field {
  std::bitset<60> values;
  bool any = false;  // "*"
};

tl::unexpected<base::Error> Bad(const FieldRule& rule, std::string_view written,
                                std::string_view remedy) {
  return base::Fail(ErrorKind::kInvalid, fmt::format("must have a valid {}: {} in {}", rule.name,
                                                     remedy, base::Quote(written)));
}

std::vector<std::string_view> Split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find_first_of(separators);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::optional<unsigned> ParseNumber(std::string_view text) {
  if (text.empty() || text.size() > 2) return std::nullopt;
  unsigned number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + static_cast<unsigned>(c - '0');
  }
  return number;
}

char Upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

base::Result<unsigned> ParseValue(const FieldRule& rule, std::string_view text,
                                  std::string_view written) {
  for (std::size_t i = 0; i < rule.names.size(); ++i) {
    if (std::ranges::equal(text, rule.names[i], {}, Upper)) {
      return rule.first + static_cast<unsigned>(i);
    }
  }
  const auto number = ParseNumber(text);
  if (number && *number >= rule.first && *number <= rule.last) return *number;
  const std::string names =
      rule.names.empty() ? "" : fmt::format(" or {} to {}", rule.names.front(), rule.names.back());
  return Bad(rule, written,
             fmt::format("write {} to {}{} instead of {}", rule.first, rule.last, names,
                         base::Quote(text)));
}

base::Result<unsigned> ParseStep(const FieldRule& rule, std::string_view text,
                                 std::string_view written) {
  const auto step = ParseNumber(text);
  const unsigned most = rule.last - rule.first;
  if (step && *step >= 1 && *step <= most) return *step;
  return Bad(rule, written, fmt::format("write a step of 1 to {} after the \"/\"", most));
}

struct Range {
  unsigned first = 0;
  unsigned last = 0;
};

// "*", "5", "1-5".
base::Result<Range> ParseRange(const FieldRule& rule, std::string_view text,
                               std::string_view written) {
  if (text == "*") return Range{rule.first, rule.wraps ? rule.last - 1 : rule.last};
  const std::size_t dash = text.find('-');
  const auto first = ParseValue(rule, text.substr(0, dash), written);
  if (!first) return tl::unexpected(first.error());
  if (dash == std::string_view::npos) return Range{*first, *first};
  const auto last = ParseValue(rule, text.substr(dash + 1), written);
  if (!last) return tl::unexpected(last.error());
  // A week may end with Sunday: SAT-SUN, 5-0.
  if (rule.wraps && *last == rule.first && *first > *last) return Range{*first, rule.last};
  if (*first > *last) return Bad(rule, written, "write the lower end of a range first");
  return Range{*first, *last};
}

// A range, with "/step" behind it unless it is a single value.
base::Status ReadEntry(const FieldRule& rule, std::string_view entry, std::string_view written,
                       Field& field) {
  const std::size_t slash = entry.find('/');
  const std::string_view text = entry.substr(0, slash);
  unsigned step = 1;
  if (slash != std::string_view::npos) {
    if (text != "*" && text.find('-') == std::string_view::npos) {
      return Bad(rule, written, "write a range or \"*\" before the \"/\", such as */15");
    }
    const auto parsed = ParseStep(rule, entry.substr(slash + 1), written);
    if (!parsed) return tl::unexpected(parsed.error());
    step = *parsed;
  }
  const auto range = ParseRange(rule, text, written);
  if (!range) return tl::unexpected(range.error());
  field.any = field.any || (text == "*" && step == 1);
  for (unsigned value = range->first; value <= range->last; value += step) {
    field.values.set(rule.wraps && value == rule.last ? rule.first : value);
  }
  return {};
}

base::Result<Field> ReadField(const FieldRule& rule, std::string_view text) {
  Field field;
  for (const std::string_view entry : Split(text, ",")) {
    const base::Status read = ReadEntry(rule, entry, text, field);
    if (!read) return tl::unexpected(read.error());
  }
  return field;
}

base::Result<std::vector<std::string_view>> SplitFields(std::string_view text) {
  if (text.size() > kMaxCronLength) {
    return base::Fail(ErrorKind::kInvalid,
                      fmt::format("must have at most {} characters", kMaxCronLength));
  }
  if (text.starts_with('@')) {
    return base::Fail(ErrorKind::kInvalid,
                      "must have five fields; write a macro such as @daily as \"0 0 * * *\"");
  }
  if (text.find('=') != std::string_view::npos) {
    return base::Fail(ErrorKind::kInvalid,
                      "must have five fields and nothing else; a time zone is a field of its own");
  }
  std::vector<std::string_view> fields = Split(text, " \t");
  std::erase(fields, std::string_view());
  if (fields.size() == kFieldCount) return fields;
  return base::Fail(ErrorKind::kInvalid,
                    fmt::format("must have five fields (minute, hour, day of month, month, day of "
                                "week), such as \"0 18 * * 5\", not {}",
                                fields.size()));
}

template <std::size_t kSize>
std::bitset<kSize> Narrow(const std::bitset<60>& values) {
  return std::bitset<kSize>(values.to_ullong());
}

}  // namespace

base::Result<CronSchedule> CronSchedule::Parse(std::string_view text) {
  const auto texts = SplitFields(text);
  if (!texts) return tl::unexpected(texts.error());
  std::array<Field, kFieldCount> fields;
  for (std::size_t i = 0; i < kFieldCount; ++i) {
    const auto field = ReadField(kFields[i], (*texts)[i]);
    if (!field) return tl::unexpected(field.error());
    fields[i] = *field;
  }
  CronSchedule schedule;
  schedule.text_ = std::string(text);
  schedule.minutes_ = fields[0].values;
  schedule.hours_ = Narrow<24>(fields[1].values);
  schedule.days_ = Narrow<32>(fields[2].values);
  schedule.months_ = Narrow<13>(fields[3].values);
  schedule.weekdays_ = Narrow<7>(fields[4].values);
  schedule.any_day_ = fields[2].any;
  schedule.any_weekday_ = fields[4].any;
  if (schedule.HasDate()) return schedule;
  return Bad(kFields[2], (*texts)[2],
             fmt::format("no month of {} has such a day, choose others", base::Quote((*texts)[3])));
}

bool CronSchedule::HasDate() const {
  for (unsigned month = 1; month < kLongestMonth.size(); ++month) {
    for (unsigned day = 1; months_.test(month) && day <= kLongestMonth[month]; ++day) {
      if (days_.test(day)) return true;
    }
  }
  return false;
}

bool CronSchedule::Matches(local_days day) const {
  const bool date = days_.test(static_cast<unsigned>(year_month_day(day).day()));
  const bool weekday = weekdays_.test(std::chrono::weekday(day).c_encoding());
  if (any_day_ || any_weekday_) return date && weekday;
  return date || weekday;
}

std::optional<minutes> CronSchedule::TimeOfDay(minutes from) const {
  for (std::size_t hour = static_cast<std::size_t>(from.count()) / 60; hour < 24; ++hour) {
    if (!hours_.test(hour)) continue;
    for (std::size_t minute = 0; minute < 60; ++minute) {
      const minutes wall(hour * 60 + minute);
      if (minutes_.test(minute) && wall >= from) return wall;
    }
  }
  return std::nullopt;
}

std::optional<CronSchedule::WallTime> CronSchedule::Next(WallTime after) const {
  if (after < local_days(kFirstYear / 1 / 1)) return std::nullopt;
  const local_days past_the_end = local_days((kLastYear + std::chrono::years(1)) / 1 / 1);
  local_days day = std::chrono::floor<days>(after);
  minutes from = std::chrono::floor<minutes>(after - day) + minutes(1);
  while (day < past_the_end) {
    const year_month_day date(day);
    if (!months_.test(static_cast<unsigned>(date.month()))) {
      const auto next = std::chrono::year_month(date.year(), date.month()) + std::chrono::months(1);
      day = local_days(next / 1);
      from = minutes(0);
      continue;
    }
    if (from < kDay && Matches(day)) {
      if (const auto time = TimeOfDay(from)) return day + *time;
    }
    day += days(1);
    from = minutes(0);
  }
  return std::nullopt;
}

}  // namespace launchgate::resources
