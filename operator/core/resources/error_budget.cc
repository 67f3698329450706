#include "core/resources/error_budget.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/resources/evidence_spec.h"
#include "core/resources/fields.h"
#include "core/resources/promql_matchers.h"

namespace launchgate::resources {
namespace {

using internal::Presence;
using json::Reader;

constexpr internal::DurationBounds kWindowBounds{kShortestWindow, kLongestWindow};
constexpr internal::DurationBounds kThresholdBounds{base::Duration(1), kLongestLatency};
constexpr std::size_t kMaxMetricLength = 256;
constexpr std::size_t kMaxMatchersLength = 1024;
constexpr std::string_view kCalendarMonth = "month";

std::string ReadServer(Reader& spec) {
  Reader prometheus = spec.Object("prometheus", true);
  if (!spec.Has("prometheus")) return "";
  prometheus.RefuseUnknownFields({"server"});
  return internal::ReadLabel(prometheus, "server");
}

BudgetWindow ReadWindow(Reader& spec) {
  BudgetWindow result{WindowKind::kRolling, kDefaultWindow, ""};
  if (!spec.Has("window")) return result;
  Reader window = spec.Object("window");
  window.RefuseUnknownFields({"rolling", "calendar", "timeZone"});
  if (window.Has("rolling") == window.Has("calendar")) {
    window.Complain("", "must have exactly one of rolling and calendar");
    return result;
  }
  if (window.Has("rolling")) {
    if (window.Has("timeZone")) {
      window.Complain("timeZone", "must not be set for a rolling window");
    }
    result.length =
        internal::ReadDuration(window, "rolling", kWindowBounds).value_or(kDefaultWindow);
    return result;
  }
  result.kind = WindowKind::kCalendarMonth;
  result.length = base::Duration(0);
  if (const std::string calendar = window.RequiredText("calendar");
      !calendar.empty() && calendar != kCalendarMonth) {
    window.Complain("calendar", "must be month, not " + base::Quote(calendar));
  }
  result.time_zone = internal::ReadTimeZone(window, "timeZone");
  return result;
}

std::string ReadExpression(Reader& events, std::string_view field) {
  std::string expression =
      internal::ReadText(events, field, kMaxExpressionLength, Presence::kRequired);
  if (expression.empty() || expression.find(kWindowPlaceholder) != std::string::npos) {
    return expression;
  }
  events.Complain(field, fmt::format("must contain {} where it says how far back it looks, such as "
                                     "\"sum(increase(requests_total[{}]))\"",
                                     kWindowPlaceholder, kWindowPlaceholder));
  return "";
}

void ReadEvents(Reader events, Objective& objective) {
  events.RefuseUnknownFields({"total", "good", "bad"});
  objective.total = ReadExpression(events, "total");
  if (events.Has("good") == events.Has("bad")) {
    events.Complain("", "must have exactly one of good and bad");
    return;
  }
  if (events.Has("good")) objective.good = ReadExpression(events, "good");
  if (events.Has("bad")) objective.bad = ReadExpression(events, "bad");
}

std::string ReadMetric(Reader& latency) {
  std::string metric = internal::ReadText(latency, "metric", kMaxMetricLength, Presence::kRequired);
  if (metric.empty()) return metric;
  if (!internal::IsMetricName(metric)) {
    latency.Complain("metric", "must be the name of a metric (letters, digits, '_' and ':')");
    return "";
  }
  for (const std::string_view suffix : {"_bucket", "_count", "_sum"}) {
    if (!metric.ends_with(suffix)) continue;
    latency.Complain("metric",
                     fmt::format("must be the base name of a histogram, without {}", suffix));
    return "";
  }
  return metric;
}

std::string ReadMatchers(Reader& latency) {
  std::string matchers =
      internal::ReadText(latency, "matchers", kMaxMatchersLength, Presence::kOptional);
  if (matchers.empty()) return matchers;
  if (const auto why = internal::WhyBadMatchers(matchers)) {
    latency.Complain("matchers", *why);
    matchers.clear();
  }
  return matchers;
}

// The bucket bound as exporters write it. Those of whole seconds are "1" in one
// client library and "1.0" in another.
std::string BucketMatcher(base::Duration threshold) {
  const double seconds = static_cast<double>(threshold.count()) / 1000;
  const std::string bound = base::FormatDecimal(seconds);
  if (bound.find('.') != std::string::npos) return fmt::format("le=\"{}\"", bound);
  return fmt::format("le=~\"{0}|{0}[.]0\"", bound);
}

void ReadLatency(Reader latency, Objective& objective) {
  latency.RefuseUnknownFields({"metric", "matchers", "threshold"});
  const std::string metric = ReadMetric(latency);
  const std::string matchers = ReadMatchers(latency);
  if (!latency.Has("threshold")) latency.Complain("threshold", "must be set");
  const auto threshold = internal::ReadDuration(latency, "threshold", kThresholdBounds);
  if (metric.empty() || !threshold) return;
  objective.latency_threshold = *threshold;
  const std::string comma = matchers.empty() ? "" : ",";
  objective.good = fmt::format("sum(increase({}_bucket{{{}{}{}}}[{}]))", metric, matchers, comma,
                               BucketMatcher(*threshold), kWindowPlaceholder);
  const std::string selector = matchers.empty() ? "" : "{" + matchers + "}";
  objective.total =
      fmt::format("sum(increase({}_count{}[{}]))", metric, selector, kWindowPlaceholder);
}

Objective ReadObjective(Reader& reader) {
  reader.RefuseUnknownFields({"name", "target", "events", "latency"});
  Objective objective;
  objective.name = internal::ReadLabel(reader, "name");
  if (!reader.Has("target")) reader.Complain("target", "must be set");
  const auto target = reader.OptionalDecimal("target");
  if (target && (*target <= 0 || *target >= 100)) {
    reader.Complain("target", "must be more than 0 and less than 100");
  } else if (target) {
    objective.target = *target;
    objective.target_text = reader.Text("target");
  }
  if (reader.Has("events") == reader.Has("latency")) {
    reader.Complain("", "must have exactly one of events and latency");
    return objective;
  }
  if (reader.Has("events")) ReadEvents(reader.Object("events"), objective);
  if (reader.Has("latency")) ReadLatency(reader.Object("latency"), objective);
  return objective;
}

}  // namespace

const Objective* ErrorBudget::Find(std::string_view objective) const {
  const auto found = std::ranges::find(objectives, objective, &Objective::name);
  return found == objectives.end() ? nullptr : &*found;
}

std::string WithWindow(std::string_view expression, base::Duration window) {
  const std::string length = base::FormatDuration(window);
  std::string result;
  for (;;) {
    const std::size_t at = expression.find(kWindowPlaceholder);
    result += expression.substr(0, at);
    if (at == std::string_view::npos) return result;
    result += length;
    expression.remove_prefix(at + kWindowPlaceholder.size());
  }
}

ErrorBudget ParseErrorBudget(const json::Json& object, std::vector<json::Problem>& problems) {
  Reader reader(object, "", problems);
  ErrorBudget budget;
  budget.meta = internal::ReadOurMeta(reader, "ErrorBudget");
  budget.window = {WindowKind::kRolling, kDefaultWindow, ""};
  budget.status = internal::ReadErrorBudgetStatus(object);
  Reader spec = reader.Object("spec", true);
  if (!reader.Has("spec")) return budget;
  spec.RefuseUnknownFields({"prometheus", "window", "objectives", "policy", "review"});

  budget.prometheus = ReadServer(spec);
  budget.window = ReadWindow(spec);
  std::vector<std::string> names;
  for (Reader& objective : spec.ObjectList("objectives", kMaxObjectives)) {
    budget.objectives.push_back(ReadObjective(objective));
    names.push_back(budget.objectives.back().name);
  }
  if (budget.objectives.empty()) spec.Complain("objectives", "must have at least one objective");
  internal::RefuseDuplicates(spec, "objectives", "name", names);
  budget.policy = internal::ReadFreezePolicy(spec);
  budget.review = internal::ReadReviewCadence(spec);
  if (budget.review && budget.meta.name.size() > kMaxReviewedBudgetName) {
    reader.Complain("metadata.name",
                    fmt::format("must have at most {} characters where spec.review is set: its "
                                "reviews are named after it",
                                kMaxReviewedBudgetName));
  }
  return budget;
}

}  // namespace launchgate::resources
