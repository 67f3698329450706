#include "gift-cards/service.h"

#include <utility>
#include <vector>

#include "gift-cards/answer_deadline.h"
#include "gift-cards/bulkhead.h"
#include "gift-cards/code_locks.h"
#include "gift-cards/endpoint.h"
#include "gift-cards/periodic.h"
#include "gift-cards/provider_gate.h"
#include "gift-cards/store_watch.h"
#include "platform/health.h"
#include "platform/http_server.h"
#include "platform/log.h"

namespace gift_cards {
namespace {

namespace log = launchgate::platform::log;
namespace platform = launchgate::platform;

using std::chrono::milliseconds;

// A store that was not heard of for this many intervals is not ready.
constexpr int kMissedAnswers = 5;
// Beyond the deadline: for workers to come back and for answers to be written.
constexpr milliseconds kDrainGrace{500};

}  // namespace

std::optional<std::string> ProblemOf(const ServiceOptions& options) {
  if (options.max_concurrent < 1 || options.max_concurrent > Bulkhead::kMaxWorkers) {
    return "at most 1 to 512 redemptions can be in flight";
  }
  if (auto problem = ProblemOf(options.redeemer)) return problem;
  if (auto problem = ProblemOf(options.breaker)) return problem;
  if (options.breaker.probe_lease <= options.redeemer.attempt_timeout) {
    return "the breaker's probe lease must be longer than an attempt may take";
  }
  if (options.recovery.min_age <= options.redeemer.deadline) {
    return "recovery must leave rows alone for longer than the deadline";
  }
  if (options.recovery_interval <= milliseconds(0) || options.watch_interval <= milliseconds(0)) {
    return "intervals must be longer than 0";
  }
  return std::nullopt;
}

// Members are in the order of who needs whom: each is destroyed before what it
// uses. The server goes first, then those who work for it.
class Service::Impl {
 public:
  Impl(const ServiceOptions& options, const ServiceParts& parts)
      : options_(options),
        gate_(options.breaker, parts.clock, metrics_),
        redeemer_parts_{parts.store, parts.payments, gate_,       locks_,
                        metrics_,    parts.clock,    parts.chance},
        redeemer_(options.redeemer, redeemer_parts_),
        recovery_(options.recovery, redeemer_parts_),
        watch_(parts.store, parts.clock, metrics_, options.watch_interval * kMissedAnswers),
        bulkhead_(options.max_concurrent, metrics_),
        endpoint_(options.redeemer.deadline, {redeemer_,
                                              bulkhead_,
                                              answer_deadline_,
                                              {metrics_, gate_, parts.clock},
                                              parts.chance}) {}

  tl::expected<void, std::string> Start();
  bool Drain();

  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  [[nodiscard]] Metrics& metrics() { return metrics_; }

 private:
  [[nodiscard]] std::vector<platform::Route> Routes();
  void AddReadinessChecks();

  const ServiceOptions options_;
  Metrics metrics_;
  platform::Health health_;
  ProviderGate gate_;
  CodeLocks locks_;
  const RedeemerParts redeemer_parts_;
  Redeemer redeemer_;
  Recovery recovery_;
  StoreWatch watch_;
  AnswerDeadline answer_deadline_;
  Bulkhead bulkhead_;
  RedemptionEndpoint endpoint_;
  std::optional<Periodic> watching_;
  std::optional<Periodic> recovering_;
  std::unique_ptr<platform::HttpServer> server_;
};

void Service::Impl::AddReadinessChecks() {
  health_.AddReadinessCheck("breaker", [this]() -> std::optional<std::string> {
    if (gate_.State() != BreakerState::kOpen) return std::nullopt;
    return "open: the payment provider does not answer";
  });
  health_.AddReadinessCheck("store", [this] { return watch_.Problem(); });
}

std::vector<platform::Route> Service::Impl::Routes() {
  std::vector<platform::Route> routes = platform::HealthRoutes(health_);
  routes.push_back(platform::MetricsRoute(metrics_.registry()));
  platform::Route redeem;
  redeem.method = "POST";
  redeem.path = "/giftcards/redeem";
  redeem.async_handler = [this](const platform::Request& request, platform::Responder responder) {
    endpoint_.Handle(request, std::move(responder));
  };
  routes.push_back(std::move(redeem));
  return routes;
}

tl::expected<void, std::string> Service::Impl::Start() {
  AddReadinessChecks();
  watch_.Refresh();  // Ready or not, but not "not asked yet".
  watching_.emplace(options_.watch_interval, [this](const std::stop_token&) {
    watch_.Refresh();
    (void)gate_.State();  // Shows in the metrics what time alone changed.
  });
  recovering_.emplace(options_.recovery_interval,
                      [this](std::stop_token stop) { recovery_.Round(std::move(stop)); });
  platform::HttpServerOptions server;
  server.address = options_.address;
  server.port = options_.port;
  server.io_threads = options_.io_threads;
  server.on_handler_exception = [](std::string_view path, std::string_view what) {
    log::Error("a handler failed", {{"path", path}, {"error", what}});
  };
  auto started = platform::HttpServer::Start(std::move(server), Routes());
  if (!started) return tl::unexpected(started.error());
  server_ = std::move(*started);
  return {};
}

bool Service::Impl::Drain() {
  health_.BeginDrain();
  server_->BeginDrain();
  bulkhead_.Close();
  recovering_.reset();
  const bool idle = bulkhead_.WaitUntilIdle(options_.redeemer.deadline + kDrainGrace);
  watching_.reset();
  return server_->Stop(kDrainGrace) && idle;
}

Service::Service(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Service::~Service() = default;

tl::expected<std::unique_ptr<Service>, std::string> Service::Start(const ServiceOptions& options,
                                                                   const ServiceParts& parts) {
  if (auto problem = ProblemOf(options)) return tl::unexpected(*problem);
  auto impl = std::make_unique<Impl>(options, parts);
  if (auto started = impl->Start(); !started) return tl::unexpected(started.error());
  return std::unique_ptr<Service>(new Service(std::move(impl)));
}

std::uint16_t Service::port() const { return impl_->port(); }
Metrics& Service::metrics() { return impl_->metrics(); }
bool Service::Drain() { return impl_->Drain(); }

}  // namespace gift_cards
