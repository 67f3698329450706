#include "app/certificates/keeper.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "app/certificates/match_conditions.h"
#include "app/status_writer.h"
#include "core/base/bytes.h"
#include "platform/log.h"

namespace launchgate::app {
namespace {

namespace log = platform::log;
using json::Json;

// The caBundle of one entry, decoded; empty when there is none.
std::string BundleOf(const Json& webhook) {
  const Json::json_pointer path("/clientConfig/caBundle");
  if (!webhook.contains(path) || !webhook.at(path).is_string()) return "";
  return base::Base64Decode(webhook.at(path).get<std::string>()).value_or("");
}

const Json& WebhooksOf(const Json& document) {
  static const Json kNone = Json::array();
  const auto webhooks = document.find("webhooks");
  return webhooks == document.end() || !webhooks->is_array() ? kNone : *webhooks;
}

// What this controller owns of one entry.
Json OwnedFields(const Json& webhook, const std::string& bundle_pem, bool match_conditions) {
  const std::string name = webhook.value("name", "");
  Json owned = {{"name", name}, {"clientConfig", {{"caBundle", base::Base64Encode(bundle_pem)}}}};
  if (match_conditions) {
    const Json conditions = MatchConditionsFor(name);
    if (!conditions.empty()) owned["matchConditions"] = conditions;
  }
  return owned;
}

bool Holds(const Json& webhook, const Json& owned) {
  if (webhook.value(Json::json_pointer("/clientConfig/caBundle"), "") !=
      owned.at("clientConfig").at("caBundle")) {
    return false;
  }
  return !owned.contains("matchConditions") ||
         webhook.value("matchConditions", Json::array()) == owned.at("matchConditions");
}

}  // namespace

base::Result<platform::ServingCertificate> DecodeServingCertificate(const kube::RawObject& object) {
  const auto parsed = json::ParseTrusted(object.json);
  if (!parsed) return tl::unexpected(parsed.error());
  const auto set = FromSecretData(parsed->value("data", Json::object()));
  // Not an error of the object: until the leader has filled it there is none.
  if (!set) return platform::ServingCertificate();
  return platform::ServingCertificate{set->leaf.certificate_pem,
                                      std::string(set->leaf.private_key_pem.Reveal())};
}

crypto::ServerNames ServingNames(const OperatorConfig& config) {
  const std::string& service = config.webhook.service_name;
  crypto::ServerNames names;
  names.dns_names = {fmt::format("{}.{}.svc", service, config.ns),
                     fmt::format("{}.{}", service, config.ns),
                     fmt::format("{}.{}.svc.cluster.local", service, config.ns)};
  for (const std::string& extra : config.webhook.extra_names) {
    (fetch::Address::Parse(extra) ? names.ip_addresses : names.dns_names).push_back(extra);
  }
  return names;
}

CertificateKeeper::CertificateKeeper(const CertificateKeeperParts& parts,
                                     const OperatorConfig& config, const RotationOptions& options)
    : parts_(parts), config_(config), options_(options) {}

void CertificateKeeper::Start() {
  thread_ = std::jthread([this](std::stop_token stop) { Run(std::move(stop)); });
}

void CertificateKeeper::Stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

void CertificateKeeper::Run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    std::chrono::milliseconds pause = kRetryPeriod;
    const auto next = Look(stop);
    if (next) {
      const auto until = *next - parts_.clock.Now();
      pause = std::clamp<std::chrono::milliseconds>(until, kRetryPeriod, kLookPeriod);
    } else if (!stop.stop_requested()) {
      log::Warning("could not look after the webhook's certificates; will try again",
                   {{"error", next.error().message}});
    }
    parts_.waiter.Wait(pause, stop);
  }
}

base::Result<base::Time> CertificateKeeper::Look(std::stop_token stop) {
  const kube::ObjectKey secret_key{config_.ns, config_.certificate_secret};
  const auto secret = parts_.client.Get(kube::kSecrets, secret_key, stop);
  std::optional<CertificateSet> set;
  std::string version;
  if (secret) {
    version = secret->meta.resource_version;
    auto read = FromSecretData(secret->body->value("data", Json::object()));
    if (read) set = *std::move(read);
  } else if (secret.error().kind != base::ErrorKind::kNotFound) {
    return tl::unexpected<base::Error>(secret.error());
  }
  const auto registration = ReadRegistration(stop);
  if (!registration) return tl::unexpected(registration.error());

  const std::string trusted = set ? set->trusted_pem : "";
  const std::string leaf_pem = set ? set->leaf.certificate_pem : "";
  auto step = NextRotation(std::move(set), registration->bundle_pem, ServingNames(config_),
                           parts_.clock.Now(), options_);
  if (!step) return tl::unexpected(step.error());
  const std::string& wanted = step->write ? step->write->trusted_pem : trusted;
  const auto bundle = MergedBundle(registration->bundle_pem, wanted, parts_.clock.Now());
  if (!bundle) return tl::unexpected(bundle.error());
  if (registration->exists) {
    // Before the Secret: who serves a leaf must already be trusted.
    const base::Status published = Publish(*registration, *bundle, stop);
    if (!published) return tl::unexpected(published.error());
  }
  if (step->write) {
    const base::Status written = WriteSecret(*step->write, version, stop);
    if (!written) return tl::unexpected(written.error());
    log::Info("webhook certificates changed", {{"why", step->why}});
    ReportExpiry(step->write->leaf.certificate_pem);
  } else {
    ReportExpiry(leaf_pem);
  }
  return step->next_look;
}

