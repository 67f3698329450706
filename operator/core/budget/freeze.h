// A period in which no launch change is admitted. How freezes are computed is
// the business of other modules; the gate only needs what stands here.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/time.h"

namespace launchgate::budget {

enum class FreezeCause { kBudgetSpent, kBudgetUnknown, kFreezeWindow, kBudgetReviewOverdue };
// "BudgetSpent", "BudgetUnknown", "FreezeWindow", "BudgetReviewOverdue": the
// reason codes of the decision table.
std::string_view ToString(FreezeCause cause);

struct Freeze {
  FreezeCause cause = FreezeCause::kBudgetUnknown;
  std::string source;  // "shop/gift-cards" (the budget) or the window's name.
  std::string message;
  base::Time from{};                // In force from here …
  base::Time until = base::kNever;  // … until here, kNever: until somebody or something lifts it.
};

// Whether launches open again at `until` although nobody does anything: a calendar
// says so. An overdue review is history then, and the next one is asked for.
bool OpensByItself(const Freeze& freeze);

// Whether `freeze` is in force at `now`: from `from` on, and at `until` no longer.
// Pure, safe from any thread.
bool InForce(const Freeze& freeze, base::Time now);

}  // namespace launchgate::budget
