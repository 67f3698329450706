#include "app/cli/offline_evidence.h"

#include <fmt/format.h>

#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "app/cli/file_sources.h"
#include "app/cli/transport_threads.h"
#include "core/base/text.h"
#include "shell/clock/clock.h"
#include "shell/fetch/guarded_fetcher.h"
#include "shell/prometheus/client.h"
#include "shell/prometheus/reader.h"
#include "shell/transport/cpprest_transport.h"

namespace launchgate::app::cli {
namespace {

class NoFetch final : public evidence::PageFetcher {
 public:
  base::Result<evidence::Page> Fetch(std::string_view /*url*/) override {
    return base::Fail(base::ErrorKind::kUnavailable,
                      "nothing is fetched without a cluster unless --allow-fetch is given; --page "
                      "reads one page from a file");
  }
};

class NoPrometheus final : public evidence::PrometheusReader {
 public:
  base::Result<evidence::PrometheusAnswer> Ask(std::string_view /*ns*/,
                                               const evidence::Source& /*source*/,
                                               base::Time /*at*/) override {
    return base::Fail(base::ErrorKind::kUnavailable,
                      "no Prometheus is asked without a cluster unless --prometheus is given");
  }
};

// What a browser would trust; TLS needs to know.
constexpr const char* kSystemBundle = "/etc/ssl/certs/ca-certificates.crt";
// The servers that the command line names, under the names that reviews use.
class GivenPrometheus final : public evidence::PrometheusReader {
 public:
  static base::Result<std::unique_ptr<evidence::PrometheusReader>> Make(
      const std::vector<NamedServer>& given, const clock::Clock& clock) {
    auto servers = OpenServers(given, clock);
    if (!servers) return tl::unexpected(servers.error());
    std::set<std::string> names;
    for (const NamedServer& server : given) {
      names.insert(server.name.empty() ? kAnyServer : server.name);
    }
    return std::unique_ptr<evidence::PrometheusReader>(
        new GivenPrometheus(*std::move(servers), std::move(names)));
  }

  base::Result<evidence::PrometheusAnswer> Ask(std::string_view ns, const evidence::Source& source,
                                               base::Time at) override {
    evidence::Source renamed = source;
    std::visit(
        [this](auto& kind) {
          if constexpr (requires { kind.server; }) {
            if (!names_.contains(kind.server)) kind.server = kAnyServer;
          }
        },
        renamed);
    // Files need not say a namespace.
    return reader_.Ask(ns.empty() ? "default" : ns, renamed, at);
  }

 private:
  GivenPrometheus(std::unique_ptr<prometheus::PrometheusServers> servers,
                  std::set<std::string> names)
      : servers_(std::move(servers)), names_(std::move(names)), reader_(*servers_) {}

  std::unique_ptr<prometheus::PrometheusServers> servers_;
  const std::set<std::string> names_;
  prometheus::EvidenceReader reader_;
};

// The person who runs the command could open these URLs in a browser: the guard
// against reaching inward protects the operator, not them.
fetch::FetchOptions AllowOwnUrls(const World& world) {
  fetch::FetchOptions options;
  for (const std::string& url : UrlsOf(world)) {
    const auto destination = fetch::ParseDestination(url);
    if (!destination) continue;
    options.allow.push_back({destination->scheme,
                             destination->host,
                             destination->port,
                             {*fetch::Cidr::Parse("0.0.0.0/0"), *fetch::Cidr::Parse("::/0")}});
  }
  return options;
}

class FileEvidence final : public OfflineEvidence {
 public:
  FileEvidence(const World& world, const verdict::SignatureVerifier& signatures, std::string root,
               std::unique_ptr<evidence::PageFetcher> pages,
               std::unique_ptr<evidence::PrometheusReader> prometheus)
      : world_(world),
        pages_(std::move(pages)),
        prometheus_(std::move(prometheus)),
        sources_(world, std::move(root), *pages_, *prometheus_),
        gatherer_({sources_, {signatures, causes_}, clock_}) {}

  Gathered Gather(const resources::LaunchReview& review, base::Time now) override {
    const auto authority = world_.TrustedBy(review);
    return gatherer_.Gather(review, authority ? &*authority : nullptr, "", now);
  }

 private:
  const World& world_;
  const evidence::CauseCatalogue causes_;
  const clock::SystemClock clock_;
  std::unique_ptr<evidence::PageFetcher> pages_;
  std::unique_ptr<evidence::PrometheusReader> prometheus_;
  FileSources sources_;
  EvidenceGatherer gatherer_;
};

}  // namespace

base::Result<std::unique_ptr<prometheus::PrometheusServers>> OpenServers(
    const std::vector<NamedServer>& given, const clock::Clock& clock) {
  const base::Status threads = StartTransportThreads();
  if (!threads) return tl::unexpected(threads.error());
  std::vector<prometheus::ServerOptions> options;
  for (const NamedServer& server : given) {
    prometheus::ServerOptions named;
    named.name = server.name.empty() ? kAnyServer : server.name;
    named.url = server.url;
    if (server.url.starts_with("https:")) named.ca_file = kSystemBundle;
    named.namespaces = {"*"};
    options.push_back(std::move(named));
  }
  auto servers = prometheus::PrometheusServers::Make(std::move(options), clock);
  if (!servers) return base::Wrap("--prometheus", servers.error());
  return servers;
}

std::set<std::string> UrlsOf(const World& world) {
  std::set<std::string> urls;
  for (const auto& review : world.reviews()) {
    for (const resources::EvidenceEntry& entry : review.object.evidence) {
      for (const evidence::Source& source :
           evidence::StillNeeded({review.object, entry, nullptr}, {})) {
        if (const auto* url = std::get_if<evidence::UrlSource>(&source)) urls.insert(url->url);
      }
    }
  }
  return urls;
}

base::Result<NamedServer> ParseNamedServer(const std::string& text) {
  const std::size_t equals = text.find('=');
  const std::string name = equals == std::string::npos ? "" : text.substr(0, equals);
  // A URL may have a '=' of its own, a name has no ':'.
  if (equals == std::string::npos || name.find(':') != std::string::npos) {
    return NamedServer{"", text};
  }
  if (!base::IsDnsLabel(name)) {
    return base::Fail(base::ErrorKind::kInvalid,
                      fmt::format("--prometheus {} must be URL or NAME=URL, the name in lowercase "
                                  "letters, digits and '-'",
                                  base::Quote(text)));
  }
  return NamedServer{name, text.substr(equals + 1)};
}

base::Result<std::unique_ptr<OfflineEvidence>> MakeOfflineEvidence(
    const World& world, const verdict::SignatureVerifier& signatures, OfflineOptions options) {
  std::unique_ptr<evidence::PageFetcher> pages = std::make_unique<NoFetch>();
  if (options.allow_fetch) pages = std::make_unique<fetch::GuardedFetcher>(AllowOwnUrls(world));
  if (!options.pages.empty()) {
    pages = std::make_unique<GivenPages>(std::move(options.pages), std::move(pages));
  }
  std::unique_ptr<evidence::PrometheusReader> prometheus = std::make_unique<NoPrometheus>();
  static const clock::SystemClock kClock;
  if (!options.prometheus.empty()) {
    auto given = GivenPrometheus::Make(options.prometheus, kClock);
    if (!given) return tl::unexpected(given.error());
    prometheus = *std::move(given);
  }
  return std::make_unique<FileEvidence>(world, signatures, std::move(options.evidence_root),
                                        std::move(pages), std::move(prometheus));
}

}  // namespace launchgate::app::cli
