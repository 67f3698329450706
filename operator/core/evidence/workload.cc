#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/base/text.h"
#include "core/evidence/disruption_budget.h"
#include "core/evidence/judging.h"
#include "core/evidence/verify.h"
#include "core/json/reader.h"

namespace launchgate::evidence {
namespace {

using internal::Shortfall;
using internal::Unknown;
using json::Json;
using json::Reader;
using resources::TargetKind;
using resources::WorkloadSpec;

constexpr std::size_t kMaxWorkloadBytes = 4U << 20U;
constexpr std::size_t kMaxContainers = 200;  // Of each of the three lists.
// Containers named in a message; the rest is only counted.
constexpr std::size_t kMaxNamedContainers = 3;
constexpr std::size_t kMaxContainerNameBytes = 63;
constexpr std::string_view kDigestMark = "@sha256:";
constexpr std::size_t kDigestDigits = 64;

constexpr std::array<std::string_view, 4> kProbeHandlers = {"httpGet", "tcpSocket", "exec", "grpc"};

struct Container {
  std::string name;      // Printable.
  bool runs_on = false;  // Alongside the others: not an init container that ends.
  bool ephemeral = false;
  bool ready_probe = false;
  std::string lacks_requests;  // "cpu", "memory", "cpu and memory"; empty: lacks none.
  std::string lacks_limits;
  bool pinned = false;
};

// What is judged, read out of the live object.
struct Workload {
  std::vector<Container> containers;
  internal::Labels labels;
  std::int64_t replicas = 1;
  std::string budget;  // The PodDisruptionBudget that protects it; empty: none does.
  std::optional<std::string> unreadable_budget;  // Why one could not be read.
};

bool HasReplicas(TargetKind kind) {
  return kind != TargetKind::kDaemonSet && kind != TargetKind::kCronJob;
}

// More than nothing: "0", "0m" and "0Gi" ask for nothing.
bool IsAmount(Reader& list, std::string_view resource) {
  if (!list.Has(resource)) return false;
  const Json& value = list.value().at(std::string(resource));
  if (value.is_number()) return value.get<double>() > 0;
  if (!value.is_string()) {
    list.Complain(resource, "must be a quantity");
    return false;
  }
  const std::string_view text = value.get_ref<const std::string&>();
  const std::string_view mantissa = text.substr(0, text.find_first_not_of("+.0123456789"));
  return mantissa.find_first_of("123456789") != std::string_view::npos;
}

void ReadResources(Reader& entry, Container& container) {
  Reader resources = entry.Object("resources");
  Reader requests = resources.Object("requests");
  Reader limits = resources.Object("limits");
  std::vector<std::string> no_request;
  std::vector<std::string> no_limit;
  for (const char* resource : {"cpu", "memory"}) {
    const bool limited = IsAmount(limits, resource);
    if (!limited) no_limit.emplace_back(resource);
    // A pod without the request gets the limit as its request.
    const bool requested = requests.Has(resource) ? IsAmount(requests, resource) : limited;
    if (!requested) no_request.emplace_back(resource);
  }
  container.lacks_requests = base::JoinWords(no_request);
  container.lacks_limits = base::JoinWords(no_limit);
}

bool HasHandler(const Reader& probe) {
  return std::ranges::any_of(kProbeHandlers,
                             [&](std::string_view handler) { return probe.Has(handler); });
}

bool IsPinned(std::string_view image) {
  const std::size_t mark = image.find(kDigestMark);
  if (mark == std::string_view::npos || mark == 0) return false;
  const std::string_view digits = image.substr(mark + kDigestMark.size());
  return digits.size() == kDigestDigits &&
         digits.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

void ReadContainers(Reader& pod, std::string_view field, std::vector<Container>& containers) {
  for (Reader& entry : pod.ObjectList(field, kMaxContainers)) {
    Container container;
    container.name = base::Printable(entry.RequiredText("name"), kMaxContainerNameBytes);
    container.ephemeral = field == "ephemeralContainers";
    // An init container that restarts always is a sidecar: it stays.
    container.runs_on = field == "containers" ||
                        (field == "initContainers" && entry.Text("restartPolicy") == "Always");
    container.ready_probe = HasHandler(entry.Object("readinessProbe"));
    container.pinned = IsPinned(entry.Text("image"));
    ReadResources(entry, container);
    containers.push_back(std::move(container));
  }
}

void ReadLabels(Reader labels, internal::Labels& result) {
  for (const auto& [key, value] : labels.value().items()) {
    if (value.is_string()) {
      result.emplace(key, value.get_ref<const std::string&>());
    } else {
      labels.Complain(key, "must be text");
    }
  }
}

Workload Read(TargetKind kind, Reader& object) {
  Workload workload;
  const std::string_view word = resources::ToString(kind);
  if (object.Text("kind", std::string(word)) != word) {
    object.Complain("kind", "must be that of the review's target, " + std::string(word));
  }
  Reader spec = object.Object("spec", true);
  workload.replicas = spec.Integer("replicas", 1);
  if (workload.replicas < 0) spec.Complain("replicas", "must not be negative");
  Reader owner =
      kind == TargetKind::kCronJob ? spec.Object("jobTemplate", true).Object("spec", true) : spec;
  Reader pod_template = owner.Object("template", true);
  ReadLabels(pod_template.Object("metadata").Object("labels"), workload.labels);
  Reader pod = pod_template.Object("spec", true);
  ReadContainers(pod, "containers", workload.containers);
  if (workload.containers.empty()) pod.Complain("containers", "must have a container");
  ReadContainers(pod, "initContainers", workload.containers);
  ReadContainers(pod, "ephemeralContainers", workload.containers);
  return workload;
}

void FindBudget(const std::vector<std::string>& budgets, Workload& workload) {
  for (const std::string& text : budgets) {
    const auto budget = json::ParseStrict(text, {.max_bytes = kMaxWorkloadBytes});
    const auto protects = budget ? internal::Protects(*budget, workload.labels, workload.replicas)
                                 : tl::unexpected(budget.error());
    if (!protects) {
      workload.unreadable_budget = protects.error().message;
    } else if (*protects) {
      std::vector<json::Problem> ignored;
      workload.budget = Reader(*budget, "", ignored).Object("metadata").Text("name", "unnamed");
      return;
    }
  }
}

// A budget for one pod would only stop nodes from being drained.
bool LacksBudget(const WorkloadSpec& spec, TargetKind kind, const Workload& workload) {
  const bool may_be_one = !spec.single_replica_reason.empty() && workload.replicas <= 1;
  return spec.require_disruption_budget && HasReplicas(kind) && !may_be_one &&
         workload.budget.empty();
}

// "api (cpu), worker and 2 more".
class Offenders {
 public:
  void Add(const Container& container, const std::string& detail = "") {
    ++count_;
    if (named_.size() == kMaxNamedContainers) return;
    named_.push_back(detail.empty() ? container.name : container.name + " (" + detail + ")");
  }
  bool any() const { return count_ > 0; }
  std::string Text() const {
    std::vector<std::string> words = named_;
    if (count_ > words.size()) words.push_back(fmt::format("{} more", count_ - words.size()));
    return base::JoinWords(words);
  }

 private:
  std::vector<std::string> named_;
  std::size_t count_ = 0;
};

void CheckContainers(TargetKind kind, const Workload& workload,
                     std::vector<Shortfall>& shortfalls) {
  Offenders probes;
  Offenders requests;
  Offenders limits;
  for (const Container& container : workload.containers) {
    if (container.ephemeral) continue;  // May have neither.
    const bool needs_probe = kind != TargetKind::kCronJob && container.runs_on;
    if (needs_probe && !container.ready_probe) probes.Add(container);
    if (!container.lacks_requests.empty()) requests.Add(container, container.lacks_requests);
    if (!container.lacks_limits.empty()) limits.Add(container, container.lacks_limits);
  }
  if (probes.any()) {
    shortfalls.push_back({"ReadinessProbeMissing", "no readiness probe: " + probes.Text()});
  }
  if (requests.any()) {
    shortfalls.push_back({"RequestsMissing", "no resource request: " + requests.Text()});
  }
  if (limits.any()) {
    shortfalls.push_back({"LimitsMissing", "no resource limit: " + limits.Text()});
  }
}

void CheckReplicas(const WorkloadSpec& spec, TargetKind kind, const Workload& workload,
                   std::vector<Shortfall>& shortfalls) {
  const int required = spec.single_replica_reason.empty() ? spec.min_replicas : 1;
  if (HasReplicas(kind) && workload.replicas < required) {
    shortfalls.push_back({"TooFewReplicas", fmt::format("spec.replicas is {}, at least {} must run",
                                                        workload.replicas, required)});
  }
  // Of a budget that cannot be read nobody knows whether it is the missing one.
  if (!LacksBudget(spec, kind, workload) || workload.unreadable_budget) return;
  shortfalls.push_back({"DisruptionBudgetMissing",
                        "no PodDisruptionBudget of the namespace selects the pods and keeps at "
                        "least one of them"});
}

void CheckImages(const WorkloadSpec& spec, const Workload& workload,
                 std::vector<Shortfall>& shortfalls) {
  if (!spec.require_image_digests) return;
  Offenders unpinned;
  for (const Container& container : workload.containers) {
    if (!container.pinned) unpinned.Add(container);
  }
  if (!unpinned.any()) return;
  shortfalls.push_back(
      {"ImageNotPinned", "the image is not named by digest (@sha256:...): " + unpinned.Text()});
}

void RecordFacts(TargetKind kind, const Workload& workload, Finding& finding) {
  const auto& containers = workload.containers;
  const auto pinned = std::ranges::count_if(containers, &Container::pinned);
  const auto running = std::ranges::count_if(containers, &Container::runs_on);
  finding.facts["kind"] = resources::ToString(kind);
  finding.facts["containers"] = std::to_string(running);
  finding.facts["imagesByDigest"] = fmt::format("{}/{}", pinned, containers.size());
  if (!HasReplicas(kind)) return;
  finding.facts["replicas"] = std::to_string(workload.replicas);
  finding.facts["disruptionBudget"] =
      workload.budget.empty() ? "none" : base::Printable(workload.budget, base::kMaxQuotedBytes);
}

// Everything judged is watched, so that neither a pass nor a failure has an end.
Finding Concluded(const std::vector<Shortfall>& shortfalls, bool lacks_budget,
                  const Workload& workload, Finding finding) {
  if (!shortfalls.empty()) {
    finding.status = FindingStatus::kFail;
    finding.reason = shortfalls.front().reason;
    for (const Shortfall& shortfall : shortfalls) {
      finding.message += (finding.message.empty() ? "" : "; ") + shortfall.message;
    }
  } else if (lacks_budget) {
    finding.reason = "Malformed";
    finding.message = "a PodDisruptionBudget cannot be read: " + *workload.unreadable_budget;
  } else {
    finding.status = FindingStatus::kPass;
    finding.reason = "WorkloadReady";
    finding.message = "the workload has everything that is asked of it";
  }
  return finding;
}

}  // namespace

Finding VerifyWorkload(const WorkloadSpec& spec, const LiveWorkload& live, base::Time /*now*/) {
  const auto parsed = json::ParseStrict(live.object, {.max_bytes = kMaxWorkloadBytes});
  if (!parsed) return Unknown("Malformed", "the target is not JSON: " + parsed.error().message);
  std::vector<json::Problem> problems;
  Reader object(*parsed, "target", problems);
  if (live.kind == TargetKind::kRollout && object.Object("spec").Has("workloadRef")) {
    return Unknown("TemplateElsewhere",
                   "the Rollout takes its pod template from another workload (spec.workloadRef); "
                   "put the template into the Rollout");
  }
  Workload workload = Read(live.kind, object);
  if (!problems.empty()) return Unknown("Malformed", json::Summarize(problems));
  if (HasReplicas(live.kind)) FindBudget(live.disruption_budgets, workload);

  Finding finding;
  RecordFacts(live.kind, workload, finding);
  std::vector<Shortfall> shortfalls;
  CheckContainers(live.kind, workload, shortfalls);
  CheckReplicas(spec, live.kind, workload, shortfalls);
  CheckImages(spec, workload, shortfalls);
  return Concluded(shortfalls, LacksBudget(spec, live.kind, workload), workload,
                   std::move(finding));
}

}  // namespace launchgate::evidence
