// Keeps the webhook's certificates and its registration alive: the leader
// writes the Secret and the ValidatingWebhookConfiguration, every replica
// serves what the Secret holds.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>

#include "app/certificates/rotation.h"
#include "app/config.h"
#include "platform/http_server.h"
#include "shell/clock/clock.h"
#include "shell/kube/client.h"
#include "shell/kube/discovery.h"
#include "shell/kube/informer.h"
#include "shell/kube/lease.h"
#include "shell/telemetry/operator_metrics.h"

namespace launchgate::app {

// The pair in a Secret of the webhook; empty texts when it holds none.
base::Result<platform::ServingCertificate> DecodeServingCertificate(const kube::RawObject& object);

// Names that the serving certificate must carry: those of the Service, and the
// configured ones.
crypto::ServerNames ServingNames(const OperatorConfig& config);

struct CertificateKeeperParts {
  kube::Client& client;
  kube::Discovery& discovery;
  const clock::Clock& clock;
  kube::Waiter& waiter;
  const kube::LeadershipGuard& leadership;
  telemetry::OperatorMetrics& metrics;
};

// Runs on the leader. Looks every kLookPeriod, and heals: a deleted Secret or a
// cleared caBundle is put right at the next look.
class CertificateKeeper {
 public:
  CertificateKeeper(const CertificateKeeperParts& parts, const OperatorConfig& config,
                    const RotationOptions& options);
  ~CertificateKeeper() { Stop(); }

  void Start();
  void Stop();

  // One look; what the thread does. The result is when to look again.
  base::Result<base::Time> Look(std::stop_token stop);

  static constexpr std::chrono::milliseconds kLookPeriod{10'000};
  static constexpr std::chrono::milliseconds kRetryPeriod{1'000};

 private:
  struct Registration {
    bool exists = false;
    std::shared_ptr<const json::Json> document;  // The ValidatingWebhookConfiguration.
    std::string bundle_pem;  // What all of its entries trust; empty when they differ.
  };

  void Run(std::stop_token stop);
  void ReportExpiry(const std::string& leaf_pem);
  void ReportEntries(const json::Json& webhooks);
  base::Result<Registration> ReadRegistration(std::stop_token stop);
  base::Status Publish(const Registration& registration, const std::string& bundle_pem,
                       std::stop_token stop);
  base::Status WriteSecret(const CertificateSet& set, const std::string& resource_version,
                           std::stop_token stop);

  CertificateKeeperParts parts_;
  const OperatorConfig& config_;
  const RotationOptions options_;
  std::jthread thread_;
};

}  // namespace launchgate::app
