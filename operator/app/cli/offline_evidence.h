// Evidence for `check`: objects among the files, files of a folder, and the
// network only where the person who asks allows it.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "app/cli/given_pages.h"
#include "app/evidence_gatherer.h"
#include "app/world.h"
#include "shell/clock/clock.h"
#include "shell/prometheus/client.h"

namespace launchgate::app::cli {

// A Prometheus server that a review may name.
struct NamedServer {
  std::string name;  // Empty: whatever name a review uses.
  std::string url;
};

// "URL" or "NAME=URL".
base::Result<NamedServer> ParseNamedServer(const std::string& text);

struct OfflineOptions {
  std::string evidence_root;  // Folder of <ConfigMap>/<key>; may be empty.
  bool allow_fetch = false;   // Fetch the URLs that the reviews name.
  std::vector<NamedServer> prometheus;
  PagesByUrl pages;  // Never fetched: these answer.
};

// The servers that the command line names; one without a name is called
// kAnyServer. The transport's threads are started with the first call.
base::Result<std::unique_ptr<prometheus::PrometheusServers>> OpenServers(
    const std::vector<NamedServer>& given, const clock::Clock& clock);
inline constexpr const char* kAnyServer = "any";

// Every URL that the reviews of `world` name.
std::set<std::string> UrlsOf(const World& world);

// Owns what a gatherer needs. Not thread-safe.
class OfflineEvidence {
 public:
  virtual ~OfflineEvidence() = default;
  virtual Gathered Gather(const resources::LaunchReview& review, base::Time now) = 0;
};

// What would need the network and may not use it is SourceUnavailable. `world`
// and `signatures` must outlive the result.
base::Result<std::unique_ptr<OfflineEvidence>> MakeOfflineEvidence(
    const World& world, const verdict::SignatureVerifier& signatures, OfflineOptions options);

}  // namespace launchgate::app::cli
