#include "app/operator_process.h"

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <limits>
#include <mutex>
#include <random>
#include <utility>

#include "app/certificates/keeper.h"
#include "app/clock_probe.h"
#include "app/cluster.h"
#include "app/controller.h"
#include "app/evidence_stack.h"
#include "app/gate_index_keeper.h"
#include "app/reconcile/budget_review_signals.h"
#include "app/reconcile/budget_review_store.h"
#include "app/reconcile/cluster_agendas.h"
#include "platform/health.h"
#include "platform/http_server.h"
#include "platform/log.h"
#include "shell/clock/clock_guard.h"
#include "shell/clock/time_zones.h"
#include "shell/crypto/certificates.h"
#include "shell/crypto/keys.h"
#include "shell/kube/discovery.h"
#include "shell/kube/events.h"
#include "shell/kube/lease.h"
#include "shell/telemetry/operator_metrics.h"
#include "shell/webhook/webhook.h"

namespace launchgate::app {
namespace {

namespace log = platform::log;

std::uint64_t RandomSeed() {
  std::random_device device;
  return (static_cast<std::uint64_t>(device()) << 32U) | device();
}

void LogInformerNote(kube::InformerNote note, std::string_view detail) {
  switch (note) {
    case kube::InformerNote::kListed:
    case kube::InformerNote::kWatchClosed:
      return;  // Everyday life.
    default:
      log::Warning("watch trouble", {{"note", kube::ToString(note)}, {"detail", detail}});
  }
}

// The clocks as the webhook wants them.
class GuardedTime final : public webhook::TrustedTime {
 public:
  GuardedTime(const clock::Clock& clock, const clock::ClockGuard& guard)
      : clock_(clock), guard_(guard) {}
  base::Time Now() const override { return clock_.Now(); }
  bool Trusted() const override { return guard_.Trusted(); }

 private:
  const clock::Clock& clock_;
  const clock::ClockGuard& guard_;
};

telemetry::LiveReadings ReadingsOf(const Cluster& cluster, const clock::ClockGuard& guard) {
  const auto age = [&cluster] {
    const std::chrono::milliseconds quiet = cluster.Age();
    return quiet == std::chrono::milliseconds::max() ? std::numeric_limits<double>::infinity()
                                                     : std::chrono::duration<double>(quiet).count();
  };
  return {.cache_age_seconds = age,
          .caches_ready = [&cluster] { return !cluster.WaitingFor(); },
          .clock_trusted = [&guard] { return guard.Trusted(); }};
}

class DecisionCounter final : public webhook::DecisionObserver {
 public:
  explicit DecisionCounter(telemetry::OperatorMetrics& metrics) : metrics_(metrics) {}
  void OnDecision(std::string_view entry, bool allowed, std::string_view reason,
                  double seconds) override {
    metrics_.CountDecision(entry, allowed, reason, seconds);
  }

 private:
  telemetry::OperatorMetrics& metrics_;
};

// What both roles stand on.
struct Foundation {
  Foundation(transport::Transport& the_transport, const OperatorOptions& options)
      : transport(the_transport),
        seed(RandomSeed()),
        clock_guard(clock),
        probe(transport, waiter, clock_guard),
        context{transport, clock, waiter, &LogInformerNote},
        cluster(context, signatures,
                {options.controller ? KeepStatus::kYes : KeepStatus::kNo, seed}),
        metrics(ReadingsOf(cluster, clock_guard)) {}

