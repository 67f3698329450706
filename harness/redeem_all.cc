#include "harness/redeem_all.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "harness/codes.h"
#include "harness/http_client.h"
#include "harness/sweep.h"

namespace harness {
namespace {

using std::chrono::milliseconds;

class Customers {
 public:
  Customers(const RedeemAllOptions& options, const OnAcknowledged& on_acknowledged)
      : options_(options), on_acknowledged_(on_acknowledged) {}

  Result<RedeemAllResult> Run() {
    {
      std::vector<std::jthread> connections;
      for (int i = 0; i < options_.connections; ++i) {
        connections.emplace_back([this] { RedeemUntilNoneIsLeft(); });
      }
    }
    if (stopped_) return Fail("what was acknowledged could not be written down");
    return result_;
  }

 private:
  void RedeemUntilNoneIsLeft() {
    HttpClient client;
    for (std::uint64_t index = next_++; index < options_.count && !stopped_; index = next_++) {
      RedeemOne(client, CodeOf(options_.seed, index));
    }
  }

  void RedeemOne(HttpClient& client, const std::string& code) {
    const Request request{.method = "POST",
                          .url = options_.service_url + RedeemTarget(code),
                          .timeout = options_.patience};
    for (int attempt = 0; attempt < options_.max_attempts && !stopped_; ++attempt) {
      const auto answer = client.Send(request);
      if (answer && answer->status == 200) {
        const std::string charge_id = ChargeIdOf(answer->body);
        // "Redeemed" without a charge is no acknowledgement a customer could use.
        if (!charge_id.empty()) return Write({DigestOf(code), charge_id});
      }
      std::this_thread::sleep_for(Count(answer));
    }
    const std::lock_guard lock(mutex_);
    ++result_.abandoned;
  }

  // Counts a try that brought no acknowledgement; how long to wait before the next.
  milliseconds Count(const Result<Answer>& answer) {
    const std::lock_guard lock(mutex_);
    ++result_.attempts;
    ++(answer ? result_.refused : result_.cut);
    if (!answer || !answer->retry_after) return options_.pause;
    return std::min<milliseconds>(*answer->retry_after, options_.longest_pause);
  }

  void Write(const Acknowledged& acknowledged) {
    const std::lock_guard lock(mutex_);
    ++result_.attempts;
    ++result_.acknowledged;
    if (!on_acknowledged_(acknowledged)) stopped_ = true;
  }

  const RedeemAllOptions& options_;
  const OnAcknowledged& on_acknowledged_;
  std::atomic<std::uint64_t> next_{0};
  std::atomic<bool> stopped_{false};
  std::mutex mutex_;  // Guards result_ and the calls of on_acknowledged_.
  RedeemAllResult result_;
};

}  // namespace

std::string ChargeIdOf(const std::string& body) {
  const auto json = nlohmann::json::parse(body, nullptr, false);
  if (!json.is_object()) return "";
  const auto status = json.find("status");
  const auto charge = json.find("chargeId");
  if (status == json.end() || *status != "redeemed") return "";
  if (charge == json.end() || !charge->is_string()) return "";
  return charge->get<std::string>();
}

Result<RedeemAllResult> RedeemAll(const RedeemAllOptions& options,
                                  const OnAcknowledged& on_acknowledged) {
  if (options.count == 0 || options.count > kMaxRedemptions) {
    return Fail(fmt::format("between 1 and {} codes are redeemed", kMaxRedemptions));
  }
  if (options.connections < 1 || options.connections > kMaxConnections) {
    return Fail(fmt::format("between 1 and {} connections are used", kMaxConnections));
  }
  return Customers(options, on_acknowledged).Run();
}

}  // namespace harness
