#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/text.h"
#include "core/evidence/judging.h"
#include "core/evidence/resilience_report.h"
#include "core/evidence/verify.h"
#include "core/json/json.h"

namespace launchgate::evidence {
namespace {

using internal::Shortfall;
using internal::Unknown;
using resources::ResilienceSpec;
using Steps = std::vector<ResilienceStep>;

constexpr internal::Words kWords{"the fault injection", "took place", "ResilienceProven",
                                 "run it again"};

// More failed requests than this before any fault: the service was broken, or
// the load was, and the report says nothing about faults.
constexpr double kMaxBaselineErrorShare = 0.05;

std::string Milliseconds(double value) { return base::FormatDecimal(value, 1) + " ms"; }

// "step 3 (latency, 2000 ms)", counted from 1 as people do.
std::string Name(const Steps& steps, std::size_t index) {
  const ResilienceStep& step = steps[index];
  const std::string number = fmt::format("step {} ({}", index + 1, ToString(step.fault));
  if (step.fault == Fault::kLatency) return number + ", " + Milliseconds(*step.value) + ")";
  if (step.fault == Fault::kErrors) {
    return number + ", " + base::FormatDecimal(*step.value * 100, 2) + " %)";
  }
  return number + ")";
}

// At most one sentence for a kind of shortfall: the first step, and how many more.
void AddFirst(const std::vector<std::string>& found, std::string_view reason,
              std::vector<Shortfall>& shortfalls) {
  if (found.empty()) return;
  const std::string more =
      found.size() > 1 ? fmt::format(", and so in {} more", found.size() - 1) : "";
  shortfalls.push_back({std::string(reason), found.front() + more});
}

void CheckDeadline(const ResilienceReport& report, std::vector<Shortfall>& shortfalls) {
  const auto deadline = static_cast<double>(report.deadline.count());
  std::vector<std::string> found;
  for (std::size_t i = 0; i < report.steps.size(); ++i) {
    const ResilienceStep& step = report.steps[i];
    if (!step.slow() || (step.over_deadline == 0 && step.max_latency <= deadline)) continue;
    found.push_back(
        fmt::format("in {} {} of {} requests outlived the deadline of {}, the slowest "
                    "took {}",
                    Name(report.steps, i), step.over_deadline, step.requests,
                    base::FormatDuration(report.deadline), Milliseconds(step.max_latency)));
  }
  AddFirst(found, "DeadlineExceeded", shortfalls);
}

// Opened in a step of errors; closed at the end of that step or of a later one
// without a fault; and not open when the report ends.
void CheckBreaker(const Steps& steps, std::vector<Shortfall>& shortfalls) {
  bool opened = false;
  bool waiting = false;  // For the breaker to close.
  bool closed_last = true;
  for (const ResilienceStep& step : steps) {
    if (!step.breaker) continue;
    if (step.breaker->at_end) closed_last = *step.breaker->at_end == BreakerState::kClosed;
    if (step.fault == Fault::kErrors && step.breaker->opened > 0) {
      opened = true;
      waiting = !closed_last || step.breaker->closed == 0;
    } else if (step.fault == Fault::kNone && closed_last && step.breaker->closed > 0) {
      waiting = false;
    }
  }
  if (!opened) {
    shortfalls.push_back(
        {"BreakerDidNotOpen", "the breaker did not open in any step with the dependency failing"});
  } else if (waiting || !closed_last) {
    shortfalls.push_back(
        {"BreakerStayedOpen", "the breaker opened and did not close again after the fault"});
  }
}

void CheckLatency(const ResilienceSpec& spec, const Steps& steps,
                  std::vector<Shortfall>& shortfalls) {
  if (!spec.max_latency) return;
  const auto limit = static_cast<double>(spec.max_latency->threshold.count());
  std::vector<std::string> found;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].fault == Fault::kNone) continue;
    const double observed = steps[i].latency.at(spec.max_latency->percentile);
    if (observed <= limit) continue;
    found.push_back(fmt::format("in {} p{} was {}, at most {} are allowed", Name(steps, i),
                                spec.max_latency->percentile_text, Milliseconds(observed),
                                Milliseconds(limit)));
  }
  AddFirst(found, "LatencyTooHigh", shortfalls);
}

void CheckRecovery(const ResilienceSpec& spec, const Steps& steps,
                   std::vector<Shortfall>& shortfalls) {
  if (!spec.max_recovery_time) return;
  std::vector<std::string> found;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (!steps[i].recovery_time || *steps[i].recovery_time <= *spec.max_recovery_time) continue;
    found.push_back(fmt::format("in {} recovering took {}, at most {} is allowed", Name(steps, i),
                                base::FormatDuration(*steps[i].recovery_time),
                                base::FormatDuration(*spec.max_recovery_time)));
  }
  AddFirst(found, "RecoveryTooSlow", shortfalls);
}

// Figures that limits and rules need. The recovery after a row of faults stands
// in its last step, or in the step without a fault that follows.
std::optional<std::string> MissingFigure(const ResilienceSpec& spec, const Steps& steps) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const ResilienceStep& step = steps[i];
    if (step.fault == Fault::kNone) continue;
    if (spec.max_latency && !step.latency.contains(spec.max_latency->percentile)) {
      return fmt::format("{} has no latency of percentile {}", Name(steps, i),
                         spec.max_latency->percentile_text);
    }
    const bool last = i + 1 == steps.size();
    if (!spec.max_recovery_time || (!last && steps[i + 1].fault != Fault::kNone)) continue;
    if (step.recovery_time || (!last && steps[i + 1].recovery_time)) continue;
    return fmt::format(
        "maxRecoveryTime is set, but neither {} nor a step without a fault after it "
        "has a recoveryTime",
        Name(steps, i));
  }
  const bool watched = std::ranges::any_of(steps, [](const ResilienceStep& step) {
    return step.fault == Fault::kErrors && step.breaker.has_value();
  });
  if (watched) return std::nullopt;
  return "no step of errors says what the breaker did";
}