void CertificateKeeper::ReportExpiry(const std::string& leaf_pem) {
  const auto leaf = crypto::ReadCertificate(leaf_pem);
  if (!leaf) return;
  const std::chrono::duration<double> end = leaf->validity.not_after.time_since_epoch();
  parts_.metrics.SetCertificateExpiry("serving", end.count());
}

void CertificateKeeper::ReportEntries(const Json& webhooks) {
  double open = 0;
  for (const Json& webhook : webhooks) {
    if (webhook.value("failurePolicy", "Fail") == "Ignore") ++open;
  }
  parts_.metrics.SetRegisteredEntries("Ignore", open);
  parts_.metrics.SetRegisteredEntries("Fail", static_cast<double>(webhooks.size()) - open);
}

base::Result<CertificateKeeper::Registration> CertificateKeeper::ReadRegistration(
    std::stop_token stop) {
  const auto object = parts_.client.Get(kube::kValidatingWebhookConfigurations,
                                        {"", config_.webhook.configuration_name}, std::move(stop));
  Registration registration;
  if (!object) {
    if (object.error().kind != base::ErrorKind::kNotFound) {
      return tl::unexpected<base::Error>(object.error());
    }
    // Who installs or removes the registration decides whether the gate is on.
    log::Warning("there is no webhook configuration: nothing is gated",
                 {{"name", config_.webhook.configuration_name}});
    ReportEntries(Json::array());
    return registration;
  }
  registration.exists = true;
  registration.document = object->body;
  const Json& webhooks = WebhooksOf(*registration.document);
  ReportEntries(webhooks);
  if (!webhooks.empty()) registration.bundle_pem = BundleOf(webhooks.front());
  for (const Json& webhook : webhooks) {
    if (BundleOf(webhook) != registration.bundle_pem) registration.bundle_pem.clear();
  }
  return registration;
}

base::Status CertificateKeeper::Publish(const Registration& registration,
                                        const std::string& bundle_pem, std::stop_token stop) {
  const auto capabilities = parts_.discovery.Get(stop);
  const bool match_conditions = capabilities && capabilities->webhook_match_conditions;
  Json owned = Json::array();
  bool holds = true;
  for (const Json& webhook : WebhooksOf(*registration.document)) {
    owned.push_back(OwnedFields(webhook, bundle_pem, match_conditions));
    holds = holds && Holds(webhook, owned.back());
  }
  if (holds) return {};
  if (!parts_.leadership.MayAct()) {
    return base::Fail(base::ErrorKind::kUnavailable, "this process does not lead any more");
  }
  kube::ApplyOptions options;
  options.field_manager = kFieldManager;
  options.force = true;
  // Only what we own, and only ever more trust than before: rules, selectors
  // and failurePolicy are the installer's. (THREATS T24.)
  const Json patch = {{"webhooks", std::move(owned)}};
  const auto applied = parts_.client.Apply(kube::kValidatingWebhookConfigurations,
                                           {"", config_.webhook.configuration_name}, patch, options,
                                           std::move(stop));
  if (!applied) return tl::unexpected<base::Error>(applied.error());
  log::Info("webhook registration brought up to date",
            {{"name", config_.webhook.configuration_name}, {"match_conditions", match_conditions}});
  return {};
}

base::Status CertificateKeeper::WriteSecret(const CertificateSet& set,
                                            const std::string& resource_version,
                                            std::stop_token stop) {
  if (!parts_.leadership.MayAct()) {
    return base::Fail(base::ErrorKind::kUnavailable, "this process does not lead any more");
  }
  Json secret = {{"apiVersion", "v1"},
                 {"kind", "Secret"},
                 {"metadata", {{"name", config_.certificate_secret}, {"namespace", config_.ns}}},
                 {"type", "Opaque"},
                 {"data", ToSecretData(set)}};
  kube::WriteOptions options;
  options.field_manager = kFieldManager;
  if (resource_version.empty()) {
    const auto created =
        parts_.client.Create(kube::kSecrets, config_.ns, secret, options, std::move(stop));
    if (!created) return tl::unexpected<base::Error>(created.error());
    return {};
  }
  secret["metadata"]["resourceVersion"] = resource_version;
  const auto replaced = parts_.client.Replace(
      kube::kSecrets, {config_.ns, config_.certificate_secret}, secret, options, std::move(stop));
  if (!replaced) return tl::unexpected<base::Error>(replaced.error());
  return {};
}

}  // namespace launchgate::app
