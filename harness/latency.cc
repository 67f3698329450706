#include "harness/latency.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace harness {

std::chrono::nanoseconds Outcome::finished() const {
  return due + std::chrono::duration_cast<std::chrono::nanoseconds>(
                   std::chrono::duration<double, std::milli>(latency_ms));
}

double Tally::ErrorShare() const {
  return requests == 0 ? 0 : static_cast<double>(errors) / static_cast<double>(requests);
}

double Percentile(std::span<const double> ascending, double percent) {
  if (ascending.empty()) return 0;
  const double rank = std::ceil(percent * static_cast<double>(ascending.size()) / 100);
  const auto last = static_cast<double>(ascending.size());
  return ascending[static_cast<std::size_t>(std::clamp(rank, 1.0, last)) - 1];
}

LatencyFigures LatenciesOf(std::span<const Outcome> outcomes) {
  if (outcomes.empty()) return {};
  std::vector<double> latencies;
  latencies.reserve(outcomes.size());
  for (const Outcome& outcome : outcomes) latencies.push_back(outcome.latency_ms);
  std::ranges::sort(latencies);
  const double sum = std::accumulate(latencies.begin(), latencies.end(), 0.0);
  return {.min = latencies.front(),
          .mean = sum / static_cast<double>(latencies.size()),
          .p50 = Percentile(latencies, 50),
          .p90 = Percentile(latencies, 90),
          .p95 = Percentile(latencies, 95),
          .p99 = Percentile(latencies, 99),
          .max = latencies.back()};
}

Tally TallyOf(std::span<const Outcome> outcomes, double deadline_ms) {
  Tally tally;
  for (const Outcome& outcome : outcomes) {
    ++tally.requests;
    tally.no_answer += outcome.answered() ? 0U : 1U;
    tally.over_deadline += !outcome.answered() || outcome.latency_ms > deadline_ms ? 1U : 0U;
    tally.errors += outcome.succeeded() ? 0U : 1U;
  }
  return tally;
}

double ShareServedWithin(std::span<const Outcome> outcomes, double limit_ms) {
  if (outcomes.empty()) return 0;
  const auto good = std::ranges::count_if(outcomes, [limit_ms](const Outcome& outcome) {
    return outcome.succeeded() && outcome.latency_ms <= limit_ms;
  });
  return static_cast<double>(good) / static_cast<double>(outcomes.size());
}

}  // namespace harness
