#include "harness/report.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace harness {
namespace {

using Json = nlohmann::ordered_json;

std::string Milliseconds(std::chrono::milliseconds duration) {
  return fmt::format("{}ms", duration.count());
}

// To a tenth of a millisecond; more digits would pretend to be known.
double Rounded(double milliseconds) { return std::round(milliseconds * 10) / 10; }

Json LatencyOf(const LatencyFigures& latency) {
  return {{"50", Rounded(latency.p50)},
          {"90", Rounded(latency.p90)},
          {"95", Rounded(latency.p95)},
          {"99", Rounded(latency.p99)},
          {"max", Rounded(latency.max)}};
}

std::string NotesOf(const StepResult& step) {
  std::string notes;
  const auto add = [&notes](const std::string& sentence) {
    notes += (notes.empty() ? "" : "; ") + sentence;
  };
  if (step.plan.fault == Fault::kHang) {
    add(fmt::format("{:g} % of the calls were never answered", step.plan.value * 100));
  }
  if (step.payments_calls) add(fmt::format("payments was called {} times", *step.payments_calls));
  if (step.while_open.requests > 0) {
    add(fmt::format("{} of them for {} requests while the breaker was not closed",
                    step.while_open.calls, step.while_open.requests));
  }
  if (step.tally.no_answer > 0) {
    add(fmt::format("{} requests got no answer within {}, which is their latency here",
                    step.tally.no_answer, Milliseconds(step.plan.patience)));
  }
  if (step.plan.fault != Fault::kNone && step.Exhausted()) {
    add("no request of the second half was answered in time while /healthz said 200");
  }
  if (step.recovery && !step.recovery->recovered) {
    add("had not recovered when the wait ended: recoveryTime is a lower bound");
  }
  return notes;
}

Json StepOf(const StepResult& step) {
  Json json = {{"fault", std::string(ToString(step.plan.fault))}};
  if (step.plan.fault == Fault::kLatency || step.plan.fault == Fault::kErrors) {
    json["value"] = step.plan.value;
  }
  json["startedAt"] = Rfc3339(step.started_at);
  json["requests"] = step.tally.requests;
  json["overDeadline"] = step.tally.over_deadline;
  json["errorShare"] = std::round(step.tally.ErrorShare() * 1e6) / 1e6;
  json["latency"] = LatencyOf(step.latency);
  if (step.breaker) {
    json["breaker"] = {{"opened", step.breaker->opened},
                       {"closed", step.breaker->closed},
                       {"state", std::string(ToString(step.breaker->at_end))}};
  } else if (step.plan.fault == Fault::kErrors) {
    json["breaker"] = Json::array();
  }
  if (step.recovery) json["recoveryTime"] = Milliseconds(step.recovery->took);
  if (const std::string notes = NotesOf(step); !notes.empty()) json["notes"] = notes;
  return json;
}

}  // namespace

std::string Rfc3339(std::chrono::system_clock::time_point time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)));
}

std::string WriteReport(const ReportHead& head, const std::vector<StepResult>& steps) {
  Json json = {{"format", "launchgate.dev/resilience-report/v1"},
               {"generatedAt", Rfc3339(head.generated_at)},
               {"service", head.service},
               {"dependency", head.dependency},
               {"deadline", Milliseconds(head.deadline)}};
  if (!head.notes.empty()) json["notes"] = head.notes;
  json["steps"] = Json::array();
  for (const StepResult& step : steps) json["steps"].push_back(StepOf(step));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace harness
