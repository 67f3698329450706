#include "app/config.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "core/base/text.h"
#include "core/json/reader.h"
#include "core/json/yaml.h"
#include "platform/log.h"

namespace launchgate::app {
namespace {

using json::Reader;

constexpr std::size_t kMaxAddressRanges = 64;
constexpr std::size_t kMaxGateAdmins = 64;
constexpr std::int64_t kMaxPort = 65535;
constexpr std::int64_t kMaxIoThreads = 16;

std::uint16_t ReadPort(Reader& reader, std::string_view field, std::uint16_t fallback) {
  const std::int64_t port = reader.Integer(field, fallback);
  if (port >= 0 && port <= kMaxPort) return static_cast<std::uint16_t>(port);
  reader.Complain(field, "must be between 0 and 65535");
  return fallback;
}

void ReadListen(Reader reader, ListenAddress& listen) {
  reader.RefuseUnknownFields({"address", "port"});
  listen.address = reader.Text("address", listen.address);
  listen.port = ReadPort(reader, "port", listen.port);
}

std::string ReadName(Reader& reader, std::string_view field, const std::string& fallback) {
  std::string name = reader.Text(field, fallback);
  if (base::IsDnsSubdomain(name)) return name;
  reader.Complain(field, "must be a DNS-1123 name");
  return fallback;
}

void ReadWebhook(Reader reader, WebhookConfig& webhook) {
  reader.RefuseUnknownFields(
      {"listen", "ioThreads", "serviceName", "extraNames", "configurationName"});
  if (reader.Has("listen")) ReadListen(reader.Object("listen"), webhook.listen);
  const std::int64_t threads = reader.Integer("ioThreads", webhook.io_threads);
  if (threads < 1 || threads > kMaxIoThreads) {
    reader.Complain("ioThreads", "must be between 1 and 16");
  } else {
    webhook.io_threads = static_cast<int>(threads);
  }
  webhook.service_name = ReadName(reader, "serviceName", webhook.service_name);
  webhook.configuration_name = ReadName(reader, "configurationName", webhook.configuration_name);
  webhook.extra_names = reader.TextList("extraNames", kMaxExtraNames);
}

void ReadGuards(Reader reader, admission::GuardOptions& guards) {
  reader.RefuseUnknownFields({"controllerUsername", "gateAdminUsers", "gateAdminGroups"});
  guards.controller_username = reader.Text("controllerUsername", guards.controller_username);
  if (reader.Has("gateAdminUsers")) {
    guards.gate_admin_users = reader.TextList("gateAdminUsers", kMaxGateAdmins);
  }
  if (reader.Has("gateAdminGroups")) {
    guards.gate_admin_groups = reader.TextList("gateAdminGroups", kMaxGateAdmins);
  }
}

// As fetch::DestinationRule::host wants it. A host that no URL can have would
// silently allow nothing.
std::string ReadHost(Reader& reader) {
  std::string host = reader.RequiredText("host");
  std::ranges::transform(host, host.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  const std::string_view name = std::string_view(host).substr(host.starts_with("*.") ? 2 : 0);
  if (!host.empty() && !base::IsDnsSubdomain(name) && !fetch::Address::Parse(host)) {
    reader.Complain("host", "must be a host name, an address or \"*.\" and a domain");
  }
  return host;
}

fetch::DestinationRule ReadRule(Reader& reader) {
  reader.RefuseUnknownFields({"scheme", "host", "port", "addresses"});
  fetch::DestinationRule rule;
  rule.scheme = reader.Text("scheme", "https");
  if (rule.scheme != "https" && rule.scheme != "http") {
    reader.Complain("scheme", "must be \"https\" or \"http\"");
  }
  rule.host = ReadHost(reader);
  rule.port = ReadPort(reader, "port", rule.scheme == "http" ? 80 : 443);
  for (const std::string& range : reader.TextList("addresses", kMaxAddressRanges)) {
    const auto cidr = fetch::Cidr::Parse(range);
    if (cidr) {
      rule.addresses.push_back(*cidr);
    } else {
      reader.Complain("addresses", cidr.error().message);
    }
  }
  return rule;
}

void ReadFetch(Reader reader, fetch::FetchOptions& options) {
  reader.RefuseUnknownFields({"allow", "caFile"});
  options.ca_file = reader.Text("caFile");
  for (Reader& rule : reader.ObjectList("allow", kMaxFetchRules)) {
    options.allow.push_back(ReadRule(rule));
  }
}

// The transport refuses the rest of what cannot be a server's address.
std::string ReadServerUrl(Reader& reader) {
  std::string url = reader.RequiredText("url");
  if (!url.empty() && !url.starts_with("https://") && !url.starts_with("http://")) {
    reader.Complain("url", "must start with https:// or http://");
  }
  return url;
}

std::vector<std::string> ReadServedNamespaces(Reader& reader) {
  std::vector<std::string> namespaces = reader.TextList("namespaces", kMaxPrometheusNamespaces);
  for (const std::string& name : namespaces) {
    if (name != "*" && !base::IsDnsLabel(name)) {
      reader.Complain("namespaces",
                      "must have names of namespaces or \"*\", not " + base::Quote(name));
    }
  }
  return namespaces;
}

prometheus::ServerOptions ReadServer(Reader& reader) {
  reader.RefuseUnknownFields({"name", "url", "caFile", "bearerTokenFile", "namespaces"});
  prometheus::ServerOptions server;
  server.name = reader.RequiredText("name");
  if (!server.name.empty() && !base::IsDnsLabel(server.name)) {
    reader.Complain("name", "must be an RFC 1123 label");
  }
  server.url = ReadServerUrl(reader);
  server.ca_file = reader.Text("caFile");
  server.bearer_token_file = reader.Text("bearerTokenFile");
  server.namespaces = ReadServedNamespaces(reader);
  const bool is_tls = server.url.starts_with("https://");
  if (is_tls && server.ca_file.empty()) {
    reader.Complain("caFile", "must be set for https: no other authority is trusted");
  }
  if (!is_tls && !server.ca_file.empty()) reader.Complain("caFile", "must not be set for http");
  if (!is_tls && !server.bearer_token_file.empty()) {
    reader.Complain("bearerTokenFile", "must not be set for http: everybody could read the token");
  }
  return server;
}

void ReadPrometheus(Reader& reader, std::vector<prometheus::ServerOptions>& servers) {
  std::set<std::string> names;
  for (Reader& entry : reader.ObjectList("prometheus", kMaxPrometheusServers)) {
    servers.push_back(ReadServer(entry));
    if (!names.insert(servers.back().name).second) entry.Complain("name", "must be unique");
  }
}

void ReadEvidence(Reader reader, EvidenceConfig& config) {
  reader.RefuseUnknownFields({"minRecheckEvery", "causes", "symptomMetrics"});
  const auto every = reader.OptionalDuration("minRecheckEvery");
  if (every && (*every < resources::kShortestRecheckEvery || *every > kLongestMinRecheckEvery)) {
    reader.Complain("minRecheckEvery", "must be from 1s to 1h");
  } else if (every) {
    config.min_recheck_every = *every;
  }
  for (Reader& entry : reader.ObjectList("causes", kMaxCausePatterns)) {
    entry.RefuseUnknownFields({"prefix", "suffix", "cause"});
    const evidence::CausePattern pattern{entry.Text("prefix"), entry.Text("suffix"),
                                         entry.RequiredText("cause")};
    // It would turn every metric into a cause.
    if (pattern.prefix.empty() && pattern.suffix.empty()) {
      entry.Complain("", "must have prefix, suffix or both");
    }
    config.causes.push_back(pattern);
  }
  config.symptom_metrics = reader.TextList("symptomMetrics", kMaxSymptomMetrics);
}

OperatorConfig ReadConfig(Reader reader) {
  OperatorConfig config;
  reader.RefuseUnknownFields({"namespace", "webhook", "health", "leaseName", "certificateSecret",
                              "guards", "fetch", "prometheus", "evidence", "logLevel"});
  config.ns = ReadName(reader, "namespace", config.ns);
  if (reader.Has("webhook")) ReadWebhook(reader.Object("webhook"), config.webhook);
  if (reader.Has("health")) ReadListen(reader.Object("health"), config.health);
  config.lease_name = ReadName(reader, "leaseName", config.lease_name);
  config.certificate_secret = ReadName(reader, "certificateSecret", config.certificate_secret);
  if (reader.Has("guards")) ReadGuards(reader.Object("guards"), config.guards);
  if (reader.Has("fetch")) ReadFetch(reader.Object("fetch"), config.fetch);
  ReadPrometheus(reader, config.prometheus);
  if (reader.Has("evidence")) ReadEvidence(reader.Object("evidence"), config.evidence);
  config.log_level = reader.Text("logLevel", config.log_level);
  if (!platform::log::ParseLevel(config.log_level)) {
    reader.Complain("logLevel", "must be debug, info, warning or error");
  }
  return config;
}

}  // namespace

base::Result<OperatorConfig> ParseOperatorConfig(std::string_view yaml) {
  auto documents = json::ParseYaml(yaml);
  if (!documents) return base::Wrap("configuration", documents.error());
  if (documents->empty()) return OperatorConfig();
  if (documents->size() > 1 || !documents->front().is_object()) {
    return base::Fail(base::ErrorKind::kInvalid, "configuration: must be one YAML mapping");
  }
  std::vector<json::Problem> problems;
  OperatorConfig config = ReadConfig(Reader(documents->front(), "", problems));
  if (problems.empty()) return config;
  return base::Fail(base::ErrorKind::kInvalid, "configuration: " + json::Summarize(problems));
}

}  // namespace launchgate::app
