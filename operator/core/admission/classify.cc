#include "core/admission/classify.h"

#include <algorithm>

#include "core/admission/switches.h"
#include "core/base/text.h"

namespace launchgate::admission::internal {
namespace {

using base::ErrorKind;
using base::Fail;
using decision::Change;
using decision::GateMode;
using resources::TargetKind;
using resources::TargetRef;

constexpr std::string_view kCreates = "creates it";
constexpr std::string_view kScalesFromZero = "scales it up from zero";
constexpr std::string_view kDebugs = "adds a container to the running pod";

bool IsKindOf(const KindRow& row, const Envelope& e) {
  const bool version_known =
      !e.version.empty() &&
      std::find(row.versions.begin(), row.versions.end(), e.version) != row.versions.end();
  return version_known && e.group == row.group && e.kind == row.kind;
}

// What the object in the request must be, for each subresource we know.
bool IsKnownRequest(const KindRow& row, const Envelope& e) {
  const bool on_update = e.operation == Operation::kUpdate;
  const bool pod = row.resource == "pods";
  if (e.subresource.empty()) return IsKindOf(row, e);
  if (e.subresource == "status") return on_update && IsKindOf(row, e);
  if (e.subresource == "scale") {
    return on_update && row.has_scale && e.group == "autoscaling" && e.version == "v1" &&
           e.kind == "Scale";
  }
  if (e.subresource == "ephemeralcontainers") {
    // Until 1.22 the body was a kind of its own.
    const bool old_kind = e.group.empty() && e.version == "v1" && e.kind == "EphemeralContainers";
    return on_update && pod && (old_kind || IsKindOf(row, e));
  }
  return false;
}

base::Result<const KindRow*> FindRow(const Envelope& e) {
  const KindRow* row = FindResource(e.resource_group, e.resource);
  if (row != nullptr && IsKnownRequest(*row, e)) return row;
  std::string what(e.resource);
  if (!e.subresource.empty()) what.append("/").append(e.subresource);
  return Fail(ErrorKind::kInvalid, "the gate does not know " + base::Quote(what) + " of group " +
                                       base::Quote(e.resource_group) + " with an object of kind " +
                                       base::Quote(e.kind) + " and version " +
                                       base::Quote(e.version));
}

struct Owner {
  std::string_view group;
  std::string_view kind;
  std::string_view name;
};

// The one owner that is the controller; nothing if there is none or several.
base::Result<std::optional<Owner>> ControllerOf(const Element& object) {
  const auto references = ListAt(object, "metadata.ownerReferences");
  if (!references) return tl::unexpected(references.error());
  if (!*references) return std::nullopt;
  std::optional<Owner> owner;
  for (const Element reference : ItemsOf(**references)) {
    const auto controls = BooleanAt(reference, "controller");
    if (!controls) return tl::unexpected(controls.error());
    if (!*controls) continue;
    const auto api_version = TextAt(reference, "apiVersion");
    const auto kind = TextAt(reference, "kind");
    const auto name = TextAt(reference, "name");
    const auto uid = TextAt(reference, "uid");
    if (!api_version || !kind || !name || !uid || uid->empty() || owner) return std::nullopt;
    owner = Owner{GroupOf(*api_version), *kind, *name};
  }
  return owner;
}

// Did the controller we expect make this child of the owner it says it has?
base::Result<bool> IsExplained(const KindRow& row, const Envelope& e, const Element& object,
                               const ControllerIdentities& identities) {
  const auto owner = ControllerOf(object);
  if (!owner) return tl::unexpected(owner.error());
  if (!*owner) return false;
  return std::any_of(
      identities.children.begin(), identities.children.end(), [&](const ChildRule& rule) {
        return rule.child == row.kind && rule.username == e.username &&
               rule.owner_group == (*owner)->group && rule.owner_kind == (*owner)->kind;
      });
}

// The kubelet shows its static Pods through the API; denying the mirror would
// not stop the Pod. Nodes may write nothing but Pods bound to themselves.
base::Result<bool> IsMirrorPod(const KindRow& row, const Envelope& e) {
  if (row.resource != "pods" || !e.object) return false;
  const auto annotations = ObjectAt(*e.object, "metadata.annotations");
  if (!annotations) return tl::unexpected(annotations.error());
  if (!*annotations || !Member(**annotations, "kubernetes.io/config.mirror")) return false;
  return InGroup(e, "system:nodes");
}

base::Result<bool> IsChildExplained(const KindRow& row, const Envelope& e,
                                    const ControllerIdentities& identities) {
  if (!e.subresource.empty()) return false;  // Controllers write their children themselves.
  if (e.operation == Operation::kUpdate) return IsExplained(row, e, *e.old_object, identities);
  auto mirror = IsMirrorPod(row, e);
  if (!mirror || *mirror) return mirror;
  return IsExplained(row, e, *e.object, identities);
}

// Why the request is a launch change; empty if it is not.
base::Result<std::string_view> FindLaunch(const KindRow& row, const Envelope& e,
                                          const ControllerIdentities& identities) {
  if (e.operation == Operation::kCreate) return kCreates;
  if (e.subresource == "ephemeralcontainers") return kDebugs;
  if (e.subresource == "scale") {
    constexpr ReleaseSwitch kScale{"spec.replicas", Rule::kZeroToMore, kScalesFromZero};
    // A Scale leaves zero out, unlike the workloads.
    const auto was = IntegerAt(*e.old_object, kScale.path, 0);
    if (!was) return tl::unexpected(was.error());
    const auto is = IntegerAt(*e.object, kScale.path, 0);
    if (!is) return tl::unexpected(is.error());
    return *was <= 0 && *is > 0 ? kScale.what : std::string_view();
  }
  const bool by_rollout_controller =
      std::find(identities.rollout_controllers.begin(), identities.rollout_controllers.end(),
                e.username) != identities.rollout_controllers.end();
  for (const ReleaseSwitch& release : row.switches) {
    if (release.rollout_controller_may && by_rollout_controller) continue;
    const auto pulled = IsPulled(release, *e.old_object, *e.object);
    if (!pulled) return tl::unexpected(pulled.error());
    if (*pulled) return release.what;
  }
  return std::string_view();
}

// A Rollout may take its template from a Deployment. What that one runs is what
// the Rollout would run, if exactly one review has seen it. (THREATS T13.)
base::Status ResolveWorkloadRef(const Element& workload_ref, const decision::GateIndex& index,
                                Change& change) {
  change.template_unresolved = true;
  const auto api_version = TextAt(workload_ref, "apiVersion");
  const auto kind = TextAt(workload_ref, "kind");
  const auto name = TextAt(workload_ref, "name");
  if (!api_version || !kind || !name) return WrongType("spec.workloadRef", "a reference");
  if (resources::ParseTargetKind(GroupOf(*api_version), *kind) != TargetKind::kDeployment) {
    return {};
  }
  const decision::TargetFacts* facts =
      index.Find(TargetRef{TargetKind::kDeployment, change.ns, std::string(*name)});
  if (facts == nullptr || facts->reviews.size() != 1) return {};
  change.template_hash = facts->reviews.front()->live_template_hash;
  change.template_unresolved = change.template_hash.empty();
  return {};
}

base::Status FillTemplate(const KindRow& row, const Envelope& e, const decision::GateIndex& index,
                          Change& change) {
  const auto pod_template = PodTemplateAt(*e.object, row.template_path);
  if (!pod_template) return tl::unexpected(pod_template.error());
  if (row.target == TargetKind::kRollout) {
    const auto workload_ref = ObjectAt(*e.object, "spec.workloadRef");
    if (!workload_ref) return tl::unexpected(workload_ref.error());
    if (*workload_ref && *pod_template) {
      change.template_unresolved = true;  // Argo accepts only one; which one is not ours to guess.
      return {};
    }
    if (*workload_ref) return ResolveWorkloadRef(**workload_ref, index, change);
  }
  if (!*pod_template) return WrongType(row.template_path, "a pod template with containers");
  change.template_hash = HashOfTemplate(**pod_template);
  return {};
}

// A person scales up or edits a ReplicaSet: its owner's review decides, and the
// template is the owner's but for one label. (THREATS T12.)
base::Status FillFromOwner(const KindRow& row, const Envelope& e, Change& change) {
  const auto owner = ControllerOf(*e.old_object);
  if (!owner) return tl::unexpected(owner.error());
  if (!*owner) return {};
  const auto kind = resources::ParseTargetKind((*owner)->group, (*owner)->kind);
  const bool deployment = kind == TargetKind::kDeployment;
  if (!deployment && kind != TargetKind::kRollout) return {};
  const auto pod_template = PodTemplateAt(*e.object, row.template_path);
  if (!pod_template) return tl::unexpected(pod_template.error());
  if (!*pod_template) return WrongType(row.template_path, "a pod template with containers");
  auto hash = HashOfTemplateWithoutLabel(
      **pod_template, deployment ? "pod-template-hash" : "rollouts-pod-template-hash");
  if (!hash) return tl::unexpected(hash.error());
  change.target = TargetRef{*kind, change.ns, std::string((*owner)->name)};
  change.template_hash = *std::move(hash);
  return {};
}

base::Status Fill(const KindRow& row, const Envelope& e, const decision::GateIndex& index,
                  Change& change) {
  if (!e.subresource.empty() && e.subresource != "status") return {};  // No template inside.
  if (row.target) return FillTemplate(row, e, index, change);
  const bool update = e.operation == Operation::kUpdate;
  return update && row.resource == "replicasets" ? FillFromOwner(row, e, change) : base::Status();
}

base::Result<std::string_view> NameOf(const Envelope& e) {
  // Empty with generateName on some servers; the object then has the name made.
  if (!e.name.empty() || !e.object) return e.name;
  return TextAt(*e.object, "metadata.name");
}

}  // namespace

base::Result<Change> Classify(const Envelope& e, const decision::GateIndex& index,
                              const ControllerIdentities& identities) {
  const auto found = FindRow(e);
  if (!found) return tl::unexpected(found.error());
  const KindRow& row = **found;
  if (e.ns.empty()) return WrongType("namespace", "present");
  const auto name = NameOf(e);
  if (!name) return tl::unexpected(name.error());

  Change change;
  change.ns = e.ns;
  change.kind = row.kind;
  change.name = *name;
  if (row.target) change.target = TargetRef{*row.target, change.ns, change.name};
  change.launch = false;
  if (e.operation == Operation::kDelete) return change;

  if (row.gated == Gated::kInStrictOnly) {
    // A namespace that this replica has not seen may well be a strict one.
    const GateMode mode = index.ModeOf(e.ns);
    if (mode != GateMode::kStrict && mode != GateMode::kUnknown) return change;
    const auto explained = IsChildExplained(row, e, identities);
    if (!explained) return tl::unexpected(explained.error());
    if (*explained) return change;
  }
  const auto launch = FindLaunch(row, e, identities);
  if (!launch) return tl::unexpected(launch.error());
  if (launch->empty()) return change;
  change.launch = true;
  change.what = *launch;
  if (auto filled = Fill(row, e, index, change); !filled) return tl::unexpected(filled.error());
  return change;
}

}  // namespace launchgate::admission::internal
