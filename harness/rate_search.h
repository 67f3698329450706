// Finds the highest rate of requests that keeps an objective: doubling until it is
// missed, then halving the interval. Pure; who measures tells what came of a rate.
#pragma once

#include <optional>
#include <span>

#include "harness/latency.h"

namespace harness {

// What the customers of gift-cards were promised, as this test holds it: against all
// requests, so that a refused one is never a fast one.
struct Slo {
  double latency_ms = 250;
  double share_within = 0.99;      // Of all requests: succeeded within latency_ms.
  double max_error_share = 0.001;  // Of all requests: every status but 2xx, and no answer.
};

// No requests keep no promise.
bool Keeps(std::span<const Outcome> outcomes, const Slo& slo);

struct RateSearchOptions {
  double start = 100;   // The first rate tried, per second.
  double most = 6'400;  // No higher rate is tried.
  // Done when the lowest rate that missed is within this factor of the highest that
  // kept: 0.05 for 5 %.
  double precision = 0.05;
};

// Not thread-safe. Ask Next(), measure, Tell(), until Next() has nothing more.
class RateSearch {
 public:
  explicit RateSearch(RateSearchOptions options) : options_(options) {}

  // The rate to measure next; the same until Tell(). Nothing once it is known well
  // enough, or the highest allowed rate kept the objective, or not even an eighth of
  // the first rate did.
  [[nodiscard]] std::optional<double> Next() const;
  void Tell(double rate, bool kept);

  [[nodiscard]] std::optional<double> best() const { return best_; }  // Highest that kept.
  // True where nothing was ever missed: the service may be able to do more.
  [[nodiscard]] bool bounded_by_options() const { return best_ && !missed_; }

 private:
  RateSearchOptions options_;
  std::optional<double> best_;
  std::optional<double> missed_;  // The lowest rate that missed.
};

}  // namespace harness
