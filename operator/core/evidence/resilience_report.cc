#include "core/evidence/resilience_report.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/text.h"
#include "core/json/reader.h"

namespace launchgate::evidence {
namespace {

using json::Json;
using json::Reader;

constexpr std::array kFaults = {Fault::kNone, Fault::kLatency, Fault::kErrors, Fault::kHang};

struct StateWord {
  BreakerState state;
  std::string_view word;
};
constexpr std::array<StateWord, 3> kStateWords = {{{BreakerState::kClosed, "closed"},
                                                   {BreakerState::kHalfOpen, "half-open"},
                                                   {BreakerState::kOpen, "open"}}};

// A finite number from 0 to `most`; 0 with a complaint for everything else.
double Number(Reader& reader, std::string_view field, double most) {
  const auto found = reader.value().find(field);
  const bool is_number = found != reader.value().end() && found->is_number();
  const double number = is_number ? found->get<double>() : -1;
  if (std::isfinite(number) && number >= 0 && number <= most) return number;
  reader.Complain(field,
                  most == 1 ? "must be a number from 0 to 1" : "must be a number of at least 0");
  return 0;
}
constexpr double kNoLimit = 1e300;

std::uint64_t Count(Reader& reader, std::string_view field) {
  if (!reader.Has(field)) reader.Complain(field, "must be set");
  const std::int64_t count = reader.Integer(field, 0);
  if (count < 0) reader.Complain(field, "must not be negative");
  return count < 0 ? 0 : static_cast<std::uint64_t>(count);
}

BreakerState ReadState(Reader& reader, std::string_view field) {
  const std::string text = reader.RequiredText(field);
  for (const StateWord& entry : kStateWords) {
    if (entry.word == text) return entry.state;
  }
  reader.Complain(field, "must be closed, half-open or open");
  return BreakerState::kOpen;
}

// An instant, or the time since the step began; only their order counts.
std::optional<base::Duration> ReadMoment(Reader& transition, bool& is_offset) {
  const std::string text = transition.RequiredText("at");
  const auto time = base::ParseTime(text);
  const auto offset = base::ParseDuration(text);
  is_offset = offset.has_value();
  if (time) return time->time_since_epoch();
  if (offset) return *offset;
  transition.Complain("at", "must be an RFC 3339 time, or a duration since the step began");
  return std::nullopt;
}

// Every transition must start where the one before it ended, and not earlier:
// of a list with gaps nobody knows what the breaker did.
BreakerActivity ReadTransitions(Reader& step) {
  BreakerActivity activity;
  std::vector<Reader> transitions = step.ObjectList("breaker", kMaxBreakerTransitions);
  std::optional<base::Duration> last_moment;
  bool last_is_offset = false;
  for (std::size_t i = 0; i < transitions.size(); ++i) {
    Reader& transition = transitions[i];
    transition.RefuseUnknownFields({"at", "from", "to"});
    const BreakerState from = ReadState(transition, "from");
    const BreakerState to = ReadState(transition, "to");
    bool is_offset = false;
    const auto moment = ReadMoment(transition, is_offset);
    if (from == to) transition.Complain("to", "must not be the state of from");
    if (activity.at_end && from != *activity.at_end) {
      transition.Complain("from", "must be the state to which the transition before it led");
    }
    if (i > 0 && moment && last_moment && (is_offset != last_is_offset || *moment < *last_moment)) {
      transition.Complain("at", "must be of the same form as, and not before, the one before it");
    }
    last_moment = moment;
    last_is_offset = is_offset;
    activity.opened += to == BreakerState::kOpen ? 1 : 0;
    activity.closed += to == BreakerState::kClosed ? 1 : 0;
    activity.at_end = to;
  }
  return activity;
}

std::optional<BreakerActivity> ReadBreaker(Reader& step) {
  if (!step.Has("breaker")) return std::nullopt;
  if (step.value().at("breaker").is_array()) return ReadTransitions(step);
  Reader breaker = step.Object("breaker");
  breaker.RefuseUnknownFields({"opened", "closed", "state"});
  BreakerActivity activity;
  activity.opened = Count(breaker, "opened");
  activity.closed = Count(breaker, "closed");
  activity.at_end = ReadState(breaker, "state");
  return activity;
}

void ReadLatency(Reader& step, ResilienceStep& result) {
  Reader latency = step.Object("latency", true);
  result.max_latency = Number(latency, "max", kNoLimit);
  if (latency.value().size() > kMaxStepPercentiles) {
    step.Complain("latency", fmt::format("must have at most {} figures", kMaxStepPercentiles));
    return;
  }
  for (const auto& [name, figure] : latency.value().items()) {
    if (name == "max") continue;
    const auto percentile = base::ParseDecimal(name);
    if (!percentile || *percentile <= 0 || *percentile >= 100) {
      latency.Complain(name, "must be max, or a percentile such as \"99\"");
      continue;
    }
    const double milliseconds = Number(latency, name, kNoLimit);
    if (milliseconds > result.max_latency) latency.Complain(name, "must not be more than max");
    if (!result.latency.emplace(*percentile, milliseconds).second) {
      latency.Complain(name, "must not be there twice");
    }
  }
}

void ReadFault(Reader& step, ResilienceStep& result) {
  const std::string word = step.RequiredText("fault");
  bool known = false;
  for (const Fault fault : kFaults) {
    if (ToString(fault) != word) continue;
    result.fault = fault;
    known = true;
  }
  if (!known) step.Complain("fault", "must be none, latency, errors or hang");
  const bool has_value = result.fault == Fault::kLatency || result.fault == Fault::kErrors;
  if (!has_value) {
    if (step.Has("value")) step.Complain("value", "must be set for latency and errors only");
    return;
  }
  result.value = Number(step, "value", result.fault == Fault::kErrors ? 1 : kNoLimit);
  if (*result.value == 0) step.Complain("value", "must be more than 0, or it is no fault");
}

ResilienceStep ReadStep(Reader& step) {
  step.RefuseUnknownFields({"fault", "value", "requests", "overDeadline", "errorShare", "latency",
                            "breaker", "recoveryTime", "startedAt", "duration", "notes"});
  ResilienceStep result;
  ReadFault(step, result);
  result.requests = Count(step, "requests");
  result.over_deadline = Count(step, "overDeadline");
  if (result.over_deadline > result.requests) {
    step.Complain("overDeadline", "must not be more than requests");
  }
  result.error_share = Number(step, "errorShare", 1);
  ReadLatency(step, result);
  result.breaker = ReadBreaker(step);
  result.recovery_time = step.OptionalDuration("recoveryTime");
  step.OptionalTime("startedAt");
  step.OptionalDuration("duration");
  step.Text("notes");
  return result;
}

}  // namespace

std::string_view ToString(Fault fault) {
  switch (fault) {
    case Fault::kNone:
      return "none";
    case Fault::kLatency:
      return "latency";
    case Fault::kErrors:
      return "errors";
    case Fault::kHang:
      return "hang";
  }
  return "unknown";
}

base::Result<ResilienceReport> ParseResilienceReport(const Json& document) {
  std::vector<json::Problem> problems;
  Reader root(document, "report", problems);
  if (problems.empty() && root.Text("format") != kResilienceFormat) {
    return base::Fail(base::ErrorKind::kUnsupported,
                      fmt::format("report.format must be {}", base::Quote(kResilienceFormat)));
  }
  root.RefuseUnknownFields(
      {"format", "generatedAt", "deadline", "steps", "service", "dependency", "notes"});
  ResilienceReport report;
  report.generated_at = root.OptionalTime("generatedAt");
  if (!root.Has("deadline")) root.Complain("deadline", "must be set");
  report.deadline = root.OptionalDuration("deadline").value_or(base::Duration(0));
  if (root.Has("deadline") && report.deadline == base::Duration(0)) {
    root.Complain("deadline", "must be more than 0");
  }
  for (const char* field : {"service", "dependency", "notes"}) root.Text(field);
  for (Reader& step : root.ObjectList("steps", kMaxResilienceSteps)) {
    report.steps.push_back(ReadStep(step));
  }
  if (report.steps.empty()) root.Complain("steps", "must have at least one step");
  if (!problems.empty()) {
    return base::Fail(base::ErrorKind::kInvalid, json::Summarize(problems));
  }
  return report;
}

}  // namespace launchgate::evidence