// Why the report cannot prove anything, whatever its figures are.
std::optional<Finding> WhyNoProof(const ResilienceReport& report) {
  bool slow = false;
  bool long_enough = false;
  bool errors = false;
  bool baseline = true;  // Until the first fault.
  for (std::size_t i = 0; i < report.steps.size(); ++i) {
    const ResilienceStep& step = report.steps[i];
    baseline = baseline && step.fault == Fault::kNone;
    slow = slow || step.slow();
    long_enough = long_enough || step.fault == Fault::kHang ||
                  (step.fault == Fault::kLatency &&
                   *step.value >= static_cast<double>(report.deadline.count()));
    errors = errors || step.fault == Fault::kErrors;
    if (step.fault != Fault::kNone && step.requests == 0) {
      return Unknown("NoRequests", Name(report.steps, i) + " made no request");
    }
    if (baseline && step.error_share > kMaxBaselineErrorShare) {
      return Unknown("BaselineFailing",
                     fmt::format("{} % of the requests failed before any fault was injected",
                                 base::FormatDecimal(step.error_share * 100, 2)));
    }
  }
  if (!slow) return Unknown("NoSlowStep", "the report has no step with a slow dependency");
  if (!errors) return Unknown("NoErrorStep", "the report has no step with a failing dependency");
  if (!long_enough) {
    return Unknown("FaultTooMild", "in no step is the dependency as slow as the deadline, " +
                                       base::FormatDuration(report.deadline) +
                                       ", so the deadline was not tried");
  }
  return std::nullopt;
}

// Why not all of what is asked can be found in the report.
std::optional<Finding> WhyIncomplete(const ResilienceSpec& spec, const ResilienceReport& report) {
  if (auto why = WhyNoProof(report)) return why;
  if (const auto missing = MissingFigure(spec, report.steps)) {
    return Unknown("FigureMissing", *missing);
  }
  return std::nullopt;
}

void RecordFacts(const ResilienceSpec& spec, const ResilienceReport& report, Finding& finding) {
  double slowest = 0;
  std::uint64_t requests = 0;
  std::optional<double> percentile;
  std::optional<base::Duration> recovery;
  for (const ResilienceStep& step : report.steps) {
    if (step.recovery_time)
      recovery = std::max(recovery.value_or(*step.recovery_time), *step.recovery_time);
    if (step.fault == Fault::kNone) continue;
    requests += step.requests;
    if (step.slow()) slowest = std::max(slowest, step.max_latency);
    if (!spec.max_latency || !step.latency.contains(spec.max_latency->percentile)) continue;
    percentile = std::max(percentile.value_or(0), step.latency.at(spec.max_latency->percentile));
  }
  finding.facts["steps"] = std::to_string(report.steps.size());
  finding.facts["deadline"] = base::FormatDuration(report.deadline);
  finding.facts["requestsUnderFault"] = std::to_string(requests);
  finding.facts["slowest"] = base::FormatDecimal(slowest, 1) + "ms";
  if (percentile) {
    finding.facts["p" + spec.max_latency->percentile_text] =
        base::FormatDecimal(*percentile, 1) + "ms";
  }
  if (recovery) finding.facts["recoveryTime"] = base::FormatDuration(*recovery);
}

}  // namespace

Finding VerifyResilience(const ResilienceSpec& spec, const Document& document, base::Time now) {
  const auto parsed = json::ParseStrict(document.body);
  if (!parsed) return Unknown("Malformed", "the report is not JSON: " + parsed.error().message);
  const auto report = ParseResilienceReport(*parsed);
  if (!report) {
    const bool other = report.error().kind == base::ErrorKind::kUnsupported;
    return Unknown(other ? "OtherFormat" : "Malformed", report.error().message);
  }
  Finding finding;
  RecordFacts(spec, *report, finding);
  const auto unknown = [&](std::string reason, std::string message) {
    Finding result = Unknown(std::move(reason), std::move(message));
    result.facts = finding.facts;
    return result;
  };
  std::vector<Shortfall> shortfalls;
  CheckDeadline(*report, shortfalls);
  // One request that outlived the deadline is a "no", whatever else the report lacks.
  const auto incomplete = WhyIncomplete(spec, *report);
  if (incomplete && shortfalls.empty()) return unknown(incomplete->reason, incomplete->message);
  finding.observed_at = report->generated_at ? report->generated_at : document.recorded_at;
  if (const auto undated = internal::WhyUndated(finding.observed_at, kWords, now)) {
    return unknown(undated->reason, undated->message);
  }
  if (!incomplete) {
    CheckBreaker(report->steps, shortfalls);
    CheckLatency(spec, report->steps, shortfalls);
    CheckRecovery(spec, report->steps, shortfalls);
  }
  internal::Conclude(shortfalls, kWords, spec.max_age, now, finding);
  return finding;
}

}  // namespace launchgate::evidence
