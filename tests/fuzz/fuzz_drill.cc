// Restore drills from anywhere: nothing crashes, messages are bounded, and a
// pass is never given to a record with a newer failure, to a Job that did not
// complete, or to a Restore that is in another phase than Completed.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "core/evidence/verify.h"

namespace {

using launchgate::base::Time;
using launchgate::evidence::Document;
using launchgate::evidence::Finding;
using launchgate::evidence::FindingStatus;
using launchgate::resources::BackupDrillSpec;
using nlohmann::json;

constexpr std::size_t kMaxMessageBytes = 1024;  // Of a finding in a status.
constexpr Time kNow = std::chrono::sys_days(std::chrono::year(2026) / 11 / 23);

void Require(bool condition) {
  if (!condition) std::abort();
}

BackupDrillSpec Spec() {
  BackupDrillSpec spec;
  spec.max_age = std::chrono::hours(24 * 30);
  spec.max_recovery_time = std::chrono::minutes(30);
  return spec;
}

BackupDrillSpec FromObject(const char* api_version, const char* kind) {
  BackupDrillSpec spec = Spec();
  spec.from.object = {api_version, kind, "drill"};
  return spec;
}

Finding Judge(const BackupDrillSpec& spec, const std::string& body) {
  Finding finding = VerifyBackupDrill(spec, Document{body, std::nullopt}, kNow);
  Require(!finding.reason.empty() && finding.message.size() <= kMaxMessageBytes);
  if (finding.status == FindingStatus::kPass) {
    Require(finding.observed_at && finding.valid_until > kNow);
    Require(*finding.observed_at <= kNow + launchgate::evidence::kMaxClockSkew);
  }
  return finding;
}

void CheckRecord(const std::string& body) {
  const Finding finding = Judge(Spec(), body);
  if (finding.status != FindingStatus::kPass) return;
  const json record = json::parse(body);
  const json drills = record.contains("drills") ? record["drills"] : json::array({record});
  for (const json& drill : drills) {
    const auto at = launchgate::base::ParseTime(drill.at("restoredAt").get<std::string>());
    Require(at && *at <= *finding.observed_at);
    if (*at == *finding.observed_at) Require(drill.at("succeeded") == true);
  }
}

void CheckJob(const std::string& body) {
  if (Judge(FromObject("batch/v1", "Job"), body).status != FindingStatus::kPass) return;
  const json status = json::parse(body).at("status");
  bool complete = false;
  for (const json& condition : status.at("conditions")) {
    if (condition.value("status", "") != "True") continue;
    complete = complete || condition.value("type", "") == "Complete";
    Require(condition.value("type", "") != "Failed");
  }
  Require(complete && status.at("succeeded") >= 1);
}

void CheckRestore(const std::string& body) {
  if (Judge(FromObject("velero.io/v1", "Restore"), body).status != FindingStatus::kPass) return;
  Require(json::parse(body).at("status").at("phase") == "Completed");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string body(reinterpret_cast<const char*>(data), size);
  CheckRecord(body);
  CheckJob(body);
  CheckRestore(body);

  BackupDrillSpec metric = Spec();
  metric.from.prometheus = {"main", "last_restore"};
  // A time alone says nothing about the recovery time that is asked for.
  Require(Judge(metric, body).status != FindingStatus::kPass);
  metric.max_recovery_time.reset();
  Judge(metric, body);
  return 0;
}
