// Writes a fault injection as launchgate.dev/resilience-report/v1, the format that
// `resilience` evidence is read from (docs/evidence.md). Pure.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "harness/step.h"

namespace harness {

struct ReportHead {
  std::chrono::system_clock::time_point generated_at;
  // What the figures were held against, see SweepOptions::deadline.
  std::chrono::milliseconds deadline{0};
  std::string service = {};
  std::string dependency = "payments";
  std::string notes = {};  // For people.
};

// The report as indented JSON, a newline at the end. Figures that the format has
// no field for (how often the provider was called, the share of a hang) are in the
// notes of their step. Of a service without a breaker the `errors` steps say that
// there was no transition. Where a service did not recover, recoveryTime is how
// long was waited, a lower bound, and the notes say so.
std::string WriteReport(const ReportHead& head, const std::vector<StepResult>& steps);

// "2026-11-20T03:14:10Z"
std::string Rfc3339(std::chrono::system_clock::time_point time);

}  // namespace harness
