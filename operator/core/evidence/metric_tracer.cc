#include "core/evidence/metric_tracer.h"

#include <utility>

namespace launchgate::evidence::internal {
namespace {

bool TellsOfAlerts(std::string_view metric) {
  return metric == "ALERTS" || metric == "ALERTS_FOR_STATE";
}

}  // namespace

MetricTracer::MetricTracer(const std::vector<RecordingRule>& rules, const RuleDocument* fallback) {
  for (const RecordingRule& rule : rules) Record(rule);
  if (fallback == nullptr) return;
  std::set<std::string, std::less<>> known;
  for (const auto& [name, made_of] : recorded_) known.insert(name);
  for (const RecordingRule& rule : fallback->recordings) {
    if (!known.contains(rule.name)) Record(rule);
  }
}

void MetricTracer::Record(const RecordingRule& rule) {
  auto names = ListPromqlNames(rule.expression);
  PromqlNames& made_of = recorded_[rule.name];
  if (!names) {
    made_of.complete = false;
    return;
  }
  made_of.metrics.merge(names->metrics);
  made_of.complete = made_of.complete && names->complete;
}

base::Result<PromqlNames> MetricTracer::Trace(std::string_view expression) const {
  auto traced = ListPromqlNames(expression);
  if (!traced) return traced;
  std::vector<std::string> open(traced->metrics.begin(), traced->metrics.end());
  std::size_t looked_at = open.size();
  while (!open.empty()) {
    const std::string name = std::move(open.back());
    open.pop_back();
    if (TellsOfAlerts(name)) traced->complete = false;
    const auto recorded = recorded_.find(name);
    if (recorded == recorded_.end()) continue;
    traced->complete = traced->complete && recorded->second.complete;
    looked_at += recorded->second.metrics.size();
    if (looked_at > kMaxFollowedNames) {
      traced->complete = false;
      break;
    }
    for (const std::string& next : recorded->second.metrics) {
      if (traced->metrics.insert(next).second) open.push_back(next);
    }
  }
  return traced;
}

}  // namespace launchgate::evidence::internal
