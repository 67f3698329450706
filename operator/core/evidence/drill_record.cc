#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/text.h"
#include "core/evidence/drill.h"
#include "core/evidence/judging.h"
#include "core/evidence/prometheus_answer.h"
#include "core/json/reader.h"

namespace launchgate::evidence::internal {
namespace {

using json::Json;
using json::Reader;

// 9999-12-31T23:59:59Z: later seconds are mostly milliseconds by mistake.
constexpr double kLastUnixSecond = 253402300799.0;
constexpr int kHttpOk = 200;

tl::unexpected<Finding> No(std::string reason, std::string message) {
  return tl::unexpected(Unknown(std::move(reason), std::move(message)));
}

// Comparisons of the restored data with the original: "match" or "mismatch".
void ReadChecks(Reader& entry, Drill& drill) {
  Reader checks = entry.Object("checks");
  drill.checks = checks.value().size();
  if (drill.checks > kMaxDrillChecks) {
    entry.Complain("checks", fmt::format("must have at most {} checks", kMaxDrillChecks));
    return;
  }
  for (const auto& [name, result] : checks.value().items()) {
    if (result == "match") continue;
    if (result != "mismatch") {
      checks.Complain(name, "must be \"match\" or \"mismatch\"");
      continue;
    }
    ++drill.failed_check_count;
    if (drill.failed_checks.size() == kMaxNamedChecks) continue;
    drill.failed_checks.push_back(base::Printable(name, kMaxDrillWordBytes));
  }
}

Drill ReadEntry(Reader& entry, std::optional<base::Time> time_of_source) {
  entry.RefuseUnknownFields({"restoredAt", "succeeded", "recoveryTime", "dataLoss", "backupTakenAt",
                             "checks", "backup", "environment", "notes"});
  Drill drill;
  drill.form = "record";
  drill.restored_at = entry.OptionalTime("restoredAt");
  if (!entry.Has("restoredAt")) drill.restored_at = time_of_source;
  if (!entry.Has("succeeded")) entry.Complain("succeeded", "must be set");
  drill.succeeded = entry.Boolean("succeeded", false);
  if (!drill.succeeded) drill.outcome = "it is recorded as failed";
  drill.recovery_time = entry.OptionalDuration("recoveryTime");
  drill.data_loss = entry.OptionalDuration("dataLoss");
  drill.backup_taken = entry.OptionalTime("backupTakenAt");
  if (drill.backup_taken && drill.restored_at && *drill.backup_taken > *drill.restored_at) {
    entry.Complain("backupTakenAt", "must not be later than restoredAt");
  }
  for (const char* field : {"backup", "environment", "notes"}) entry.Text(field);
  ReadChecks(entry, drill);
  return drill;
}

// A list, or the fields of the only drill at the top of the document.
std::vector<Drill> ReadEntries(Reader& root, std::optional<base::Time> time_of_source) {
  std::vector<Drill> drills;
  if (!root.Has("drills")) {
    drills.push_back(ReadEntry(root, time_of_source));
    return drills;
  }
  root.RefuseUnknownFields({"drills"});
  std::vector<Reader> entries = root.ObjectList("drills", kMaxDrills);
  const bool only = entries.size() == 1;
  for (Reader& entry : entries) {
    // The source's time cannot say which of several drills is the newest.
    if (!only && !entry.Has("restoredAt")) entry.Complain("restoredAt", "must be set");
    drills.push_back(ReadEntry(entry, only ? time_of_source : std::nullopt));
  }
  return drills;
}

}  // namespace

ReadDrill NewestInRecord(const Document& document) {
  const auto parsed = json::ParseStrict(document.body);
  if (!parsed) return No("Malformed", "the drill record is not JSON: " + parsed.error().message);
  std::vector<json::Problem> problems;
  Reader root(*parsed, "record", problems);
  std::vector<Drill> drills = ReadEntries(root, document.recorded_at);
  if (!problems.empty()) return No("Malformed", json::Summarize(problems));
  if (drills.empty()) return No("NoDrills", "the record has no restore drill");

  const auto newest = std::ranges::max_element(drills, {}, &Drill::restored_at);
  if (std::ranges::count(drills, newest->restored_at, &Drill::restored_at) > 1) {
    return No("Malformed", "record.drills: more than one has the newest restoredAt, " +
                               base::FormatTime(*newest->restored_at));
  }
  newest->drills = drills.size();
  return std::move(*newest);
}

ReadDrill DrillOfSample(const Document& document, base::Time now) {
  // A kept answer is judged again later; what counts is when it was asked for.
  const base::Time asked_at = document.recorded_at.value_or(now);
  const auto sample = SingleSample({kHttpOk, document.body}, asked_at);
  if (!sample) return tl::unexpected(sample.error());
  if (sample->value == 0) {
    return No("NoDrills", "the query answers 0: no restore has succeeded yet");
  }
  if (!std::isfinite(sample->value) || sample->value < 0 || sample->value > kLastUnixSecond) {
    return No("Malformed", "the query must answer a Unix time in seconds, not " +
                               base::FormatDecimal(sample->value, 0));
  }
  Drill drill;
  drill.form = "prometheus";
  drill.succeeded = true;
  drill.restored_at = base::Time(base::Duration(static_cast<std::int64_t>(sample->value * 1000)));
  return drill;
}

}  // namespace launchgate::evidence::internal
