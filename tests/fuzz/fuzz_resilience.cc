// Fault-injection reports from anywhere: nothing crashes, messages are bounded,
// and a pass means that every slow step kept the deadline and that a breaker
// opened while the dependency failed.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "core/evidence/verify.h"

namespace {

using launchgate::base::Time;
using launchgate::evidence::Document;
using launchgate::evidence::Finding;
using launchgate::evidence::FindingStatus;
using launchgate::resources::ResilienceSpec;
using nlohmann::json;

constexpr std::size_t kMaxMessageBytes = 1024;  // Of a finding in a status.
constexpr Time kNow = std::chrono::sys_days(std::chrono::year(2026) / 11 / 23);

void Require(bool condition) {
  if (!condition) std::abort();
}

ResilienceSpec Strict() {
  ResilienceSpec spec;
  spec.max_age = std::chrono::hours(24 * 30);
  spec.max_latency = {99, "99", std::chrono::milliseconds(600)};
  spec.max_recovery_time = std::chrono::seconds(10);
  return spec;
}

ResilienceSpec Lenient() {
  ResilienceSpec spec;
  spec.max_age = std::chrono::hours(24 * 30);
  return spec;
}

bool Opened(const json& breaker) {
  if (breaker.is_object()) return breaker.at("opened") > 0;
  for (const json& transition : breaker) {
    if (transition.at("to") == "open") return true;
  }
  return false;
}

void CheckPass(const json& report) {
  const auto deadline = launchgate::base::ParseDuration(report.at("deadline").get<std::string>());
  Require(deadline.has_value());
  bool slow = false;
  bool opened = false;
  for (const json& step : report.at("steps")) {
    const std::string fault = step.at("fault");
    if (fault == "latency" || fault == "hang") {
      slow = true;
      Require(step.at("overDeadline") == 0 && step.at("requests") > 0);
      Require(step.at("latency").at("max").get<double>() <= static_cast<double>(deadline->count()));
    }
    opened = opened || (fault == "errors" && step.contains("breaker") && Opened(step["breaker"]));
  }
  Require(slow && opened);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string body(reinterpret_cast<const char*>(data), size);
  bool passed_strictly = false;
  for (const ResilienceSpec& spec : {Strict(), Lenient()}) {
    const Finding finding = VerifyResilience(spec, Document{body, std::nullopt}, kNow);
    Require(!finding.reason.empty() && finding.message.size() <= kMaxMessageBytes);
    const bool passed = finding.status == FindingStatus::kPass;
    if (passed) CheckPass(json::parse(body));
    // What passes with limits passes without them.
    Require(passed || !passed_strictly);
    passed_strictly = passed;
  }
  return 0;
}