  transport::Transport& transport;
  const std::uint64_t seed;
  clock::SystemClock clock;
  kube::SystemWaiter waiter;
  clock::ClockGuard clock_guard;
  ClockProbe probe;
  clock::SystemTimeZones zones;
  crypto::OpenSslSignatures signatures;
  platform::Health health;
  kube::InformerContext context;
  Cluster cluster;
  telemetry::OperatorMetrics metrics;
};

// The webhook role: an index that follows the cluster, and a server whose
// certificate follows a Secret.
class WebhookRole {
 public:
  WebhookRole(Foundation& base, const OperatorConfig& config)
      : base_(base),
        config_(config),
        keeper_(base.cluster, base.signatures, base.zones, base.clock,
                [&base](std::size_t reviews) {
                  base.metrics.SetReviews(static_cast<double>(reviews));
                }),
        time_(base.clock, base.clock_guard),
        counter_(base.metrics),
        webhook_(keeper_, time_, counter_,
                 {admission::DefaultControllerIdentities(), config.guards}),
        certificate_(base.context, SecretOptions(config, base.seed), &DecodeServingCertificate) {
    certificate_.AddHandler([this](const auto& change) {
      if (change.after && !change.after->chain_pem.empty()) OnCertificate(*change.after);
    });
    base_.health.AddReadinessCheck("caches", [this] { return base_.cluster.WaitingFor(); });
    base_.health.AddReadinessCheck("clock", [this] { return base_.clock_guard.Complaint(); });
    base_.health.AddReadinessCheck("certificate", [this]() -> std::optional<std::string> {
      const std::lock_guard lock(mutex_);
      if (server_) return std::nullopt;
      return "no serving certificate yet";
    });
  }

  // Returns when the first certificate is there and the port is bound.
  base::Result<int> Start(std::stop_token stop) {
    certificate_.Start();
    keeper_.Start();
    std::unique_lock lock(mutex_);
    started_.wait(lock, std::move(stop), [this] { return server_ || !error_.empty(); });
    if (!error_.empty()) return base::Fail(base::ErrorKind::kInternal, error_);
    return server_ ? server_->port() : 0;
  }

  void Drain() {
    const std::lock_guard lock(mutex_);
    if (server_) server_->BeginDrain();
  }

  void Stop() {
    certificate_.Stop();
    keeper_.Stop();
    const std::lock_guard lock(mutex_);
    if (server_) server_->Stop(kDrainDeadline);
  }

 private:
  // Only the one Secret: the role may read no other.
  static kube::InformerOptions SecretOptions(const OperatorConfig& config, std::uint64_t seed) {
    kube::InformerOptions options;
    options.type = kube::kSecrets;
    options.ns = config.ns;
    options.field_selector = "metadata.name=" + config.certificate_secret;
    options.seed = seed + 31;
    return options;
  }

  void OnCertificate(const platform::ServingCertificate& certificate) {
    const std::lock_guard lock(mutex_);
    if (server_) {
      const auto replaced = server_->ReplaceCertificate(certificate);
      if (replaced) ReportLoaded(certificate);
      log::Info(replaced ? "serving certificate replaced" : "serving certificate refused",
                {{"error", replaced ? "" : replaced.error()}});
      return;
    }
    platform::HttpServerOptions options;
    options.address = config_.webhook.listen.address;
    options.port = config_.webhook.listen.port;
    options.io_threads = static_cast<std::size_t>(config_.webhook.io_threads);
    options.body_limit_bytes = admission::kMaxReviewBytes;
    options.tls = platform::TlsOptions{.certificate = certificate, .client_ca_pem = ""};
    auto server = platform::HttpServer::Start(options, webhook_.Routes());
    if (server) {
      server_ = *std::move(server);
      ReportLoaded(certificate);
    } else {
      error_ = server.error();
    }
    started_.notify_all();
  }

  // Of the one that is served, which need not be the one in the Secret.
  void ReportLoaded(const platform::ServingCertificate& certificate) {
    const auto leaf = crypto::ReadCertificate(certificate.chain_pem);
    if (!leaf) return;
    const std::chrono::duration<double> end = leaf->validity.not_after.time_since_epoch();
    base_.metrics.SetCertificateExpiry("loaded", end.count());
  }

  Foundation& base_;
  const OperatorConfig& config_;
  GateIndexKeeper keeper_;
  GuardedTime time_;
  DecisionCounter counter_;
  webhook::Webhook webhook_;
  kube::Informer<platform::ServingCertificate> certificate_;

