#include "core/evidence/k6_summary.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/text.h"

namespace launchgate::evidence {
namespace {

using base::ErrorKind;
using json::Json;

constexpr std::string_view kDuration = "http_req_duration";
constexpr std::string_view kRequests = "http_reqs";
constexpr std::string_view kFailed = "http_req_failed";

tl::unexpected<base::Error> Malformed(std::string message) {
  return base::Fail(ErrorKind::kInvalid, std::move(message));
}

const Json* Find(const Json& object, std::string_view key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

// A figure that is present must be a finite number that is not negative.
base::Result<std::optional<double>> Figure(const Json& values, std::string_view metric,
                                           std::string_view key) {
  const Json* value = Find(values, key);
  if (value == nullptr) return std::nullopt;
  const double number = value->is_number() ? value->get<double>() : -1;
  if (!std::isfinite(number) || number < 0) {
    return Malformed(fmt::format("{}.{} must be a number of at least 0", metric, key));
  }
  return number;
}

// "p(95)" and "p95" → "95"; "med" is the 50th percentile; nothing for "avg".
std::string PercentileOf(std::string_view key) {
  if (key == "med") return "50";
  if (key.size() < 2 || key.front() != 'p') return "";
  key.remove_prefix(1);
  if (key.front() == '(' && key.back() == ')') key = key.substr(1, key.size() - 2);
  return base::ParseDecimal(key) ? std::string(key) : "";
}

base::Status ReadLatency(const Json& values, K6Summary& summary) {
  for (const auto& [key, value] : values.items()) {
    const std::string percentile = PercentileOf(key);
    if (percentile.empty()) continue;
    const auto figure = Figure(values, kDuration, key);
    if (!figure) return tl::unexpected(figure.error());
    if (!summary.latency.emplace(percentile, **figure).second) {
      return Malformed(fmt::format("{} has p({}) twice", kDuration, percentile));
    }
  }
  return {};
}

// The figures of one metric; `values` is where the format keeps them.
base::Status ReadMetric(std::string_view name, const Json& values, std::string_view share_key,
                        K6Summary& summary) {
  if (name == kDuration) return ReadLatency(values, summary);
  if (name == kFailed) {
    const auto share = Figure(values, name, share_key);
    if (!share) return tl::unexpected(share.error());
    if (*share && **share > 1) return Malformed("http_req_failed must be a share of at most 1");
    summary.error_rate = *share;
  }
  if (name == kRequests) {
    const auto count = Figure(values, name, "count");
    if (!count) return tl::unexpected(count.error());
    const auto rate = Figure(values, name, "rate");
    if (!rate) return tl::unexpected(rate.error());
    summary.requests = count->value_or(0);
    summary.request_rate = *rate;
  }
  return {};
}

// The two older formats disagree about what `true` means, so the shape must
// say which one it is: an object with `ok`, or a bare boolean.
base::Result<bool> ThresholdPassed(K6Format format, const Json& result) {
  if (format == K6Format::kSummaryExport && result.is_boolean()) return !result.get<bool>();
  const Json* ok = Find(result, "ok");
  if (format == K6Format::kHandleSummary && ok != nullptr && ok->is_boolean()) {
    return ok->get<bool>();
  }
  return Malformed(
      fmt::format("a threshold result does not have the form of {}", ToString(format)));
}

base::Status ReadThresholds(const std::string& metric, const Json& entry, K6Summary& summary) {
  const Json* thresholds = Find(entry, "thresholds");
  if (thresholds == nullptr) return {};
  if (!thresholds->is_object())
    return Malformed(base::Quote(metric) + ".thresholds must be an object");
  for (const auto& [expression, result] : thresholds->items()) {
    const auto passed = ThresholdPassed(summary.format, result);
    if (!passed) return tl::unexpected(passed.error());
    if (summary.thresholds.size() == kMaxK6Thresholds) {
      return Malformed(fmt::format("must have at most {} thresholds", kMaxK6Thresholds));
    }
    summary.thresholds.push_back({metric, expression, *passed});
  }
  return {};
}

// handleSummary nests figures under `values`; --summary-export does not.
base::Result<K6Summary> ReadOlderFormats(const Json& document, const Json& metrics) {
  K6Summary summary;
  const bool has_state = Find(document, "state") != nullptr;
  summary.format = has_state ? K6Format::kHandleSummary : K6Format::kSummaryExport;
  for (const auto& [name, entry] : metrics.items()) {
    const Json* values = Find(entry, "values");
    if (!entry.is_object() || (values != nullptr) != has_state) {
      return Malformed(fmt::format("metrics.{} does not have the form of {}", base::Quote(name),
                                   ToString(summary.format)));
    }
    const std::string_view share_key = has_state ? "rate" : "value";
    const base::Status read = ReadMetric(name, has_state ? *values : entry, share_key, summary);
    if (!read) return tl::unexpected(read.error());
    const base::Status thresholds = ReadThresholds(name, entry, summary);
    if (!thresholds) return tl::unexpected(thresholds.error());
  }
  return summary;
}

base::Status ReadRunTimes(const Json& document, K6Summary& summary) {
  const Json* config = Find(document, "config");
  const auto seconds = config == nullptr ? base::Result<std::optional<double>>(std::nullopt)
                                         : Figure(*config, "config", "duration");
  if (!seconds) return tl::unexpected(seconds.error());
  if (*seconds && **seconds > 0) summary.request_rate = summary.requests / **seconds;

  const Json* metadata = Find(document, "metadata");
  const Json* generated = metadata == nullptr ? nullptr : Find(*metadata, "generated_at");
  if (generated == nullptr) return {};
  const auto time = generated->is_string() ? base::ParseTime(generated->get<std::string>())
                                           : base::Fail(ErrorKind::kInvalid, "must be text");
  if (!time) return base::Wrap("metadata.generated_at", time.error());
  summary.recorded_at = *time;
  return {};
}

base::Result<K6Summary> ReadMachineReadable(const Json& document, const Json& metrics) {
  K6Summary summary;
  summary.format = K6Format::kMachineReadable;
  std::set<std::string_view> seen;
  for (const Json& entry : metrics) {
    const Json* name = Find(entry, "name");
    const Json* values = Find(entry, "values");
    if (name == nullptr || !name->is_string() || values == nullptr || !values->is_object()) {
      return Malformed("results.metrics must be a list of {name, values}");
    }
    const std::string_view metric = name->get_ref<const std::string&>();
    // A list can name a metric twice, and then nobody knows which one counts.
    if (!seen.insert(metric).second) {
      return Malformed(fmt::format("results.metrics has {} twice", base::Quote(metric)));
    }
    const base::Status read = ReadMetric(metric, *values, "rate", summary);
    if (!read) return tl::unexpected(read.error());
  }
  const base::Status times = ReadRunTimes(document, summary);
  if (!times) return tl::unexpected(times.error());
  return summary;
}

}  // namespace

std::string_view ToString(K6Format format) {
  switch (format) {
    case K6Format::kHandleSummary:
      return "handleSummary";
    case K6Format::kSummaryExport:
      return "summary-export";
    case K6Format::kMachineReadable:
      return "machine-readable";
  }
  return "unknown";
}

base::Result<K6Summary> ParseK6Summary(const Json& document) {
  const Json* older = Find(document, "metrics");
  const Json* results = Find(document, "results");
  const Json* newer = results == nullptr ? nullptr : Find(*results, "metrics");
  if ((older != nullptr) == (newer != nullptr)) {
    return Malformed(
        "must be a k6 summary: written by handleSummary, --summary-export or "
        "--new-machine-readable-summary");
  }
  const Json& metrics = older != nullptr ? *older : *newer;
  if (metrics.size() > kMaxK6Metrics) {
    return Malformed(fmt::format("must have at most {} metrics", kMaxK6Metrics));
  }
  if (older != nullptr && metrics.is_object()) return ReadOlderFormats(document, metrics);
  if (newer != nullptr && metrics.is_array()) return ReadMachineReadable(document, metrics);
  return Malformed("the metrics of a k6 summary have the wrong type");
}

}  // namespace launchgate::evidence
