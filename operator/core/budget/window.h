// The stretch of time over which a budget counts, as of one instant.
#pragma once

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/budget/time_zone.h"
#include "core/resources/error_budget.h"

namespace launchgate::budget {

struct WindowSpan {
  base::Time start{};
  base::Time end{};        // Events are counted up to here, …
  base::Time whole_end{};  // … and the window ends here: later only for a calendar month.

  base::Duration Elapsed() const { return end - start; }
  base::Duration Length() const { return whole_end - start; }
};

// The window that ends, or is under way, at `now`. A month begins at midnight of
// its first day in the budget's zone, or when clocks are set forward over that
// midnight. kNotFound and kUnavailable as TimeZones::Find().
base::Result<WindowSpan> WindowAt(const resources::BudgetWindow& window, const TimeZones& zones,
                                  base::Time now);

// The instant at which midnight begins a day in a zone; a repeated midnight begins it once.
base::Time StartOfDay(std::chrono::year_month_day day, const TimeZone& zone);

}  // namespace launchgate::budget
