#include "core/base/time.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <limits>
#include <utility>

namespace launchgate::base {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t kMaxTimeText = 40;
constexpr std::size_t kMaxDurationText = 48;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Reads fixed-width fields from the front of a text and remembers whether
// everything so far was as expected.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  int Digits(std::size_t count) {
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (rest_.empty() || !IsDigit(rest_.front())) {
        good_ = false;
        return 0;
      }
      value = value * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    return value;
  }

  void Literal(std::string_view accepted) {
    if (rest_.empty() || accepted.find(rest_.front()) == std::string_view::npos) {
      good_ = false;
      return;
    }
    rest_.remove_prefix(1);
  }

  char Peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  bool good() const { return good_; }
  bool AtEnd() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

// ".806437526" → 806 ms. Cut, not rounded, so that a time never moves forward.
milliseconds ScanFraction(Scanner& scan) {
  if (scan.Peek() != '.') return milliseconds(0);
  scan.Literal(".");
  int value = 0;
  int digits = 0;
  do {
    const int digit = scan.Digits(1);
    if (digits < 3) value = value * 10 + digit;
    ++digits;
  } while (scan.good() && IsDigit(scan.Peek()));
  for (; digits < 3; ++digits) value *= 10;
  return milliseconds(value);
}

minutes ScanOffset(Scanner& scan) {
  const char sign = scan.Peek();
  scan.Literal("Zz+-");
  if (sign != '+' && sign != '-') return minutes(0);
  const int hour = scan.Digits(2);
  scan.Literal(":");
  const int minute = scan.Digits(2);
  if (hour > 23 || minute > 59) scan.Literal("");
  const minutes offset = hours(hour) + minutes(minute);
  return sign == '-' ? -offset : offset;
}

struct Unit {
  std::string_view name;
  milliseconds length;
};
constexpr std::array<Unit, 5> kUnits = {{
    {"d", days(1)},
    {"h", hours(1)},
    {"m", minutes(1)},
    {"s", seconds(1)},
    {"ms", milliseconds(1)},
}};

const Unit* FindUnit(std::string_view name) {
  for (const Unit& unit : kUnits) {
    if (unit.name == name) return &unit;
  }
  return nullptr;
}

std::size_t CountWhile(std::string_view text, bool (*accept)(char)) {
  std::size_t count = 0;
  while (count < text.size() && accept(text[count])) ++count;
  return count;
}

// One "1.5h" from the front of `rest`.
Result<Duration> TakeTerm(std::string_view& rest) {
  const std::size_t number = CountWhile(rest, [](char c) { return IsDigit(c) || c == '.'; });
  const std::string_view digits = rest.substr(0, number);
  rest.remove_prefix(number);
  const std::size_t letters = CountWhile(rest, [](char c) { return c >= 'a' && c <= 'z'; });
  const Unit* unit = FindUnit(rest.substr(0, letters));
  rest.remove_prefix(letters);

  long double value = 0;
  long double scale = 1;
  bool fraction = false;
  std::size_t digit_count = 0;
  for (const char c : digits) {
    if (c == '.' && fraction) return Fail(ErrorKind::kInvalid, "");
    if (c == '.') {
      fraction = true;
      continue;
    }
    value = value * 10 + (c - '0');
    if (fraction) scale *= 10;
    ++digit_count;
  }
  if (digit_count == 0 || unit == nullptr) return Fail(ErrorKind::kInvalid, "");
  const long double length = value / scale * static_cast<long double>(unit->length.count());
  if (length > static_cast<long double>(kMaxDuration.count())) {
    return Fail(ErrorKind::kInvalid, "");
  }
  return Duration(static_cast<std::int64_t>(length + 0.5L));
}

std::string JoinUnits(Duration duration, std::size_t max_units) {
  std::string text;
  for (const Unit& unit : kUnits) {
    const auto count = duration / unit.length;
    if (count == 0) continue;
    text += fmt::format("{}{}", count, unit.name);
    duration -= count * unit.length;
    if (--max_units == 0) break;
  }
  return text;
}

}  // namespace

Result<Time> ParseTime(std::string_view text) {
  const auto refuse = [] {
    return Fail(ErrorKind::kInvalid,
                "must be a time as in RFC 3339 with an offset, such as 2026-11-23T08:15:37Z");
  };
  if (text.size() > kMaxTimeText) return refuse();
  Scanner scan(text);
  const int year = scan.Digits(4);
  scan.Literal("-");
  const int month = scan.Digits(2);
  scan.Literal("-");
  const int day = scan.Digits(2);
  scan.Literal("Tt ");
  const int hour = scan.Digits(2);
  scan.Literal(":");
  const int minute = scan.Digits(2);
  scan.Literal(":");
  const int second = scan.Digits(2);
  const milliseconds fraction = ScanFraction(scan);
  const minutes offset = ScanOffset(scan);

  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!scan.good() || !scan.AtEnd() || !date.ok() || year < 1970) return refuse();
  if (hour > 23 || minute > 59 || second > 59) return refuse();
  return Time(std::chrono::sys_days(date)) + hours(hour) + minutes(minute) + seconds(second) +
         fraction - offset;
}

std::string FormatTime(Time time) {
  if (time == kNever) return "never";
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::string text =
      fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", int(date.year()), unsigned(date.month()),
                  unsigned(date.day()), clock.hours().count(), clock.minutes().count(),
                  clock.seconds().count());
  if (clock.subseconds().count() != 0) text += fmt::format(".{:03}", clock.subseconds().count());
  return text + "Z";
}

Result<Duration> ParseDuration(std::string_view text) {
  const auto refuse = [] {
    return Fail(ErrorKind::kInvalid,
                "must be a duration such as 90s, 1h30m or 30d, at most 100 years");
  };
  if (text == "0") return Duration(0);
  if (text.empty() || text.size() > kMaxDurationText) return refuse();
  Duration sum(0);
  while (!text.empty()) {
    const Result<Duration> term = TakeTerm(text);
    if (!term) return refuse();
    sum += *term;
    if (sum > kMaxDuration) return refuse();
  }
  return sum;
}

std::string FormatDuration(Duration duration) {
  if (duration == Duration(0)) return "0s";
  if (duration < Duration(0)) return "-" + FormatDuration(-duration);
  return JoinUnits(duration, kUnits.size());
}

std::string FormatRoughly(Duration duration) {
  if (duration < Duration(0)) return "-" + FormatRoughly(-duration);
  if (duration < seconds(1)) return "<1s";
  return JoinUnits(std::chrono::floor<seconds>(duration), 2);
}

}  // namespace launchgate::base
