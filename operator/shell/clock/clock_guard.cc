#include "shell/clock/clock_guard.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdlib>

namespace launchgate::clock {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
// "Mon, 23 Nov 2026 09:34:38 GMT"
constexpr std::size_t kHttpDateBytes = 29;

std::optional<std::string> MonthNumber(std::string_view name) {
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    if (kMonths[i] == name) return fmt::format("{:02}", i + 1);
  }
  return std::nullopt;
}

}  // namespace

base::Result<base::Time> ParseHttpDate(std::string_view text) {
  const auto refuse = [] {
    return base::Fail(base::ErrorKind::kInvalid, "the Date header is not an HTTP date");
  };
  if (text.size() != kHttpDateBytes || text.substr(3, 2) != ", " || text[7] != ' ' ||
      text[11] != ' ' || text[16] != ' ' || text.substr(25) != " GMT") {
    return refuse();
  }
  const auto month = MonthNumber(text.substr(8, 3));
  if (!month) return refuse();
  return base::ParseTime(fmt::format("{}-{}-{}T{}Z", text.substr(12, 4), *month, text.substr(5, 2),
                                     text.substr(17, 8)));
}

std::int64_t ClockGuard::Offset() const {
  const auto monotonic =
      std::chrono::duration_cast<std::chrono::milliseconds>(clock_.Monotonic().time_since_epoch());
  return (clock_.Now().time_since_epoch() - monotonic).count();
}

void ClockGuard::Observe(base::Time server_time) {
  offset_ = Offset();
  skew_ = (clock_.Now() - server_time).count();
  observed_ = true;
}

bool ClockGuard::Trusted() const {
  return observed_ && std::llabs(skew_) <= kMaxSkew.count() &&
         std::llabs(Offset() - offset_) <= kMaxStep.count();
}

std::optional<std::string> ClockGuard::Complaint() const {
  if (!observed_) return "the clock was not compared with the API server's yet";
  if (std::llabs(skew_) > kMaxSkew.count()) {
    return fmt::format("the clock differs from the API server's by {} s", skew_ / 1000);
  }
  const std::int64_t step = Offset() - offset_;
  if (std::llabs(step) > kMaxStep.count()) {
    return fmt::format("the clock was stepped by {} s", step / 1000);
  }
  return std::nullopt;
}

}  // namespace launchgate::clock
