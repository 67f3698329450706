// One neutral form for the three JSON formats in which k6 writes the result of
// a load test. Source: recorded output of k6 2.2.0 (tests/testdata/k6).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/json/json.h"

namespace launchgate::evidence {

enum class K6Format {
  kHandleSummary,    // handleSummary(data): thresholds."expr".ok, true = passed.
  kSummaryExport,    // --summary-export: thresholds."expr", true = FAILED.
  kMachineReadable,  // --new-machine-readable-summary: carries no threshold results.
};
std::string_view ToString(K6Format format);

struct K6Threshold {
  std::string metric;
  std::string expression;
  bool passed = false;
};

struct K6Summary {
  K6Format format = K6Format::kHandleSummary;
  std::vector<K6Threshold> thresholds;
  double requests = 0;                    // http_reqs, whole run.
  std::optional<double> request_rate;     // http_reqs per second.
  std::map<std::string, double> latency;  // http_req_duration in ms by percentile: "95" → 6.78.
  std::optional<double> error_rate;       // http_req_failed: the failed share, 0 to 1.
  std::optional<base::Time> recorded_at;  // Only kMachineReadable tells.
};

inline constexpr std::size_t kMaxK6Metrics = 2000;
inline constexpr std::size_t kMaxK6Thresholds = 500;

// kInvalid when the document is not one of the three formats, mixes them, or
// has a figure of the wrong type; the message names the field.
base::Result<K6Summary> ParseK6Summary(const json::Json& document);

}  // namespace launchgate::evidence
