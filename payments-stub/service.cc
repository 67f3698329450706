#include "payments-stub/service.h"

#include <fmt/format.h>

#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "payments-stub/charges.h"
#include "payments-stub/delayed_answers.h"
#include "payments-stub/fault.h"
#include "platform/http_server.h"
#include "platform/log.h"
#include "platform/metrics.h"

namespace payments_stub {
namespace {

namespace log = launchgate::platform::log;
using launchgate::platform::Counter;
using launchgate::platform::Family;
using launchgate::platform::Gauge;
using launchgate::platform::Histogram;
using launchgate::platform::HttpServer;
using launchgate::platform::HttpServerOptions;
using launchgate::platform::MetricsRegistry;
using launchgate::platform::Request;
using launchgate::platform::Responder;
using launchgate::platform::Response;
using launchgate::platform::Route;
using Clock = DelayedAnswers::Clock;

constexpr std::int64_t kMaxAmountCents = 1'000'000;
constexpr std::size_t kMaxRefBytes = 64;
constexpr std::size_t kMaxBodyBytes = 4096;
constexpr std::chrono::milliseconds kStopDeadline{500};

Response Json(int status, std::string body) {
  return {.status = status, .content_type = "application/json", .body = std::move(body)};
}

Response Refusal(int status, const std::string& field, const std::string& message) {
  nlohmann::json body = {{"error", message}};
  if (!field.empty()) body["field"] = field;
  return Json(status, body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

bool IsRef(const std::string& text) {
  if (text.empty() || text.size() > kMaxRefBytes) return false;
  return text.find_first_not_of(
             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") ==
         std::string::npos;
}

struct Order {
  std::string ref;
  std::int64_t amount_cents = 0;
};

// What POST /charge asks for, or the answer that says what is wrong with it.
tl::expected<Order, Response> ReadOrder(std::string_view body) {
  const auto object = nlohmann::json::parse(body, nullptr, false);
  if (!object.is_object()) {
    return tl::unexpected(Refusal(400, "", "the body must be a JSON object with amount and ref"));
  }
  const auto amount = object.find("amount");
  if (amount == object.end() || !amount->is_number_integer() || *amount < 1 ||
      *amount > kMaxAmountCents) {
    return tl::unexpected(Refusal(
        400, "amount", fmt::format("amount must be whole cents from 1 to {}", kMaxAmountCents)));
  }
  const auto ref = object.find("ref");
  if (ref == object.end() || !ref->is_string() || !IsRef(ref->get<std::string>())) {
    return tl::unexpected(Refusal(
        400, "ref", fmt::format("ref must be 1 to {} letters, digits, '_' or '-'", kMaxRefBytes)));
  }
  return Order{ref->get<std::string>(), amount->get<std::int64_t>()};
}

std::string ChargeJson(const Charge& charge) {
  return fmt::format(R"({{"chargeId":"{}","ref":"{}","amount":{}}})", charge.charge_id, charge.ref,
                     charge.amount_cents);
}

Response Answer(const ChargeBook::Result& result) {
  switch (result.outcome) {
    case ChargeOutcome::kCreated:
      return Json(201, ChargeJson(result.charge));
    case ChargeOutcome::kReplayed:
      return Json(200, ChargeJson(result.charge));
    case ChargeOutcome::kConflict:
      return Refusal(409, "amount", "this ref was charged with another amount");
    case ChargeOutcome::kFull:
      break;
  }
  return Refusal(507, "", fmt::format("{} charges are kept and no more; start anew", kMaxCharges));
}

std::string_view OutcomeWord(ChargeOutcome outcome) {
  switch (outcome) {
    case ChargeOutcome::kCreated:
      return "created";
    case ChargeOutcome::kReplayed:
      return "replayed";
    case ChargeOutcome::kConflict:
      return "conflict";
    case ChargeOutcome::kFull:
      break;
  }
  return "failed";
}

}  // namespace

class Service::Impl {
 public:
  explicit Impl(ServiceOptions options)
      : options_(std::move(options)),
        knobs_(options_.knobs),
        random_(options_.seed),
        requests_(registry_.AddCounterFamily({.name = "payments_requests_total",
                                              .help = "Charges asked for, by outcome.",
                                              .labels = {"outcome"}})),
        duration_(registry_.AddHistogram("payments_request_duration_seconds",
                                         "From the request to its answer, as decided on arrival.",
                                         launchgate::platform::DefaultLatencyBoundsSeconds())),
        knob_(registry_.AddGaugeFamily(
            {.name = "payments_knob", .help = "How the provider is set.", .labels = {"knob"}})),
        waiting_(options_.max_waiting) {
    registry_.AddGaugeCallback("payments_charges", "Charges that were made.",
                               [this] { return static_cast<double>(book_.size()); });
    registry_.AddGaugeCallback("payments_in_flight", "Requests that wait for a late answer.",
                               [this] { return static_cast<double>(waiting_.waiting()); });
    ShowKnobs(knobs_);
  }

  // Whoever waits is let go first, so that the server has nothing to wait for.
  ~Impl() {
    waiting_.Drop();
    if (server_) server_->Stop(kStopDeadline);
  }

  tl::expected<void, std::string> Serve() {
    HttpServerOptions server{.address = options_.address, .port = options_.port};
    server.max_connections = 8192;  // Silent answers hold one each.
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
    routes.push_back(launchgate::platform::MetricsRoute(registry_));
    return routes;
  }

  void OnCharge(const Request& request, Responder responder) {
    const auto order = ReadOrder(request.body);
    if (!order) {
      requests_.With({"invalid"}).Increment();
      responder.Send(order.error());
      return;
    }
    const Fate fate = Throw();
    std::string_view outcome = "failed";
    Response response = Refusal(503, "", "injected failure");
    if (fate.failure != Failure::kBeforeCharge) {
      // Made before the wait: who gives up waiting has been charged all the same.
      const ChargeBook::Result result = book_.Add(order->ref, order->amount_cents);
      if (fate.failure == Failure::kNone) {
        outcome = OutcomeWord(result.outcome);
        response = Answer(result);
      }
    }
    if (fate.hangs) {
      outcome = "hung";
      response = Refusal(504, "", "hung for as long as this provider hangs");
    }
    Reply(order->ref, outcome, fate.hangs ? options_.max_hang : fate.delay, std::move(responder),
          std::move(response));
  }

  void Reply(const std::string& ref, std::string_view outcome, std::chrono::milliseconds delay,
             Responder responder, Response response) {
    const int status = response.status;
    if (!waiting_.Add(Clock::now() + delay, responder, std::move(response))) {
      outcome = "failed";
      responder.Send(Refusal(503, "", "too many answers are waiting"));
    }
    requests_.With({outcome}).Increment();
    duration_.Observe(std::chrono::duration<double>(delay).count());
    log::Info(
        "charge",
        {{"ref", ref}, {"outcome", outcome}, {"status", status}, {"delay_ms", delay.count()}});
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
    ShowKnobs(knobs_);
    log::Info("knobs changed", {{"knobs", ToJson(knobs_)}});
    return Json(200, ToJson(knobs_));
  }

  Knobs CurrentKnobs() const {
    const std::lock_guard lock(mutex_);
    return knobs_;
  }

  Fate Throw() {
    const std::lock_guard lock(mutex_);
    std::uniform_real_distribution<double> uniform(0, 1);
    const Chances chances{uniform(random_), uniform(random_), uniform(random_), uniform(random_)};
    return Decide(knobs_, chances);
  }

  void ShowKnobs(const Knobs& knobs) {
    knob_.With({"LATENCY_MS"}).Set(static_cast<double>(knobs.latency_ms));
    knob_.With({"JITTER_MS"}).Set(static_cast<double>(knobs.jitter_ms));
    knob_.With({"FAIL_RATE"}).Set(knobs.fail_rate);
    knob_.With({"HANG_RATE"}).Set(knobs.hang_rate);
  }

  const ServiceOptions options_;
  mutable std::mutex mutex_;  // Guards knobs_ and random_.
  Knobs knobs_;
  std::mt19937_64 random_;
  ChargeBook book_;
  MetricsRegistry registry_;
  Family<Counter>& requests_;
  Histogram& duration_;
  Family<Gauge>& knob_;
  DelayedAnswers waiting_;
  std::unique_ptr<HttpServer> server_;
};

tl::expected<std::unique_ptr<Service>, std::string> Service::Start(ServiceOptions options) {
  auto impl = std::make_unique<Impl>(std::move(options));
  const auto serving = impl->Serve();
  if (!serving) return tl::unexpected(serving.error());
  return std::unique_ptr<Service>(new Service(std::move(impl)));
}

Service::Service(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Service::~Service() = default;
std::uint16_t Service::port() const { return impl_->port(); }

}  // namespace payments_stub
