// A payment provider and a gift card service on loopback that do what a test says.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "platform/http_server.h"

namespace harness {

using launchgate::platform::HttpServer;
using launchgate::platform::HttpServerOptions;
using launchgate::platform::HttpServerStats;
using launchgate::platform::Responder;
using launchgate::platform::Response;
using launchgate::platform::Route;
// The harness has a Request of its own.
using Received = launchgate::platform::Request;

// Longer than anything a test waits for.
inline constexpr std::chrono::milliseconds kLong{30'000};

inline std::unique_ptr<HttpServer> Serve(std::vector<Route> routes) {
  auto server = HttpServer::Start({.idle_deadline = kLong}, std::move(routes));
  if (!server) throw std::runtime_error(server.error());
  return std::move(*server);
}

inline std::string UrlOf(const HttpServer& server) {
  return "http://127.0.0.1:" + std::to_string(server.port());
}

// Keeps requests without answering them, until it goes. Thread-safe.
class Silence {
 public:
  void Keep(Responder responder) {
    const std::lock_guard lock(mutex_);
    kept_.push_back(std::move(responder));
  }

 private:
  std::mutex mutex_;  // Guards kept_.
  std::vector<Responder> kept_;
};

// Answers POST /giftcards/redeem with what `redeem` says, /healthz with 200 and
// /metrics with `metrics`. Remembers the queries. Thread-safe.
class FakeService {
 public:
  using Redeem = std::function<void(const Received&, Responder)>;

  explicit FakeService(Redeem redeem, std::function<std::string()> metrics = nullptr)
      : redeem_(std::move(redeem)),
        metrics_(std::move(metrics)),
        server_(Serve({{.method = "POST",
                        .path = "/giftcards/redeem",
                        .async_handler =
                            [this](const Received& request, Responder responder) {
                              {
                                const std::lock_guard lock(mutex_);
                                queries_.emplace_back(request.query);
                              }
                              redeem_(request, std::move(responder));
                            }},
                       {.method = "GET",
                        .path = "/healthz",
                        .handler = [](const Received&) { return Response{.body = "ok"}; }},
                       {.method = "GET", .path = "/metrics", .handler = [this](const Received&) {
                          if (!metrics_) return Response{.status = 404};
                          return Response{.body = metrics_()};
                        }}})) {}
  FakeService(const FakeService&) = delete;
  FakeService& operator=(const FakeService&) = delete;
  ~FakeService() { server_->Stop(std::chrono::milliseconds(0)); }

  [[nodiscard]] std::string url() const { return UrlOf(*server_); }
  [[nodiscard]] HttpServerStats stats() const { return server_->stats(); }
  [[nodiscard]] std::vector<std::string> queries() const {
    const std::lock_guard lock(mutex_);
    return queries_;
  }

 private:
  Redeem redeem_;
  std::function<std::string()> metrics_;
  mutable std::mutex mutex_;  // Guards queries_.
  std::vector<std::string> queries_;
  std::unique_ptr<HttpServer> server_;
};

inline void AnswerWell(const Received& /*request*/, Responder responder) {
  responder.Send({.body = R"({"status":"redeemed","chargeId":"ch-1"})"});
}

// Takes knobs and counts charges. Thread-safe.
class FakePayments {
 public:
  FakePayments()
      : server_(Serve({{.method = "PUT",
                        .path = "/knobs",
                        .content_types = {"application/json"},
                        .max_body_bytes = 4'096,
                        .handler = [this](const Received& request) { return Turn(request); }},
                       {.method = "GET", .path = "/metrics", .handler = [this](const Received&) {
                          const std::lock_guard lock(mutex_);
                          return Response{.body = "payments_requests_total{outcome=\"created\"} " +
                                                  std::to_string(calls_) + "\n"};
                        }}})) {}
  FakePayments(const FakePayments&) = delete;
  FakePayments& operator=(const FakePayments&) = delete;
  ~FakePayments() { server_->Stop(std::chrono::milliseconds(0)); }

  [[nodiscard]] std::string url() const { return UrlOf(*server_); }

  // Counts a charge; true when the knobs let it fail.
  bool Charge() {
    const std::lock_guard lock(mutex_);
    ++calls_;
    return fails_;
  }
  void RefuseKnobs() {
    const std::lock_guard lock(mutex_);
    refuses_ = true;
  }
  [[nodiscard]] std::vector<nlohmann::json> turned() const {
    const std::lock_guard lock(mutex_);
    return turned_;
  }

 private:
  Response Turn(const Received& request) {
    const std::lock_guard lock(mutex_);
    if (refuses_) return {.status = 400};
    auto knobs = nlohmann::json::parse(request.body, nullptr, false);
    fails_ = knobs.value("FAIL_RATE", 0.0) > 0;
    turned_.push_back(std::move(knobs));
    return {.body = "{}"};
  }

  mutable std::mutex mutex_;  // Guards what follows, but the server.
  std::vector<nlohmann::json> turned_;
  std::uint64_t calls_ = 0;
  bool fails_ = false;
  bool refuses_ = false;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace harness
