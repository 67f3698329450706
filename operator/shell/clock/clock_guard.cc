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

std::int64_t ClockGuard::OffsetAt(base::Time now) const {
  const auto monotonic =
      std::chrono::duration_cast<std::chrono::milliseconds>(clock_.Monotonic().time_since_epoch());
  return (now.time_since_epoch() - monotonic).count();
}

// Writes the skew before the offset, and Trusted() reads the offset before the
// skew: whoever sees the new offset of a clock that was stepped sees its skew too.
void ClockGuard::Observe(base::Time server_time) {
  const base::Time now = clock_.Now();
  const std::int64_t offset = OffsetAt(now);
  skew_ = (now - server_time).count();
  offset_ = offset;
  observed_ = true;
}

bool ClockGuard::Trusted() const {
  if (!observed_) return false;
  const std::int64_t step = OffsetAt(clock_.Now()) - offset_;
  return std::llabs(step) <= kMaxStep.count() && std::llabs(skew_) <= kMaxSkew.count();
}

std::optional<std::string> ClockGuard::Complaint() const {
  if (!observed_) return "the clock was not compared with the API server's yet";
  if (std::llabs(skew_) > kMaxSkew.count()) {
    return fmt::format("the clock differs from the API server's by {} s", skew_ / 1000);
  }
  const std::int64_t step = OffsetAt(clock_.Now()) - offset_;
  if (std::llabs(step) > kMaxStep.count()) {
    return fmt::format("the clock was stepped by {} s", step / 1000);
  }
  return std::nullopt;
}

}  // namespace launchgate::clock
