#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/text.h"
#include "core/evidence/drill.h"
#include "core/evidence/judging.h"
#include "core/json/reader.h"

namespace launchgate::evidence::internal {
namespace {

using json::Json;
using json::Reader;

constexpr const char* kDataLossAnnotation = "launchgate.dev/data-loss";
constexpr std::size_t kMaxConditions = 64;

tl::unexpected<Finding> No(std::string reason, std::string message) {
  return tl::unexpected(Unknown(std::move(reason), std::move(message)));
}

std::optional<base::Time> CreatedAt(Reader& object) {
  return object.Object("metadata").OptionalTime("creationTimestamp");
}

void ReadDataLoss(Reader& object, Drill& drill) {
  drill.data_loss =
      object.Object("metadata").Object("annotations").OptionalDuration(kDataLossAnnotation);
}

// From the start to the end; an object that ends before it starts is complained of.
void ReadRecoveryTime(Reader& status, std::string_view start_field, std::string_view end_field,
                      Drill& drill) {
  const auto start = status.OptionalTime(start_field);
  const auto end = status.OptionalTime(end_field);
  if (!start || !end) return;
  if (*end < *start) {
    status.Complain(end_field, "must not be before " + std::string(start_field));
    return;
  }
  drill.recovery_time = *end - *start;
}

// A finished Job has exactly one of the two conditions. Should it have both,
// the failure counts.
ReadDrill DrillOfJob(Reader& job) {
  Drill drill;
  drill.form = "Job";
  ReadDataLoss(job, drill);
  Reader status = job.Object("status");
  bool complete = false;
  bool failed = false;
  for (Reader& condition : status.ObjectList("conditions", kMaxConditions)) {
    if (condition.Text("status") != "True") continue;
    const std::string type = condition.Text("type");
    complete = complete || type == "Complete";
    if (type != "Failed") continue;
    failed = true;
    drill.restored_at = condition.OptionalTime("lastTransitionTime");
    drill.outcome =
        "the Job failed: " +
        base::Printable(condition.Text("reason", "no reason given"), kMaxDrillWordBytes);
  }
  if (failed) {
    if (!drill.restored_at) drill.restored_at = CreatedAt(job);
    return drill;
  }
  if (!complete) return No("DrillRunning", "the Job that restores has not finished yet");
  // A Job of no completions is complete at once.
  if (status.Integer("succeeded", 0) < 1) {
    return No("NothingRestored", "the Job is complete, but no pod of it succeeded");
  }
  drill.succeeded = true;
  drill.restored_at = status.OptionalTime("completionTime");
  ReadRecoveryTime(status, "startTime", "completionTime", drill);
  return drill;
}

constexpr std::array<std::string_view, 7> kUnfinishedPhases = {
    "",
    "New",
    "InProgress",
    "WaitingForPluginOperations",
    "WaitingForPluginOperationsPartiallyFailed",
    "Finalizing",
    "FinalizingPartiallyFailed"};
constexpr std::array<std::string_view, 3> kFailedPhases = {"PartiallyFailed", "Failed",
                                                           "FailedValidation"};

ReadDrill DrillOfRestore(Reader& restore) {
  Drill drill;
  drill.form = "Restore";
  ReadDataLoss(restore, drill);
  Reader status = restore.Object("status");
  const std::string phase = status.Text("phase");
  const std::int64_t errors = status.Integer("errors", 0);
  drill.restored_at = status.OptionalTime("completionTimestamp");
  if (std::ranges::count(kUnfinishedPhases, phase) != 0) {
    return No("DrillRunning", "the Velero Restore has not finished yet");
  }
  if (std::ranges::count(kFailedPhases, phase) != 0 || errors != 0) {
    drill.outcome = fmt::format("the Velero Restore ended as {} with {} errors",
                                base::Printable(phase, kMaxDrillWordBytes), errors);
    // One that does not pass validation never starts, and so never ends.
    if (!drill.restored_at) drill.restored_at = status.OptionalTime("startTimestamp");
    if (!drill.restored_at) drill.restored_at = CreatedAt(restore);
    return drill;
  }
  if (phase != "Completed") {
    return No("Malformed",
              "status.phase is not a phase of a Velero Restore: " + base::Quote(phase));
  }
  if (status.Has("progress") && status.Object("progress").Integer("itemsRestored", 0) < 1) {
    return No("NothingRestored", "the Velero Restore is completed, but restored no item");
  }
  drill.succeeded = true;
  ReadRecoveryTime(status, "startTimestamp", "completionTimestamp", drill);
  return drill;
}

std::string_view GroupOf(std::string_view api_version) {
  const std::size_t slash = api_version.find('/');
  return slash == std::string_view::npos ? "" : api_version.substr(0, slash);
}

}  // namespace

ReadDrill DrillOfObject(const resources::EvidenceSource::ObjectRef& named,
                        const Document& document) {
  const std::string_view group = GroupOf(named.api_version);
  const bool is_job = group == "batch" && named.kind == "Job";
  const bool is_restore = group == "velero.io" && named.kind == "Restore";
  if (!is_job && !is_restore) {
    return No("UnsupportedObject",
              fmt::format("a drill is read from a Job (batch/v1) or a Restore (velero.io/v1), "
                          "not from {} ({})",
                          base::Quote(named.kind), base::Quote(named.api_version)));
  }
  const auto parsed = json::ParseStrict(document.body, {.max_bytes = kMaxObjectBytes});
  if (!parsed) return No("Malformed", "the object is not JSON: " + parsed.error().message);
  std::vector<json::Problem> problems;
  Reader object(*parsed, "object", problems);
  if (object.Text("kind", named.kind) != named.kind ||
      GroupOf(object.Text("apiVersion", named.api_version)) != group) {
    object.Complain("kind", "must be what the review names: " + named.kind);
  }
  ReadDrill drill = is_job ? DrillOfJob(object) : DrillOfRestore(object);
  if (!problems.empty()) return No("Malformed", json::Summarize(problems));
  if (drill && !drill->restored_at) drill->restored_at = document.recorded_at;
  return drill;
}

}  // namespace launchgate::evidence::internal
