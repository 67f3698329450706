// What an expression is made of once recording rules are followed. Internal to
// this module.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/evidence/promql_names.h"
#include "core/evidence/rule_document.h"

namespace launchgate::evidence::internal {

// Names looked at while following one expression, the same one again included.
inline constexpr std::size_t kMaxFollowedNames = 1000;

// An immutable value; const access is thread-safe.
class MetricTracer {
 public:
  // The rules of `fallback` (null: none) say what is recorded under names that
  // `rules` does not record. Several rules of one name add up.
  MetricTracer(const std::vector<RecordingRule>& rules, const RuleDocument* fallback);

  // Every metric that decides the value of `expression`: those it names, and
  // all that recording rules make them of, however far and in circles. Not
  // complete when a rule on the way cannot be read, over kMaxFollowedNames, and
  // when it asks for other alerts (ALERTS), which may be about anything.
  base::Result<PromqlNames> Trace(std::string_view expression) const;

 private:
  void Record(const RecordingRule& rule);

  std::map<std::string, PromqlNames, std::less<>> recorded_;
};

}  // namespace launchgate::evidence::internal
