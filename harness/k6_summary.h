// The result of a load test in the form that k6's handleSummary() gets, so that
// `loadTest` evidence can be read from it. Marked as not written by k6. Pure.
//
// Source of the format: recorded output of k6 (tests/testdata/README.md).
#pragma once

#include <chrono>
#include <span>
#include <string>

#include "harness/latency.h"

namespace harness {

struct LoadRun {
  std::span<const Outcome> outcomes;
  // From the first request to the last answer.
  std::chrono::milliseconds took{0};
  // The limits that gift-cards/load/redeem.js sets as k6 thresholds.
  double p95_limit_ms = 250;
  double failed_limit = 0.01;
  std::string notes = {};  // For people.
};

// Indented JSON, newline at the end. http_req_duration here counts from when a
// request was due; k6 counts from when it was sent, which is never longer.
std::string WriteK6Summary(const LoadRun& run, std::chrono::system_clock::time_point now);

// Both thresholds of the run.
bool ThresholdsPassed(const LoadRun& run);

}  // namespace harness
