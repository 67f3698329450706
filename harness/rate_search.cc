#include "harness/rate_search.h"

#include <algorithm>
#include <cmath>

namespace harness {
namespace {

constexpr double kSmallestPartOfStart = 8;

}  // namespace

bool Keeps(std::span<const Outcome> outcomes, const Slo& slo) {
  if (outcomes.empty()) return false;
  // Nothing is ever over this deadline; only errors are asked for.
  const Tally tally = TallyOf(outcomes, HUGE_VAL);
  return tally.ErrorShare() < slo.max_error_share &&
         ShareServedWithin(outcomes, slo.latency_ms) >= slo.share_within;
}

std::optional<double> RateSearch::Next() const {
  if (!best_ && !missed_) return options_.start;
  if (!missed_) {
    if (*best_ >= options_.most) return std::nullopt;
    return std::min(*best_ * 2, options_.most);
  }
  if (!best_) {
    const double lower = *missed_ / 2;
    if (lower < options_.start / kSmallestPartOfStart) return std::nullopt;
    return lower;
  }
  if (*missed_ <= *best_ * (1 + options_.precision)) return std::nullopt;
  return (*best_ + *missed_) / 2;
}

void RateSearch::Tell(double rate, bool kept) {
  if (kept) {
    best_ = std::max(best_.value_or(rate), rate);
  } else {
    missed_ = std::min(missed_.value_or(rate), rate);
  }
}

}  // namespace harness
