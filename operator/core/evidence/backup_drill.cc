#include <fmt/format.h>

#include <string>
#include <vector>

#include "core/base/text.h"
#include "core/evidence/drill.h"
#include "core/evidence/judging.h"
#include "core/evidence/verify.h"

namespace launchgate::evidence {
namespace {

using internal::Drill;
using internal::Shortfall;
using internal::Unknown;
using resources::BackupDrillSpec;

constexpr internal::Words kWords{"the restore drill", "ended", "RestoreProven",
                                 "restore a backup again"};

internal::ReadDrill Read(const BackupDrillSpec& spec, const Document& document, base::Time now) {
  if (spec.from.object) return internal::DrillOfObject(*spec.from.object, document);
  if (spec.from.prometheus) return internal::DrillOfSample(document, now);
  return internal::NewestInRecord(document);
}

void RecordFacts(const Drill& drill, Finding& finding) {
  finding.facts["form"] = drill.form;
  finding.facts["drills"] = std::to_string(drill.drills);
  if (drill.restored_at) finding.facts["restoredAt"] = base::FormatTime(*drill.restored_at);
  if (drill.backup_taken) finding.facts["backupTakenAt"] = base::FormatTime(*drill.backup_taken);
  if (drill.recovery_time) {
    finding.facts["recoveryTime"] = base::FormatDuration(*drill.recovery_time);
  }
  if (drill.data_loss) finding.facts["dataLoss"] = base::FormatDuration(*drill.data_loss);
  if (drill.checks > 0) {
    finding.facts["checks"] =
        fmt::format("{}/{} match", drill.checks - drill.failed_check_count, drill.checks);
  }
}

// A limit that there is no figure for cannot be judged. Of a restore that failed
// nobody asks how long it took.
std::optional<std::string> MissingFigure(const BackupDrillSpec& spec, const Drill& drill) {
  if (!drill.succeeded) return std::nullopt;
  if (spec.max_recovery_time && !drill.recovery_time) {
    return "maxRecoveryTime is set, but the drill does not say how long the restore took";
  }
  if (spec.max_data_loss && !drill.data_loss) {
    return "maxDataLoss is set, but the drill does not say how much was lost; an object says it in "
           "the annotation launchgate.dev/data-loss";
  }
  return std::nullopt;
}

std::vector<Shortfall> Judge(const BackupDrillSpec& spec, const Drill& drill) {
  const std::string at = base::FormatTime(*drill.restored_at);
  std::vector<Shortfall> shortfalls;
  if (!drill.succeeded) {
    shortfalls.push_back(
        {"RestoreFailed", fmt::format("the newest restore, of {}, failed: {}", at, drill.outcome)});
  }
  if (!drill.failed_checks.empty()) {
    shortfalls.push_back(
        {"ChecksFailed", fmt::format("{} of {} checks of the data restored at {} did not match: {}",
                                     drill.failed_check_count, drill.checks, at,
                                     base::JoinWords(drill.failed_checks))});
  }
  if (spec.max_recovery_time && drill.recovery_time &&
      *drill.recovery_time > *spec.max_recovery_time) {
    shortfalls.push_back(
        {"RecoveryTooSlow", fmt::format("the restore of {} took {}, at most {} is allowed", at,
                                        base::FormatDuration(*drill.recovery_time),
                                        base::FormatDuration(*spec.max_recovery_time))});
  }
  if (spec.max_data_loss && drill.data_loss && *drill.data_loss > *spec.max_data_loss) {
    shortfalls.push_back(
        {"DataLossTooHigh", fmt::format("the restore of {} lost {} of data, at most {} is allowed",
                                        at, base::FormatDuration(*drill.data_loss),
                                        base::FormatDuration(*spec.max_data_loss))});
  }
  return shortfalls;
}

}  // namespace

Finding VerifyBackupDrill(const BackupDrillSpec& spec, const Document& document, base::Time now) {
  const internal::ReadDrill drill = Read(spec, document, now);
  if (!drill) return drill.error();

  Finding finding;
  RecordFacts(*drill, finding);
  const auto unknown = [&](std::string reason, std::string message) {
    Finding result = Unknown(std::move(reason), std::move(message));
    result.facts = finding.facts;
    return result;
  };
  if (const auto missing = MissingFigure(spec, *drill)) return unknown("FigureMissing", *missing);
  finding.observed_at = drill->restored_at;
  if (const auto undated = internal::WhyUndated(finding.observed_at, kWords, now)) {
    return unknown(undated->reason, undated->message);
  }
  internal::Conclude(Judge(spec, *drill), kWords, spec.max_age, now, finding);
  return finding;
}

}  // namespace launchgate::evidence
