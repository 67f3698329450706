#include "core/budget/freeze.h"

namespace launchgate::budget {

std::string_view ToString(FreezeCause cause) {
  switch (cause) {
    case FreezeCause::kBudgetSpent:
      return "BudgetSpent";
    case FreezeCause::kBudgetUnknown:
      return "BudgetUnknown";
    case FreezeCause::kFreezeWindow:
      return "FreezeWindow";
    case FreezeCause::kBudgetReviewOverdue:
      return "BudgetReviewOverdue";
  }
  // A value that no version of this code wrote: the most cautious cause.
  return "BudgetUnknown";
}

bool OpensByItself(const Freeze& freeze) {
  return freeze.cause != FreezeCause::kBudgetReviewOverdue && freeze.until != base::kNever;
}

bool InForce(const Freeze& freeze, base::Time now) {
  return freeze.from <= now && (freeze.until == base::kNever || now < freeze.until);
}

}  // namespace launchgate::budget
