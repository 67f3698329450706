#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/evidence/judging.h"
#include "core/evidence/k6_summary.h"
#include "core/evidence/verify.h"

namespace launchgate::evidence {
namespace {

using internal::Shortfall;
using internal::Unknown;
using resources::LoadTestSpec;

constexpr internal::Words kWords{"the load test", "ran", "LoadTestPassed", "run it again"};

// Thresholds named in a message; the rest is only counted.
constexpr std::size_t kMaxNamedThresholds = 3;
constexpr std::size_t kMaxThresholdNameBytes = 120;

void CheckThresholds(const K6Summary& summary, std::vector<Shortfall>& shortfalls) {
  std::vector<std::string> failed;
  std::size_t count = 0;
  for (const K6Threshold& threshold : summary.thresholds) {
    if (threshold.passed) continue;
    ++count;
    // The names are the document's: what they say is bounded and made printable.
    if (failed.size() == kMaxNamedThresholds) continue;
    failed.push_back(
        base::Printable(threshold.metric + " " + threshold.expression, kMaxThresholdNameBytes));
  }
  if (failed.empty()) return;
  shortfalls.push_back(
      {"ThresholdsFailed", fmt::format("{} of {} k6 thresholds failed: {}", count,
                                       summary.thresholds.size(), base::JoinWords(failed))});
}

void CheckRequestRate(const LoadTestSpec& spec, const K6Summary& summary,
                      std::vector<Shortfall>& shortfalls) {
  if (!spec.min_request_rate || *summary.request_rate >= *spec.min_request_rate) return;
  shortfalls.push_back(
      {"RequestRateTooLow", fmt::format("{} requests/s were achieved, at least {} are required",
                                        base::FormatDecimal(*summary.request_rate, 1),
                                        base::FormatDecimal(*spec.min_request_rate))});
}

void CheckLatency(const LoadTestSpec& spec, const K6Summary& summary,
                  std::vector<Shortfall>& shortfalls) {
  if (!spec.max_latency) return;
  const double observed = summary.latency.at(spec.max_latency->percentile_text);
  const auto limit = static_cast<double>(spec.max_latency->threshold.count());
  if (observed <= limit) return;
  shortfalls.push_back(
      {"LatencyTooHigh",
       fmt::format("p{} was {} ms, at most {} ms are allowed", spec.max_latency->percentile_text,
                   base::FormatDecimal(observed, 1), base::FormatDecimal(limit))});
}

void CheckErrorRate(const LoadTestSpec& spec, const K6Summary& summary,
                    std::vector<Shortfall>& shortfalls) {
  if (!spec.max_error_rate || *summary.error_rate <= *spec.max_error_rate) return;
  shortfalls.push_back(
      {"ErrorRateTooHigh", fmt::format("{} % of the requests failed, at most {} % are allowed",
                                       base::FormatDecimal(*summary.error_rate * 100, 2),
                                       base::FormatDecimal(*spec.max_error_rate * 100, 2))});
}

// A limit that the summary has no figure for cannot be judged.
std::optional<Finding> MissingFigure(const LoadTestSpec& spec, const K6Summary& summary) {
  if (summary.requests <= 0) {
    return Unknown("NoRequests", "the summary counts no HTTP request (http_reqs)");
  }
  if (spec.min_request_rate && !summary.request_rate) {
    return Unknown("FigureMissing", "the summary has no request rate (http_reqs)");
  }
  if (spec.max_error_rate && !summary.error_rate) {
    return Unknown("FigureMissing", "the summary has no error rate (http_req_failed)");
  }
  if (spec.max_latency && !summary.latency.contains(spec.max_latency->percentile_text)) {
    return Unknown("FigureMissing",
                   fmt::format("the summary has no p({0}) of http_req_duration; add \"p({0})\" "
                               "to summaryTrendStats",
                               spec.max_latency->percentile_text));
  }
  return std::nullopt;
}

// Somebody must have said what good means: thresholds in the script, or, for
// the format that carries no threshold results, limits in the review.
bool HasYardstick(const LoadTestSpec& spec, const K6Summary& summary) {
  if (summary.format != K6Format::kMachineReadable) return !summary.thresholds.empty();
  return spec.min_request_rate || spec.max_latency || spec.max_error_rate;
}

void RecordFacts(const K6Summary& summary, Finding& finding) {
  finding.facts["format"] = ToString(summary.format);
  finding.facts["requests"] = base::FormatDecimal(summary.requests, 0);
  if (summary.request_rate) {
    finding.facts["requestRate"] = base::FormatDecimal(*summary.request_rate, 1) + "/s";
  }
  if (summary.error_rate) {
    finding.facts["errorRate"] = base::FormatDecimal(*summary.error_rate * 100, 2) + "%";
  }
  for (const char* percentile : {"50", "95", "99"}) {
    const auto found = summary.latency.find(percentile);
    if (found == summary.latency.end()) continue;
    finding.facts[std::string("p") + percentile] = base::FormatDecimal(found->second, 2) + "ms";
  }
  const auto passed = std::ranges::count_if(summary.thresholds, &K6Threshold::passed);
  finding.facts["thresholds"] = fmt::format("{}/{} passed", passed, summary.thresholds.size());
}

}  // namespace

Finding VerifyLoadTest(const LoadTestSpec& spec, const Document& document, base::Time now) {
  const auto parsed = json::ParseStrict(document.body);
  if (!parsed) return Unknown("Malformed", "the k6 summary is not JSON: " + parsed.error().message);
  const auto summary = ParseK6Summary(*parsed);
  if (!summary) return Unknown("Malformed", summary.error().message);

  Finding finding;
  RecordFacts(*summary, finding);
  const auto unknown = [&](std::string reason, std::string message) {
    Finding result = Unknown(std::move(reason), std::move(message));
    result.facts = finding.facts;
    return result;
  };
  if (!HasYardstick(spec, *summary)) {
    return unknown("NoThresholds",
                   "the summary carries no threshold, so nobody said what good means; add "
                   "thresholds to the k6 script");
  }
  if (const auto missing = MissingFigure(spec, *summary)) {
    return unknown(missing->reason, missing->message);
  }
  finding.observed_at = summary->recorded_at ? summary->recorded_at : document.recorded_at;
  if (const auto undated = internal::WhyUndated(finding.observed_at, kWords, now)) {
    return unknown(undated->reason, undated->message);
  }
  std::vector<Shortfall> shortfalls;
  CheckThresholds(*summary, shortfalls);
  CheckRequestRate(spec, *summary, shortfalls);
  CheckLatency(spec, *summary, shortfalls);
  CheckErrorRate(spec, *summary, shortfalls);
  internal::Conclude(shortfalls, kWords, spec.max_age, now, finding);
  return finding;
}

}  // namespace launchgate::evidence