  std::mutex mutex_;  // Guards what follows.
  std::condition_variable_any started_;
  std::unique_ptr<platform::HttpServer> server_;
  std::string error_;
};

// The controller role. Everything that writes happens between the start and the
// end of a term of leadership.
class ControllerRole {
 public:
  ControllerRole(Foundation& base, const OperatorOptions& options,
                 const kube::ResourceType& cron_jobs, std::unique_ptr<EvidenceStack> evidence)
      : base_(base),
        client_(base.transport, base.clock, base.waiter, WriterOptions(), base.seed + 41),
        discovery_(client_, base.clock, kube::DiscoveryOptions()),
        workloads_(base.context, cron_jobs, base.seed),
        evidence_(std::move(evidence)),
        lease_api_(base.transport, base.clock, {options.config.ns, options.config.lease_name}),
        elector_(lease_api_, base.clock, base.waiter, options.identity, kube::LeaseOptions(),
                 {[this](const kube::Fence& fence) { OnStarted(fence); }, [] { OnLost(); }}),
        status_(client_, elector_.guard(), base.metrics),
        events_(client_, base.clock, EventOptions(options)),
        reviews_({base.cluster, workloads_, evidence_->gatherer(), status_, events_,
                  base.signatures, base.zones, base.clock}),
        objects_(base.cluster, status_, base.signatures, base.clock),
        evaluator_(evidence_->servers()),
        budgets_(
            {base.cluster, evaluator_, base.zones, status_, events_, base.metrics, base.clock}),
        stored_reviews_(client_, status_, elector_.guard()),
        agendas_(base.cluster, evaluator_, base.zones, base.signatures),
        review_signals_(events_, base.metrics),
        budget_reviews_(stored_reviews_, agendas_, review_signals_, base.zones, base.signatures),
        windows_(status_, base.zones, base.clock),
        controller_(
            {base.cluster, workloads_, evidence_->objects(), evidence_->gatherer(), reviews_,
             objects_, budgets_, budget_reviews_, windows_, base.metrics, base.clock},
            {.seed = base.seed + 44}),
        certificates_(
            {client_, discovery_, base.clock, base.waiter, elector_.guard(), base.metrics},
            options.config, RotationOptions()) {}

  void Start() {
    workloads_.Start();
    evidence_->Start();
    event_thread_ = std::jthread([this](std::stop_token stop) { events_.Run(std::move(stop)); });
    elector_.Start();
  }

  void Stop() {
    // No term begins any more; the lease goes last, since nobody else may begin
    // while we still write.
    elector_.Withdraw();
    certificates_.Stop();
    controller_.Stop();
    elector_.StopAndRelease(kDrainDeadline);
    if (event_thread_.joinable()) {
      event_thread_.request_stop();
      event_thread_.join();
    }
    evidence_->Stop();
    workloads_.Stop();
  }

 private:
  // One status write per review and change; after a start that is one for each.
  static kube::ClientOptions WriterOptions() {
    kube::ClientOptions options;
    options.rate = {200, 400};
    return options;
  }

  static kube::EventRecorderOptions EventOptions(const OperatorOptions& options) {
    kube::EventRecorderOptions event_options;
    event_options.controller = "launchgate.dev/controller";
    event_options.instance = options.identity;
    return event_options;
  }

  void OnStarted(const kube::Fence& fence) {
    log::Info("leading", {{"term", fence.transitions}});
    base_.metrics.SetLeading(true);
    certificates_.Start();
    controller_.Start();
  }

  [[noreturn]] static void OnLost() {
    log::Error("lost the leadership; ending so that nothing is written any more");
    std::_Exit(EXIT_FAILURE);
  }

