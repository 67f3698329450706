#include <fmt/format.h>

#include "core/evidence/judging.h"
#include "core/evidence/prometheus_answer.h"
#include "core/evidence/verify.h"

namespace launchgate::evidence {
namespace {

constexpr internal::Words kWords{"the query", "was answered", "ComparisonHolds", "ask again"};

}  // namespace

Finding VerifyQuery(const resources::QuerySpec& spec, const PrometheusAnswer& answer,
                    base::Time asked_at, base::Time now) {
  if (auto undated = internal::WhyUndated(asked_at, kWords, now)) return *undated;
  const auto sample = SingleSample(answer, asked_at);
  if (!sample) return sample.error();

  Finding finding;
  finding.observed_at = asked_at;
  // The shortest text that reads back the same: what was compared is what is shown.
  const std::string value = fmt::format("{}", sample->value);
  const std::string wanted = fmt::format("{} {}", ToString(spec.comparison), spec.value);
  finding.facts["value"] = value;
  finding.facts["wanted"] = wanted;
  std::vector<internal::Shortfall> shortfalls;
  if (!Holds(spec.comparison, sample->value, spec.value)) {
    shortfalls.push_back(
        {"ComparisonFails", fmt::format("the query gives {}, wanted is {}", value, wanted)});
  }
  internal::Conclude(shortfalls, kWords, kQueryValidity * spec.recheck_every, now, finding);
  if (finding.status == FindingStatus::kPass) {
    finding.message = fmt::format("the query gives {}, as wanted ({})", value, wanted);
  }
  return finding;
}

}  // namespace launchgate::evidence
