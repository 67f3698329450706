// Live objects and PodDisruptionBudgets in any shape: nothing crashes, messages
// are bounded, and a pass means that every container has what is asked and that
// a budget which limits disruption is there.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/evidence/verify.h"

namespace {

using launchgate::base::Time;
using launchgate::evidence::Finding;
using launchgate::evidence::FindingStatus;
using launchgate::evidence::LiveWorkload;
using launchgate::resources::TargetKind;
using launchgate::resources::WorkloadSpec;
using nlohmann::json;

constexpr std::size_t kMaxMessageBytes = 1024;  // Of a finding in a status.

void Require(bool condition) {
  if (!condition) std::abort();
}

constexpr const char* kBudget = R"({"apiVersion":"policy/v1","spec":{"minAvailable":1,
  "selector":{}}})";
constexpr const char* kDeployment = R"({"spec":{"replicas":2,"template":{"metadata":{"labels":{
  "app":"a","tier":"b"}},"spec":{"containers":[{"name":"a","image":"a",
  "readinessProbe":{"exec":{}},"resources":{"limits":{"cpu":"1","memory":"1Mi"}}}]}}}})";

bool Passes(const WorkloadSpec& spec, const LiveWorkload& live) {
  const Finding finding = VerifyWorkload(spec, live, Time{});
  Require(!finding.reason.empty() && finding.message.size() <= kMaxMessageBytes);
  Require(finding.status != FindingStatus::kStale);
  return finding.status == FindingStatus::kPass;
}

const json& PodOf(const json& object, TargetKind kind) {
  const json& spec = object.at("spec");
  const json& owner = kind == TargetKind::kCronJob ? spec.at("jobTemplate").at("spec") : spec;
  return owner.at("template").at("spec");
}

void CheckObject(const std::string& text, TargetKind kind) {
  WorkloadSpec spec;
  spec.require_image_digests = true;
  if (!Passes(spec, {kind, text, {kBudget}})) return;
  const json object = json::parse(text);
  for (const json& container : PodOf(object, kind).at("containers")) {
    Require(kind == TargetKind::kCronJob || !container.at("readinessProbe").empty());
    Require(container.at("image").get<std::string>().find("@sha256:") != std::string::npos);
    const json& limits = container.at("resources").at("limits");
    Require(limits.contains("cpu") && limits.contains("memory"));
  }
  if (kind == TargetKind::kCronJob || kind == TargetKind::kDaemonSet) return;
  Require(object.at("spec").at("replicas") >= spec.min_replicas);
}

void CheckBudget(const std::string& text) {
  if (!Passes(WorkloadSpec{}, {TargetKind::kDeployment, kDeployment, {text}})) return;
  const json spec = json::parse(text).at("spec");
  Require(spec.at("selector").is_object());
  Require(spec.contains("minAvailable") || spec.contains("maxUnavailable"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const TargetKind kind :
       {TargetKind::kDeployment, TargetKind::kStatefulSet, TargetKind::kDaemonSet,
        TargetKind::kCronJob, TargetKind::kRollout}) {
    CheckObject(text, kind);
  }
  CheckBudget(text);
  return 0;
}
