#include "core/budget/window.h"

namespace launchgate::budget {

using std::chrono::days;
using std::chrono::months;
using std::chrono::year_month_day;

base::Time StartOfDay(year_month_day day, const TimeZone& zone) {
  return zone.InstantsOf(WallTime(std::chrono::local_days(day))).first;
}

base::Result<WindowSpan> WindowAt(const resources::BudgetWindow& window, const TimeZones& zones,
                                  base::Time now) {
  if (window.kind == resources::WindowKind::kRolling) {
    return WindowSpan{now - window.length, now, now};
  }
  const auto zone = zones.Find(window.time_zone);
  if (!zone) return tl::unexpected(zone.error());
  const year_month_day today(std::chrono::floor<days>((*zone)->WallAt(now)));
  const year_month_day first = today.year() / today.month() / 1;
  return WindowSpan{StartOfDay(first, **zone), now, StartOfDay(first + months(1), **zone)};
}

}  // namespace launchgate::budget
