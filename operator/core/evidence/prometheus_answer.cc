#include "core/evidence/prometheus_answer.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "core/base/text.h"
#include "core/evidence/judging.h"

namespace launchgate::evidence {
namespace {

using json::Json;

constexpr int kOk = 200;
constexpr int kTooManyRequests = 429;
// A number as Go writes it has at most about 25 characters.
constexpr std::size_t kMaxNumberLength = 64;
// The end of the year 9999, in seconds.
constexpr double kLastSecond = 253'402'300'799;

tl::unexpected<Finding> Unknown(std::string reason, std::string message) {
  return tl::unexpected<Finding>(internal::Unknown(std::move(reason), std::move(message)));
}

tl::unexpected<Finding> Malformed(std::string_view why) {
  return Unknown("Malformed", fmt::format("the answer of Prometheus cannot be read: {}", why));
}

const Json* Find(const Json& object, std::string_view key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

// The text under `key`; empty when there is none.
std::string TextOf(const Json& object, std::string_view key) {
  const Json* value = Find(object, key);
  return value != nullptr && value->is_string() ? value->get<std::string>() : "";
}

// What Prometheus says about an error, as far as it says something.
std::string ErrorText(const Json& document) {
  const std::string type = TextOf(document, "errorType");
  const std::string error = TextOf(document, "error");
  if (type.empty() && error.empty()) return "";
  return fmt::format(" ({})", base::Printable(type + ": " + error, base::kMaxQuotedBytes));
}

// What an answer with another status than 200 means.
tl::unexpected<Finding> Refusal(const PrometheusAnswer& answer) {
  const int status = answer.http_status;
  const auto document = json::ParseStrict(answer.body);
  const std::string error = document ? ErrorText(*document) : "";
  const std::string message = fmt::format("Prometheus answered {}{}", status, error);
  if (status >= 500 || status == kTooManyRequests) return Unknown("ServerError", message);
  if (status >= 400) return Unknown("QueryFailed", message);
  return Malformed(fmt::format("its status is {}, not 200", status));
}

// Says so when the answer admits that it may be incomplete.
std::optional<Finding> WhyIncomplete(const Json& document) {
  // Servers that answer from several stores say it like this.
  if (const Json* partial = Find(document, "isPartial")) {
    if (!partial->is_boolean()) return Malformed("isPartial is not true or false").value();
    if (partial->get<bool>()) {
      return internal::Unknown("QueryWarnings", "Prometheus says that its answer is partial");
    }
  }
  const Json* warnings = Find(document, "warnings");
  if (warnings == nullptr || (warnings->is_array() && warnings->empty())) return std::nullopt;
  if (!warnings->is_array() || !warnings->front().is_string()) {
    return Malformed("warnings is not a list of texts").value();
  }
  return internal::Unknown(
      "QueryWarnings", fmt::format("Prometheus warns about its answer: {}",
                                   base::Quote(warnings->front().get_ref<const std::string&>())));
}

// Digits with an optional sign, fraction and exponent, as Go writes them.
std::optional<double> ParseNumber(std::string_view text) {
  const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.size() > kMaxNumberLength || digits.empty()) return std::nullopt;
  if (!is_digit(digits.front()) || !is_digit(digits.back())) return std::nullopt;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<base::Time> ParseTimestamp(const Json& value) {
  if (!value.is_number()) return std::nullopt;
  const double seconds = value.get<double>();
  if (!(seconds >= 0 && seconds <= kLastSecond)) return std::nullopt;
  return base::Time(base::Duration(std::llround(seconds * 1000)));
}

// [seconds, "number"]
tl::expected<Sample, Finding> ReadSample(const Json& pair) {
  if (!pair.is_array() || pair.size() != 2) return Malformed("a sample is not a pair");
  const auto at = ParseTimestamp(pair[0]);
  if (!at) return Malformed("the time of a sample is not a number of seconds");
  if (!pair[1].is_string()) return Malformed("the value of a sample is not text");
  const std::string& text = pair[1].get_ref<const std::string&>();
  if (text == "NaN" || text == "+Inf" || text == "-Inf") {
    return Unknown("QueryNotFinite", fmt::format("the query gives {}, which is no number", text));
  }
  const auto number = ParseNumber(text);
  if (!number) return Malformed("the value of a sample is not a number");
  return Sample{*at, *number};
}

tl::unexpected<Finding> NotOneSeries(std::size_t count) {
  if (count == 0) {
    return Unknown("QueryEmpty",
                   "the query gives nothing: no series matches, or it has no samples at that time");
  }
  const std::string shown =
      count > kMaxSeries ? fmt::format("more than {}", kMaxSeries) : std::to_string(count);
  return Unknown("QueryManySeries",
                 fmt::format("the query gives {} series; aggregate them to one", shown));
}

// Why an element of a vector or matrix is none: it has a metric of texts and `values`.
std::optional<Finding> WhyNoElement(const Json& element, std::string_view values) {
  const Json* metric = Find(element, "metric");
  if (metric == nullptr || !metric->is_object()) {
    return Malformed("a series has no metric").value();
  }
  for (const auto& [label, value] : metric->items()) {
    if (!value.is_string()) return Malformed("the value of a label is not text").value();
  }
  if (Find(element, "histogram") != nullptr || Find(element, "histograms") != nullptr) {
    return Malformed("the query gives a native histogram, not a number").value();
  }
  if (Find(element, values) == nullptr) {
    return Malformed(fmt::format("a series has no {}", values)).value();
  }
  return std::nullopt;
}

tl::expected<const Json*, Finding> SingleElement(const Json& result, std::string_view values) {
  if (!result.is_array()) return Malformed("result is not a list");
  if (result.size() != 1) return NotOneSeries(result.size());
  if (auto why = WhyNoElement(result.front(), values)) return tl::unexpected(*std::move(why));
  return &result.front();
}

tl::expected<Sample, Finding> SampleIn(const Json& data) {
  const std::string type = TextOf(data, "resultType");
  const Json* result = Find(data, "result");
  if (type.empty() || result == nullptr) return Malformed("data has no resultType and result");
  if (type == "scalar") return ReadSample(*result);
  if (type != "vector") {
    return Malformed(fmt::format("the query gives a {}, not a number", base::Quote(type)));
  }
  const auto element = SingleElement(*result, "value");
  if (!element) return tl::unexpected(element.error());
  return ReadSample((**element)["value"]);
}

tl::expected<std::vector<Sample>, Finding> ReadSamples(const Json& values) {
  if (!values.is_array()) return Malformed("values is not a list");
  if (values.empty()) return NotOneSeries(0);
  if (values.size() > kMaxSamplesPerSeries) {
    return Malformed(fmt::format("a series has more than {} samples", kMaxSamplesPerSeries));
  }
  std::vector<Sample> samples;
  samples.reserve(values.size());
  for (const Json& pair : values) {
    const auto sample = ReadSample(pair);
    if (!sample) return tl::unexpected(sample.error());
    if (!samples.empty() && sample->at <= samples.back().at) {
      return Malformed("the samples of a series are not in the order of time");
    }
    samples.push_back(*sample);
  }
  return samples;
}

// Why a sample is not one of the instant that was asked for.
std::optional<Finding> WhyNotOf(base::Time asked_at, const Sample& sample) {
  const std::string at = base::FormatTime(sample.at);
  if (sample.at < asked_at - kMaxSampleAge) {
    return Unknown("SampleStale",
                   fmt::format("the sample is of {}, more than {} before it was asked for", at,
                               base::FormatDuration(kMaxSampleAge)))
        .value();
  }
  if (sample.at > asked_at + kMaxClockSkew) {
    return Unknown("TimeInFuture", fmt::format("the sample is dated in the future: {}", at))
        .value();
  }
  return std::nullopt;
}

}  // namespace

tl::expected<Json, Finding> DataOf(const PrometheusAnswer& answer) {
  if (answer.http_status != kOk) return Refusal(answer);
  auto document = json::ParseStrict(answer.body, {.max_bytes = kMaxAnswerBytes});
  if (!document) return Malformed("it is not JSON: " + document.error().message);
  const std::string status = TextOf(*document, "status");
  if (status == "error") {
    return Unknown("QueryFailed", "Prometheus reports an error" + ErrorText(*document));
  }
  if (status != "success") return Malformed("status is neither success nor error");
  if (Find(*document, "error") != nullptr || Find(*document, "errorType") != nullptr) {
    return Malformed("it reports success and an error");
  }
  if (auto incomplete = WhyIncomplete(*document)) return tl::unexpected(std::move(*incomplete));
  const auto data = document->find("data");
  if (data == document->end()) return Malformed("it has no data");
  return std::move(*data);
}

tl::expected<Sample, Finding> SingleSample(const PrometheusAnswer& answer, base::Time asked_at) {
  const auto data = DataOf(answer);
  if (!data) return tl::unexpected(data.error());
  auto sample = SampleIn(*data);
  if (!sample) return sample;
  if (auto why = WhyNotOf(asked_at, *sample)) return tl::unexpected(*std::move(why));
  return sample;
}

tl::expected<std::map<std::string, Sample>, Finding> SamplesBy(std::string_view label,
                                                               const PrometheusAnswer& answer,
                                                               base::Time asked_at) {
  const auto data = DataOf(answer);
  if (!data) return tl::unexpected(data.error());
  const Json* result = Find(*data, "result");
  if (TextOf(*data, "resultType") != "vector" || result == nullptr || !result->is_array()) {
    return Malformed("the query gives no vector");
  }
  if (result->empty() || result->size() > kMaxSeries) return NotOneSeries(result->size());
  std::map<std::string, Sample> samples;
  for (const Json& element : *result) {
    if (auto why = WhyNoElement(element, "value")) return tl::unexpected(*std::move(why));
    const auto sample = ReadSample(element["value"]);
    if (!sample) return tl::unexpected(sample.error());
    if (auto why = WhyNotOf(asked_at, *sample)) return tl::unexpected(*std::move(why));
    if (!samples.emplace(TextOf(element["metric"], label), *sample).second) {
      return NotOneSeries(result->size());
    }
  }
  return samples;
}

tl::expected<Series, Finding> SingleSeries(const PrometheusAnswer& answer) {
  const auto data = DataOf(answer);
  if (!data) return tl::unexpected(data.error());
  const Json* result = Find(*data, "result");
  const std::string type = TextOf(*data, "resultType");
  if (type.empty() || result == nullptr) return Malformed("data has no resultType and result");
  if (type != "matrix") {
    return Malformed(fmt::format("a range query gives a matrix, not a {}", base::Quote(type)));
  }
  const auto element = SingleElement(*result, "values");
  if (!element) return tl::unexpected(element.error());
  auto samples = ReadSamples((**element)["values"]);
  if (!samples) return tl::unexpected(samples.error());
  Series series;
  series.samples = std::move(*samples);
  for (const auto& [label, value] : (**element)["metric"].items()) {
    series.labels.emplace(label, value.get<std::string>());
  }
  return series;
}

}  // namespace launchgate::evidence