  Foundation& base_;
  kube::Client client_;
  kube::Discovery discovery_;
  Workloads workloads_;
  std::unique_ptr<EvidenceStack> evidence_;
  kube::KubeLeaseApi lease_api_;
  kube::LeaderElector elector_;
  StatusWriter status_;
  kube::EventRecorder events_;
  ReviewReconciler reviews_;
  ObjectReconcilers objects_;
  BudgetEvaluator evaluator_;
  BudgetReconciler budgets_;
  ClusterBudgetReviews stored_reviews_;
  ClusterAgendas agendas_;
  BudgetReviewSignals review_signals_;
  BudgetReviewReconciler budget_reviews_;
  FreezeWindowReconciler windows_;
  Controller controller_;
  CertificateKeeper certificates_;
  std::jthread event_thread_;
};

// Which of the two homes of CronJob the server has. Asked again until answered:
// guessing would leave them ungated.
base::Result<const kube::ResourceType*> AskForCronJobs(Foundation& base, std::stop_token stop) {
  kube::Client client(base.transport, base.clock, base.waiter, kube::ClientOptions(),
                      base.seed + 51);
  kube::Discovery discovery(client, base.clock, kube::DiscoveryOptions());
  while (!stop.stop_requested()) {
    const auto capabilities = discovery.Get(stop);
    if (capabilities) {
      log::Info("API server found", {{"version", capabilities->version.git_version}});
      return capabilities->cron_jobs == nullptr ? &kube::kCronJobs : capabilities->cron_jobs;
    }
    log::Warning("the API server cannot be asked yet; will try again",
                 {{"error", capabilities.error().message}});
    base.waiter.Wait(std::chrono::seconds(1), stop);
  }
  return base::Fail(base::ErrorKind::kUnavailable, "stopped before the API server answered");
}

base::Result<std::unique_ptr<platform::HttpServer>> ServeHealth(Foundation& base,
                                                                const OperatorConfig& config) {
  auto routes = platform::HealthRoutes(base.health);
  routes.push_back(platform::MetricsRoute(base.metrics.registry()));
  platform::HttpServerOptions options;
  options.address = config.health.address;
  options.port = config.health.port;
  auto server = platform::HttpServer::Start(options, std::move(routes));
  if (!server) return base::Fail(base::ErrorKind::kUnavailable, server.error());
  return *std::move(server);
}

void WaitFor(std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  stopped.wait(lock, std::move(stop), [] { return false; });
}

}  // namespace

base::Status RunOperator(const OperatorOptions& options, std::stop_token stop) {
  auto transport = transport::MakeCpprestTransport(options.cluster.transport);
  if (!transport) return tl::unexpected(transport.error());
  Foundation base(**transport, options);
  const auto health_server = ServeHealth(base, options.config);
  if (!health_server) return tl::unexpected(health_server.error());

  // Roles register their handlers before any informer starts.
  std::unique_ptr<WebhookRole> webhook;
  std::unique_ptr<ControllerRole> controller;
  if (options.webhook) webhook = std::make_unique<WebhookRole>(base, options.config);
  if (options.controller) {
    const auto cron_jobs = AskForCronJobs(base, stop);
    if (!cron_jobs) return {};
    auto evidence = EvidenceStack::Make(
        {base.context, base.signatures, base.metrics, base.seed + 60}, options.config);
    if (!evidence) return tl::unexpected(evidence.error());
    controller = std::make_unique<ControllerRole>(base, options, **cron_jobs, *std::move(evidence));
  }
  base.probe.Start();
  base.cluster.Start();
  if (controller) controller->Start();
  int webhook_port = 0;
  if (webhook) {
    const auto port = webhook->Start(stop);
    if (!port) return tl::unexpected(port.error());
    webhook_port = *port;
  }
  log::Info("started", {{"identity", options.identity},
                        {"webhook_port", webhook_port},
                        {"health_port", (*health_server)->port()}});
  if (options.on_listening) options.on_listening(webhook_port, (*health_server)->port());
  WaitFor(stop);

  log::Info("stopping");
  base.health.BeginDrain();
  if (webhook) {
    webhook->Drain();
    base.waiter.Wait(kDrainDelay, std::stop_token());
    webhook->Stop();
  }
  if (controller) controller->Stop();
  base.cluster.Stop();
  base.probe.Stop();
  (*health_server)->Stop(kDrainDeadline);
  return {};
}

}  // namespace launchgate::app
