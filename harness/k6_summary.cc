#include "harness/k6_summary.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/report.h"

namespace harness {
namespace {

using Json = nlohmann::ordered_json;

bool LatencyPassed(const LoadRun& run) {
  return !run.outcomes.empty() && LatenciesOf(run.outcomes).p95 < run.p95_limit_ms;
}

bool ErrorsPassed(const LoadRun& run) {
  return !run.outcomes.empty() && TallyOf(run.outcomes, 0).ErrorShare() < run.failed_limit;
}

Json Threshold(const std::string& expression, bool passed) {
  return {{expression, {{"ok", passed}}}};
}

}  // namespace

bool ThresholdsPassed(const LoadRun& run) { return LatencyPassed(run) && ErrorsPassed(run); }

std::string WriteK6Summary(const LoadRun& run, std::chrono::system_clock::time_point now) {
  const LatencyFigures latency = LatenciesOf(run.outcomes);
  const Tally tally = TallyOf(run.outcomes, 0);
  const double milliseconds = static_cast<double>(run.took.count());
  const double rate =
      milliseconds > 0 ? static_cast<double>(tally.requests) * 1e3 / milliseconds : 0;
  Json metrics;
  metrics["http_reqs"] = {{"type", "counter"},
                          {"contains", "default"},
                          {"values", {{"count", tally.requests}, {"rate", rate}}}};
  metrics["http_req_duration"] = {
      {"type", "trend"},
      {"contains", "time"},
      {"values",
       {{"avg", latency.mean},
        {"min", latency.min},
        {"med", latency.p50},
        {"max", latency.max},
        {"p(90)", latency.p90},
        {"p(95)", latency.p95},
        {"p(99)", latency.p99}}},
      {"thresholds", Threshold(fmt::format("p(95)<{:g}", run.p95_limit_ms), LatencyPassed(run))}};
  // As in k6: a pass is a request of which it is true that it failed.
  metrics["http_req_failed"] = {
      {"type", "rate"},
      {"contains", "default"},
      {"values",
       {{"rate", tally.ErrorShare()},
        {"passes", tally.errors},
        {"fails", tally.requests - tally.errors}}},
      {"thresholds", Threshold(fmt::format("rate<{:g}", run.failed_limit), ErrorsPassed(run))}};
  const Json document = {{"generator",
                          {{"name", "launchgate harness"},
                           {"k6", false},
                           {"generatedAt", Rfc3339(now)},
                           {"notes", run.notes}}},
                         {"metrics", metrics},
                         {"state", {{"testRunDurationMs", milliseconds}}}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace harness
