// Status of FreezeWindows: whether they are usable, whether they freeze now, and
// when that changes.
#pragma once

#include <nlohmann/json.hpp>
#include <stop_token>

#include "app/records.h"
#include "app/status_writer.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/budget/time_zone.h"
#include "core/json/json.h"
#include "shell/clock/clock.h"

namespace launchgate::app {

// How soon a window is looked at again whose zone cannot be read, and one that
// freezes without an end in sight (core/budget/calendar.h, kLongestStretch).
inline constexpr base::Duration kZoneRetry = std::chrono::minutes(10);
inline constexpr base::Duration kEndlessRecheck = std::chrono::hours(24);

// What is written of a window at one instant.
struct FreezeWindowStatus {
  json::Json status;
  base::Time next;  // When it is another one by itself; kNever when it stays.
};
// Pure but for `zones`.
FreezeWindowStatus FreezeWindowStatusAt(const FreezeWindowRecord& record,
                                        const budget::TimeZones& zones, base::Time now);

// Thread-safe.
class FreezeWindowReconciler {
 public:
  // Everything by reference must outlive it.
  FreezeWindowReconciler(StatusWriter& status, const budget::TimeZones& zones,
                         const clock::Clock& clock)
      : status_(status), zones_(zones), clock_(clock) {}

  // Writes the status when it is another one than `record` has; the result is
  // when to look again although nothing changes.
  base::Result<base::Time> Reconcile(const FreezeWindowRecord& record, std::stop_token stop);

 private:
  StatusWriter& status_;
  const budget::TimeZones& zones_;
  const clock::Clock& clock_;
};

}  // namespace launchgate::app
