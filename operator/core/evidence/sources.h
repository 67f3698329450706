// What can be read about the world, as values: a verifier says which sources it
// needs, somebody else reads them. Everything is in the review's own namespace;
// Prometheus servers are named, never addressed. (THREATS T44.)
#pragma once

#include <compare>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"

namespace launchgate::evidence {

struct ConfigMapSource {
  std::string name;
  std::string key;
  friend auto operator<=>(const ConfigMapSource&, const ConfigMapSource&) = default;
};
// One object; the body is its JSON as the API server has it.
struct ObjectSource {
  std::string api_version;
  std::string kind;
  std::string name;
  friend auto operator<=>(const ObjectSource&, const ObjectSource&) = default;
};
// Every PodDisruptionBudget of the namespace, in Reading::objects.
struct DisruptionBudgetsSource {
  friend auto operator<=>(const DisruptionBudgetsSource&, const DisruptionBudgetsSource&) = default;
};
struct UrlSource {
  std::string url;
  friend auto operator<=>(const UrlSource&, const UrlSource&) = default;
};
// An instant query, evaluated when it is asked.
struct SampleSource {
  std::string server;
  std::string query;
  friend auto operator<=>(const SampleSource&, const SampleSource&) = default;
};
// A range query of `steps` instants, one `step` apart.
struct HistorySource {
  std::string server;
  std::string query;
  base::Duration step{};  // More than 0.
  int steps = 0;
  friend auto operator<=>(const HistorySource&, const HistorySource&) = default;
};
// The rules that a Prometheus server has loaded, with their health.
struct RulesSource {
  std::string server;
  friend auto operator<=>(const RulesSource&, const RulesSource&) = default;
};

using Source = std::variant<ConfigMapSource, ObjectSource, DisruptionBudgetsSource, UrlSource,
                            SampleSource, HistorySource, RulesSource>;

// The instants that are asked for at `at`: the last one is the last multiple of a
// step, so that the same instants are judged until another step is complete.
struct TimeRange {
  base::Time start{};
  base::Time end{};
};
TimeRange RangeOf(const HistorySource& source, base::Time at);

// Whether somebody tells when it changes; what cannot be watched is read again
// every `recheckEvery`.
bool IsWatched(const Source& source);

// What a source gave. Which members are set follows the source.
struct Reading {
  std::string body;
  // When what the document tells was recorded, where the source knows: the
  // annotation launchgate.dev/recorded-at of a ConfigMap or object.
  std::optional<base::Time> recorded_at;
  int http_status = 0;  // Of a URL and of Prometheus.
  std::string content_type;
  std::vector<std::string> objects;  // JSON of each.
  base::Time read_at{};
};

// An Error says why the source could not be read; SourceFailed() (verify.h)
// tells what each kind of error means.
using Readings = std::map<Source, base::Result<Reading>>;

}  // namespace launchgate::evidence
