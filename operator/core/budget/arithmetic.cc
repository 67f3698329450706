#include "core/budget/arithmetic.h"

#include <cmath>

namespace launchgate::budget {

EventCounts operator+(EventCounts left, EventCounts right) {
  return {left.total + right.total, left.bad + right.bad};
}

double AllowedShare(double target) { return (100 - target) / 100; }

std::optional<double> ServiceLevel(EventCounts counts) {
  if (!(counts.total > 0)) return std::nullopt;
  return 100 * (1 - counts.bad / counts.total);
}

double Consumed(double target, EventCounts counts) {
  if (!(counts.total > 0)) return 0;
  return counts.bad / (AllowedShare(target) * counts.total);
}

// Over the same stretch of time both are the same figure; they differ in what
// the stretch is compared with.
double BurnRate(double target, EventCounts counts) { return Consumed(target, counts); }

std::optional<base::Time> ExhaustedAt(double remaining, double burn_rate, base::Duration length,
                                      base::Time now) {
  if (!(remaining > 0)) return now;
  if (!(burn_rate > 0) || remaining / burn_rate > 1) return std::nullopt;
  const double milliseconds = remaining / burn_rate * static_cast<double>(length.count());
  return now + base::Duration(std::llround(milliseconds));
}

}  // namespace launchgate::budget
