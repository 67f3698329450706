// Cron expressions of whoever may write a FreezeWindow: an error says what is
// wrong, and what is accepted has a next time, soon found, again and again.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/resources/cron.h"

namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

// Between two leap days there are at most eight years.
constexpr std::chrono::days kLongestPause{8 * 366};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using launchgate::resources::CronSchedule;
  const std::string_view text(reinterpret_cast<const char*>(data), size);

  const auto cron = CronSchedule::Parse(text);
  if (!cron) {
    Require(cron.error().message.starts_with("must have "));
    return 0;
  }
  Require(size <= launchgate::resources::kMaxCronLength);
  Require(cron->TimesPerDay() >= 1 && cron->TimesPerDay() <= 1440);
  CronSchedule::WallTime after = std::chrono::local_days(std::chrono::year(2096) / 2 / 28);
  for (int i = 0; i < 20; ++i) {
    const auto next = cron->Next(after);
    Require(next.has_value() && *next > after && *next - after <= kLongestPause);
    Require((*next).time_since_epoch().count() % 60 == 0);
    // Nothing is skipped: from just before, it is the next one as well.
    Require(cron->Next(*next - std::chrono::seconds(1)) == *next);
    after = *next;
  }
  return 0;
}
