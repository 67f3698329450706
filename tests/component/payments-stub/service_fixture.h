// The provider on loopback, asked as gift-cards would ask.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "payments-stub/service.h"
#include "tests/support/raw_http_client.h"

namespace payments_stub {

using launchgate::test_support::MakeRequest;
using launchgate::test_support::RawHttpClient;
using launchgate::test_support::RawResponse;

inline constexpr const char* kJson = "Content-Type: application/json\r\n";
inline constexpr std::uint64_t kSeed = 7;

inline std::string ChargeRequest(const std::string& ref, int amount = 2500) {
  return MakeRequest("POST", "/charge", nlohmann::json{{"amount", amount}, {"ref", ref}}.dump(),
                     kJson);
}

inline std::string ChargeRequest(int number) {
  return ChargeRequest("gc-" + std::to_string(number));
}

class ProviderTest : public ::testing::Test {
 protected:
  void Start(ServiceOptions options) {
    options.seed = kSeed;
    auto service = Service::Start(std::move(options));
    ASSERT_TRUE(service) << service.error();
    service_ = std::move(*service);
  }
  void Start(const Knobs& knobs) { Start(ServiceOptions{.knobs = knobs}); }

  // A client of its own, which has sent `request`.
  std::unique_ptr<RawHttpClient> Send(const std::string& request) const {
    auto client = RawHttpClient::Connect(service_->port());
    EXPECT_TRUE(client && client->Send(request));
    return client;
  }

  RawResponse Ask(const std::string& request) const {
    const auto response = Send(request)->ReadResponse();
    EXPECT_TRUE(response);
    return response.value_or(RawResponse{});
  }

  nlohmann::json Charges() const {
    return nlohmann::json::parse(Ask(MakeRequest("GET", "/charges")).body)["charges"];
  }

  std::string Metrics() const { return Ask(MakeRequest("GET", "/metrics")).body; }

  // Whether /metrics shows `line`, asked again until it does; false after kPatience.
  bool AwaitMetric(const std::string& line) const {
    const auto end = std::chrono::steady_clock::now() + RawHttpClient::kPatience;
    while (std::chrono::steady_clock::now() < end) {
      if (Metrics().find("\n" + line + "\n") != std::string::npos) return true;
    }
    return false;
  }

  std::unique_ptr<Service> service_;
};

}  // namespace payments_stub
