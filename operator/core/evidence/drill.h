// One tried restore, in one neutral form whatever tells of it: our drill record,
// a Job, a Velero Restore, or a time from Prometheus. Internal to this module.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "core/base/time.h"
#include "core/evidence/finding.h"
#include "core/evidence/verify.h"

namespace launchgate::evidence::internal {

struct Drill {
  std::string_view form;                   // "record", "Job", "Restore", "prometheus".
  std::optional<base::Time> restored_at;   // When the restore ended, well or badly.
  std::optional<base::Time> backup_taken;  // Of the backup that was restored.
  bool succeeded = false;
  std::string outcome;  // Why not, in a few printable words; empty when it succeeded.
  std::optional<base::Duration> recovery_time;
  std::optional<base::Duration> data_loss;
  std::size_t checks = 0;                  // Comparisons of the restored data that were made,
  std::vector<std::string> failed_checks;  // and the printable names of some that did not match.
  std::size_t failed_check_count = 0;
  std::size_t drills = 1;  // Restores in the document; this is the newest of them.
};

// The drill, or the Unknown finding that says why there is none to judge.
using ReadDrill = tl::expected<Drill, Finding>;

inline constexpr std::size_t kMaxDrills = 1000;  // In one record.
inline constexpr std::size_t kMaxDrillChecks = 100;
inline constexpr std::size_t kMaxNamedChecks = 3;
inline constexpr std::size_t kMaxDrillWordBytes = 64;  // Of a name that a message repeats.
// A little more than an API server stores of one object.
inline constexpr std::size_t kMaxObjectBytes = 2U << 20U;

// The newest restore of a drill record (docs/evidence.md): NoDrills, Malformed.
ReadDrill NewestInRecord(const Document& document);

// The restore that a batch Job or a Velero Restore made: UnsupportedObject,
// DrillRunning, NothingRestored, Malformed. `named` is what the review asks for.
ReadDrill DrillOfObject(const resources::EvidenceSource::ObjectRef& named,
                        const Document& document);

// The instant query's sample is the Unix time in seconds of the last restore
// that succeeded: NoDrills for 0, Malformed for what is no time, or a reason of
// prometheus_answer.h.
ReadDrill DrillOfSample(const Document& document, base::Time now);

}  // namespace launchgate::evidence::internal
