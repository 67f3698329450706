// The arithmetic of an error budget, in events. Never an average of averages:
// a quiet hour weighs as little as it should. (Google's SRE Workbook, "Implementing
// SLOs" and "Alerting on SLOs"; DESIGN §6.) Pure functions, safe from any thread.
#pragma once

#include <optional>

#include "core/base/time.h"

namespace launchgate::budget {

// Events over some stretch of time. Fractions occur: Prometheus extrapolates.
struct EventCounts {
  double total = 0;
  double bad = 0;  // 0 <= bad <= total.
  friend bool operator==(const EventCounts&, const EventCounts&) = default;
};
EventCounts operator+(EventCounts left, EventCounts right);

// The share of events that may be bad: 0.001 for a target of 99.9 percent.
// Requires 0 < target < 100, as do the functions below.
double AllowedShare(double target);

// Percent of events that were good; nothing without events.
std::optional<double> ServiceLevel(EventCounts counts);

// Share of the budget that is used up: 0 when nothing failed (or nothing
// happened), 1 when exactly spent, more when overspent.
double Consumed(double target, EventCounts counts);

// How many times faster than "exactly spent at the end of the window" the budget
// is being spent; 0 without events.
double BurnRate(double target, EventCounts counts);

// When the budget is gone if it goes on like this: with `remaining` left and at
// `burn_rate`, a window of `length`. `now` when it is gone already; nothing when
// that is more than one whole window away.
std::optional<base::Time> ExhaustedAt(double remaining, double burn_rate, base::Duration length,
                                      base::Time now);

}  // namespace launchgate::budget
