// Where evidence is read from. In the cluster: the API server, tenants' URLs and
// named Prometheus servers (cluster_sources.h); for the command line: files
// (cli/file_sources.h).
#pragma once

#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/evidence/sources.h"
#include "core/evidence/verify.h"
#include "core/json/json.h"
#include "core/resources/manifest.h"

namespace launchgate::app {

// Thread-safe.
class EvidenceSources {
 public:
  virtual ~EvidenceSources() = default;
  // Of a watched source (evidence::IsWatched): changes whenever it does; empty
  // while there is no such thing. Answers from memory, except that the first
  // question about a kind of object waits until that kind is followed.
  virtual std::string VersionOf(const std::string& ns, const evidence::Source& source) = 0;
  // Blocks. kNotFound: there is no such object, key or server; kForbidden: we
  // may not read it; kUnsupported: the cluster does not have this kind of object;
  // kInvalid: the destination is not allowed; kExhausted: too large;
  // kUnavailable: out of reach, worth another try.
  virtual base::Result<evidence::Reading> Read(const std::string& ns,
                                               const evidence::Source& source, base::Time now) = 0;
};

// A name for what a watched source depends on, equal for all sources that change
// together: "configmap shop/gift-cards-k6", "Job.batch shop/restore-drill",
// "poddisruptionbudgets shop". Empty for sources that are not watched.
std::string WatchName(const std::string& ns, const evidence::Source& source);
// Of one object, as WatchName() of an ObjectSource; versions do not matter.
std::string ObjectWatchName(const std::string& group, const std::string& kind,
                            const std::string& ns, const std::string& name);

// What both kinds of sources read in the same way. kNotFound when there is no such
// key; kInvalid when the annotation launchgate.dev/recorded-at is no time.
base::Result<evidence::Reading> ReadingOfKey(const resources::ConfigMap& config_map,
                                             const std::string& key);
base::Result<evidence::Reading> ReadingOfObject(const json::Json& object);
evidence::Reading ReadingOfPage(evidence::Page page);
evidence::Reading ReadingOfAnswer(evidence::PrometheusAnswer answer);

}  // namespace launchgate::app
