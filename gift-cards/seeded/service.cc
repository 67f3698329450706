#include "gift-cards/seeded/service.h"

#include <cpprest/http_client.h>
#include <pplx/threadpool.h>

#include <condition_variable>
#include <deque>
#include <exception>
#include <iostream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "platform/http_server.h"

namespace gift_cards::seeded {
namespace {

using launchgate::platform::HttpServer;
using launchgate::platform::Request;
using launchgate::platform::Responder;
using launchgate::platform::Response;
using launchgate::platform::Route;

// "code=ABC&amount=5", "code" -> "ABC"
std::string QueryValue(const std::string& query, const std::string& name) {
  const auto at = query.find(name + "=");
  if (at == std::string::npos) return "";
  const auto from = at + name.size() + 1;
  return query.substr(from, query.find('&', from) - from);
}

std::string NewRef() {
  static std::mutex mutex;
  static std::mt19937_64 random{std::random_device()()};
  const std::lock_guard lock(mutex);
  return "ref-" + std::to_string(random());
}

web::http::client::http_client_config PaymentsConfig() {
  web::http::client::http_client_config config;
  // The provider is slow sometimes, and redemptions must not fail because of it.
  config.set_timeout(std::chrono::hours(1));  // GAP: nobody waits this long for an answer.
  return config;
}

}  // namespace

class Service::Impl {
 public:
  explicit Impl(const ServiceOptions& options)
      : payments_(web::uri(options.payments_url), PaymentsConfig()) {
    for (int i = 0; i < options.workers; ++i) {
      workers_.emplace_back([this] { Work(); });
    }
  }

  ~Impl() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      jobs_.clear();
    }
    wake_.notify_all();
    for (std::thread& worker : workers_) worker.join();
    if (server_) server_->Stop(std::chrono::milliseconds(0));
  }

  tl::expected<void, std::string> Serve(const ServiceOptions& options) {
    std::vector<Route> routes;
    // GAP: says that the process lives, not that it can redeem anything.
    routes.push_back({.method = "GET", .path = "/healthz", .handler = [](const Request&) {
                        return Response{.body = "ok\n"};
                      }});
    routes.push_back({.method = "POST",
                      .path = "/giftcards/redeem",
                      .async_handler = [this](const Request& request, Responder responder) {
                        Enqueue({std::string(request.query), std::move(responder)});
                      }});
    auto server =
        HttpServer::Start({.address = options.address, .port = options.port}, std::move(routes));
    if (!server) return tl::unexpected(server.error());
    server_ = std::move(*server);
    return {};
  }

  std::uint16_t port() const { return server_->port(); }

 private:
  struct Job {
    std::string query;
    Responder responder;
  };

  void Enqueue(Job job) {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
    wake_.notify_one();
  }

  void Work() {
    std::unique_lock lock(mutex_);
    while (true) {
      wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
      if (stopping_) return;
      Job job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      job.responder.Send(Redeem(job.query));
      lock.lock();
    }
  }

  Response Redeem(const std::string& query) {
    try {
      const std::string code = QueryValue(query, "code");
      const long long amount = std::stoll(QueryValue(query, "amount"));
      {
        const std::lock_guard lock(mutex_);
        if (used_codes_.contains(code)) return {.status = 409, .body = "already redeemed\n"};
      }
      const std::string charge_id = Charge(amount);
      const std::lock_guard lock(mutex_);
      used_codes_.insert(code);
      std::cerr << "redeemed " << code << " for " << amount << "\n";  // GAP: who finds this again?
      return {.content_type = "application/json",
              .body = nlohmann::json{{"status", "redeemed"}, {"chargeId", charge_id}}.dump()};
    } catch (const std::exception& error) {
      std::cerr << "redeem failed: " << error.what() << "\n";
      return {.status = 500, .body = "redeem failed\n"};
    }
  }

  std::string Charge(long long amount) {
    const nlohmann::json order = {{"amount", amount}, {"ref", NewRef()}};
    // GAP: asked again and again while it is down.
    const auto answer =
        payments_.request(web::http::methods::POST, "/charge", order.dump(), "application/json")
            .get();
    const auto body = nlohmann::json::parse(answer.extract_utf8string(true).get());
    if (answer.status_code() >= 300) throw std::runtime_error("payments: " + body.dump());
    return body.at("chargeId").get<std::string>();
  }

  web::http::client::http_client payments_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> jobs_;
  std::set<std::string> used_codes_;
  bool stopping_ = false;
  std::vector<std::thread> workers_;
  std::unique_ptr<HttpServer> server_;
};

tl::expected<std::unique_ptr<Service>, std::string> Service::Start(const ServiceOptions& options) {
  static std::once_flag threads;
  std::call_once(threads, [] { crossplat::threadpool::initialize_with_threads(8); });
  auto impl = std::make_unique<Impl>(options);
  const auto serving = impl->Serve(options);
  if (!serving) return tl::unexpected(serving.error());
  return std::unique_ptr<Service>(new Service(std::move(impl)));
}

Service::Service(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Service::~Service() = default;
std::uint16_t Service::port() const { return impl_->port(); }

}  // namespace gift_cards::seeded
