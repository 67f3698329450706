#include "shell/prometheus/reader.h"

#include <variant>

#include "shell/prometheus/requests.h"

namespace launchgate::prometheus {

base::Result<evidence::PrometheusAnswer> EvidenceReader::Ask(std::string_view ns,
                                                             const evidence::Source& source,
                                                             base::Time at) {
  if (const auto* sample = std::get_if<evidence::SampleSource>(&source)) {
    return servers_.Ask(sample->server, ns, InstantQuery(sample->query, at));
  }
  if (const auto* history = std::get_if<evidence::HistorySource>(&source)) {
    const evidence::TimeRange range = evidence::RangeOf(*history, at);
    return servers_.Ask(history->server, ns,
                        RangeQuery(history->query, range.start, range.end, history->step));
  }
  if (const auto* rules = std::get_if<evidence::RulesSource>(&source)) {
    return servers_.Ask(rules->server, ns, Rules());
  }
  return base::Fail(base::ErrorKind::kInternal, "this source is not of Prometheus");
}

}  // namespace launchgate::prometheus
