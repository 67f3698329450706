#include "app/workloads.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "core/admission/template_hash.h"
#include "core/json/json.h"

namespace launchgate::app {
namespace {

using json::Json;
using resources::TargetKind;

kube::InformerOptions Follow(const kube::ResourceType& type, std::uint64_t seed) {
  kube::InformerOptions options;
  options.type = type;
  options.seed = seed;
  return options;
}

kube::Informer<WorkloadRecord>::Decoder DecoderOf(TargetKind kind) {
  return [kind](const kube::RawObject& object) { return DecodeWorkload(object, kind); };
}

bool IsRunning(const Json& spec, TargetKind kind) {
  if (kind == TargetKind::kDaemonSet) return true;
  if (kind == TargetKind::kCronJob) {
    const auto suspend = spec.find("suspend");
    return suspend == spec.end() || !suspend->is_boolean() || !suspend->get<bool>();
  }
  const auto replicas = spec.find("replicas");
  // Absent counts as one, as the API server's default does.
  return replicas == spec.end() || !replicas->is_number_integer() ||
         replicas->get<std::int64_t>() > 0;
}

std::string DeploymentWithTemplate(const Json& spec) {
  const auto reference = spec.find("workloadRef");
  if (reference == spec.end() || !reference->is_object()) return "";
  if (reference->value("kind", "") != "Deployment") return "";
  return reference->value("name", "");
}

}  // namespace

base::Result<WorkloadRecord> DecodeWorkload(const kube::RawObject& object, TargetKind kind) {
  auto parsed = json::ParseTrusted(object.json);
  if (!parsed) return tl::unexpected(parsed.error());
  // Items of a list carry neither; the hash is looked up by them.
  (*parsed)["apiVersion"] = resources::ApiVersionOf(kind);
  (*parsed)["kind"] = resources::ToString(kind);
  WorkloadRecord record;
  record.uid = object.meta.uid;
  const auto spec = parsed->find("spec");
  if (spec == parsed->end() || !spec->is_object()) return record;
  record.running = IsRunning(*spec, kind);
  if (kind == TargetKind::kRollout) record.template_of = DeploymentWithTemplate(*spec);
  const auto hash = admission::TemplateHashOfWorkload(*parsed);
  if (hash) record.template_hash = *hash;
  return record;
}

Workloads::Workloads(const kube::InformerContext& context, const kube::ResourceType& cron_jobs,
                     std::uint64_t seed)
    : deployments_(context, Follow(kube::kDeployments, seed + 11),
                   DecoderOf(TargetKind::kDeployment)),
      stateful_sets_(context, Follow(kube::kStatefulSets, seed + 12),
                     DecoderOf(TargetKind::kStatefulSet)),
      daemon_sets_(context, Follow(kube::kDaemonSets, seed + 13),
                   DecoderOf(TargetKind::kDaemonSet)),
      cron_jobs_(context, Follow(cron_jobs, seed + 14), DecoderOf(TargetKind::kCronJob)),
      rollouts_(context, Follow(kube::kRollouts, seed + 15), DecoderOf(TargetKind::kRollout)) {}

void Workloads::OnChange(const std::function<void(const resources::TargetRef& target)>& handler) {
  const auto of_kind = [&handler](TargetKind kind) {
    return [handler, kind](const kube::Change<WorkloadRecord>& change) {
      handler({kind, change.meta.key.ns, change.meta.key.name});
    };
  };
  deployments_.AddHandler(of_kind(TargetKind::kDeployment));
  stateful_sets_.AddHandler(of_kind(TargetKind::kStatefulSet));
  daemon_sets_.AddHandler(of_kind(TargetKind::kDaemonSet));
  cron_jobs_.AddHandler(of_kind(TargetKind::kCronJob));
  rollouts_.AddHandler(of_kind(TargetKind::kRollout));
}

void Workloads::Start() {
  deployments_.Start();
  stateful_sets_.Start();
  daemon_sets_.Start();
  cron_jobs_.Start();
  rollouts_.Start();
}

void Workloads::Stop() {
  deployments_.Stop();
  stateful_sets_.Stop();
  daemon_sets_.Stop();
  cron_jobs_.Stop();
  rollouts_.Stop();
}

const Workloads::Collection& Workloads::Of(TargetKind kind) const {
  switch (kind) {
    case TargetKind::kDeployment:
      return deployments_;
    case TargetKind::kStatefulSet:
      return stateful_sets_;
    case TargetKind::kDaemonSet:
      return daemon_sets_;
    case TargetKind::kCronJob:
      return cron_jobs_;
    case TargetKind::kRollout:
      return rollouts_;
  }
  return deployments_;
}

std::optional<decision::LiveTarget> Workloads::Find(const resources::TargetRef& target) const {
  const auto record = Of(target.kind).Get({target.ns, target.name});
  if (!record) return std::nullopt;
  decision::LiveTarget live{record->template_hash, record->running};
  if (!record->template_of.empty()) {
    const auto source = deployments_.Get({target.ns, record->template_of});
    live.template_hash = source ? source->template_hash : "";
  }
  return live;
}

std::string Workloads::UidOf(const resources::TargetRef& target) const {
  const auto record = Of(target.kind).Get({target.ns, target.name});
  return record ? record->uid : "";
}

bool Workloads::HasSynced() const {
  const auto rollouts = rollouts_.Health().state;
  return deployments_.HasSynced() && stateful_sets_.HasSynced() && daemon_sets_.HasSynced() &&
         cron_jobs_.HasSynced() &&
         (rollouts == kube::SyncState::kSynced || rollouts == kube::SyncState::kAbsent);
}

}  // namespace launchgate::app
