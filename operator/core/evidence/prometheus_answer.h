// Reading what Prometheus answers, so that nothing doubtful is ever taken for a
// number: empty, several series, NaN, infinite, warnings, errors and what is not
// JSON each have a reason. (THREATS T47; format: prometheus.io/docs, "HTTP API".)
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "core/base/time.h"
#include "core/evidence/finding.h"
#include "core/evidence/verify.h"
#include "core/json/json.h"

namespace launchgate::evidence {

struct Sample {
  base::Time at{};
  double value = 0;  // Finite.
};

struct Series {
  std::map<std::string, std::string> labels;
  std::vector<Sample> samples;  // In the order of time.
};

inline constexpr std::size_t kMaxAnswerBytes = 8U << 20U;
inline constexpr std::size_t kMaxSeries = 1000;
inline constexpr std::size_t kMaxSamplesPerSeries = 11'000;  // As Prometheus itself.

// `data` of a successful answer to any API request, or the Unknown finding that
// says why there is none: QueryFailed (an error that Prometheus names, or 4xx),
// ServerError (5xx and 429), Malformed (not JSON, or not what the API says),
// QueryWarnings (the answer may be incomplete; `infos` are no warnings).
tl::expected<json::Json, Finding> DataOf(const PrometheusAnswer& answer);

// The one sample of an instant query (a scalar, or a vector of one element), or
// the Unknown finding that says why there is no such thing: the reasons of
// DataOf, and QueryEmpty, QueryManySeries, QueryNotFinite, SampleStale (older
// than kMaxSampleAge before `asked_at`), TimeInFuture (more than kMaxClockSkew
// after it). A string, a range of samples and a native histogram are Malformed.
tl::expected<Sample, Finding> SingleSample(const PrometheusAnswer& answer, base::Time asked_at);
inline constexpr base::Duration kMaxSampleAge = std::chrono::minutes(5);

// The samples of an instant query that gives several, told apart by the value
// of one label that every series has and no two share; the same reasons.
tl::expected<std::map<std::string, Sample>, Finding> SamplesBy(std::string_view label,
                                                               const PrometheusAnswer& answer,
                                                               base::Time asked_at);

// The one series of a range query, at least one sample long, every sample
// finite; the same reasons, without those about the sample's age.
tl::expected<Series, Finding> SingleSeries(const PrometheusAnswer& answer);

}  // namespace launchgate::evidence
