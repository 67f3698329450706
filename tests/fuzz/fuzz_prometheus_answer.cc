// What a Prometheus server, or something in between, answers: reading it never
// crashes, and what is taken for a number is finite, fresh and in order.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/evidence/prometheus_answer.h"

namespace {

using namespace launchgate;
using namespace launchgate::evidence;

constexpr std::size_t kLongestMessage = 1024;

void Require(bool condition) {
  if (!condition) std::abort();
}

void CheckUnknown(const Finding& finding) {
  Require(finding.status == FindingStatus::kUnknown && !finding.reason.empty());
  Require(!finding.message.empty() && finding.message.size() <= kLongestMessage);
}

}  // namespace

// The first byte picks the status, the rest is the body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  constexpr int kStatuses[] = {200, 200, 200, 400, 422, 503, 302};
  const PrometheusAnswer answer{kStatuses[data[0] % std::size(kStatuses)],
                                std::string(reinterpret_cast<const char*>(data) + 1, size - 1)};
  const base::Time asked_at{std::chrono::seconds(1'795'392'000)};

  if (const auto sample = SingleSample(answer, asked_at)) {
    Require(answer.http_status == 200 && std::isfinite(sample->value));
    Require(sample->at >= asked_at - kMaxSampleAge && sample->at <= asked_at + kMaxClockSkew);
  } else {
    CheckUnknown(sample.error());
  }
  if (const auto series = SingleSeries(answer)) {
    Require(!series->samples.empty() && series->samples.size() <= kMaxSamplesPerSeries);
    for (std::size_t i = 0; i < series->samples.size(); ++i) {
      Require(std::isfinite(series->samples[i].value));
      Require(i == 0 || series->samples[i - 1].at < series->samples[i].at);
    }
  } else {
    CheckUnknown(series.error());
  }
  return 0;
}
