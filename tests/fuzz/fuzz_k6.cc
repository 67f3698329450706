// Results of k6 in whatever shape: nothing crashes, messages are bounded, and a
// pass is never given to a run with a threshold that it failed, without a request,
// or without anybody having said what good means.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "core/evidence/k6_summary.h"
#include "core/evidence/verify.h"
#include "core/json/json.h"

namespace {

using launchgate::base::Time;
using launchgate::evidence::Document;
using launchgate::evidence::Finding;
using launchgate::evidence::FindingStatus;
using launchgate::evidence::K6Format;
using launchgate::evidence::K6Threshold;
using launchgate::resources::LoadTestSpec;

constexpr std::size_t kMaxMessageBytes = 4096;  // Cut to 1024 when it is stored.
constexpr Time kNow = std::chrono::sys_days(std::chrono::year(2026) / 11 / 23);

void Require(bool condition) {
  if (!condition) std::abort();
}

LoadTestSpec Spec() {
  LoadTestSpec spec;
  spec.max_age = std::chrono::hours(24 * 30);
  return spec;
}

LoadTestSpec Strict() {
  LoadTestSpec spec = Spec();
  spec.min_request_rate = 100;
  spec.max_error_rate = 0.01;
  spec.max_latency = {95, "95", std::chrono::milliseconds(250)};
  return spec;
}

Finding Judge(const LoadTestSpec& spec, const std::string& body) {
  Finding finding = VerifyLoadTest(spec, Document{body, kNow}, kNow);
  Require(!finding.reason.empty() && finding.message.size() <= kMaxMessageBytes);
  Require(finding.facts.size() <= launchgate::resources::kMaxFacts);
  return finding;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string body(reinterpret_cast<const char*>(data), size);
  const Finding lenient = Judge(Spec(), body);
  const Finding strict = Judge(Strict(), body);
  // More limits never make a pass of what was none, where thresholds are told.
  const auto document = launchgate::json::ParseStrict(body);
  const auto summary =
      document ? launchgate::evidence::ParseK6Summary(*document) : tl::unexpected(document.error());
  if (!summary) {
    Require(lenient.status == FindingStatus::kUnknown && strict.status == FindingStatus::kUnknown);
    return 0;
  }
  const bool all_passed = std::ranges::all_of(summary->thresholds, &K6Threshold::passed);
  for (const Finding* finding : {&lenient, &strict}) {
    if (finding->status != FindingStatus::kPass) continue;
    Require(all_passed && summary->requests > 0);
    Require(!summary->thresholds.empty() || summary->format == K6Format::kMachineReadable);
  }
  if (strict.status == FindingStatus::kPass) {
    Require(*summary->request_rate >= 100 && *summary->error_rate <= 0.01);
    Require(summary->latency.at("95") <= 250);
  }
  return 0;
}
