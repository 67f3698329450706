// The terminal's table of a fault injection: the service as reviewed beside the
// mended one, a line for each step. Pure.
#pragma once

#include <string>
#include <vector>

#include "harness/step.h"

namespace harness {

// What one service did. Steps may be fewer than those of another, or none.
struct Series {
  std::string name = {};
  std::vector<StepResult> steps = {};
};

// All series side by side, a line for each fault that any of them tried; what a
// series did not try is left blank. How soon it was well again after a fault is a
// column of the fault's line. No line ends in spaces; a newline ends the last one.
std::string WriteTable(const std::vector<Series>& series);

// The faults that any of the series tried, "healthy" first, in the order in which
// they were tried; recoveries are left out.
std::vector<StepPlan> FaultsOf(const std::vector<Series>& series);

// The step of this fault and value; nullptr where it was not tried.
const StepResult* StepFor(const Series& series, const StepPlan& plan);

// The recovery that was measured after that step; nullptr where none was.
const Recovery* RecoveryAfter(const Series& series, const StepPlan& plan);

}  // namespace harness
