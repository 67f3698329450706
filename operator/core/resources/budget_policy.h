// What an ErrorBudget says beyond its objectives: when it freezes launches, and
// when people look at it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "core/base/time.h"
#include "core/json/reader.h"

namespace launchgate::resources {

// When a budget freezes launches. Shares are of the budget of the whole window:
// 1 is all of it.
struct FreezePolicy {
  double thaw_at = 0;           // A freeze ends when at least this share is left, in [0, 1].
  double incident_share = 0.2;  // An incident that takes more asks for a post-mortem, in (0, 1].
  // With fewer events in the window no freeze begins: of ten requests one may fail.
  std::int64_t min_events = 0;
  // Figures may be unknown for this long before launches are frozen.
  base::Duration unknown_grace = std::chrono::hours(1);
};
inline constexpr std::int64_t kMaxMinEvents = 1'000'000'000'000;
inline constexpr base::Duration kShortestUnknownGrace = std::chrono::minutes(1);
inline constexpr base::Duration kLongestUnknownGrace = std::chrono::hours(24 * 7);

// When the review of a month takes place. Days are days of the following month.
struct ReviewCadence {
  std::string authority;  // The LaunchAuthority that signs it off.
  std::string time_zone;  // IANA name: in which a day begins.
  int cadence_day = 1;    // The review is opened when this day begins.
  int due_day = 5;        // By the end of this day it should be signed off, …
  int grace_days = 3;     // … and so many days later launches are frozen without it.
};
inline constexpr int kLastCadenceDay = 28;  // Every month has it.
inline constexpr int kMaxGraceDays = 27;
// Of a budget with reviews: names have at most 253 characters, "-2026-10" among them.
inline constexpr std::size_t kMaxReviewedBudgetName = 245;

namespace internal {

// spec.policy and spec.review of an ErrorBudget; the defaults, and nothing, when absent.
FreezePolicy ReadFreezePolicy(json::Reader& spec);
std::optional<ReviewCadence> ReadReviewCadence(json::Reader& spec);

}  // namespace internal
}  // namespace launchgate::resources
