// Reading what Prometheus answers, so that nothing doubtful is ever taken for a
// number: empty, several series, NaN, infinite, warnings, errors and what is not
// JSON each have a reason. (THREATS T47; format: prometheus.io/docs, "HTTP API".)
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "core/base/time.h"
#include "core/evidence/finding.h"
#include "core/evidence/verify.h"

namespace launchgate::evidence {

struct Sample {
  base::Time at{};
  double value = 0;  // Finite.
};

struct Series {
  std::map<std::string, std::string> labels;
  std::vector<Sample> samples;  // In the order of time.
};

inline constexpr std::size_t kMaxSeries = 1000;
inline constexpr std::size_t kMaxSamplesPerSeries = 11'000;  // As Prometheus itself.

// The one sample of an instant query (a scalar, or a vector of one element), or
// the Unknown finding that says why there is no such thing: QueryFailed (an
// error that Prometheus names, 4xx), ServerError (5xx and 429), Malformed,
// QueryWarnings, QueryEmpty, QueryManySeries, QueryNotFinite, SampleStale (older
// than kMaxSampleAge before `asked_at`).
tl::expected<Sample, Finding> SingleSample(const PrometheusAnswer& answer, base::Time asked_at);
inline constexpr base::Duration kMaxSampleAge = std::chrono::minutes(5);

// The one series of a range query, with the same reasons.
tl::expected<Series, Finding> SingleSeries(const PrometheusAnswer& answer);

}  // namespace launchgate::evidence
