#include "payments-stub/service.h"

#include <fmt/format.h>

#include <mutex>
#include <nlohmann/json.hpp>
#include <random>
#include <utility>
#include <vector>

#include "payments-stub/delayed_answers.h"
#include "payments-stub/fault.h"
#include "payments-stub/metrics.h"
#include "payments-stub/order.h"
#include "platform/http_server.h"
#include "platform/log.h"

namespace payments_stub {
namespace {

namespace log = launchgate::platform::log;
using launchgate::platform::HttpServer;
using launchgate::platform::HttpServerOptions;
using launchgate::platform::Request;
using launchgate::platform::Responder;
using launchgate::platform::Response;
using launchgate::platform::Route;
using Clock = DelayedAnswers::Clock;

constexpr std::size_t kMaxBodyBytes = 4096;
constexpr std::chrono::milliseconds kStopDeadline{500};

Response Json(int status, std::string body) {
  return {.status = status, .content_type = "application/json", .body = std::move(body)};
}

// `field` empty: about no field in particular.
Response Refusal(int status, const std::string& field, const std::string& message) {
  nlohmann::json body = {{"error", message}};
  if (!field.empty()) body["field"] = field;
  // A knob that does not exist may have any name, also one that is not UTF-8.
  return Json(status, body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

std::string ChargeJson(const Charge& charge) {
  return fmt::format(R"({{"chargeId":"{}","ref":"{}","amount":{}}})", charge.charge_id, charge.ref,
                     charge.amount_cents);
}

// What a request came to, what it is answered and when.
struct Verdict {
  Outcome outcome = Outcome::kFailed;
  Response response;
  std::chrono::milliseconds delay{0};
};

Verdict VerdictOf(const ChargeBook::Result& result) {
  switch (result.outcome) {
    case ChargeOutcome::kCreated:
      return {Outcome::kCreated, Json(201, ChargeJson(result.charge))};
    case ChargeOutcome::kReplayed:
      return {Outcome::kReplayed, Json(200, ChargeJson(result.charge))};
    case ChargeOutcome::kConflict:
      return {Outcome::kConflict,
              Refusal(409, "amount", "this ref was charged with another amount")};
    case ChargeOutcome::kFull:
      break;
  }
  return {Outcome::kFailed, Refusal(507, "", "no room for more charges; start anew")};
}

}  // namespace

class Service::Impl {
 public:
  explicit Impl(ServiceOptions options)
      : options_(std::move(options)),
        knobs_(options_.knobs),
        random_(options_.seed),
        book_(options_.max_charges),
        metrics_([this] { return static_cast<double>(book_.size()); },
                 [this] { return static_cast<double>(waiting_.waiting()); }),
        waiting_(options_.max_waiting) {
    metrics_.ShowKnobs(knobs_);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  // Whoever waits is let go first, so that the server has nothing to wait for.
  ~Impl() {
    waiting_.Drop();
    if (server_) server_->Stop(kStopDeadline);
  }

  tl::expected<void, std::string> Serve() {
    HttpServerOptions server{.address = options_.address, .port = options_.port};
    server.max_connections = kMaxConnections;
    auto started = HttpServer::Start(std::move(server), Routes());
    if (!started) return tl::unexpected(started.error());
    server_ = std::move(*started);
    return {};
  }

  std::uint16_t port() const { return server_->port(); }

 private:
  std::vector<Route> Routes() {
    std::vector<Route> routes;
    routes.push_back({.method = "POST",
                      .path = "/charge",
                      .content_types = {"application/json"},
                      .max_body_bytes = kMaxBodyBytes,
                      .async_handler = [this](const Request& request, Responder responder) {
                        OnCharge(request, std::move(responder));
                      }});
    routes.push_back({.method = "GET", .path = "/charges", .handler = [this](const Request&) {
                        return Charges();
                      }});
    routes.push_back({.method = "GET", .path = "/knobs", .handler = [this](const Request&) {
                        return Json(200, ToJson(CurrentKnobs()));
                      }});
    routes.push_back(
        {.method = "PUT",
         .path = "/knobs",
         .content_types = {"application/json"},
         .max_body_bytes = kMaxBodyBytes,
         .handler = [this](const Request& request) { return ChangeKnobs(request.body); }});
    routes.push_back({.method = "GET", .path = "/healthz", .handler = [](const Request&) {
                        return Response{.body = "ok\n"};
                      }});
    routes.push_back(launchgate::platform::MetricsRoute(metrics_.registry()));
    return routes;
  }

  void OnCharge(const Request& request, Responder responder) {
    Responder timed = Timed(std::move(responder));
    const auto order = ReadOrder(request.body);
    if (!order) {
      const OrderProblem& problem = order.error();
      metrics_.CountRequest(Outcome::kInvalid);
      timed.Send(Refusal(400, problem.field, problem.message));
      log::Info("charge", {{"outcome", WordOf(Outcome::kInvalid)}, {"problem", problem.message}});
      return;
    }
    Reply(order->ref, Judge(*order, RollDice()), std::move(timed));
  }

  // Charges at once, however late the answer: who gives up waiting has been charged.
  Verdict Judge(const Order& order, const Fate& fate) {
    Verdict verdict{Outcome::kFailed, Refusal(503, "", "injected failure"), fate.delay};
    if (fate.failure == Failure::kBeforeCharge) return verdict;
    const ChargeBook::Result result = book_.Add(order.ref, order.amount_cents);
    if (fate.hangs) {
      return {Outcome::kHung, Refusal(504, "", "silent for as long as this provider can be"),
              options_.max_hang};
    }
    if (fate.failure == Failure::kNone) {
      verdict = VerdictOf(result);
      verdict.delay = fate.delay;
    }
    return verdict;
  }

  // Answers leave through the I/O thread that runs this: none is seen before it is counted.
  void Reply(const std::string& ref, Verdict verdict, Responder responder) {
    const auto delay = verdict.delay;
    if (!waiting_.Add(Clock::now() + delay, responder, std::move(verdict.response))) {
      verdict.outcome = Outcome::kFailed;
      responder.Send(Refusal(503, "", "too many answers are waiting"));
    }
    metrics_.CountRequest(verdict.outcome);
    log::Info("charge",
              {{"ref", ref}, {"outcome", WordOf(verdict.outcome)}, {"delay_ms", delay.count()}});
  }

  // Measures until the answer, whoever gives it.
  Responder Timed(Responder responder) {
    auto shared = std::make_shared<Responder>(std::move(responder));
    return Responder([this, shared, began = Clock::now()](Response response) {
      metrics_.ObserveAnswer(Clock::now() - began);
      shared->Send(std::move(response));
    });
  }

  Response Charges() const {
    std::string body = R"({"charges":[)";
    const char* separator = "";
    for (const Charge& charge : book_.All()) {
      body += separator;
      body += ChargeJson(charge);
      separator = ",";
    }
    body += "]}";
    return Json(200, std::move(body));
  }

  Response ChangeKnobs(std::string_view body) {
    const std::lock_guard lock(mutex_);
    const auto changed = WithChanges(knobs_, body);
    if (!changed) return Refusal(400, changed.error().knob, changed.error().message);
    knobs_ = *changed;
    metrics_.ShowKnobs(knobs_);
    log::Info("knobs changed", {{"latency_ms", knobs_.latency_ms},
                                {"jitter_ms", knobs_.jitter_ms},
                                {"fail_rate", knobs_.fail_rate},
                                {"hang_rate", knobs_.hang_rate}});
    return Json(200, ToJson(knobs_));
  }

  Knobs CurrentKnobs() const {
    const std::lock_guard lock(mutex_);
    return knobs_;
  }

  Fate RollDice() {
    const std::lock_guard lock(mutex_);
    std::uniform_real_distribution<double> uniform(0, 1);
    // Braces: from left to right, so that a seed means the same everywhere.
    const Chances chances{uniform(random_), uniform(random_), uniform(random_), uniform(random_)};
    return Decide(knobs_, chances);
  }

  const ServiceOptions options_;
  mutable std::mutex mutex_;  // Guards knobs_ and random_.
  Knobs knobs_;
  std::mt19937_64 random_;
  ChargeBook book_;
  Metrics metrics_;
  DelayedAnswers waiting_;
  std::unique_ptr<HttpServer> server_;  // Last: its handlers use all of the above.
};

tl::expected<std::unique_ptr<Service>, std::string> Service::Start(ServiceOptions options) {
  if (options.max_waiting >= kMaxConnections) {
    return tl::unexpected(
        fmt::format("at most {} answers can wait at the same time", kMaxConnections - 1));
  }
  auto impl = std::make_unique<Impl>(std::move(options));
  const auto serving = impl->Serve();
  if (!serving) return tl::unexpected(serving.error());
  return std::unique_ptr<Service>(new Service(std::move(impl)));
}

Service::Service(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Service::~Service() = default;
std::uint16_t Service::port() const { return impl_->port(); }

}  // namespace payments_stub
